import { afterTry, stillDue, type TryOutcome } from '../server/domain/escalation/after-try.ts'
import type { IncidentRecord } from '../server/domain/incident/incident.ts'
import { outwardTitles } from '../server/incidents/outward-titles.ts'
import type { Instant } from '../server/domain/time.ts'
import type { Logger } from '../server/log.ts'
import type { OutboxRow } from '../server/redis/incident-log.ts'
import type { ClaimedRow } from '../server/redis/incident-outbox.ts'
import type { PageLinks } from '../server/redis/page-links.ts'
import type { ReplyCodes } from '../server/redis/reply-codes.ts'
import type { Texts } from '../server/redis/sealed-texts.ts'
import { isUnavailable } from '../server/redis/unavailable.ts'
import type { Channel, Channels, Message, PageText, StillDue } from './channels/channel.ts'
import { simulatedPhone } from './channels/simulated-phone.ts'
import { stillDueSince } from './deliver-fresh.ts'
import { messageOf } from './deliver-message.ts'
import { settleDelivery, type SettleDeps } from './deliver-settle.ts'
import type { OwedWrites } from './owed-writes.ts'
import { pageTextOf, testPageText } from './page-text.ts'

export interface DeliverRowDeps extends SettleDeps {
  readonly texts: Texts
  readonly channels: Channels
  readonly links: PageLinks
  readonly replyCodes: ReplyCodes
  /** Outcomes are written through it, and what could not be sent goes back through it. */
  readonly owed: OwedWrites
  /** The address of a webhook, kept with a disablement so that another address lifts it. */
  readonly urlOf: (site: string, target: string) => Promise<string>
  /** True for a site whose messages never leave the machine: the demo. Its telephones are simulated, nothing else is told. */
  readonly silent: (site: string) => boolean
  /** What a message says that belongs to no incident; null: it is not so any more. Absent: such messages are test pages. */
  readonly plainText?: (site: string, row: OutboxRow) => Promise<PageText | null>
  readonly publicUrl: string
  readonly log: Logger
  /** The monotonic clock, ms. */
  readonly ticks?: () => number
}

/** With so little of its lease left a row is not sent any more: before the receiver has answered it might be sent by somebody else too. */
const LEAST_LEASE_MS = 15_000
/** So often is a message made that is no longer due, or not surely, when it is about to leave; then others may try. */
const ROUNDS = 3

interface Told {
  readonly record: IncidentRecord
  readonly title: string
  /** Redis TIME of its reading. */
  readonly now: Instant
}

interface ToldRow {
  readonly row: OutboxRow
  readonly told: Told
}

/** What one message is led by: what has to be taken, then what has to be answered. */
const leads = ({ type }: OutboxRow): number => (type === 'escalation.fired' ? 0 : type === 'deployment.asked' ? 1 : 2)

interface Prepared {
  readonly rows: readonly ClaimedRow[]
  readonly first: ClaimedRow
  /** Redis TIME of the reading on which the message stands; null: it belongs to no incident. */
  readonly now: Instant | null
  readonly channel: Channel
  readonly message: Message
}

