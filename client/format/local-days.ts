/** Local days and wall time of a zone, by Intl alone. */

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

/** The instant of a wall time such as "2026-03-29T09:30"; one that a zone skips is moved over the gap. */
export const instantOfWall = (text: string, zone: string): number => {
  const wanted = Date.parse(`${text}Z`)
  const first = wanted - (wallOf(wanted, zone).asUtc - wanted)
  return wanted - (wallOf(first, zone).asUtc - first)
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

/** "2026-11-22T23:30": the wall clock of a zone at that moment. */
export const wallTime = (at: number, zone: string): string => new Date(wallOf(at, zone).asUtc).toISOString().slice(0, 16)
