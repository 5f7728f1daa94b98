import { setImmediate as breathe } from 'node:timers/promises'
import { businessDayOf, dateOf } from '../../server/domain/business-day.ts'
import type { Floor } from '../../server/domain/floor.ts'
import type { Instant } from '../../server/domain/time.ts'
import { readFloor, writeEntries, writeFloor } from '../../server/redis/archive-files.ts'
import type { FloorLog, ReadEntry } from '../../server/redis/floor-log.ts'
import type { ArchivedDay } from '../../server/redis/manifest.ts'
import type { Position, Snapshots } from '../../server/redis/snapshots.ts'
import { applyEntry, emptyFloor, type Fold } from '../../server/replica/load-floor.ts'
import { START } from '../../server/replica/position.ts'
import type { Sites } from '../../server/redis/sites.ts'

export interface ArchiveDayDependencies {
  readonly log: FloorLog
  readonly fold: Fold
  readonly sites: Pick<Sites, 'get'>
  readonly snapshots: Snapshots
  readonly archiveDir: string
}

/** Days are the site's: midnight to midnight in its zone. */
export const siteDay = (sites: Pick<Sites, 'get'>, site: string, at: Instant): { readonly day: string; readonly from: Instant; readonly to: Instant } => {
  const timeZone = sites.get(site)?.founded.timeZone ?? 'UTC'
  const bounds = businessDayOf({ timeZone, startsAt: '00:00' }, at)
  return { day: dateOf(bounds.from, timeZone), ...bounds }
}

/** The days that hold any of [from, to], oldest first. */
export const siteDays = (sites: Pick<Sites, 'get'>, site: string, from: Instant, to: Instant): readonly string[] => {
  const days: string[] = []
  for (let at = from; ; ) {
    const day = siteDay(sites, site, at)
    days.push(day.day)
    if (day.to >= to) return days
    at = day.to
  }
}

const PAGE = 200

/** The floor after the last archived day: from its file, or from the base in Redis when that lies at the same place. */
const floorAfter = async ({ fold, sites, snapshots, archiveDir }: ArchiveDayDependencies, site: string, last: ArchivedDay | undefined): Promise<{ readonly floor: Floor; readonly position: Position }> => {
  if (!last) {
    const base = await snapshots.base(site)
    return base ? { floor: fold.floorFromBase(base.base), position: base.meta } : { floor: emptyFloor({ fold, sites }, site), position: { entry: START, hash: '' } }
  }
  const position = { entry: last.last, hash: last.lastHash }
  try {
    return { floor: fold.floorFromBase(await readFloor(archiveDir, last.after)), position }
  } catch (error) {
    const base = await snapshots.base(site)
    if (base?.meta.entry === last.last) return { floor: fold.floorFromBase(base.base), position }
    throw error
  }
}

/**
 * Archives the first business day that is over and not archived yet: its entries, and the floor after the last of them, which is made
 * by folding the day again from its base. Null when no such day is over; `holds` is asked between pages.
 */
export const archiveNextDay = async (dependencies: ArchiveDayDependencies, { site, asOf, archived, holds }: { readonly site: string; readonly asOf: Instant; readonly archived: readonly ArchivedDay[]; readonly holds: () => boolean }): Promise<ArchivedDay | null> => {
  const { log, sites, archiveDir } = dependencies
  const last = archived.at(-1)
  const after = last?.last ?? (await dependencies.snapshots.baseMeta(site))?.entry ?? START
  const [first] = await log.read(site, after, 1)
  if (!first) return null
  const instantOfEntry = (read: ReadEntry): Instant => (Number(read.fields.a) || 0) as Instant
  const { day, from, to } = siteDay(sites, site, instantOfEntry(first))
  if (asOf < to) return null

  const start = await floorAfter(dependencies, site, last)
  const writer = await writeEntries(archiveDir, `${site}/${day}/log-${first.id}.ndjson.gz`)
  let at = start.position
  let entries = 0
  for (let page = await log.read(site, at.entry, PAGE); page.length > 0; page = await log.read(site, at.entry, PAGE)) {
    const within = page.filter((read) => instantOfEntry(read) < to)
    for (const read of within) {
      await writer.write(read.id, read.fields)
      // Faults were reported when the entry was first read.
      applyEntry(start.floor, read, () => undefined)
      at = { entry: read.id, hash: read.hash }
    }
    entries += within.length
    if (!holds()) {
      await writer.abandon()
      return null
    }
    if (within.length < page.length || page.length < PAGE) break
    await breathe()
  }
  const written = await writer.finish()
  start.floor.takeChanges()
  const floor = await writeFloor(archiveDir, `${site}/${day}/floor-${at.entry}.json.gz`, start.floor.toBase())
  return { day, from, to, first: first.id, last: at.entry, lastHash: at.hash, entries, log: written, base: last?.after ?? null, after: { ...floor, entry: at.entry, hash: at.hash } }
}
