import type { z } from 'zod'
import type { rotaGap, rotaShift, rotaShifts } from '../../server/contract/forecast.ts'
import { listOf, recordOf } from '../http/read.ts'

export type RotaShifts = z.output<typeof rotaShifts>
export type RotaShift = z.output<typeof rotaShift>
export type RotaGap = z.output<typeof rotaGap>

export const readShifts = (body: unknown): RotaShifts => {
  const answer = recordOf(body)
  if (!listOf(answer.shifts).every((shift) => typeof recordOf(shift).from === 'string') || !Array.isArray(answer.gaps)) throw new Error('the shifts have another shape than the contract')
  return answer as unknown as RotaShifts
}

/** A piece of a shift within one local day; shares of the day, 0..1, so that a day of 23 or 25 hours is drawn whole. */
export interface DayPiece {
  readonly from: number
  readonly to: number
  readonly shift: RotaShift
}
export interface RotaDay {
  readonly date: string
  readonly pieces: readonly DayPiece[]
}

/** `starts` are the local midnights of the days and of the day after the last. */
export const rotaDays = (shifts: readonly RotaShift[], dates: readonly string[], starts: readonly number[]): readonly RotaDay[] =>
  dates.map((date, index) => {
    const [begin, end] = [starts[index] ?? 0, starts[index + 1] ?? 0]
    const pieces = shifts.flatMap((shift) => {
      const [from, to] = [Math.max(Date.parse(shift.from), begin), Math.min(Date.parse(shift.to), end)]
      return from < to ? [{ from: (from - begin) / (end - begin), to: (to - begin) / (end - begin), shift }] : []
    })
    return { date, pieces }
  })

/** People in the order in which they first appear: each keeps one shade. */
export const shadesOf = (shifts: readonly RotaShift[]): ReadonlyMap<string, number> => new Map([...new Set(shifts.flatMap(({ person }) => person?.id ?? []))].map((id, index) => [id, index % 4]))
