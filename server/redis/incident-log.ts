import { createHash } from 'node:crypto'
import type { Delivery } from '../domain/escalation/delivery.ts'
import type { Timer } from '../domain/escalation/plan-timers.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import type { IncidentRecord, IncidentState } from '../domain/incident/incident.ts'
import { owedFollowUps } from '../domain/incident/review.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import { commitmentText } from './commitments.ts'
import { revisionOf, type Revision } from './epoch.ts'
import type { Keys } from './keys.ts'
import { encodeIncidentBody } from './log-codec.ts'
import type { Redis } from './plain-client.ts'
import { openScript, type ScriptCall } from './script.ts'
import { together } from './together.ts'
import { within } from './unavailable.ts'

/** A delivery as it lies in the outbox. */
export interface OutboxRow extends Delivery {
  readonly attempts: number
  /** Words of the last failure; never a body. */
  readonly lastError: string | null
  /** The provider took it and owes a receipt; its own number for the message. */
  readonly accepted?: { readonly at: Instant; readonly reference: string | null }
  /** What the provider or the screen said of it. */
  readonly receipt?: { readonly state: 'delivered' | 'failed'; readonly detail: string }
}

/** What became of a delivery (INCIDENTS 2.9). */
export type DeliveryState = 'queued' | 'held' | 'sending' | 'accepted' | 'delivered' | 'failed' | 'unknown' | 'dead' | 'cancelled' | 'purged'

/** One change of one incident; all of it is written or nothing. */
export interface IncidentChange {
  readonly before: IncidentRecord | null
  readonly after: IncidentRecord
  readonly events: readonly IncidentEvent[]
  readonly timersSet: readonly Timer[]
  readonly timersGone: readonly string[]
  readonly deliveries: readonly Delivery[]
  readonly cancelled: readonly { readonly ladder: string; readonly below: number }[]
  /** The reading must not be older than this when it commits. */
  readonly fresh?: { readonly readAt: Instant; readonly withinMs: number }
  /** The timer that caused it must still be in flight under this token. */
  readonly fired?: { readonly id: string; readonly token: string }
  /** The delivery whose receipt this is. */
  readonly settled?: { readonly id: string; readonly token: string; readonly dead: OutboxRow | null; readonly state: DeliveryState; readonly detail: string }
  /** Another incident on whose state the decision stands. */
  readonly beside?: { readonly ref: string; readonly version: number }
  /** Brought in as history: no entry of THE LOG, since no floor and no screen has to know of it now. */
  readonly history?: boolean
  /** The commitments of all incidents that the decision stands on must still be those. */
  readonly commitmentsAt?: number
  /** What it makes of other incidents, each at most once: written with it or not at all. */
  readonly others?: readonly IncidentChange[]
  /** Remembered for 24 h under the caller's key. */
  readonly remember?: { readonly hash: string; readonly value: string }
}

export type Applied =
  | { readonly kind: 'ok'; readonly revision: Revision; readonly entry: string; readonly cancelled: number }
  /** Somebody else changed the incident since it was read: read again. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'stale' }
  /** The claim was taken back, or the timer is no longer due. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'known'; readonly value: string }

export interface IncidentReading {
  /** Redis TIME of the reading. */
  readonly now: Instant
  readonly record: IncidentRecord | null
  /** What an earlier call with the same idempotency key was answered. */
  readonly known: string | null
}

export interface IncidentLog {
  read(site: string, ref: string, idempotency?: string): Promise<IncidentReading>
  apply(site: string, change: IncidentChange): Promise<Applied>
  /** The next `INC-YYYY-NNNNNN` of that year. A number may be lost, never given twice. */
  nextRef(site: string, year: number): Promise<string>
  /** The incident that a key of reports belongs to: `ref` when nobody had it, or `instead` of which it takes its place. */
  claimKey(site: string, hash: string, ref: string, withinMs: number, instead?: string): Promise<string>
  /** Remembers a refusal under an idempotency key unless something is remembered already. */
  remember(site: string, hash: string, value: string): Promise<void>
}

const REMEMBERED_MS = 86_400_000
/** A refusal must reach the sender within 2 s (RELIABILITY F4). */
export const DEADLINE_MS = 2_000

