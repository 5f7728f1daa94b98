import { randomBytes } from 'node:crypto'
import type { IncidentEvent } from '../server/domain/incident/events.ts'
import { systemActor } from '../server/domain/incident/incident.ts'
import type { Logger } from '../server/log.ts'
import { changeOf } from '../server/incidents/change.ts'
import type { IncidentLog, OutboxRow } from '../server/redis/incident-log.ts'
import type { IncidentOutbox } from '../server/redis/incident-outbox.ts'
import type { IncidentRules } from '../server/redis/incident-rules.ts'
import type { Texts } from '../server/redis/sealed-texts.ts'
import type { Channels, SendOutcome } from './channels/channel.ts'
import { messageOf } from './deliver-message.ts'
import { openAlarm } from './ringer/alarm.ts'
import type { Wakes } from './ringer/wakes.ts'

export interface DeliverDeps {
  readonly incidentLog: IncidentLog
  readonly outbox: IncidentOutbox
  readonly rules: IncidentRules
  readonly texts: Texts
  readonly channels: Channels
  readonly wakes: Wakes
  readonly sites: () => readonly string[]
  /** The address of a webhook, kept with a disablement so that another address lifts it. */
  readonly urlOf: (site: string, target: string) => Promise<string>
  readonly publicUrl: string
  readonly log: Logger
  readonly lookEveryMs?: number
}

export interface Deliveries {
  close(): Promise<void>
}

const LOOK_MS = 2_000
/** Messages on their way at once, and of these to one receiver: a receiver that hangs holds up nobody else. */
const MOST = 200
const MOST_A_TARGET = 16
const BUSY_TARGET_MS = 250
const ROUNDS = 20

/** Sends what lies in the outbox: rows are claimed with a lease, and every try begins with a claim that an acknowledgement can forestall. */
export const openDeliveries = (deps: DeliverDeps): Deliveries => {
  const { incidentLog, outbox, rules, texts, channels, wakes, sites, publicUrl, log } = deps
  let open = true
  const busy = new Map<string, number>()
  const running = new Set<Promise<void>>()
  const claiming = new Set<string>()

  /** The receipt is an event of the incident, written in the same script that takes the row out of the outbox. */
  const settle = async (site: string, row: OutboxRow, token: string, outcome: SendOutcome): Promise<void> => {
    const delivered = outcome.kind === 'accepted'
    for (let round = 0; round < ROUNDS; round += 1) {
      const { record, now } = await incidentLog.read(site, row.ref)
      if (record === null) return
      const event: IncidentEvent = { type: delivered ? 'delivered' : 'delivery-failed', at: now, by: systemActor, delivery: row.id, channel: row.channel, target: row.target, attempts: row.attempts, detail: outcome.detail }
      const change = changeOf({ before: record, events: [event], rules: await rules.of(site, record), webhooks: {} })
      const dead = delivered ? null : { ...row, lastError: outcome.detail, diedAt: now }
      const applied = await incidentLog.apply(site, { ...change, settled: { id: row.id, token, dead } })
      if (applied.kind !== 'conflict') return
    }
    throw new Error(`the receipt of delivery ${row.id} could not be written`)
  }

  const send = async (site: string, row: OutboxRow, token: string): Promise<void> => {
    const channel = channels[row.channel]
    const { record } = await incidentLog.read(site, row.ref)
    if (record === null || channel === undefined) return settle(site, row, token, { kind: 'refused', detail: `no channel "${row.channel}"` })
    const titleId = record.texts.title
    const title = titleId === undefined ? '' : ((await texts.resolve(site, [titleId])).get(titleId) ?? '')
    const outcome = await channel.send(site, row.target, messageOf({ site, row, record, title, publicUrl }))
    const tried: OutboxRow = { ...row, attempts: row.attempts + 1, lastError: outcome.kind === 'accepted' ? null : outcome.detail }
    if (outcome.kind === 'accepted') return settle(site, tried, token, outcome)
    log.warn({ site, delivery: row.id, channel: row.channel, target: row.target, attempts: tried.attempts, detail: outcome.detail }, 'a notification was not taken')
    const wait = outcome.kind === 'failed' ? channel.retryAfter(tried.attempts) : null
    if (outcome.kind === 'failed' && wait !== null) return void (await outbox.putBack(site, tried, token, outcome.afterMs ?? wait))
    if (outcome.kind === 'gone') await outbox.disable(site, row.target, { reason: outcome.detail, at: record.changedAt, url: await deps.urlOf(site, row.target) })
    log.error({ site, delivery: row.id, target: row.target, attempts: tried.attempts, detail: outcome.detail }, 'a notification is a dead letter')
    await settle(site, tried, token, outcome)
  }

  const start = (site: string, row: OutboxRow, token: string): void => {
    const key = `${site}\n${row.channel}\n${row.target}`
    const held = busy.get(key) ?? 0
    const work = async (): Promise<void> => {
      if (held >= MOST_A_TARGET) return void (await outbox.putBack(site, row, token, BUSY_TARGET_MS))
      busy.set(key, held + 1)
      try {
        await send(site, row, token)
      } finally {
        busy.set(key, (busy.get(key) ?? 1) - 1)
      }
    }
    const task: Promise<void> = work()
      .catch((error: Error) => log.warn({ site, delivery: row.id, reason: error.message }, 'a delivery was interrupted; its lease brings it back'))
      .finally(() => {
        running.delete(task)
        if (running.size === MOST - 1) look()
      })
    running.add(task)
  }

  const alarm = openAlarm({ wake: (site) => void claimDue(site) })

  const claimDue = async (site: string): Promise<void> => {
    if (!open || claiming.has(site) || running.size >= MOST) return
    claiming.add(site)
    try {
      while (open && running.size < MOST) {
        const token = randomBytes(9).toString('base64url')
        alarm.asking(site)
        const claim = await outbox.claim(site, token, Math.min(100, MOST - running.size))
        alarm.set(site, claim.lookAgainAt, claim.now)
        if (claim.rows.length === 0) return
        for (const row of claim.rows) start(site, row, token)
      }
    } catch (error) {
      log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'the outbox could not be read')
    } finally {
      claiming.delete(site)
    }
  }

  const look = (): void => {
    for (const site of sites()) void claimDue(site)
  }
  const beat = setInterval(look, deps.lookEveryMs ?? LOOK_MS)
  const unhear = wakes.onWake((site, at) => alarm.hear(site, at))
  const unconnect = wakes.onReconnect(look)
  look()

  return {
    close: async () => {
      open = false
      clearInterval(beat)
      unhear()
      unconnect()
      alarm.close()
      await Promise.allSettled([...running])
    },
  }
}
