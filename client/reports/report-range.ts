import { addDays, localDate, localMinute, startOfDay } from '../format/local-days.ts'

/** Ranges of a report: whole local days, as instants of a zone. */

export const presets = ['today', 'yesterday', 'week', 'month', 'custom'] as const
export type Preset = (typeof presets)[number]

export interface Range {
  /** Epoch ms, half-open. */
  readonly from: number
  readonly to: number
  /** First and last local date, both included. */
  readonly first: string
  readonly last: string
}

const daysOf = (preset: Preset, today: string, custom: { readonly from: string; readonly to: string }): readonly [string, string] => {
  switch (preset) {
    case 'today': return [today, today]
    case 'yesterday': return [addDays(today, -1), addDays(today, -1)]
    case 'week': return [addDays(today, -6), today]
    case 'month': return [addDays(today, -27), today]
    case 'custom': return custom.from <= custom.to ? [custom.from, custom.to] : [custom.to, custom.from]
  }
}

export const rangeOf = (preset: Preset, now: number, zone: string, custom: { readonly from: string; readonly to: string }): Range => {
  const [first, last] = daysOf(preset, localDate(now, zone), custom)
  return { first, last, from: startOfDay(first, zone), to: Math.min(startOfDay(addDays(last, 1), zone), Math.max(now, startOfDay(first, zone) + 1)) }
}

/** The same local days so many days before; a day that is still open is compared up to the same wall time. */
export const earlier = (range: Range, days: number, zone: string): Range => {
  const [first, last] = [addDays(range.first, -days), addDays(range.last, -days)]
  const end = startOfDay(addDays(range.last, 1), zone)
  const minutes = range.to < end ? localMinute(range.to, zone) : null
  const to = minutes === null ? startOfDay(addDays(last, 1), zone) : startOfDay(last, zone) + minutes * 60_000
  return { first, last, from: startOfDay(first, zone), to }
}
