import type { SourceRow } from '../../server/contract/rows.ts'
import type { LinkState } from '../live/feed.ts'

/** How far the screen may be believed (INTERFACE 3.4). Instants are server epoch ms. */
export type Freshness =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly ageMs: number | null; readonly polling: boolean }
  | { readonly kind: 'late'; readonly ageMs: number; readonly source: string }
  | { readonly kind: 'stale'; readonly asOf: number | null; readonly source: string; readonly detail: string | null }
  | { readonly kind: 'unknown'; readonly since: number | null; readonly source: string }
  | { readonly kind: 'offline'; readonly forMs: number; readonly asOf: number | null }

/** A socket may be away this long before the screen says so. */
const OFFLINE_AFTER = 5_000

const rank = { live: 0, late: 1, stale: 2, unknown: 3 } as const
const at = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso))
/** The last word of a source: a beat as well as an event. */
const heardAt = ({ lastAliveAt, lastEventAt }: SourceRow): number | null => Math.max(at(lastAliveAt) ?? 0, at(lastEventAt) ?? 0) || null

const worst = (sources: readonly SourceRow[]): SourceRow | null =>
  sources.reduce<SourceRow | null>((found, source) => (found === null || rank[source.state] > rank[found.state] ? source : found), null)

const newestWord = (sources: readonly SourceRow[]): number | null => Math.max(0, ...sources.map((source) => heardAt(source) ?? 0)) || null

export const freshnessOf = (seen: { readonly link: LinkState; readonly sources: readonly SourceRow[]; readonly asOf: string | null; readonly now: number; readonly localNow: number }): Freshness => {
  const source = worst(seen.sources)
  // The floor's clock ticks by itself: only a source can have told anything.
  const asOf = source === null ? null : at(seen.asOf)
  if (seen.link.kind === 'connecting' || (seen.asOf === null && seen.link.kind !== 'lost')) return { kind: 'connecting' }
  if (seen.link.kind === 'lost' && seen.localNow - seen.link.since > OFFLINE_AFTER) return { kind: 'offline', forMs: seen.localNow - seen.link.since, asOf }
  const polling = seen.link.kind === 'polling'
  if (source === null) return { kind: 'unknown', since: null, source: '' }
  if (source.state === 'live') {
    const newest = newestWord(seen.sources)
    return { kind: 'live', ageMs: newest === null ? null : Math.max(0, seen.now - newest), polling }
  }
  const heard = heardAt(source)
  switch (source.state) {
    case 'late': return { kind: 'late', ageMs: heard === null ? 0 : Math.max(0, seen.now - heard), source: source.id }
    case 'stale': return { kind: 'stale', asOf: heard, source: source.id, detail: source.detail }
    case 'unknown': return { kind: 'unknown', since: heard, source: source.id }
  }
}

/** Since when nothing more is known, server epoch ms; null while the floor is heard, or was never heard. */
export const heldAt = (freshness: Freshness): number | null => {
  if (freshness.kind === 'stale' || freshness.kind === 'offline') return freshness.asOf
  return freshness.kind === 'unknown' ? freshness.since : null
}

/** Whether a figure may still wear a tick or a colour. */
export const believable = (freshness: Freshness): boolean => freshness.kind === 'live' || freshness.kind === 'late'
