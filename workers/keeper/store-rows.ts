import { DAY } from '../../server/domain/time.ts'
import { type Cause, type CorrectionText, correctionText } from '../../server/redis/corrections.ts'
import type { History } from '../../server/redis/history.ts'
import { partsOf } from '../../server/redis/row-codec.ts'
import { dayOf } from '../../server/redis/seen.ts'
import type { BookDay, RowText } from './day-book.ts'
import type { Kept } from './keeper.ts'

const BATCH = 400

/** Makes the rows that Redis has of a day equal to `fresh` for what begins before `end`, and keeps what they were; false when another keeper has the lease. */
export const storeRows = async ({ history, kept }: { readonly history: History; readonly kept: Kept }, day: BookDay, end: number, fresh: ReadonlyMap<string, string>, cause: Cause): Promise<boolean> => {
  const { site, replica, fence } = kept
  const to = Math.min(day.to, end)
  const changed: RowText[] = []
  const gone: string[] = []
  const within = (field: string): boolean => partsOf(field).from >= day.from && partsOf(field).from < to
  const stored = new Map<string, string>()
  for (let at = Math.floor(day.from / DAY) * DAY; at < to; at += DAY) for (const [field, text] of Object.entries(await history.storedRows(site, dayOf(at)))) stored.set(field, text)
  for (const row of fresh) if (stored.get(row[0]) !== row[1] && within(row[0])) changed.push(row)
  for (const field of stored.keys()) if (!fresh.has(field) && within(field)) gone.push(field)
  const correctionsOf = (rows: readonly RowText[], fields: readonly string[]): readonly CorrectionText[] =>
    // A row that was not there before corrects nothing.
    [...rows.flatMap(([field, text]) => (stored.has(field) ? correctionText(field, stored.get(field) ?? '', text, cause) : null) ?? []), ...fields.flatMap((field) => correctionText(field, stored.get(field) ?? '', '', cause) ?? [])]
  for (let i = 0; i < Math.max(changed.length, gone.length); i += BATCH) {
    if (!kept.holds()) return false
    const [rows, away] = [changed.slice(i, i + BATCH), gone.slice(i, i + BATCH)]
    const outcome = await history.writeTexts(site, { fence, epoch: replica.epoch, through: replica.position().entry, at: null, rows, gone: away, corrections: correctionsOf(rows, away) })
    // `older`: the live rows came further meanwhile; the next try has their place.
    if (outcome === 'fenced') return false
    if (outcome === 'older') i -= BATCH
  }
  return true
}
