import { instantOf, type Instant } from '../domain/time.ts'
import type { Delivery } from '../domain/escalation/delivery.ts'
import type { PaceNow } from '../domain/escalation/forecast.ts'
import { PACE } from '../domain/escalation/pace.ts'
import type { DeliveryState, OutboxRow } from './incident-log.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'
import { within } from './unavailable.ts'

export interface ClaimedRow extends OutboxRow {
  /** Its last sender died on it: nobody knows what the provider has. */
  readonly unknown: boolean
}

export interface OutboxClaim {
  readonly now: Instant
  readonly lookAgainAt: Instant | null
  readonly rows: readonly ClaimedRow[]
}

export interface DeadLetter extends OutboxRow {
  readonly diedAt: Instant
}

export interface DisabledChannel {
  readonly reason: string
  readonly at: Instant
  /** The address it had: another one enables it again. */
  readonly url: string
}

/** A step of a delivery, in words of the log. */
export interface Step {
  readonly state: DeliveryState
  readonly detail: string
}

/** What is to be sent. Rows are written by the change that causes them, and taken away by the one that cancels them. */
export interface IncidentOutbox {
  claim(site: string, token: string, most: number): Promise<OutboxClaim>
  /** Looked at again after a while, for another try or for the receipt. False: cancelled or taken over meanwhile. */
  putBack(site: string, row: OutboxRow, token: string, waitMs: number, step?: Step): Promise<boolean>
  /** A row of no incident; false when its key was used before. */
  queue(site: string, delivery: Delivery): Promise<boolean>
  /** Whom a paced message was sent to within the last minute, and paced rows that fall due within the next. */
  pace(site: string, now: Instant): Promise<PaceNow>
  /** The end of a row of no incident. */
  settle(site: string, id: string, token: string, step: Step, dead: OutboxRow | null): Promise<boolean>
  /** What a provider or a screen said; false: nobody knows that delivery. */
  receipt(site: string, id: string, receipt: NonNullable<OutboxRow['receipt']>): Promise<boolean>
  deadLetters(site: string): Promise<readonly DeadLetter[]>
  deadCount(site: string): Promise<number>
  /** Back into the outbox under the same key; false when there is no such dead letter. */
  replay(site: string, id: string, by: string): Promise<boolean>
  purge(site: string, id: string, by: string): Promise<boolean>
  disabled(site: string): Promise<ReadonlyMap<string, DisabledChannel>>
  disable(site: string, channel: string, why: DisabledChannel): Promise<void>
  enable(site: string, channel: string): Promise<void>
}

/** A sender that says nothing for so long is believed dead; longer than any channel's timeout. */
export const SEND_LEASE_MS = 30_000
const DEADLINE_MS = 2_000
/** Of a storm no more are read: they lie in the same minute. */
const MOST_WAITING = 1_000

const parseRow = (text: string): OutboxRow => JSON.parse(text) as OutboxRow

export const openIncidentOutbox = ({ redis, keys, paceMs = PACE }: { readonly redis: Redis; readonly keys: Keys; readonly paceMs?: number }): IncidentOutbox => {
  const claimScript = openScript('incident-outbox-claim')
  const putBackScript = openScript('incident-outbox-put-back')
  const replayScript = openScript('incident-outbox-replay')
  const queueScript = openScript('incident-outbox-queue')
  const receiptScript = openScript('incident-outbox-receipt')

  const endOfDeadLetter = async (site: string, id: string, by: string, how: 'replay' | 'purge'): Promise<boolean> => {
    const at = keys.site(site)
    return Number(await replayScript.run(redis, { keys: [at.outbox, at.outboxDue, at.deadLetters, at.notificationSteps], arguments: [id, keys.wake, site, by, how] })) === 1
  }
  const queueKeys = (site: string): readonly string[] => {
    const at = keys.site(site)
    return [at.outbox, at.outboxDue, at.outboxLeases, at.notificationSteps, at.deadLetters, at.notifications, at.notificationOrder]
  }

  return {
    claim: async (site, token, most) => {
      const at = keys.site(site)
      const asked = { keys: [at.outbox, at.outboxDue, at.outboxLeases, at.notificationSteps, at.paced], arguments: [token, String(most), String(SEND_LEASE_MS), String(paceMs)] }
      const [now = '0', next = '', ...rest] = (await within(DEADLINE_MS, claimScript.run(redis, asked))) as readonly string[]
      const rows = rest.flatMap((text, index) => (index % 2 === 0 ? [{ ...parseRow(text), unknown: rest[index + 1] === '1' }] : []))
      return { now: instantOf(Number(now)), lookAgainAt: next === '' ? null : instantOf(Number(next)), rows }
    },
    putBack: async (site, row, token, waitMs, step) => {
      const at = keys.site(site)
      const given = [row.id, token, JSON.stringify(row), String(Math.round(waitMs)), step?.state ?? '', step?.detail ?? '', keys.wake, site]
      return Number(await within(DEADLINE_MS, putBackScript.run(redis, { keys: [at.outbox, at.outboxDue, at.outboxLeases, at.notificationSteps], arguments: given }))) === 1
    },
    queue: async (site, delivery) => Number(await queueScript.run(redis, { keys: queueKeys(site), arguments: ['queue', delivery.id, JSON.stringify({ ...delivery, attempts: 0, lastError: null } satisfies OutboxRow), keys.wake, site] })) === 1,
    settle: async (site, id, token, { state, detail }, dead) => Number(await within(DEADLINE_MS, queueScript.run(redis, { keys: queueKeys(site), arguments: ['settle', id, token, state, detail, dead === null ? '' : JSON.stringify(dead)] }))) === 1,
    receipt: async (site, id, { state, detail }) => {
      const at = keys.site(site)
      return Number(await within(DEADLINE_MS, receiptScript.run(redis, { keys: [at.outbox, at.outboxDue, at.outboxLeases, at.notificationSteps], arguments: [id, state, detail, keys.wake, site] }))) >= 0
    },
    pace: async (site, now) => {
      const at = keys.site(site)
      const [last, ids] = await Promise.all([redis.hGetAll(at.paced), redis.zRangeByScore(at.outboxDue, now, now + paceMs, { LIMIT: { offset: 0, count: MOST_WAITING } })])
      const rows = ids.length === 0 ? [] : await redis.hmGet(at.outbox, ids)
      const recent = Object.entries(last).flatMap(([person, sentAt]) => (now - Number(sentAt) < paceMs ? [[person, instantOf(Number(sentAt))] as const] : []))
      const waiting = rows.flatMap((text) => (text === null || text === undefined ? [] : [parseRow(String(text))]))
      return { lastTold: new Map(recent), waiting: waiting.filter(({ paced, person, attempts }) => paced && person !== null && attempts === 0) }
    },
    deadLetters: async (site) => Object.values(await redis.hGetAll(keys.site(site).deadLetters)).map((text) => JSON.parse(String(text)) as DeadLetter),
    deadCount: (site) => redis.hLen(keys.site(site).deadLetters),
    replay: (site, id, by) => endOfDeadLetter(site, id, by, 'replay'),
    purge: (site, id, by) => endOfDeadLetter(site, id, by, 'purge'),
    disabled: async (site) => new Map(Object.entries(await redis.hGetAll(keys.site(site).channelsDisabled)).map(([name, text]) => [name, JSON.parse(String(text)) as DisabledChannel])),
    disable: async (site, channel, why) => {
      await redis.hSet(keys.site(site).channelsDisabled, channel, JSON.stringify(why))
    },
    enable: async (site, channel) => {
      await redis.hDel(keys.site(site).channelsDisabled, channel)
    },
  }
}
