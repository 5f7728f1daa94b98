import type { IncidentEvent } from '../domain/incident/events.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { parseRecord } from './incident-log.ts'
import type { Keys, SiteKeys } from './keys.ts'
import type { Redis } from './plain-client.ts'

export interface NumberedEvent {
  /** The incident's version after the event, from 1. */
  readonly seq: number
  readonly event: IncidentEvent
}

export interface IncidentLists {
  /** Newest first, those with a smaller score than `below`; at most `count`. */
  newest(site: string, options: { readonly below: number | null; readonly count: number; readonly activeOnly: boolean }): Promise<readonly IncidentRecord[]>
  /** Which there are, newest first as `newest`, without their records. */
  versions(site: string, options: { readonly below: number | null; readonly count: number }): Promise<readonly { readonly ref: string; readonly version: number }[]>
  records(site: string, refs: readonly string[]): Promise<readonly IncidentRecord[]>
  /** Events after `seq`, oldest first. */
  events(site: string, ref: string, after: number, count: number): Promise<readonly NumberedEvent[]>
}

const refsOf = (redis: Redis, key: string, below: number | null, count: number): Promise<string[]> => redis.zRange(key, below === null ? '+inf' : `(${below}`, '-inf', { BY: 'SCORE', REV: true, LIMIT: { offset: 0, count } })
const recordsOf = async (redis: Redis, { incident }: SiteKeys, refs: readonly string[]): Promise<readonly IncidentRecord[]> => {
  const rows = await Promise.all(refs.map((ref) => redis.hGet(incident(ref), 'record')))
  return rows.flatMap((row) => (row ? [parseRecord(row)] : []))
}

export const openIncidentLists = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): IncidentLists => ({
  newest: async (site, { below, count, activeOnly }) => {
    const at = keys.site(site)
    return recordsOf(redis, at, await refsOf(redis, activeOnly ? at.incidentsActive : at.incidents, below, count))
  },
  versions: async (site, { below, count }) => {
    const at = keys.site(site)
    const refs = await refsOf(redis, at.incidents, below, count)
    const versions = await Promise.all(refs.map((ref) => redis.hGet(at.incident(ref), 'version')))
    return refs.map((ref, index) => ({ ref, version: Number(versions[index] ?? 0) }))
  },
  records: (site, refs) => recordsOf(redis, keys.site(site), refs),
  events: async (site, ref, after, count) => {
    const found = (await redis.xRange(keys.site(site).incidentEvents(ref), `(${after}-0`, '+', { COUNT: count })) ?? []
    return found.map(({ id, message }) => ({ seq: Number(id.split('-')[0]), event: JSON.parse(String(message['e'])) as IncidentEvent }))
  },
})
