import { setImmediate as breathe } from 'node:timers/promises'
import type { AgentBand } from '../../server/domain/agent-figures.ts'
import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import type { Floor } from '../../server/domain/floor.ts'
import type { IntervalFigures, QueueQuotes } from '../../server/domain/queue-figures.ts'
import { queueBands } from '../../server/domain/plan/queue-bands.ts'
import type { AgentNumber } from '../../server/domain/platform-events.ts'
import { agentStretches, type AgentStretch } from '../../server/domain/reports/agent-stretches.ts'
import { DAY, HOUR, type Instant, instantOf } from '../../server/domain/time.ts'
import { readFloor } from '../../server/redis/archive-files.ts'
import type { FloorLog } from '../../server/redis/floor-log.ts'
import type { Manifest } from '../../server/redis/manifest.ts'
import type { Sites } from '../../server/redis/sites.ts'
import { applyEntry, emptyFloor, type Fold } from '../../server/replica/load-floor.ts'
import { imported, merged, recorded } from '../../server/replica/recorded-entries.ts'
import type { SettingsFrom } from '../../server/replica/settings-of-days.ts'
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

/** What became final of a stretch of the range: nothing later in this pass can change it. */
export interface Harvest {
  readonly from: Instant
  readonly to: Instant
  /** On both bases, by lane and time. */
  readonly rows: readonly IntervalFigures[]
  /** That came in the stretch, oldest first. */
  readonly contacts: readonly ContactFigures[]
  /** Of parts of the stretch: who was on the queue when, and how right quotes were. To be asked while the harvest is taken. */
  readonly bands: (from: Instant, to: Instant) => ReadonlyMap<AgentNumber, readonly AgentBand[]>
  readonly quotes: (from: Instant, to: Instant) => readonly QueueQuotes[]
  /** What agents did and were. */
  readonly agents: (from: Instant, to: Instant) => readonly AgentStretch[]
}

export interface FoldDaysQuery {
  readonly site: string
  readonly range: DayRange
  /** What holds where no base does. */
  readonly settings: (at: Instant) => SettingsFrom
  /** These hold whatever base and log say. */
  readonly overruled?: boolean
  readonly holds: () => boolean
  /** Given stretch after stretch until `range.to`; false ends the pass. */
  readonly take: (harvest: Harvest) => Promise<boolean>
}

const bandsOf = (floor: Floor, from: Instant, to: Instant): ReadonlyMap<AgentNumber, readonly AgentBand[]> =>
  new Map(floor.agentNumbers().flatMap((agent): readonly (readonly [AgentNumber, readonly AgentBand[]])[] => {
    const bands = queueBands(floor.bands(agent, from, to))
    return bands.length === 0 ? [] : [[agent, bands]]
  }))

/**
 * The closed rows of a stretch of whole business days as a function of their segments: the archived log, what of it is still hot,
 * and all imports, folded again in order of time from the nearest base, and given out as they become final: a pass holds two days of a
 * floor, however long the stretch is. False when it must be tried again from what was not taken.
 */
export const foldDays = async (dependencies: FoldDaysDependencies, { site, range, settings, overruled = false, holds, take }: FoldDaysQuery): Promise<boolean> => {
  const { fold, sites, manifest, archiveDir } = dependencies
  const [days, imports] = [await manifest.days(site), await manifest.imports(site)]
  const from = siteDay(sites, site, instantOf(range.from - BEFORE_MS)).from
  const to = instantOf(range.to + AFTER_MS)
  const based = days.find((day) => day.from >= from && day.from <= range.from && day.base !== null)
  const floor: Floor = based?.base ? fold.floorFromBase(await readFloor(archiveDir, based.base)) : emptyFloor({ fold, sites }, site)
  const start = based?.from ?? from
  const [firstDay, lastDay] = [siteDay(sites, site, start).day, siteDay(sites, site, to).day]
  const segments = imports.filter(({ day }) => day >= firstDay && day <= lastDay)
  // A base has its settings, and the log those that were saved after it. Without one they were saved before the first entry that is read, or what is imported is from before there were any.
  const own = overruled || !based
  const begin = instantOf(Math.max(from, floor.asOf))
  const { held, later: saved } = own ? settings(begin) : { held: null, later: [] }
  const later = [...saved]
  if (held !== null) floor.apply({ kind: 'settings', settings: { ...held, validFrom: begin }, id: '0-1', at: begin })
  /** Settings come in order of time among what is read. */
  const settle = (at: number) => {
    for (let next = later[0]; next !== undefined && next.validFrom <= at; next = later[0]) {
      later.shift()
      floor.apply({ kind: 'settings', settings: next, id: floor.entry, at: next.validFrom })
    }
  }

  let harvested = range.from
  let going = true
  const harvest = async (ripe: number) => {
    const end = instantOf(Math.min(ripe, range.to))
    if (end <= harvested || !going) return
    const within = { from: harvested, to: end }
    const rows = bases.flatMap((basis) => floor.intervals({ ...within, basis }).filter((row) => row.from >= harvested && row.from < end))
    going = await take({ ...within, rows, contacts: floor.contacts(within), bands: (since, until) => bandsOf(floor, since, until), quotes: (since, until) => floor.quotes({ from: since, to: until }), agents: (since, until) => agentStretches(floor, since, until) })
    harvested = end
  }
  /** Hour by hour, also where nothing happened: a leap of the clock would make the floor forget what was not taken yet. */
  const advance = async (at: number) => {
    while (floor.asOf > 0 && at - floor.asOf > HARVEST_MS) {
      const step = instantOf(floor.asOf + HARVEST_MS)
      settle(step)
      floor.apply({ kind: 'tick', id: floor.entry, at: step })
      if (floor.asOf < step) return
      await harvest(Math.floor((floor.asOf - RIPE_MS) / HARVEST_MS) * HARVEST_MS)
    }
    settle(at)
  }
  let count = 0
  for await (const read of merged(recorded(dependencies, site, days, start, to), imported(dependencies, segments))) {
    if (own && read.entry?.kind === 'settings') continue
    await advance(Number(read.fields.a))
    applyEntry(floor, read, () => undefined)
    if (floor.asOf - RIPE_MS - harvested >= HARVEST_MS) await harvest(Math.floor((floor.asOf - RIPE_MS) / HARVEST_MS) * HARVEST_MS)
    count += 1
    if (count % 50 !== 0) continue
    if (!going || !holds()) return false
    floor.takeChanges()
    await breathe()
  }
  // The last intervals close by time alone.
  await advance(to)
  floor.apply({ kind: 'tick', id: `${to}-0`, at: to })
  await harvest(range.to)
  return going
}
