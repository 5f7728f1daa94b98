import { freshnessOf, worstOf } from '../contract/freshness.ts'
import type { SourceRow } from '../contract/rows.ts'
import type { SourceState, SourceStatus } from '../domain/log-entry.ts'
import { between, isoOf, later, type Instant } from '../domain/time.ts'

/** Facts posted without naming a source. */
export const DIRECT = 'events'

/** A source that is not dialled has only its events as a sign of life. */
type Status = SourceStatus & { readonly pushed?: boolean }

export interface SourceFacts {
  readonly statuses: readonly Status[]
  /** When the last event of a source was accepted, by source id. */
  readonly lastEventAt: ReadonlyMap<string, Instant>
  /** Last heartbeat of the keeper, which dials the sources; null when none runs. */
  readonly keeperAliveAt: Instant | null
  /** Since this server last heard of Redis; a few seconds at rest. */
  readonly logSilentMs: number
  readonly now: Instant
}

/**
 * A connected source lives as long as the keeper that holds the link: its heartbeats are not written to the log one by one.
 * When the keeper is silent nobody knows how its sources are, and they grow late, stale and unknown with it.
 */
const aliveAt = ({ connected, lastAliveAt, beatMs, pushed }: Status, keeperAliveAt: Instant | null, lastEventAt: Instant | null): Instant => {
  const seen = [lastAliveAt, ...(connected && pushed !== true && beatMs !== null && keeperAliveAt !== null ? [keeperAliveAt] : []), ...(lastEventAt === null ? [] : [lastEventAt])]
  return seen.reduce((newest, at) => (at > newest ? at : newest))
}

/** A source of which events are refused is there, but not all of it arrives: it is late however lately it was heard. */
const ofRefusals = ({ connected, detail }: SourceStatus): SourceState => (connected && detail !== null ? 'late' : 'live')

/** A source that says itself that its link is down is stale at once, and unknown when that lasts (INTERFACE 3.4). */
const stateOfLink = (status: SourceStatus, ageMs: number): SourceState => {
  const byAge = freshnessOf(ageMs, status.beatMs)
  return !status.connected && (byAge === 'live' || byAge === 'late') ? 'stale' : byAge
}

/** A waiting read of the log is answered every 5 s at the latest: a server that hears nothing knows of no source how it is. */
const LOG_BEAT_MS = 5_000
const stateOf = (status: SourceStatus, ageMs: number, logSilentMs: number): SourceState => worstOf([stateOfLink(status, ageMs), ofRefusals(status), freshnessOf(Math.max(0, logSilentMs - LOG_BEAT_MS), LOG_BEAT_MS)])

/** The moment the present state began, told from the age alone so that every server says the same. */
const sinceOf = (state: SourceState, alive: Instant, beatMs: number | null): Instant => {
  if (beatMs === null || state === 'live') return alive
  if (state === 'late') return later(alive, 2 * beatMs)
  return state === 'stale' ? later(alive, 5 * beatMs) : later(alive, Math.max(60_000, 12 * beatMs))
}

const directStatus = (at: Instant): SourceStatus => ({ source: DIRECT, platform: 'events', connected: true, beatMs: null, lastAliveAt: at, detail: null })

export const sourceRows = ({ statuses, lastEventAt, keeperAliveAt, logSilentMs, now }: SourceFacts): readonly SourceRow[] => {
  const direct = lastEventAt.get(DIRECT)
  const all = direct === undefined || statuses.some(({ source }) => source === DIRECT) ? statuses : [...statuses, directStatus(direct)]
  return all.map((status) => {
    const last = lastEventAt.get(status.source) ?? null
    const alive = aliveAt(status, keeperAliveAt, last)
    const state = stateOf(status, Math.max(0, between(alive, now)), logSilentMs)
    return {
      id: status.source,
      platform: status.platform,
      state,
      since: isoOf(state === 'stale' && !status.connected ? status.lastAliveAt : sinceOf(state, alive, status.beatMs)),
      lastEventAt: last === null ? null : isoOf(last),
      lastAliveAt: isoOf(alive),
      beatMs: status.beatMs,
      detail: status.detail,
    }
  })
}

/**
 * True when viewers have to be told: another state, or a sign of life that the age on the screen should count from. A source
 * without a beat is never late: its last event goes out with the figures that the event changed.
 */
export const worthTelling = (before: SourceRow | undefined, after: SourceRow): boolean => {
  if (before === undefined || before.state !== after.state || before.detail !== after.detail || before.platform !== after.platform || before.beatMs !== after.beatMs) return true
  if (after.beatMs === null) return false
  const gained = Math.max(Date.parse(after.lastAliveAt ?? '') - Date.parse(before.lastAliveAt ?? ''), Date.parse(after.lastEventAt ?? '0') - Date.parse(before.lastEventAt ?? '0'))
  return gained >= Math.max(2_000, after.beatMs)
}
