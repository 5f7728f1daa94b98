import type { IncidentRecord } from '../domain/incident/incident.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import { parseRecord } from './incident-log.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'
import { within } from './unavailable.ts'

export interface ClaimedTimer {
  /** Begins with the incident's ref: `INC-2026-000123/ownership`. */
  readonly id: string
  readonly dueAt: Instant
  readonly generation: number
  /** Its incident as it was at the claim; absent: it must be read. */
  readonly incident?: () => IncidentRecord
}

export interface TimerClaim {
  /** Redis TIME of the claim. */
  readonly now: Instant
  /** When something falls due or a lease ends; null: nothing is pending. */
  readonly lookAgainAt: Instant | null
  readonly timers: readonly ClaimedTimer[]
}

/** A row as it lies there. */
export interface StoredTimer extends ClaimedTimer {
  readonly queued: boolean
  readonly inFlight: boolean
}

export interface IncidentTimers {
  /** Due timers, urgent first, leased to `token`. `overdueMs`: only those that are late by so much. */
  claim(site: string, token: string, options?: { readonly overdueMs?: number }): Promise<TimerClaim>
  /** Keeps the lease of those that are still in flight under `token`; how many they are. */
  keep(site: string, token: string, ids: readonly string[]): Promise<number>
  /** Those of the ids that have a row. */
  stored(site: string, ids: readonly string[]): Promise<readonly StoredTimer[]>
  /** How long the oldest due timer has been due, by Redis TIME; 0: none is. */
  overdueMs(site: string): Promise<number>
}

/** At most so many in one claim: about 3 ms of Redis, and several workers share a burst. */
export const CLAIM_SIZE = 250
/** A claim neither fired nor kept within this is taken back. */
export const CLAIM_LEASE_MS = 3_000
const DEADLINE_MS = 2_000

export const refOfTimer = (id: string): string => id.slice(0, id.indexOf('/'))

export const openIncidentTimers = ({ redis, keys, leaseMs = CLAIM_LEASE_MS }: { readonly redis: Redis; readonly keys: Keys; readonly leaseMs?: number }): IncidentTimers => {
  const script = openScript('incident-claim')
  const keepScript = openScript('incident-claim-keep')
  return {
    keep: async (site, token, ids) => {
      const at = keys.site(site)
      return Number(await within(DEADLINE_MS, keepScript.run(redis, { keys: [at.timers, at.inFlight], arguments: [token, String(leaseMs), ...ids] })))
    },
    stored: async (site, ids) => {
      if (ids.length === 0) return []
      const at = keys.site(site)
      const [rows, urgent, routine, inFlight] = await Promise.all([redis.hmGet(at.timers, [...ids]), redis.zmScore(at.timersUrgent, [...ids]), redis.zmScore(at.timersRoutine, [...ids]), redis.zmScore(at.inFlight, [...ids])])
      return ids.flatMap((id, index): readonly StoredTimer[] => {
        const [due = '', generation = '0'] = (rows[index] ?? '').split('|')
        const flying = inFlight[index] !== null
        return due === '' ? [] : [{ id, dueAt: instantOf(Number(due)), generation: Number(generation), inFlight: flying, queued: flying || urgent[index] !== null || routine[index] !== null }]
      })
    },
    overdueMs: async (site) => {
      const at = keys.site(site)
      const [time, ...firsts] = await within(DEADLINE_MS, Promise.all([redis.sendCommand(['TIME']), redis.zRangeWithScores(at.timersUrgent, 0, 0), redis.zRangeWithScores(at.timersRoutine, 0, 0)]))
      const [seconds = '0'] = time as unknown as readonly string[]
      const due = Math.min(...firsts.flatMap(([first]) => (first === undefined ? [] : [first.score])))
      return Number.isFinite(due) ? Math.max(0, Number(seconds) * 1_000 - due) : 0
    },
    claim: async (site, token, { overdueMs = 0 } = {}) => {
      const at = keys.site(site)
      const call = { keys: [at.timersUrgent, at.timersRoutine, at.timers, at.inFlight], arguments: [token, String(CLAIM_SIZE), String(leaseMs), String(overdueMs), at.incident('')] }
      const [now = '0', next = '', ...rest] = (await within(DEADLINE_MS, script.run(redis, call))) as readonly string[]
      const timers: ClaimedTimer[] = []
      for (let i = 0; i + 3 < rest.length; i += 4) {
        const [id = '', due, generation, record = ''] = rest.slice(i, i + 4)
        timers.push({ id, dueAt: instantOf(Number(due)), generation: Number(generation), ...(record === '' ? {} : { incident: () => parseRecord(record) }) })
      }
      return { now: instantOf(Number(now)), lookAgainAt: next === '' ? null : instantOf(Number(next)), timers }
    },
  }
}
