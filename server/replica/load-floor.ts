import { setImmediate as breathe } from 'node:timers/promises'
import type { Floor, FloorBase } from '../domain/floor.ts'
import type { FloorSettings } from '../domain/settings.ts'
import { defaultFloorSettings } from '../domain/settings.ts'
import { instantOf } from '../domain/time.ts'
import { compareEntries } from '../redis/epoch.ts'
import type { ReadEntry } from '../redis/floor-log.ts'
import type { Sites } from '../redis/sites.ts'
import { type Position, type PositionChecks, START } from './position.ts'

export interface Fold {
  readonly createFloor: (site: string, settings: FloorSettings) => Floor
  readonly floorFromBase: (base: FloorBase) => Floor
}

export interface LoadDependencies extends PositionChecks {
  readonly fold: Fold
  readonly sites: Pick<Sites, 'get'>
}

export interface LoadedFloor {
  readonly floor: Floor
  readonly position: Position
}

const PAGE = 200
/** Between two pieces of work other things of the process get their turn. */
const SLICE_MS = 15

/** The floor of a site before its first entry; the same in every process, whatever the site is called since. */
export const emptyFloor = ({ fold, sites }: Pick<LoadDependencies, 'fold' | 'sites'>, site: string): Floor => {
  const founded = sites.get(site)?.founded ?? { id: site, name: site, timeZone: 'UTC' }
  return fold.createFloor(site, defaultFloorSettings({ id: founded.id, name: founded.name, timeZone: founded.timeZone }, instantOf(0)))
}

/** The best start there is: this fold version's snapshot, the base, or nothing. A floor of entries that the log does not have is no start. */
const startOf = async (dependencies: LoadDependencies, site: string): Promise<LoadedFloor> => {
  const { fold, log, snapshots } = dependencies
  const baseMeta = await snapshots.baseMeta(site)
  const snapshot = await snapshots.snapshot(site)
  if (snapshot && (!baseMeta || compareEntries(snapshot.meta.entry, baseMeta.entry) >= 0)) {
    const { entry, hash } = snapshot.meta
    const there = entry === baseMeta?.entry || (await log.find(site, entry))?.hash === hash
    if (there) return { floor: fold.floorFromBase(snapshot.base), position: { entry, hash } }
  }
  const base = baseMeta ? await snapshots.base(site) : null
  if (base) return { floor: fold.floorFromBase(base.base), position: { entry: base.meta.entry, hash: base.meta.hash } }
  if (baseMeta) throw new Error(`the base of site ${site} cannot be read: its pieces in Redis are damaged; restore them from the archive with "floorwatch restore"`)
  return { floor: emptyFloor(dependencies, site), position: { entry: START, hash: '' } }
}

export interface Fault {
  readonly entry: string
  readonly reason: string
}

/** Applies what can be read and reports the rest: a poison entry is put aside, the floor goes on (RELIABILITY F30). */
export const applyEntry = (floor: Floor, read: ReadEntry, onFault: (fault: Fault) => void): void => {
  if (!read.entry) return onFault({ entry: read.id, reason: read.fault })
  try {
    floor.apply(read.entry)
  } catch (error) {
    onFault({ entry: read.id, reason: `the fold refused it: ${error instanceof Error ? error.message : String(error)}` })
  }
}

/** Folds all that the log holds after a position; gives where it ended. */
export const foldOn = async (dependencies: Pick<LoadDependencies, 'log'>, site: string, { floor, position }: LoadedFloor, onFault: (fault: Fault) => void): Promise<Position> => {
  let at = position
  for (;;) {
    const page = await dependencies.log.read(site, at.entry, PAGE)
    let sliceEnds = performance.now() + SLICE_MS
    for (const read of page) {
      applyEntry(floor, read, onFault)
      at = { entry: read.id, hash: read.hash }
      if (performance.now() < sliceEnds) continue
      await breathe()
      sliceEnds = performance.now() + SLICE_MS
    }
    if (page.length < PAGE) return at
  }
}

export const loadFloor = async (dependencies: LoadDependencies, site: string, onFault: (fault: Fault) => void): Promise<LoadedFloor> => {
  const start = await startOf(dependencies, site)
  const position = await foldOn(dependencies, site, start, onFault)
  start.floor.takeChanges()
  return { floor: start.floor, position }
}
