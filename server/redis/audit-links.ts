import type { IncidentEvent } from '../domain/incident/events.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import type { RecomputeOrdered } from './recompute-rows.ts'

/** What the chain holds: acts on incidents, and orders to measure closed days again. */
export type AuditedEvent = IncidentEvent | RecomputeOrdered

/** One link of a site's audit chain with the event it holds; the event is null when it is gone. */
export interface AuditLink {
  readonly seq: number
  readonly ref: string
  readonly version: number
  /** SHA-256 of the event's text, and the chain up to here. */
  readonly hash: string
  readonly link: string
  readonly event: AuditedEvent | null
}

const BATCH = 500

/** The whole chain, oldest first, a batch at a time. */
export const readAuditLinks = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }) =>
  async function* (site: string): AsyncGenerator<readonly AuditLink[]> {
    const at = keys.site(site)
    for (let position = '-'; ; ) {
      const batch = (await redis.xRange(at.audit, position, '+', { COUNT: BATCH })) ?? []
      yield await Promise.all(
        batch.map(async ({ message }): Promise<AuditLink> => {
          const [ref, version] = [String(message['r']), Number(message['v'])]
          const text = (await redis.xRange(at.incidentEvents(ref), `${version}-0`, `${version}-0`))?.[0]?.message['e']
          return { seq: Number(message['s']), ref, version, hash: String(message['h']), link: String(message['l']), event: text === undefined ? null : (JSON.parse(String(text)) as AuditedEvent) }
        }),
      )
      const last = batch.at(-1)
      if (last === undefined || batch.length < BATCH) return
      position = `(${last.id}`
    }
  }
