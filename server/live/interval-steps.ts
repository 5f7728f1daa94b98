import { businessDayOf, type DayBounds } from '../domain/business-day.ts'
import type { IntervalFigures } from '../domain/queue-figures.ts'
import { rollUp } from '../domain/kpi/roll-up.ts'
import type { BusinessDay, QueueSettings } from '../domain/settings.ts'
import { DAY, HOUR, instantOf, QUARTER_HOUR, type Instant } from '../domain/time.ts'
import { wallHourOf } from '../domain/wall-clock.ts'

export const steps = ['15m', '30m', '1h', '1d'] as const
export type Step = (typeof steps)[number]

const lengths: Readonly<Record<Exclude<Step, '1d'>, number>> = { '15m': QUARTER_HOUR, '30m': 2 * QUARTER_HOUR, '1h': HOUR }

export interface StepQuestion {
  readonly step: Step
  /** null: each queue's own zone and business day. */
  readonly timeZone: string | null
  readonly asOf: Instant
  readonly settingsOf: (queue: string) => QueueSettings
}

/** Days of one zone and start, remembered: rows come in order of time. */
const dayFinder = () => {
  const last = new Map<string, DayBounds>()
  return (day: BusinessDay, at: Instant): DayBounds => {
    const key = `${day.timeZone} ${day.startsAt}`
    const known = last.get(key)
    if (known !== undefined && at >= known.from && at < known.to) return known
    const found = businessDayOf(day, at)
    last.set(key, found)
    return found
  }
}

/** Quarter hours as rows of a longer step: days are the queue's business days, or calendar days of a zone that is named; hours begin on its clock's full hour. */
export const inSteps = (rows: readonly IntervalFigures[], { step, timeZone, asOf, settingsOf }: StepQuestion): readonly IntervalFigures[] => {
  if (step === '15m') return rows
  const dayOf = dayFinder()
  const boundsOf = (row: IntervalFigures): DayBounds => {
    const { day } = settingsOf(row.queue)
    const zone = timeZone ?? day.timeZone
    // A day is what it was: a start that was changed later does not cut it anew.
    if (step === '1d' && timeZone === null && row.rules !== undefined) return row.rules.day
    if (step === '1d') return dayOf({ timeZone: zone, startsAt: timeZone === null ? day.startsAt : '00:00' }, row.from)
    const date = dayOf({ timeZone: zone, startsAt: '00:00' }, row.from)
    // Only a day whose clock changes has hours that are not counted from its midnight on.
    if (date.to - date.from !== DAY) return wallHourOf(zone, row.from, lengths[step])
    const from = date.from + Math.floor((row.from - date.from) / lengths[step]) * lengths[step]
    return { from: instantOf(from), to: instantOf(Math.min(from + lengths[step], date.to)) }
  }
  const buckets = new Map<string, { readonly bounds: DayBounds; readonly rows: IntervalFigures[] }>()
  for (const row of rows) {
    const bounds = boundsOf(row)
    const key = JSON.stringify([bounds.from, row.queue, row.channel])
    const bucket = buckets.get(key) ?? { bounds, rows: [] }
    bucket.rows.push(row)
    buckets.set(key, bucket)
  }
  return [...buckets.values()].map(({ bounds, rows: quarters }) => rollUp(quarters, { ...bounds, asOf, variant: settingsOf(quarters[0]?.queue ?? '').target.variant }))
}
