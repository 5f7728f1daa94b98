/** The next Sunday at 02:30 by the wall clock of a zone, as a form writes it: the hour that nobody wants to be wrong about. */
export const nextSunday = (now: number, zone: string): string => {
  const part = Object.fromEntries(new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now).map(({ type, value }) => [type, value]))
  const today = new Date(`${part.year ?? ''}-${part.month ?? ''}-${part.day ?? ''}T00:00:00Z`)
  today.setUTCDate(today.getUTCDate() + (7 - today.getUTCDay()))
  return `${today.toISOString().slice(0, 10)}T02:30`
}
