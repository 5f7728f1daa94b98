/** Strict RFC 3339 with a zone: what `Date.parse` would also take (30 February, 24:00, no zone) is refused. */
const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const digits = (text: string, from: number, to: number): number => {
  let value = 0
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

const inRange = (year: number, month: number, day: number, hour: number, minute: number, second: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour <= 23 && minute <= 59 && second <= 59

/** `2026-11-22T09:00:00.000Z` and nothing else: the form nearly every event has, without a regular expression. */
const plainForm = (text: string): number | null => {
  if (text.length !== 24 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':' || text[19] !== '.' || text[23] !== 'Z') return null
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  const [hour, minute, second, ms] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19), digits(text, 20, 23)]
  // Only a negative part makes the sum of all bits negative.
  if ((year | month | day | hour | minute | second | ms) < 0 || !inRange(year, month, day, hour, minute, second)) return null
  return Date.UTC(year, month - 1, day, hour, minute, second, ms)
}

/** Milliseconds since 1970 or null; digits beyond the millisecond are cut. Leap seconds are refused: no source we know sends one. */
export const parseRfc3339 = (text: string): number | null => {
  const plain = plainForm(text)
  if (plain !== null) return plain
  const match = pattern.exec(text)
  if (!match) return null
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', sign = '', offsetHour = '0', offsetMinute = '0'] = match
  if (!inRange(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second))) return null
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3))
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), ms)
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000
  return sign === '-' ? local + offset : local - offset
}
