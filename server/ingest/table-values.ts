import type { WallClock } from '../domain/wall-clock.ts'

/** Cells of other people's tables: records, durations, dates and yes or no. */

/** Fields of one record (RFC 4180); null while a quoted field is still open. */
export const recordOf = (text: string, delimiter: string): readonly string[] | null => {
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] ?? ''
    if (quoted) {
      if (char !== '"') field += char
      else if (text[i + 1] === '"') {
        field += '"'
        i += 1
      } else quoted = false
    } else if (char === '"' && field === '') quoted = true
    else if (char === delimiter) {
      fields.push(field)
      field = ''
    } else field += char
  }
  if (quoted) return null
  fields.push(field)
  return fields
}

/** The one that parts the header into the most columns. */
export const guessDelimiter = (header: string): string =>
  ['\t', ';', ','].reduce((best, delimiter) => ((recordOf(header, delimiter)?.length ?? 0) > (recordOf(header, best)?.length ?? 0) ? delimiter : best), ',')

/** Seconds as a number, `m:ss` or `h:mm:ss`, in ms; null for an empty cell, undefined for anything else. */
export const durationOf = (text: string): number | null | undefined => {
  const cell = text.trim()
  if (cell === '') return null
  if (/^\d{1,8}(?:[.,]\d{1,6})?$/.test(cell)) return Math.round(Number(cell.replace(',', '.')) * 1_000)
  const match = /^(?:(\d{1,4}):)?(\d{1,4}):(\d\d)(?:[.,](\d{1,3})\d*)?$/.exec(cell)
  if (!match) return undefined
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(fraction.padEnd(3, '0'))
}

const yes = new Set(['y', 'yes', 'true', '1', 't', 'x', 'answered', 'resolved'])
export const isYes = (text: string, said?: readonly (string | number | boolean)[]): boolean => (said === undefined ? yes.has(text.trim().toLowerCase()) : said.some((value) => String(value) === text.trim()))

type Part = 'year' | 'shortYear' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'half'
const tokens: readonly (readonly [token: string, pattern: string, part: Part])[] = [
  ['yyyy', '(\\d{4})', 'year'],
  ['yy', '(\\d{2})', 'shortYear'],
  ['MM', '(\\d{2})', 'month'],
  ['M', '(\\d{1,2})', 'month'],
  ['dd', '(\\d{2})', 'day'],
  ['d', '(\\d{1,2})', 'day'],
  ['HH', '(\\d{2})', 'hour'],
  ['H', '(\\d{1,2})', 'hour'],
  ['hh', '(\\d{1,2})', 'hour'],
  ['h', '(\\d{1,2})', 'hour'],
  ['mm', '(\\d{2})', 'minute'],
  ['ss', '(\\d{2})', 'second'],
  ['a', '([AaPp])\\.?[Mm]\\.?', 'half'],
]

export interface DateReader {
  /** Of a date and a time cell, or of one cell that holds both (`time` null). */
  readonly read: (date: string, time: string | null) => WallClock | null
}

const compiled = (format: string): { readonly pattern: RegExp; readonly parts: readonly Part[] } => {
  const parts: Part[] = []
  let pattern = ''
  for (let i = 0; i < format.length; ) {
    const found = tokens.find(([token]) => format.startsWith(token, i))
    if (found) parts.push(found[2])
    pattern += found ? found[1] : (format[i] ?? '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    i += found ? found[0].length : 1
  }
  return { pattern: new RegExp(`^${pattern}`), parts }
}

const timePattern = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(?:([AaPp])\.?[Mm]\.?)?$/

const hourOf = (hour: number, half: string | undefined): number => (half === undefined ? hour : hour > 12 || hour === 0 ? 99 : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0))

/** `format`: yyyy yy MM M dd d and, where the cell holds the time as well, HH H h mm ss a. Default `yyyy-MM-dd`. */
export const dateReader = (format = 'yyyy-MM-dd'): DateReader => {
  const { pattern, parts } = compiled(format)
  const withTime = parts.includes('hour')
  return {
    read: (date, time) => {
      const match = pattern.exec(date.trim())
      if (!match) return null
      const of = (part: Part): string | undefined => {
        const index = parts.indexOf(part)
        return index < 0 ? undefined : match[index + 1]
      }
      const shortYear = of('shortYear')
      const year = shortYear === undefined ? Number(of('year')) : Number(shortYear) + (Number(shortYear) >= 70 ? 1900 : 2000)
      const day = { year, month: Number(of('month')), day: Number(of('day')) }
      if (!Number.isInteger(day.year) || !Number.isInteger(day.month) || !Number.isInteger(day.day)) return null
      if (withTime) return { ...day, hour: hourOf(Number(of('hour')), of('half')), minute: Number(of('minute') ?? 0), second: Number(of('second') ?? 0) }
      const clock = timePattern.exec((time ?? date.trim().slice(match[0].length).replace(/^[T\s]+/, '')).trim())
      return clock ? { ...day, hour: hourOf(Number(clock[1]), clock[4]), minute: Number(clock[2]), second: Number(clock[3] ?? 0) } : null
    },
  }
}

