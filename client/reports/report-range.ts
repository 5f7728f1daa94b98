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

const DAY = 86_400_000
const kept = new Map<string, Intl.DateTimeFormat>()
const partsIn = (zone: string): Intl.DateTimeFormat => {
  const found = kept.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })
  kept.set(zone, found)
  return found
}
const wallOf = (at: number, zone: string): { readonly date: string; readonly asUtc: number } => {
  const part = Object.fromEntries(partsIn(zone).formatToParts(at).map(({ type, value }) => [type, value]))
  const date = `${part.year ?? ''}-${part.month ?? ''}-${part.day ?? ''}`
  return { date, asUtc: Date.parse(`${date}T${part.hour ?? '00'}:${part.minute ?? '00'}:${part.second ?? '00'}Z`) }
}

export const localDate = (at: number, zone: string): string => wallOf(at, zone).date
/** Minutes since the local midnight by the wall clock. */
export const localMinute = (at: number, zone: string): number => Math.floor((wallOf(at, zone).asUtc % DAY) / 60_000)
export const addDays = (date: string, days: number): string => new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)

/** The instant of a local midnight; where that hour is skipped, the first instant of the day. */
export const startOfDay = (date: string, zone: string): number => {
  const wanted = Date.parse(`${date}T00:00:00Z`)
  const first = wanted - (wallOf(wanted, zone).asUtc - wanted)
  const second = wanted - (wallOf(first, zone).asUtc - first)
  const found = [first, second].filter((at) => localDate(at, zone) === date).sort((a, b) => a - b)[0]
  return found ?? Math.max(first, second)
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
