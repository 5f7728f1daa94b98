import type { Logger } from '../../server/log.ts'
import type { Snapshots } from '../../server/redis/snapshots.ts'
import type { Kept, KeeperPart } from './keeper.ts'

const EVERY_MS = 900_000

/** Saves the floor every 15 minutes and when the keeper stops, so that a start folds minutes and not days. */
export const keepSnapshots = ({ snapshots, log, everyMs = EVERY_MS }: { readonly snapshots: Snapshots; readonly log: Logger; readonly everyMs?: number }): KeeperPart => async (kept: Kept) => {
  const { site, replica, fence } = kept
  let saved = (await snapshots.snapshotMeta(site))?.entry ?? null
  let saving: Promise<void> = Promise.resolve()

  const save = async () => {
    const position = replica.position()
    if (!kept.holds() || position.entry === saved || position.entry === '0-0') return
    try {
      if (await snapshots.saveSnapshot(site, fence, replica.floor, position)) saved = position.entry
    } catch (error) {
      log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'the snapshot could not be saved; the next one is tried in time')
    }
  }
  const timer = setInterval(() => (saving = saving.then(save)), everyMs)
  return {
    close: async () => {
      clearInterval(timer)
      await saving
      await save()
    },
  }
}
