import { concerns } from '../contract/roles.ts'
import type { CorrectionRow } from '../contract/corrections.ts'
import type { Correction } from '../domain/reports/corrections.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { once, readCorrection, type Corrections } from '../redis/corrections.ts'
import type { DayBooks } from '../redis/day-books.ts'
import type { Scope } from './scope.ts'

export interface CorrectionsQuery {
  readonly from: Instant
  readonly to: Instant
  readonly queue?: string | undefined
  readonly basis?: Correction['basis'] | undefined
}

/** What closed rows of a range were before, by the instant of the correction: of the newest weeks from Redis, of older days from their books. */
export type ReadCorrections = (site: string, scope: Scope, query: CorrectionsQuery) => Promise<readonly Correction[]>

export const openCorrectionReads =
  ({ corrections, books }: { readonly corrections: Corrections; readonly books: Pick<DayBooks, 'corrections'> }): ReadCorrections =>
  async (site, scope, { from, to, queue, basis }) => {
    const texts = [...(await books.corrections(site, from, to)), ...(await corrections.texts(site, from, to))]
    return once(texts.map(readCorrection))
      .filter((one) => one.from >= from && one.from < to && concerns(scope.area, one.queue) && (queue === undefined || one.queue === queue) && (basis === undefined || one.basis === basis))
      .sort((a, b) => a.at - b.at || a.from - b.from)
  }

export const toCorrectionRow = ({ queue, channel, basis, from, at, reason, sources, changes }: Correction): CorrectionRow => ({ queue, channel, basis, from: isoOf(from), at: isoOf(at), reason, sources, changes: Object.entries(changes).map(([figure, [before, after]]) => ({ figure, before, after })) })
