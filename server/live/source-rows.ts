import { freshnessOf, worstOf } from '../contract/freshness.ts'
import type { SourceRow } from '../contract/rows.ts'
import type { SourceFigures } from '../domain/floor.ts'
import type { SourceState, SourceStatus } from '../domain/log-entry.ts'
import { between, isoOf, later, type Instant } from '../domain/time.ts'

/** Facts posted without naming a source. */
export const DIRECT = 'events'

export interface SourceFacts {
  readonly sources: readonly SourceFigures[]
  /** When the last event that named no source was accepted. */
  readonly unnamedEventAt: Instant | null
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
const aliveAt = ({ connected, lastAliveAt, lastEventAt, beatMs, pushed }: SourceFigures, keeperAliveAt: Instant | null): Instant => {
  const seen = [lastAliveAt, ...(connected && pushed !== true && beatMs !== null && keeperAliveAt !== null ? [keeperAliveAt] : []), ...(lastEventAt === null ? [] : [lastEventAt])]
  return seen.reduce((newest, at) => (at > newest ? at : newest))
}

/** A source of which events are refused is there, but not all of it arrives: it is late however lately it was heard. */
const ofRefusals = ({ connected, detail }: SourceStatus): SourceState => (connected && detail !== null ? 'late' : 'live')

/** A cut source that never promised a beat is unknown after the shortest time there is: a minute. */
const CUT_BEAT_MS = 5_000

/** A source that says itself that its link is down is stale at once, and unknown when that lasts (INTERFACE 3.4). */
const stateOfLink = ({ connected, beatMs }: SourceStatus, ageMs: number): SourceState => {
  if (connected) return freshnessOf(ageMs, beatMs)
  const byAge = freshnessOf(ageMs, beatMs ?? CUT_BEAT_MS)
  return byAge === 'unknown' ? 'unknown' : 'stale'
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

const directSource = (at: Instant): SourceFigures => ({ source: DIRECT, platform: 'events', connected: true, beatMs: null, lastAliveAt: at, lastEventAt: at, detail: null })

export const sourceRows = ({ sources, unnamedEventAt, keeperAliveAt, logSilentMs, now }: SourceFacts): readonly SourceRow[] => {
  const all = unnamedEventAt === null || sources.some(({ source }) => source === DIRECT) ? sources : [...sources, directSource(unnamedEventAt)]
  return all.map((status) => {
    const alive = aliveAt(status, keeperAliveAt)
    const state = stateOf(status, Math.max(0, between(alive, now)), logSilentMs)
    return {
      id: status.source,
      platform: status.platform,
      state,
      since: isoOf(state === 'stale' && !status.connected ? status.lastAliveAt : sinceOf(state, alive, status.connected ? status.beatMs : (status.beatMs ?? CUT_BEAT_MS))),
      lastEventAt: status.lastEventAt === null ? null : isoOf(status.lastEventAt),
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
  // Told twice as seldom, a source of one beat a second would read "Live, 3 s ago" where 2 s are late already. Beats come a little early now and then.
  return gained >= 0.9 * Math.max(1_000, after.beatMs)
}
