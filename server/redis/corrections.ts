import { changesBetween, type Correction, type CorrectionReason } from '../domain/reports/corrections.ts'
import { DAY, type Instant, instantOf } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { decodeFigures, fieldOf, partsOf } from './row-codec.ts'
import { dayOf } from './seen.ts'

/** Why rows are written that were written before. */
export interface Cause {
  readonly reason: CorrectionReason
  readonly sources: readonly string[]
  readonly at: Instant
}

/** A correction as it is stored, and where. */
export interface CorrectionText {
  readonly from: number
  readonly text: string
}

/** The record of a row that comes to something else; null where only its mark or its sketches do. `''`: the row is not there. */
export const correctionText = (field: string, before: string, after: string, { reason, sources, at }: Cause): CorrectionText | null => {
  const [old, fresh] = [before === '' ? null : decodeFigures(field, before), after === '' ? null : decodeFigures(field, after)]
  const changes = changesBetween(old, fresh)
  if (Object.keys(changes).length === 0) return null
  const repaired = old?.complete === false && fresh?.complete === true
  return { from: partsOf(field).from, text: JSON.stringify([field, at, repaired ? 'gap-repaired' : reason, sources, changes]) }
}

export const readCorrection = (text: string): Correction => {
  const [field, at, reason, sources, changes] = JSON.parse(text) as readonly [string, number, CorrectionReason, readonly string[], Correction['changes']]
  const { from, basis, channel, queue } = partsOf(field)
  return { queue, channel, basis, from: instantOf(from), at: instantOf(at), reason, sources, changes }
}

/** Newest state of the same change: an answer that was lost has it written twice. */
export const once = (corrections: readonly Correction[]): readonly Correction[] => [...new Map(corrections.map((one) => [JSON.stringify([fieldOf({ ...one, channel: one.channel as never }), one.changes]), one])).values()]

export interface Corrections {
  /** As text, for the book of a day. */
  readonly texts: (site: string, from: Instant, to: Instant) => Promise<readonly string[]>
  /** Of intervals that begin in [from, to), as long as Redis keeps rows. */
  readonly read: (site: string, from: Instant, to: Instant) => Promise<readonly Correction[]>
}

export const openCorrections = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Corrections => {
  const texts: Corrections['texts'] = async (site, from, to) => {
    const found: string[] = []
    for (let at = Math.floor(from / DAY) * DAY; at < to; at += DAY) {
      for (const text of await redis.lRange(keys.site(site).corrections(dayOf(at)), 0, -1)) {
        const begins = readCorrection(String(text)).from
        if (begins >= from && begins < to) found.push(String(text))
      }
    }
    return found
  }
  return { texts, read: async (site, from, to) => once((await texts(site, from, to)).map(readCorrection)) }
}
