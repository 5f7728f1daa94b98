import type { QueueFigures } from '../queue-figures.ts'
import type { BreachReading } from './breach-reading.ts'
import { breachMetricTable, type BreachMetricOf } from './breach-metrics.ts'
import type { BreachRule } from './rule.ts'

/** Words of an incident that a rule raises: what is wrong, by how much, and the evidence as it stood. */
export interface BreachWords {
  readonly title: string
  readonly nature: string
}

const windowWords: Readonly<Record<BreachRule['window'], string>> = { now: 'now', R15: 'over 15 minutes', R30: 'over 30 minutes', R60: 'over 60 minutes', D: 'today' }

const minutesAndSeconds = (ms: number): string => {
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
const inUnit = (value: number, unit: BreachMetricOf['unit']): string => {
  if (unit === 'share') return `${Math.round(value * 1_000) / 10} %`
  return unit === 'duration' ? minutesAndSeconds(value) : String(Math.round(value * 10) / 10)
}
const shareOrDash = (value: number | null): string => (value === null ? '-' : inUnit(value, 'share'))
const durationOrDash = (ms: number | null): string => (ms === null ? '-' : minutesAndSeconds(ms))

/** Plain words, no personal field: they go onto walls and into messages. */
export const describeBreach = (rule: BreachRule, row: QueueFigures, reading: BreachReading): BreachWords => {
  const { words, unit } = breachMetricTable[rule.metric]
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
