import type { QueueFigures } from '../floor.ts'
import type { BreachReading } from './breach-reading.ts'
import type { BreachMetric, BreachRule } from './rule.ts'

/** Words of an incident that a rule raises: what is wrong, by how much, and the evidence as it stood. */
export interface BreachWords {
  readonly title: string
  readonly nature: string
}

type Unit = 'share' | 'duration' | 'count'

const metrics: Readonly<Record<BreachMetric, { readonly words: string; readonly unit: Unit }>> = {
  serviceLevel: { words: 'service level', unit: 'share' },
  abandonRate: { words: 'abandon rate', unit: 'share' },
  asaMs: { words: 'average speed of answer', unit: 'duration' },
  ahtMs: { words: 'average handle time', unit: 'duration' },
  occupancy: { words: 'occupancy', unit: 'share' },
  fcr: { words: 'first contact resolution', unit: 'share' },
  csat: { words: 'customer satisfaction', unit: 'share' },
  oldestWaitMs: { words: 'oldest wait', unit: 'duration' },
  waiting: { words: 'contacts waiting', unit: 'count' },
  offered: { words: 'contacts offered', unit: 'count' },
  answered: { words: 'contacts answered', unit: 'count' },
  abandoned: { words: 'contacts abandoned', unit: 'count' },
  available: { words: 'people available', unit: 'count' },
  staffed: { words: 'people staffed', unit: 'count' },
  signedIn: { words: 'people signed in', unit: 'count' },
  queueHealth: { words: 'queue health', unit: 'share' },
  serviceLevelFloor: { words: 'service level floor', unit: 'share' },
  serviceLevelDebt: { words: 'service level debt', unit: 'count' },
  expectedButAbsent: { words: 'contacts expected but absent', unit: 'count' },
}

const windowWords: Readonly<Record<BreachRule['window'], string>> = { now: 'now', R15: 'over 15 minutes', R30: 'over 30 minutes', R60: 'over 60 minutes', D: 'today' }

const minutesAndSeconds = (ms: number): string => {
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
const inUnit = (value: number, unit: Unit): string => {
  if (unit === 'share') return `${Math.round(value * 1_000) / 10} %`
  return unit === 'duration' ? minutesAndSeconds(value) : String(Math.round(value * 10) / 10)
}
const shareOrDash = (value: number | null): string => (value === null ? '-' : inUnit(value, 'share'))
const durationOrDash = (ms: number | null): string => (ms === null ? '-' : minutesAndSeconds(ms))

/** Plain words, no personal field: they go onto walls and into messages. */
export const describeBreach = (rule: BreachRule, row: QueueFigures, reading: BreachReading): BreachWords => {
  const { words, unit } = metrics[rule.metric]
  const value = reading.value === null ? '-' : inUnit(reading.value, unit)
  const limit = inUnit(reading.bound, unit)
  const name = row.wallName || row.name || row.queue
  const { absence } = reading
  if (absence !== undefined) {
    const came = absence.offered === 0 ? 'no contacts' : `${absence.offered} contacts`
    const expected = Math.round(absence.expected)
    return {
      title: `${name}: ${came}, ${expected} expected`,
      nature: `Rule ${rule.id}: ${came} came to ${row.name || row.queue} in the last ${absence.windowMs / 60_000} minutes; ${expected} are usual at this weekday and hour, and fewer than ${absence.low} is not chance. Look at the carrier, the numbers and what stands in front of the queue.`,
    }
  }
  return {
    title: `${name}: ${words} ${value}, limit ${limit}`,
    nature:
      `Rule ${rule.id}: ${words} of ${row.name || row.queue} ${windowWords[rule.window]} is ${value}, ${reading.side} ${limit}, on ${reading.count} contacts. ` +
      `Then: ${row.waiting} waiting, ${row.inProgress} in progress, ${row.available} of ${row.signedIn} people available; ` +
      `last 30 minutes: ${row.now.offered} offered, ${row.now.answered} answered, ${row.now.abandoned} abandoned, service level ${shareOrDash(row.now.serviceLevel)} (${row.target.variant}), speed of answer ${durationOrDash(row.now.asaMs)}.`,
  }
}
