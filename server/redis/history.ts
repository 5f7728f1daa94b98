import type { IntervalFigures } from '../domain/queue-figures.ts'
import type { EntryId } from '../domain/log-entry.ts'
import { DAY, type Instant, instantOf } from '../domain/time.ts'
import type { CorrectionText } from './corrections.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { decodeFigures, encodeFigures, fieldOf, partsOf } from './row-codec.ts'
import { openScript } from './script.ts'
import { dayOf } from './seen.ts'

export interface RowsWrite {
  readonly fence: number
  readonly epoch: string
  /** The last entry that the rows include. */
  readonly through: EntryId
  /** Rows hold all facts up to here from now on; null while some are still to come. */
  readonly at: Instant | null
  readonly rows: readonly IntervalFigures[]
  /** Fields (`fieldOf`) that a new fold of a day no longer has. */
  readonly gone?: readonly string[]
  /** What the rows were before, kept with them in the same call. */
  readonly corrections?: readonly CorrectionText[]
}

/** The same with rows as they are stored. */
export interface TextsWrite extends Omit<RowsWrite, 'rows'> {
  readonly rows: readonly (readonly [field: string, figures: string])[]
}

export type RowsOutcome = 'written' | 'fenced' | 'older'

/** Closed quarter-hour rows, 35 days in Redis; the newest hours are answered by the replica itself. */
export interface History {
  /** One atomic call for as many rows as are given: refused whole to an older fence, or to a fold that has come less far. */
  readonly writeRows: (site: string, write: RowsWrite) => Promise<RowsOutcome>
  /** As `writeRows`, for whoever has encoded them already. */
  readonly writeTexts: (site: string, write: TextsWrite) => Promise<RowsOutcome>
  /** Rows that begin in [from, to), in order of time, queue and channel. */
  readonly readRows: (site: string, from: Instant, to: Instant, basis: IntervalFigures['basis'], queue?: string) => Promise<readonly IntervalFigures[]>
  /** Some event of the site named this queue, however long ago: history may have it where the live floor does not. */
  readonly knowsQueue: (site: string, queue: string) => Promise<boolean>
  /** Contacts offered to queues in the quarter hour that begins at `from`; null when no row of that day is kept, 0 where nothing came. */
  readonly offeredAt: (site: string, from: Instant, queues: readonly string[]) => Promise<readonly (number | null)[]>
  /** Up to which instant of the floor all rows are kept; null before the first. */
  readonly foldedAt: (site: string) => Promise<Instant | null>
  /** Stored rows of a day by field, as text: to compare without reading them. */
  readonly storedRows: (site: string, day: string) => Promise<Readonly<Record<string, string>>>
}

const KEPT_MS = 36 * DAY
const channels = ['voice', 'chat', 'email', 'task'] as const

const padded = (entry: EntryId): string => {
  const [ms = '0', seq = '0'] = entry.split('-')
  return `${ms.padStart(15, '0')}-${seq.padStart(15, '0')}`
}

const daysBetween = (from: Instant, to: Instant): readonly string[] => {
  const days: string[] = []
  for (let at = Math.floor(from / DAY) * DAY; at < to; at += DAY) days.push(dayOf(at))
  return days
}

export const openHistory = ({ redis, keys, now }: { readonly redis: Redis; readonly keys: Keys; readonly now: () => Instant }): History => {
  const script = openScript('write-rows')

  const writeTexts = async (site: string, { fence, epoch, through, at, rows, gone = [], corrections = [] }: TextsWrite): Promise<RowsOutcome> => {
    const byDay = new Map<string, string[]>()
    const add = (field: string, text: string) => {
      const day = dayOf(partsOf(field).from)
      const list = byDay.get(day) ?? []
      list.push(field, text)
      byDay.set(day, list)
    }
    for (const field of gone) add(field, '')
    for (const [field, text] of rows) add(field, text)
    const days = [...byDay]
    const correctedBy = new Map<string, string[]>()
    for (const { from, text } of corrections) correctedBy.set(dayOf(from), [...(correctedBy.get(dayOf(from)) ?? []), text])
    const corrected = [...correctedBy]
    const site_ = keys.site(site)
    // Imported history is old on the day it is written: it is kept as long as if it had happened now.
    const expiries = [...days, ...corrected].map(([day]) => String(Math.max(Date.parse(day), now()) + KEPT_MS))
    const reply = await script.run(redis, {
      keys: [site_.fence, site_.folded, ...days.map(([day]) => site_.rows(day)), ...corrected.map(([day]) => site_.corrections(day))],
      arguments: [String(fence), epoch, padded(through), at === null ? '' : String(at), String(corrected.length), ...expiries, ...days.flatMap(([, list]) => [String(list.length / 2), ...list]), ...corrected.flatMap(([, texts]) => [String(texts.length), ...texts])],
    })
    return String(reply) as RowsOutcome
  }
  return {
    writeTexts,
    writeRows: (site, write) => writeTexts(site, { ...write, rows: write.rows.map((row) => [fieldOf(row), encodeFigures(row)]) }),
    readRows: async (site, from, to, basis, queue) => {
      const found: IntervalFigures[] = []
      for (const day of daysBetween(from, to)) {
        for (const [field, text] of Object.entries(await redis.hGetAll(keys.site(site).rows(day)))) {
          const parts = partsOf(field)
          if (parts.basis !== basis || parts.from < from || parts.from >= to || (queue !== undefined && parts.queue !== queue)) continue
          found.push(decodeFigures(field, String(text)))
        }
      }
      return found.sort((a, b) => a.from - b.from || (a.queue < b.queue ? -1 : a.queue > b.queue ? 1 : 0) || (a.channel < b.channel ? -1 : 1))
    },
    knowsQueue: async (site, queue) => (await redis.sIsMember(keys.site(site).queueNames, queue)) === 1,
    offeredAt: async (site, from, queues) => {
      const key = keys.site(site).rows(dayOf(from))
      if (queues.length === 0 || (await redis.exists(key)) === 0) return queues.map(() => null)
      const fields = queues.flatMap((queue) => channels.map((channel) => fieldOf({ basis: 'outcome', channel, from, queue })))
      const texts = await redis.hmGet(key, fields)
      const offered = fields.map((field, index) => (texts[index] ? decodeFigures(field, String(texts[index])).offered : 0))
      return queues.map((_, index) => offered.slice(index * channels.length, (index + 1) * channels.length).reduce((sum, count) => sum + count, 0))
    },
    foldedAt: async (site) => {
      const at = await redis.hGet(keys.site(site).folded, 'at')
      return at ? instantOf(Number(at)) : null
    },
    storedRows: async (site, day) => Object.fromEntries(Object.entries(await redis.hGetAll(keys.site(site).rows(day))).map(([field, text]) => [field, String(text)])),
  }
}
