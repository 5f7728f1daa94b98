const kept = new Map<string, Intl.DateTimeFormat>()
const formatter = (locale: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = `${locale}|${timeZone}|${JSON.stringify(options)}`
  const found = kept.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone, hourCycle: 'h23', ...options })
  kept.set(key, found)
  return found
}

/** The pseudo-locales are no languages of Intl. */
const real = (locale: string): string => (locale.startsWith('en-X') ? 'en-GB' : locale === 'en' ? 'en-GB' : locale)

export const timeText = (at: number, timeZone: string, locale: string, seconds = false): string =>
  formatter(real(locale), timeZone, { hour: '2-digit', minute: '2-digit', ...(seconds ? { second: '2-digit' } : {}) }).format(at)

export const dateTimeText = (at: number, timeZone: string, locale: string): string =>
  formatter(real(locale), timeZone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at)

/** "Mon 2 Nov". */
export const dayText = (at: number, timeZone: string, locale: string): string => formatter(real(locale), timeZone, { weekday: 'short', day: 'numeric', month: 'short' }).format(at)

/** "2 Nov 2026". */
export const dateText = (at: number, timeZone: string, locale: string): string => formatter(real(locale), timeZone, { dateStyle: 'medium' }).format(at)

/** "GMT", "CET", "GMT+5:30": what people of that zone call it at that moment. */
export const zoneText = (at: number, timeZone: string, locale: string): string =>
  formatter(real(locale), timeZone, { timeZoneName: 'short' }).formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone

/** Time where it is today in that zone, else with the weekday and date. */
export const momentText = (at: number, now: number, timeZone: string, locale: string): string => {
  const day = formatter('en-CA', timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' })
  return day.format(at) === day.format(now) ? timeText(at, timeZone, locale) : dateTimeText(at, timeZone, locale)
}

/** Instants within words of the server, in the time of a zone. */
export const momentsIn = (text: string, now: number, timeZone: string, locale: string): string => text.replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, (at) => momentText(Date.parse(at), now, timeZone, locale))
