import type { AuditReading, TimerRow } from '../domain/escalation/audit.ts'
import type { Delivery } from '../domain/escalation/delivery.ts'
import type { Directory } from '../domain/escalation/directory.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import { instantOf, MINUTE, type Instant } from '../domain/time.ts'
import { parseRecord } from './incident-log.ts'
import type { IncidentRules } from './incident-rules.ts'
import type { Keys } from './keys.ts'
import { openNotificationLog } from './notifications.ts'
import type { Redis } from './plain-client.ts'

export interface AuditReadingDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly rules: IncidentRules
  directory(site: string): Promise<Directory>
}

/** How far back levels and messages are compared. */
const WINDOW = 10 * MINUTE
const EVENTS = 100
const MESSAGES = 2_000

/** Reads a whole site for the auditor. It writes nothing, takes no lease and shares no code with those who do. */
export const readForAudit = async ({ redis, keys, rules, directory }: AuditReadingDeps, site: string): Promise<AuditReading> => {
  const at = keys.site(site)
  const [seconds = '0', micros = '0'] = (await redis.sendCommand(['TIME'])) as unknown as readonly string[]
  const now = instantOf(Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000))
  const [timerRows, refs, resolved] = await Promise.all([redis.hGetAll(at.timers), redis.zRange(at.incidentsActive, 0, -1), directory(site)])
  const queues = await Promise.all([at.timersUrgent, at.timersRoutine, at.inFlight].map((key) => redis.zRange(key, 0, -1)))
  const [urgent, routine, inFlight] = queues.map((ids) => new Set(ids))
  const timers = new Map(
    Object.entries(timerRows).map(([id, text]): readonly [string, TimerRow] => {
      const [due = '0', generation = '0'] = text.split('|')
      return [id, { dueAt: instantOf(Number(due)), generation: Number(generation), queued: urgent?.has(id) === true ? 'urgent' : routine?.has(id) === true ? 'routine' : inFlight?.has(id) === true ? 'in-flight' : null }]
    }),
  )
  const records = (await Promise.all(refs.map((ref) => redis.hGet(at.incident(ref), 'record')))).flatMap((text) => (text ? [parseRecord(text)] : []))
  const log = await openNotificationLog({ redis, keys }).newest(site, { below: null, count: MESSAGES })
  // In a storm the messages read reach back less far: levels before them are not judged.
  const since = Math.max(now - WINDOW, log.length < MESSAGES ? 0 : (log.at(-1)?.delivery.happenedAt ?? 0))
  const incidents = await Promise.all(
    records.map(async (record) => {
      const recent = (await redis.xRevRange(at.incidentEvents(record.ref), '+', '-', { COUNT: EVENTS })) ?? []
      const events = recent.map(({ message }) => JSON.parse(String(message['e'])) as IncidentEvent).filter((event) => event.at > since)
      return { record, rules: await rules.of(site, record), events }
    }),
  )
  return { now, incidents, timers, pending: await pendingOf(redis, at), notifications: log.filter(({ delivery }) => now - delivery.happenedAt < 2 * WINDOW).map(({ delivery, steps }) => ({ delivery, sendingAt: steps.filter(({ state }) => state === 'sending').map((step) => step.at) })), directory: resolved, today: await rules.current(site) }
}

const pendingOf = async (redis: Redis, at: ReturnType<Keys['site']>): Promise<AuditReading['pending']> => {
  const [rows, due, leases] = await Promise.all([redis.hGetAll(at.outbox), redis.zRangeWithScores(at.outboxDue, 0, -1), redis.hGetAll(at.outboxLeases)])
  const scores = new Map(due.map(({ value, score }) => [value, score]))
  return Object.entries(rows).map(([id, text]): { readonly delivery: Delivery; readonly leaseEndsAt: Instant | null } => ({ delivery: JSON.parse(text) as Delivery, leaseEndsAt: leases[id] === undefined ? null : instantOf(scores.get(id) ?? 0) }))
}
