import { createHash } from 'node:crypto'
import type { TextId } from '../domain/platform-events.ts'
import type { FloorSettings } from '../domain/settings.ts'
import type { Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'

/**
 * A stretch of closed days that is measured again by other settings, beside what they came to. The row is never deleted: it is the
 * record of who asked for it, when and why.
 */
export interface Recompute {
  /** Later ones sort after earlier ones. */
  readonly id: string
  /** Whole days of the site. */
  readonly from: Instant
  readonly to: Instant
  readonly days: number
  /** A sealed text. */
  readonly reason: TextId
  /** Who asked: kind and id of the credential, or the person. */
  readonly by: string
  readonly createdAt: Instant
  /** What the days are measured by, fixed when it was asked for. */
  readonly settings: FloorSettings
  readonly state: 'queued' | 'running' | 'done' | 'failed'
  readonly doneDays: number
  readonly error: string | null
}

/** The order as the audit chain holds it, under `recompute:ID`. */
export interface RecomputeOrdered {
  readonly type: 'recompute-ordered'
  readonly at: Instant
  readonly by: { readonly id: string; readonly role: string }
  readonly reason: TextId
  readonly fromAt: Instant
  readonly toAt: Instant
  /** SHA-256 of the settings that the days are measured by. */
  readonly settings: string
}

export interface RecomputeRows {
  /** Writes the row and its link of the audit chain, whole or not at all. */
  readonly order: (site: string, row: Recompute, role: string) => Promise<void>
  readonly put: (site: string, row: Recompute) => Promise<void>
  readonly get: (site: string, id: string) => Promise<Recompute | null>
  /** Some of its days are to be measured again. */
  readonly reopen: (site: string, id: string) => Promise<void>
  /** Newest first. */
  readonly list: (site: string) => Promise<readonly Recompute[]>
  /** Ids of those that are neither done nor failed. */
  readonly open: (site: string) => Promise<readonly string[]>
}

const script = openScript('recompute-order')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const openRecomputeRows = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): RecomputeRows => {
  const put: RecomputeRows['put'] = async (site, row) => {
    const { recomputes, recomputesOpen } = keys.site(site)
    const written = redis.multi().hSet(recomputes, row.id, JSON.stringify(row))
    await (row.state === 'done' || row.state === 'failed' ? written.sRem(recomputesOpen, row.id) : written.sAdd(recomputesOpen, row.id)).exec()
  }
  const get: RecomputeRows['get'] = async (site, id) => {
    const text = await redis.hGet(keys.site(site).recomputes, id)
    return text ? (JSON.parse(text) as Recompute) : null
  }
  const order: RecomputeRows['order'] = async (site, row, role) => {
    const { recomputes, recomputesOpen, incidentEvents, audit } = keys.site(site)
    const ref = `recompute:${row.id}`
    const event = JSON.stringify({ type: 'recompute-ordered', at: row.createdAt, by: { id: row.by, role }, reason: row.reason, fromAt: row.from, toAt: row.to, settings: sha256(JSON.stringify(row.settings)) } satisfies RecomputeOrdered)
    const written = await script.run(redis, { keys: [recomputes, recomputesOpen, incidentEvents(ref), audit], arguments: [row.id, JSON.stringify(row), ref, event, sha256(event)] })
    if (written !== 1) throw new Error(`recompute ${row.id} of ${site} was ordered before`)
  }
  return {
    order,
    put,
    get,
    reopen: async (site, id) => {
      const row = await get(site, id)
      if (row !== null) await put(site, { ...row, state: 'queued' })
    },
    list: async (site) => (await redis.hVals(keys.site(site).recomputes)).map((text) => JSON.parse(String(text)) as Recompute).sort((a, b) => (a.id < b.id ? 1 : -1)),
    open: async (site) => (await redis.sMembers(keys.site(site).recomputesOpen)).sort(),
  }
}
