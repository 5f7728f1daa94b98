import { DAY, later, type Instant } from '../time.ts'
import type { Rota, Shift } from './rota.ts'

/** How far ahead gaps are looked for (INCIDENTS 2.8). */
export const SCAN_DAYS = 14

export interface RotaGap {
  readonly from: Instant
  readonly to: Instant
  /** `nobody`: no person at all. `unreachable`: somebody without a verified urgent channel. `unknown`: somebody who is not among the people any more. */
  readonly why: 'nobody' | 'unreachable' | 'unknown'
  readonly person: string | null
}

/** null: the person does not exist. */
export type Reachable = (person: string) => boolean | null

const whyOf = ({ person }: Shift, reachable: Reachable): RotaGap['why'] | null => {
  if (person === null) return 'nobody'
  const reached = reachable(person)
  return reached === null ? 'unknown' : reached ? null : 'unreachable'
}

/** Where the coming days are not covered; the past is over. Gaps of one kind that touch are one. */
export const rotaGaps = (rota: Rota, now: Instant, reachable: Reachable, days = SCAN_DAYS): readonly RotaGap[] =>
  rota.shifts(now, later(now, days * DAY)).reduce<readonly RotaGap[]>((gaps, shift) => {
    const why = whyOf(shift, reachable)
    if (why === null) return gaps
    const last = gaps.at(-1)
    if (last !== undefined && last.to === shift.from && last.why === why && last.person === shift.person) return [...gaps.slice(0, -1), { ...last, to: shift.to }]
    return [...gaps, { from: shift.from, to: shift.to, why, person: shift.person }]
  }, [])
