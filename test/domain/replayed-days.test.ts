import { expect, it } from '@jest/globals'
import type { Floor } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { DAY, HOUR, instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import { encodeFigures, fieldOf, partsOf } from '../../server/redis/row-codec.ts'
import { entryOf, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { randomDay } from '../support/random-day.ts'
import { everySeed, lawRuns, type Seeded } from '../support/seeded-random.ts'

/** A day as its log has it: most facts within two seconds, some hours late, some told again, a few an entry. */
const logOf = (facts: readonly Fact[], random: Seeded): readonly LogEntry[] => {
  const told: (readonly [number, Fact])[] = facts.flatMap((fact) => {
    const at = fact.occurredAt + (random.chance(0.06) ? random.whole(0, 8 * HOUR) : random.whole(0, 2_000))
    return random.chance(0.1) ? [[at, fact], [at + random.whole(0, 3 * HOUR), fact]] : [[at, fact]]
  })
  const sorted = told.sort(([a], [b]) => a - b)
  const entries: LogEntry[] = []
  for (let i = 0; i < sorted.length; ) {
    const some = sorted.slice(i, i + random.whole(1, 4))
    i += some.length
    entries.push(entryOf(some.at(-1)?.[0] ?? 0, some.map(([, fact]) => fact)))
  }
  return entries
}

const bases = ['outcome', 'arrival'] as const

/** What a keeper has stored: rows as they close, and again as late facts change them; a row that is no more is taken away. */
const keeper = () => {
  const stored = new Map<string, string>()
  let closedTo = NINE - DAY
  return {
    stored,
    look: (floor: Floor): void => {
      const { intervals } = floor.takeChanges()
      const to = Math.floor(floor.asOf / QUARTER_HOUR) * QUARTER_HOUR
      if (to === closedTo && intervals.length === 0) return
      const from = Math.min(closedTo, ...intervals.map((row) => row.from))
      for (const field of stored.keys()) if (partsOf(field).from >= from) stored.delete(field)
      for (const basis of bases) for (const row of floor.intervals({ from: instantOf(from), to: instantOf(to), basis })) if (row.to <= to) stored.set(fieldOf(row), encodeFigures(row))
      closedTo = Math.max(closedTo, to)
    },
  }
}

const playedLive = (entries: readonly LogEntry[], end: number, random: Seeded): ReadonlyMap<string, string> => {
  let floor = createFloor('test', utcSettings())
  const kept = keeper()
  // Restarts lose the process, never what it had stored.
  const restarts = new Set([random.whole(0, entries.length), random.whole(0, entries.length)])
  for (const [index, entry] of [...entries, tickAt(end)].entries()) {
    for (let next = floor.nextTickAt(); next !== null && next < entry.at; next = floor.nextTickAt()) {
      floor.apply(tickAt(next))
      kept.look(floor)
    }
    floor.apply(entry)
    kept.look(floor)
    if (restarts.has(index)) floor = floorFromBase(JSON.parse(JSON.stringify(floor.toBase())))
  }
  return kept.stored
}

const replayed = (entries: readonly LogEntry[], end: number): ReadonlyMap<string, string> => {
  const floor = createFloor('test', utcSettings())
  for (const entry of entries) floor.apply(entry)
  floor.apply(tickAt(end))
  const rows = bases.flatMap((basis) => floor.intervals({ from: instantOf(NINE - DAY), to: instantOf(end), basis })).filter((row) => row.to <= end)
  return new Map(rows.map((row) => [fieldOf(row), encodeFigures(row)]))
}

const inOrder = (rows: ReadonlyMap<string, string>): string => JSON.stringify([...rows].sort(([a], [b]) => (a < b ? -1 : 1)))

it('a day replayed is the same day live, byte for byte: twenty random days with late and repeated events, ticks and restarts (METRICS check 2)', () => {
  let revised = 0
  everySeed(lawRuns(20), (random) => {
    const entries = logOf(randomDay(random, { contacts: random.whole(40, 90), spanMs: 10 * HOUR }), random)
    const end = Math.ceil(Math.max(...entries.map(({ at }) => at)) / QUARTER_HOUR) * QUARTER_HOUR + HOUR
    const [live, replay] = [playedLive(entries, end, random), replayed(entries, end)]
    revised += [...live.values()].filter((text) => { const [[complete], again] = JSON.parse(text) as [[number], number]; return complete === 1 && again === 1 }).length
    if (inOrder(live) !== inOrder(replay)) expect(Object.fromEntries(live)).toEqual(Object.fromEntries(replay))
  })
  // The days are worth replaying: late facts have corrected rows that were closed.
  expect(revised).toBeGreaterThan(100)
})
