import { setImmediate as breathe } from 'node:timers/promises'
import type { ContactFigures, Floor, IntervalFigures } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import { DAY, HOUR, type Instant, instantOf } from '../../server/domain/time.ts'
import { readFloor } from '../../server/redis/archive-files.ts'
import type { FloorLog } from '../../server/redis/floor-log.ts'
import type { Manifest } from '../../server/redis/manifest.ts'
import type { Sites } from '../../server/redis/sites.ts'
import { applyEntry, emptyFloor, type Fold } from '../../server/replica/load-floor.ts'
import { imported, merged, recorded } from '../../server/replica/recorded-entries.ts'
import { siteDay } from './archive-day.ts'

export interface FoldDaysDependencies {
  readonly log: FloorLog
  readonly fold: Fold
  readonly sites: Pick<Sites, 'get'>
  readonly manifest: Manifest
  readonly archiveDir: string
}

/** Facts of a leg lie within a day of each other, save for late ones, which come up to 48 h after. */
const BEFORE_MS = DAY
const AFTER_MS = 2 * DAY
/** A row is taken when no later fact of this pass can reach it any more, before the floor forgets it (it keeps 50 h). */
const RIPE_MS = 48 * HOUR
const HARVEST_MS = HOUR

const bases = ['outcome', 'arrival'] as const

export interface DayRange {
  readonly from: Instant
  readonly to: Instant
}

/**
 * The closed rows of a stretch of whole business days as a function of their segments: the archived log, what of it is still hot,
 * and all imports, folded again in order of time from the nearest base; null when it must be tried again. `settings` gives the entry that holds where no base does.
 */
export const foldDays = async (dependencies: FoldDaysDependencies, { site, range, settings, holds, contacts }: { readonly site: string; readonly range: DayRange; readonly settings: (at: Instant) => LogEntry; readonly holds: () => boolean; /** Given the contacts of the range, oldest first, as they become final. */ readonly contacts?: (found: readonly ContactFigures[]) => Promise<void> }): Promise<readonly IntervalFigures[] | null> => {
  const { fold, sites, manifest, archiveDir } = dependencies
  const [days, imports] = [await manifest.days(site), await manifest.imports(site)]
  const from = siteDay(sites, site, instantOf(range.from - BEFORE_MS)).from
  const to = instantOf(range.to + AFTER_MS)
  const based = days.find((day) => day.from >= from && day.from <= range.from && day.base !== null)
  const floor: Floor = based?.base ? fold.floorFromBase(await readFloor(archiveDir, based.base)) : emptyFloor({ fold, sites }, site)
  const start = based?.from ?? from
  const [firstDay, lastDay] = [siteDay(sites, site, start).day, siteDay(sites, site, to).day]
  const segments = imports.filter(({ day }) => day >= firstDay && day <= lastDay)
  // The log has its own settings; what is imported from before it has none.
  if (!based && segments.length > 0) floor.apply(settings(from))

  const rows = new Map<string, IntervalFigures>()
  let harvested: number = range.from
  const harvest = async (ripe: number) => {
    const end = Math.min(ripe, range.to)
    if (end <= harvested) return
    if (contacts) await contacts(floor.contacts({ from: instantOf(harvested), to: instantOf(end) }))
    for (const basis of bases) for (const row of floor.intervals({ from: instantOf(harvested), to: instantOf(end), basis })) if (row.from >= harvested && row.from < end) rows.set(`${row.from}|${basis}|${row.channel}|${row.queue}`, row)
    harvested = end
  }
  /** Hour by hour, also where nothing happened: a leap of the clock would make the floor forget what was not taken yet. */
  const advance = async (at: number) => {
    while (floor.asOf > 0 && at - floor.asOf > HARVEST_MS) {
      const step = instantOf(floor.asOf + HARVEST_MS)
      floor.apply({ kind: 'tick', id: floor.entry, at: step })
      if (floor.asOf < step) return
      await harvest(Math.floor((floor.asOf - RIPE_MS) / HARVEST_MS) * HARVEST_MS)
    }
  }
  let count = 0
  for await (const read of merged(recorded(dependencies, site, days, start, to), imported(dependencies, segments))) {
    await advance(Number(read.fields.a))
    applyEntry(floor, read, () => undefined)
    if (floor.asOf - RIPE_MS - harvested >= HARVEST_MS) await harvest(Math.floor((floor.asOf - RIPE_MS) / HARVEST_MS) * HARVEST_MS)
    count += 1
    if (count % 50 !== 0) continue
    if (!holds()) return null
    floor.takeChanges()
    await breathe()
  }
  // The last intervals close by time alone.
  await advance(to)
  floor.apply({ kind: 'tick', id: `${to}-0`, at: to })
  await harvest(range.to)
  // A day that was archived and let go meanwhile was in neither.
  if ((await manifest.days(site)).length !== days.length) return null
  return [...rows.values()]
}