/** So many changes are one transaction: it holds Redis up for about two milliseconds. */
const TOGETHER = 20
const TRANSACTIONS = 2

const ended: readonly IncidentState[] = ['closed', 'cancelled', 'merged']

/** Order in the lists: year, then number. */
export const refScore = (ref: string): number => {
  const [, year = '0', number = '0'] = ref.split('-')
  return Number(year) * 1e9 + Number(number)
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const counted = (items: readonly (readonly string[])[]): readonly string[] => [String(items.length), ...items.flat()]

/** The name under which an event stands in THE LOG: the last that is more than bookkeeping of a clock. */
const eventName = (events: readonly IncidentEvent[]): string => events.find(({ type }) => type !== 'clock-breached')?.type ?? events[0]?.type ?? ''

/** Fills in place what a value lacks: a copy by spreading costs ten times the reading of the text. */
const withDefaults = <T extends object>(value: T, defaults: Partial<T>): T => {
  for (const name in defaults) if (!(name in value)) Object.assign(value, { [name]: structuredClone(defaults[name]) })
  return value
}

/** Records of older versions lack fields that came later. */
const filled = (given: IncidentRecord): IncidentRecord => {
  const record = withDefaults(given, { told: [], replyUnread: false, reports: 0, drill: false, maintenance: null, pendingUpdate: null, exercise: null, completion: null, help: null, deployments: [], counsel: [], formerRefs: [], successor: null, problemRef: null, problem: null, majorIncident: null, pir: null })
  withDefaults(record.updates, { aside: 0, to: [], noChange: 0, newest: { all: null, public: null } })
  for (const ladder of [record.ownership, record.deadline]) withDefaults(ladder, { since: null, spared: [], unmanned: false })
  for (const clock of record.clocks) withDefaults(clock, { endOfDay: false, reminder: null, excused: null })
  return record
}
export const parseRecord = (text: string): IncidentRecord => filled(JSON.parse(text) as IncidentRecord)

/** The same of a record that a floor holds: an entry or a snapshot that an older version wrote. The floor's own is left as it is. */
export const wholeRecord = (record: IncidentRecord): IncidentRecord => filled({ ...record, updates: { ...record.updates }, ownership: { ...record.ownership }, deadline: { ...record.deadline }, clocks: record.clocks.map((clock) => ({ ...clock })) })

export const openIncidentLog = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): IncidentLog => {
  const readScript = openScript('incident-read')
  const applyScript = openScript('incident-apply')
  const claimKeyScript = openScript('incident-claim-key')
  const callOfOne = (site: string, change: IncidentChange): ScriptCall => {
    const { before, after, events, timersSet, timersGone, deliveries, cancelled, fresh, fired, settled, beside, remember, history, commitmentsAt } = change
    const texts = events.map((event) => JSON.stringify(event))
    const record = events.length === 0 ? '' : JSON.stringify(after)
    const body = events.length === 0 || history === true ? [] : [[encodeIncidentBody(eventName(events), record)]]
    const dead = settled?.dead ?? null
    const args = [
      after.ref,
      String(before?.version ?? 0),
      String(after.version),
      record,
      // What is still owed of a review keeps a closed one where its timers are looked after.
      ended.includes(after.state) && owedFollowUps(after).length === 0 ? '0' : '1',
      String(refScore(after.ref)),
      String(fresh?.readAt ?? 0),
      String(fresh?.withinMs ?? 0),
      fired?.id ?? '',
      fired?.token ?? '',
      settled?.id ?? '',
      settled?.token ?? '',
      dead === null ? '' : JSON.stringify(dead),
      remember?.value ?? '',
      String(REMEMBERED_MS),
      keys.wake,
      site,
      beside === undefined ? '' : String(beside.version),
      settled?.state ?? '',
      settled?.detail ?? '',
      commitmentsAt === undefined ? '' : String(commitmentsAt),
      commitmentText(after) === commitmentText(before) ? '=' : commitmentText(after),
      ...counted(texts.map((text) => [text, sha256(text)])),
      ...counted(body),
      ...counted(timersSet.map(({ id, dueAt, generation, urgent }) => [id, String(dueAt), String(generation), urgent ? 'u' : 'r'])),
      ...counted(timersGone.map((id) => [id])),
      ...counted(deliveries.map((delivery) => [delivery.id, String(delivery.notBefore), delivery.fence === null ? '-' : `${delivery.fence.ladder}:${delivery.fence.generation}`, JSON.stringify({ ...delivery, attempts: 0, lastError: null } satisfies OutboxRow)])),
      ...counted(cancelled.map(({ ladder, below }) => [ladder, String(below)])),
    ]
    return { keys: keysOf(site, after.ref, beside?.ref ?? after.ref, remember?.hash), arguments: args }
  }
  const callOf = (site: string, change: IncidentChange): ScriptCall => {
    const all = [change, ...(change.others ?? [])]
    if (new Set(all.map(({ after }) => after.ref)).size < all.length) throw new Error(`a change of incident ${change.after.ref} would write one incident twice`)
    const calls = all.map((one) => callOfOne(site, one))
    const lengths = calls.length === 1 ? [] : calls.map((call) => String(call.arguments.length))
    return { keys: calls.flatMap(({ keys: of }) => of), arguments: [...calls.flatMap((call) => call.arguments), ...lengths] }
  }
  /** By site: in a Cluster those of two sites cannot travel together. */
  const lanes = new Map<string, (change: IncidentChange) => Promise<unknown>>()
  const laneOf = (site: string): ((change: IncidentChange) => Promise<unknown>) => {
    // Written out only as it leaves: those that wait are small, and what is written is garbage at once.
    const lane = lanes.get(site) ?? together<IncidentChange, unknown>((changes) => applyScript.runTogether(redis, changes.map((change) => callOf(site, change))), { most: TOGETHER, inFlight: TRANSACTIONS, patienceMs: DEADLINE_MS })
    lanes.set(site, lane)
    return lane
  }

  const keysOf = (site: string, ref: string, beside: string, idempotency: string | undefined): string[] => {
    const at = keys.site(site)
    const fixed = [at.incident(ref), at.incidentEvents(ref), at.log, at.timersUrgent, at.timersRoutine, at.timers, at.inFlight, at.outbox, at.outboxDue, at.outboxLeases, at.incidentOutbox(ref), at.audit, at.incidents, at.incidentsActive, at.epoch, at.deadLetters, at.incident(beside), at.notifications, at.notificationSteps, at.notificationOrder, at.commitments]
    return [...fixed, idempotency === undefined ? at.incident(ref) : at.idempotency(idempotency)]
  }

  return {
    read: async (site, ref, idempotency) => {
      const at = keys.site(site)
      const asked = [at.incident(ref), ...(idempotency === undefined ? [] : [at.idempotency(idempotency)])]
      const [now, record, known] = (await within(DEADLINE_MS, readScript.run(redis, { keys: asked, arguments: [] }))) as [string, string, string]
      return { now: instantOf(Number(now)), record: record === '' ? null : parseRecord(record), known: known === '' ? null : known }
    },
    apply: async (site, change) => {
      const reply = (await within(DEADLINE_MS, laneOf(site)(change))) as readonly (string | number)[]
      const [kind, second, third, fourth] = reply
      if (kind === 'ok') return { kind, revision: revisionOf(String(second), String(third)), entry: String(third), cancelled: Number(fourth) }
      if (kind === 'known') return { kind, value: String(second) }
      if (kind === 'conflict' || kind === 'stale' || kind === 'fenced') return { kind }
      throw new Error(`incident-apply gave an unknown answer for ${change.after.ref}: ${String(kind)}`)
    },
    nextRef: async (site, year) => {
      const number = await within(DEADLINE_MS, redis.hIncrBy(keys.site(site).incidentNumber, String(year), 1))
      return `INC-${year}-${String(number).padStart(6, '0')}`
    },
    claimKey: async (site, hash, ref, withinMs, instead) => {
      const key = keys.site(site).reportKey(hash)
      const [holder] = (await within(DEADLINE_MS, claimKeyScript.run(redis, { keys: [key], arguments: [ref, String(withinMs), instead ?? ''] }))) as readonly string[]
      return holder ?? ref
    },
    remember: async (site, hash, value) => {
      await within(DEADLINE_MS, redis.set(keys.site(site).idempotency(hash), value, { condition: 'NX', expiration: { type: 'PX', value: REMEMBERED_MS } }))
    },
  }
}
