import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** An import as everyone sees it, and what the worker that runs it must know. */
export interface ImportRow {
  readonly id: string
  readonly format: string
  /** Source id that queue_log lines belong to; null for other formats. */
  readonly source: string | null
  /** Of the body. */
  readonly sha256: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly state: 'queued' | 'running' | 'done' | 'failed'
  /** 0..1 */
  readonly progress: number
  readonly lines: number
  readonly accepted: number
  /** Lines that say nothing, and events that were there already. */
  readonly ignored: number
  readonly rejectedCount: number
  /** The first 100. */
  readonly rejected: readonly { readonly line: number; readonly id: string | null; readonly code: string; readonly detail: string }[]
  readonly error: string | null
  /** Read and checked only: nothing is taken in. */
  readonly dryRun?: boolean
}

export interface ImportRows {
  readonly create: (site: string, row: ImportRow) => Promise<void>
  readonly get: (site: string, id: string) => Promise<ImportRow | null>
  readonly put: (site: string, row: ImportRow) => Promise<void>
  /** Ids of those that are neither done nor failed. */
  readonly open: (site: string) => Promise<readonly string[]>
}

/** A finished import can be asked for this long. */
const KEPT_S = 90 * 86_400

export const openImportRows = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): ImportRows => ({
  create: async (site, row) => {
    const of = keys.site(site)
    await redis.multi().set(of.import(row.id), JSON.stringify(row)).sAdd(of.imports, row.id).exec()
  },
  get: async (site, id) => {
    const text = await redis.get(keys.site(site).import(id))
    return text === null ? null : (JSON.parse(text) as ImportRow)
  },
  put: async (site, row) => {
    const of = keys.site(site)
    if (row.state === 'done' || row.state === 'failed') await redis.multi().set(of.import(row.id), JSON.stringify(row), { expiration: { type: 'EX', value: KEPT_S } }).sRem(of.imports, row.id).exec()
    else await redis.set(of.import(row.id), JSON.stringify(row))
  },
  open: async (site) => (await redis.sMembers(keys.site(site).imports)).sort(),
})
