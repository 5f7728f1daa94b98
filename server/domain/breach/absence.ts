import { MINUTE, QUARTER_HOUR, type Instant } from '../time.ts'

/** Whether contacts stay away that this weekday and hour would bring: a dead carrier must not look calm. */

export interface Absence {
  /** Came in the window. */
  readonly offered: number
  /** Would be usual in it. */
  readonly expected: number
  /** Fewer than this is not chance. */
  readonly low: number
  readonly windowMs: number
}

/** Chance alone has fewer in one of ten thousand such windows: a P1 wakes people. */
const CHANCE = 0.0001
/** Days differ by more than Poisson says: their mean itself spreads by a fifth, so this shape (1 / 0.2²) of a gamma-Poisson number. */
const SHAPE = 25
/** Small queues need a longer look before silence means anything. */
const WINDOWS_MIN = [5, 15, 30, 60] as const
export const LONGEST_WINDOW_MIN = 60

/** The least count that chance alone would still bring around this mean; 0 where even none would be no surprise. */
export const lowEdge = (expected: number): number => {
  let term = (SHAPE / (SHAPE + expected)) ** SHAPE
  let below = term
  let count = 0
  while (below < CHANCE) {
    term *= ((count + SHAPE) / (count + 1)) * (expected / (SHAPE + expected))
    count += 1
    below += term
  }
  return count
}

/** Middle of what the same quarter hour of earlier weeks brought; null when fewer than two of them are known. */
export const expectedOf = (weeks: readonly (number | null)[]): number | null => {
  const known = weeks.filter((count) => count !== null).sort((a, b) => a - b)
  if (known.length < 2) return null
  const half = known.length >> 1
  return known.length % 2 === 1 ? (known[half] ?? 0) : ((known[half - 1] ?? 0) + (known[half] ?? 0)) / 2
}

export interface AbsenceQuestion {
  readonly at: Instant
  /** Contacts that came in the last so many minutes. */
  readonly offeredIn: (minutes: number) => number
  /** Usual in the quarter hour that begins at an instant; null: not known. */
  readonly expectedFrom: (quarter: number) => number | null
  /** The rule's time: shorter windows are not judged. */
  readonly forMs: number
}

const expectedIn = (from: number, to: number, expectedFrom: AbsenceQuestion['expectedFrom']): number | null => {
  let sum = 0
  for (let quarter = Math.floor(from / QUARTER_HOUR) * QUARTER_HOUR; quarter < to; quarter += QUARTER_HOUR) {
    const usual = expectedFrom(quarter)
    if (usual === null) return null
    sum += (usual * (Math.min(to, quarter + QUARTER_HOUR) - Math.max(from, quarter))) / QUARTER_HOUR
  }
  return sum
}

/** The shortest window in which too few came, else the shortest that could tell; null when none can: too little is known or expected. */
export const absenceOf = ({ at, offeredIn, expectedFrom, forMs }: AbsenceQuestion): Absence | null => {
  let telling: Absence | null = null
  for (const minutes of WINDOWS_MIN) {
    const windowMs = minutes * MINUTE
    if (windowMs < Math.min(forMs, LONGEST_WINDOW_MIN * MINUTE)) continue
    const expected = expectedIn(at - windowMs, at, expectedFrom)
    if (expected === null) continue
    const low = lowEdge(expected)
    if (low === 0) continue
    const absence = { offered: offeredIn(minutes), expected, low, windowMs }
    if (absence.offered < low) return absence
    telling ??= absence
  }
  return telling
}
