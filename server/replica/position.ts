import type { EntryId } from '../domain/log-entry.ts'
import { compareEntries, type Epochs } from '../redis/epoch.ts'
import type { FloorLog } from '../redis/floor-log.ts'
import type { Position, Snapshots } from '../redis/snapshots.ts'

export type { Position } from '../redis/snapshots.ts'

export type Standing = { readonly holds: true; readonly epoch: string } | { readonly holds: false; readonly why: 'behindBase' | 'lostTail'; readonly epoch: string }

export interface PositionChecks {
  readonly log: FloorLog
  readonly epochs: Epochs
  readonly snapshots: Snapshots
}

export const START: EntryId = '0-0'

/**
 * Whether the log still holds what a reader has read (RELIABILITY G9). Missing because trimmed: it must load again. Missing or
 * different although it should be there: Redis came back without its tail (or empty, or from a backup), and a new epoch begins
 * unless another reader has begun one since.
 */
export const checkPosition = async ({ log, epochs, snapshots }: PositionChecks, site: string, { entry, hash }: Position, epoch: string): Promise<Standing> => {
  const now = await epochs.current(site)
  if (entry === START) return { holds: true, epoch: now }
  const found = await log.find(site, entry)
  if (found && found.hash === hash) return { holds: true, epoch: now }
  if (!found) {
    const base = await snapshots.baseMeta(site)
    if (base?.entry === entry) return { holds: true, epoch: now }
    if (base && compareEntries(entry, base.first) < 0) return { holds: false, why: 'behindBase', epoch: now }
  }
  return { holds: false, why: 'lostTail', epoch: now === epoch ? await epochs.renew(site, now) : now }
}
