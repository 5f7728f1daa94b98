import type { Floor, FloorBase } from '../domain/floor.ts'
import { foldVersion } from '../domain/fold-version.ts'
import type { EntryId } from '../domain/log-entry.ts'
import type { Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import { readMeta, readPieces, savePieces } from './pieces.ts'
import type { Redis } from './plain-client.ts'

/** Where a reader of the log stands: the last entry it has read, and that entry's hash, which tells a floor of entries that were lost since. */
export interface Position {
  readonly entry: EntryId
  readonly hash: string
}

export interface SnapshotMeta extends Position {
  readonly at: Instant
}

export interface BaseMeta extends SnapshotMeta {
  /** Entries up to and with `entry` are gone from the hot log; this is the first one kept. */
  readonly first: EntryId
}

export interface StoredFloor<Meta> {
  readonly meta: Meta
  readonly base: FloorBase
}

export interface Snapshots {
  /** The newest floor of this fold version; older versions are kept until a snapshot of theirs is replaced. */
  readonly snapshot: (site: string) => Promise<StoredFloor<SnapshotMeta> | null>
  readonly snapshotMeta: (site: string) => Promise<SnapshotMeta | null>
  readonly base: (site: string) => Promise<StoredFloor<BaseMeta> | null>
  readonly baseMeta: (site: string) => Promise<BaseMeta | null>
  /** False when the fence has passed to another keeper. */
  readonly saveSnapshot: (site: string, fence: number, floor: Floor, position: Position) => Promise<boolean>
  readonly saveBase: (site: string, fence: number, base: FloorBase, meta: BaseMeta) => Promise<boolean>
}

const parsed = <Meta>(pieces: { readonly meta: Meta; readonly text: string } | null): StoredFloor<Meta> | null => (pieces ? { meta: pieces.meta, base: JSON.parse(pieces.text) as FloorBase } : null)

export const openSnapshots = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Snapshots => ({
  snapshot: async (site) => parsed(await readPieces<SnapshotMeta>(redis, keys.site(site).snapshot, String(foldVersion))),
  snapshotMeta: async (site) => (await readMeta<SnapshotMeta>(redis, keys.site(site).snapshot, String(foldVersion)))?.meta ?? null,
  base: async (site) => parsed(await readPieces<BaseMeta>(redis, keys.site(site).base, 'base')),
  baseMeta: async (site) => (await readMeta<BaseMeta>(redis, keys.site(site).base, 'base'))?.meta ?? null,
  saveSnapshot: async (site, fence, floor, { entry, hash }) => {
    const meta: SnapshotMeta = { entry, hash, at: floor.asOf }
    const text = JSON.stringify(floor.toBase())
    const { snapshot, fence: fenceKey } = keys.site(site)
    return savePieces({ redis, key: snapshot, name: String(foldVersion), fenceKey, fence }, { meta, text })
  },
  saveBase: async (site, fence, base, meta) => {
    const { base: key, fence: fenceKey } = keys.site(site)
    return savePieces({ redis, key, name: 'base', fenceKey, fence }, { meta, text: JSON.stringify(base) })
  },
})
