import { businessDayOf, dateOf } from '../domain/business-day.ts'
import type { Floor } from '../domain/floor.ts'
import { HOUR, instantOf, type Instant } from '../domain/time.ts'
import { instantAt } from '../domain/wall-clock.ts'
import { readFloor } from '../redis/archive-files.ts'
import type { FloorLog, ReadEntry } from '../redis/floor-log.ts'
import type { Manifest } from '../redis/manifest.ts'
import type { Sites } from '../redis/sites.ts'
import type { Snapshots } from '../redis/snapshots.ts'
import { applyEntry, emptyFloor, type Fold } from './load-floor.ts'
import { imported, merged, recorded } from './recorded-entries.ts'
import { settingsOfDays } from './settings-of-days.ts'

/** Facts come so late, with a margin. */
const LATE_MS = 50 * HOUR

/** An imported entry holds facts of a long while: they are played one by one, each at its own instant. */
async function* singly(entries: AsyncGenerator<ReadEntry>): AsyncGenerator<ReadEntry> {
  for await (const read of entries) {
    if (read.entry?.kind !== 'facts') yield read
    else for (const fact of read.entry.facts) yield { id: read.id, hash: read.hash, fields: { ...read.fields, a: String(fact.occurredAt) }, entry: { kind: 'facts', id: read.id, at: fact.occurredAt, facts: [fact] }, fault: null }
  }
}

export interface ReplayDependencies {
  readonly log: FloorLog
  readonly fold: Fold
  readonly sites: Pick<Sites, 'get'>
  readonly manifest: Pick<Manifest, 'days' | 'imports' | 'books'>
  readonly snapshots: Pick<Snapshots, 'base' | 'snapshot'>
  readonly archiveDir: string
}

export interface ReplayedDay {
  readonly day: string
  readonly from: Instant
  readonly to: Instant
  /** The floor at each full step of the recorded clock, from the day's first to its last. It is one floor that moves on. */
  readonly frames: (stepMs: number) => AsyncGenerator<{ readonly at: Instant; readonly floor: Floor }>
}

/** Local date of the site; null where it is none. */
const boundsOf = (timeZone: string, day: string): { readonly from: Instant; readonly to: Instant } | null => {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []
  const noon = year === undefined ? null : instantAt(timeZone, { year: Number(year), month: Number(month), day: Number(date), hour: 12, minute: 0, second: 0 })
  return noon === null ? null : businessDayOf({ timeZone, startsAt: '00:00' }, noon)
}

/** A day of a site as it was, from its archive, imports and what of it is still in the log: the same fold under its recorded clock, and no effects. */
export const replayDay = async (dependencies: ReplayDependencies, site: string, day: string): Promise<ReplayedDay | null> => {
  const { fold, sites, manifest, snapshots, archiveDir } = dependencies
  const timeZone = sites.get(site)?.founded.timeZone ?? 'UTC'
  const bounds = boundsOf(timeZone, day)
  if (bounds === null) return null
  const days = await manifest.days(site)
  const before = days.filter((known) => known.to <= bounds.from).at(-1)
  const own = days.find((known) => dateOf(known.from, timeZone) === day)
  const start = async (): Promise<Floor> => {
    const at = own?.base ?? before?.after ?? null
    if (at !== null) return fold.floorFromBase(await readFloor(archiveDir, at))
    const base = days.length === 0 ? await snapshots.base(site) : null
    if (base !== null) return fold.floorFromBase(base.base)
    // A day from before the log, or the first of it: its settings are in neither.
    const floor = emptyFloor({ fold, sites }, site)
    const known = (await snapshots.snapshot(site)) ?? (await snapshots.base(site))
    const begin = instantOf(bounds.from - LATE_MS)
    const held = settingsOfDays(known === null ? [] : fold.floorFromBase(known.base).settingsVersions(), await manifest.books(site), new Set())
    const { held: settings } = held.from(begin, held.pinOf({ day, from: bounds.from }))
    if (settings !== null) floor.apply({ kind: 'settings', settings: { ...settings, validFrom: begin }, id: '0-1', at: begin })
    return floor
  }

  async function* frames(stepMs: number): AsyncGenerator<{ readonly at: Instant; readonly floor: Floor }> {
    const floor = await start()
    const { from, to } = bounds ?? { from: instantOf(0), to: instantOf(0) }
    const segments = (await manifest.imports(site)).filter((segment) => segment.day === day)
    let next = from
    /** Ticks fall where they would have fallen live, so that windows and days turn by the recorded clock. */
    const forward = (at: Instant) => {
      for (let due = floor.nextTickAt(); due !== null && due <= at; due = floor.nextTickAt()) floor.apply({ kind: 'tick', id: floor.entry, at: due })
      if (floor.asOf > 0 && floor.asOf < at) floor.apply({ kind: 'tick', id: floor.entry, at })
    }
    // Entries between the base and the day, such as those of a night without an archive yet.
    const since = own === undefined && before !== undefined ? before.to : instantOf(from - LATE_MS)
    for await (const read of merged(recorded(dependencies, site, own === undefined ? days : days.slice(0, days.indexOf(own) + 1), own === undefined ? since : from, to), singly(imported(dependencies, segments)))) {
      const at = instantOf(Number(read.fields.a))
      for (; next < at && next <= to; next = instantOf(next + stepMs)) {
        forward(next)
        yield { at: next, floor }
      }
      applyEntry(floor, read, () => undefined)
    }
    for (; next <= to; next = instantOf(next + stepMs)) {
      forward(next)
      yield { at: next, floor }
    }
  }
  return { day, ...bounds, frames }
}