/** One row, or several of one person that waited together: told by one message. */
export const openRowSender = (deps: DeliverRowDeps) => {
  const { incidentLog, outbox, rules, texts, channels, links, replyCodes, owed, publicUrl, log, ticks = () => performance.now() } = deps

  const toldOf = async (site: string, ref: string): Promise<Told | null> => {
    const { record, now } = await incidentLog.read(site, ref)
    if (record === null) return null
    return { record, now, title: (await outwardTitles(texts, site, [record])).get(ref) ?? ref }
  }

  const plainMessage = async (site: string, row: OutboxRow): Promise<Message | null> => {
    const text = row.type === 'test.page' || deps.plainText === undefined ? testPageText(`${publicUrl}/inbox`) : await deps.plainText(site, row)
    return text === null ? null : messageOf({ site, row, record: null, title: '', publicUrl, text })
  }

  const linkOf = (site: string, { type, person }: OutboxRow, { record: { ref, reopens: life }, now }: Told): string => {
    // Stakeholders take nothing: they are shown how things are.
    if (type === 'stakeholder.update') return `${publicUrl}/status/${site}`
    return person === null ? `${publicUrl}/incidents/${ref}?site=${site}` : `${publicUrl}/n/${links.tokenOf({ site, ref, person, life }, now)}`
  }

  /** `others`: rows that are told with it, of this incident or of others. */
  const messageFor = async (site: string, row: OutboxRow, told: Told, others: readonly ToldRow[]): Promise<Message> => {
    const { person } = row
    const { record, title } = told
    const { reopens: life } = record
    const { generation, level } = record.ownership
    const link = linkOf(site, row, told)
    const replyCode = person !== null && row.channel === 'sms' && row.type !== 'stakeholder.update' && record.state === 'open' ? await replyCodes.give(site, { delivery: row.id, ref: record.ref, person, life, generation, level }) : null
    const said = row.said === undefined ? null : ((await texts.resolve(site, [row.said.text])).get(row.said.text) ?? null)
    const here = others.filter((other) => other.told.record.ref === record.ref).map((other) => other.row)
    const elsewhere = new Map(others.flatMap((other) => (other.told.record.ref === record.ref ? [] : [[other.told.record.ref, other] as const])))
    const also = await Promise.all(
      [...elsewhere].map(async ([ref, { row: any, told: there }]) => ({ record: there.record, title: there.title, rules: await rules.of(site, there.record), rows: others.filter((other) => other.told.record.ref === ref).map((other) => other.row), link: linkOf(site, any, there) })),
    )
    const text = pageTextOf({ row, record, title, rules: await rules.of(site, record), link, replyCode, said, here, also })
    return messageOf({ site, row, record, title, publicUrl, text })
  }

  /** A row that was handed over and waits for its receipt, or whose sender died on it. */
  const lookedUp = async (site: string, row: ClaimedRow, channel: Channel): Promise<TryOutcome | null> => {
    const { receipt, accepted, unknown } = row
    if (receipt !== undefined) return receipt.state === 'delivered' ? { kind: 'delivered', detail: receipt.detail } : { kind: 'failed', detail: receipt.detail, afterMs: 0, ...(channel.retryAfter(row.attempts) === null ? {} : { here: true as const }) }
    if (accepted !== undefined) {
      const known = accepted.reference === null ? null : await channel.ask?.(site, accepted.reference)
      return known?.kind === 'delivered' ? known : { kind: 'failed', detail: known?.detail ?? 'no receipt came', afterMs: 0, ...(channel.retryAfter(row.attempts) === null ? {} : { here: true as const }) }
    }
    // Nobody waits for a P3 or P4 so much that they would rather have it twice.
    return unknown && !row.urgent ? { kind: 'unknown', detail: 'the sender died while sending' } : null
  }

  const conclude = async (site: string, rows: readonly OutboxRow[], token: string, outcome: TryOutcome, channel: Channel | undefined): Promise<void> => {
    for (const row of rows) {
      const after = afterTry(row, outcome, channel?.retryAfter(row.attempts) ?? null)
      if (after.kind === 'again') {
        const { accepted: _accepted, receipt: _receipt, ...bare } = row
        const kept: OutboxRow = outcome.kind === 'accepted' ? { ...bare, accepted: { at: row.happenedAt, reference: outcome.reference ?? null } } : bare
        await owed.write(() => outbox.putBack(site, kept, token, after.afterMs, { state: after.state, detail: outcome.detail }))
        continue
      }
      if (after.state === 'dead') log.error({ site, delivery: row.id, channel: row.channel, attempts: row.attempts, detail: outcome.detail }, 'a notification is a dead letter')
      await owed.write(() => settleDelivery(deps, site, row, token, { state: after.state, detail: outcome.detail, next: after.next }))
    }
  }

  const cancelled = (site: string, row: OutboxRow, token: string, detail: string): Promise<boolean> => outbox.settle(site, row.id, token, { state: 'cancelled', detail }, null)

  /** What a provider has taken cannot be called back: it stays what became of it, and nobody waits for its receipt any more. */
  const withdrawn = async (site: string, row: OutboxRow, token: string): Promise<void> => {
    if (row.receipt !== undefined) return settleDelivery(deps, site, row, token, { ...row.receipt, next: false })
    const step = row.accepted === undefined ? ({ state: 'cancelled', detail: 'no longer so' } as const) : ({ state: 'accepted', detail: 'its receipt is not waited for any more' } as const)
    await outbox.settle(site, row.id, token, step, null)
  }

  /** A worker that stood still, or a database that was away: whoever claims the rows next sends them, once. Those that may have been sent before, and are not sent again for that, stay until their lease ends: it says so. */
  const giveBack = async (site: string, rows: readonly ClaimedRow[], token: string): Promise<void> => {
    for (const { unknown, ...row } of rows) if (!unknown || row.urgent) await owed.write(() => outbox.putBack(site, row, token, 0))
  }

  /** What is to be sent of the rows, and by which channel; null: everything that had to be done is done. */
  const prepared = async (site: string, rows: readonly ClaimedRow[], token: string): Promise<Prepared | null> => {
    const known = await Promise.all(rows.map(async (row) => ({ row, told: row.ref === '' ? null : await toldOf(site, row.ref) })))
    const gone = known.filter(({ row, told }) => row.ref !== '' && (told === null || !stillDue(told.record, row)))
    for (const { row } of gone) await withdrawn(site, row, token)
    // A drill is the real engine up to here, and says of each message that it was not sent.
    const practice = known.filter((one) => !gone.includes(one) && one.told?.record.drill === true)
    for (const { row } of practice) await settleDelivery(deps, site, row, token, { state: 'accepted', detail: 'drill: nothing left the house', next: false })
    const live = known.filter((one) => !gone.includes(one) && !practice.includes(one)).sort((a, b) => leads(a.row) - leads(b.row))
    const [first, ...others] = live
    if (first === undefined) return null
    const played = deps.silent(site)
    if (played && first.row.channel !== 'sms') {
      await Promise.all(live.map(({ row }) => cancelled(site, row, token, 'the demo sends nothing')))
      return null
    }
    const channel = played ? simulatedPhone : channels[first.row.channel]
    if (channel === undefined) {
      const detail = first.row.channel === 'none' ? 'no way to reach this person is set' : `this installation has no channel "${first.row.channel}"`
      await conclude(site, live.map(({ row }) => row), token, { kind: 'refused', detail }, undefined)
      return null
    }
    const answer = await lookedUp(site, first.row, channel)
    if (answer !== null) {
      await conclude(site, live.map(({ row }) => row), token, answer, channel)
      return null
    }
    const more = others.flatMap(({ row, told }) => (told === null ? [] : [{ row, told }]))
    const message = first.told === null ? await plainMessage(site, first.row) : await messageFor(site, first.row, first.told, more)
    if (message === null) {
      await cancelled(site, first.row, token, 'no longer so')
      return null
    }
    return { rows: live.map(({ row }) => row), first: first.row, now: first.told?.now ?? null, channel, message }
  }

  /** Whether all that a message tells is still so, and its rows are held for long enough. */
  const stillDueOf = (site: string, { rows }: Prepared, leasedUntil: Instant, lookedAt: number): StillDue => {
    const look = async (): Promise<boolean> => {
      const known = rows.filter(({ ref }) => ref !== '')
      const readings = await Promise.all(known.map(async (row) => ({ row, ...(await incidentLog.read(site, row.ref)) })))
      return readings.every(({ row, record, now }) => record !== null && stillDue(record, row) && leasedUntil - now >= LEAST_LEASE_MS)
    }
    return stillDueSince({ look: () => look().catch(() => false), lookedAt, ticks })
  }

  const tried = async (site: string, { rows, first, now, channel }: Prepared, token: string, outcome: TryOutcome): Promise<void> => {
    const good = outcome.kind === 'accepted' || outcome.kind === 'delivered'
    if (!good) log.warn({ site, delivery: first.id, channel: first.channel, attempts: first.attempts + 1, detail: outcome.detail }, 'a notification was not taken')
    if (outcome.kind === 'gone' && first.channel === 'webhook') await outbox.disable(site, first.target, { reason: outcome.detail, at: now ?? first.happenedAt, url: await deps.urlOf(site, first.target) })
    await conclude(site, rows.map(({ unknown: _unknown, ...row }): OutboxRow => ({ ...row, attempts: row.attempts + 1, lastError: good ? null : outcome.detail })), token, outcome, channel)
  }

  return async (site: string, claimed: readonly ClaimedRow[], token: string, leasedUntil: Instant): Promise<void> => {
    let rows = claimed
    for (let round = 0; round < ROUNDS; round += 1) {
      const lookedAt = ticks()
      const ready = await prepared(site, rows, token).catch(async (error: unknown) => {
        if (isUnavailable(error)) await giveBack(site, rows, token)
        throw error
      })
      if (ready === null) return
      rows = ready.rows
      if (ready.now !== null && leasedUntil - ready.now < LEAST_LEASE_MS) break
      const outcome = await ready.channel.send(site, ready.first.target, ready.message, stillDueOf(site, ready, leasedUntil, lookedAt))
      if (outcome.kind !== 'withdrawn') return tried(site, ready, token, outcome)
    }
    await giveBack(site, rows, token)
  }
}
