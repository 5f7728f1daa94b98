import { Temporal } from 'temporal-polyfill'
import type { RotaLayer } from '../incident-settings.ts'
import { instantOf, type Instant } from '../time.ts'
import { minutesOf } from '../clock/wall-intervals.ts'

/** Days of a layer: each runs from one handover by the wall clock to the next, 23 or 25 hours long where the clocks change. */

/** Days since 1970-01-01 by the local calendar. */
export type RotaDay = number

const dateOf = (day: RotaDay): Temporal.PlainDate => Temporal.PlainDate.from('1970-01-01').add({ days: day })
const numberOf = (date: Temporal.PlainDate): RotaDay => Math.round(Date.UTC(date.year, date.month - 1, date.day) / 86_400_000)
export const dayNumber = (isoDate: string): RotaDay => numberOf(Temporal.PlainDate.from(isoDate))

export const handoverOn = (day: RotaDay, { handoverAt }: Pick<RotaLayer, 'handoverAt'>, timeZone: string): Instant => {
  const minutes = minutesOf(handoverAt)
  const wall = dateOf(day).toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
  return instantOf(wall.toZonedDateTime(timeZone).epochMilliseconds)
}

export const rotaDayAt = (at: Instant, layer: Pick<RotaLayer, 'handoverAt'>, timeZone: string): RotaDay => {
  const today = numberOf(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate())
  return at < handoverOn(today, layer, timeZone) ? today - 1 : today
}

/** ISO weekday, Monday 1; 1970-01-01 was a Thursday. */
const weekdayOf = (day: RotaDay): number => ((((day + 3) % 7) + 7) % 7) + 1

/** Whether the layer has hours between the handover of that weekday and the next one. */
const hasHours = (weekday: number, { week, handoverAt }: RotaLayer): boolean => {
  if (week === null) return true
  const handover = minutesOf(handoverAt)
  const next = (weekday % 7) + 1
  return (week[weekday] ?? []).some(({ to }) => minutesOf(to) > handover) || (week[next] ?? []).some(({ from }) => minutesOf(from) < handover)
}

/**
 * Which turn a day belongs to, from 0. Only days with hours count, so that who had Friday does not have Monday too; whole weeks are
 * whole weeks, whatever hours they have.
 */
export const turnOf = (day: RotaDay, layer: RotaLayer): number => {
  const since = day - dayNumber(layer.startsOn)
  if (layer.everyDays % 7 === 0) return Math.floor(since / layer.everyDays)
  const allowed = Array.from({ length: 7 }, (_, index) => hasHours(weekdayOf(dayNumber(layer.startsOn) + index), layer))
  const perWeek = allowed.filter(Boolean).length
  const counted = Math.floor(since / 7) * perWeek + allowed.slice(0, since % 7).filter(Boolean).length
  return Math.floor(counted / layer.everyDays)
}
