import { shareInterval } from '../kpi/confidence.ts'
import { serviceLevelDebt, shareOf, type Ratio } from '../kpi/service-level.ts'
import type { CounterSums } from '../kpi/metric-block.ts'
import { addSums, subtractSums } from '../kpi/metric-block.ts'
import type { NamedWindow } from '../kpi/windows.ts'
import type { QualityGoals } from '../settings.ts'
import { HOUR, instantOf, MINUTE } from '../time.ts'
import type { Clears, Explanation, Limit } from '../explanation.ts'
import type { FloorState } from './floor-state.ts'
import type { Parts } from './read-queues.ts'
import { minuteSums, type Window } from './window-sums.ts'

/** What a figure is held against (METRICS section 8); null where no limit is set. */
export const limitOf = (metric: string, { target }: Pick<Parts, 'target'>, goals: QualityGoals | undefined): Limit | null => {
  const above = (value: number | null | undefined): Limit | null => (value === null || value === undefined ? null : { side: 'above', value })
  const below = (value: number | null | undefined): Limit | null => (value === null || value === undefined ? null : { side: 'below', value })
  switch (metric) {
    case 'serviceLevel':
    case 'serviceLevelFloor':
      return below(target.percent)
    case 'abandonRate':
      return above(0.05)
    case 'occupancy':
      return above(0.88)
    case 'ahtMs':
      return above(goals?.ahtMs)
    case 'csat':
      return below(goals?.csat)
    case 'fcr':
    case 'fcrDisposition':
    case 'fcrRepeat':
      return below(goals?.fcr)
    case 'oldestWaitMs':
    case 'oldestWaitingSince':
      return above(target.withinMs)
    default:
      return null
  }
}

export const beyond = (value: number | null, limit: Limit | null): boolean => value !== null && limit !== null && (limit.side === 'below' ? value < limit.value : value > limit.value)

/** The least that has to happen, one after the other and nothing else, for the figure to be within its limit again. */
export const clearsBy = (metric: string, ratio: Ratio, limit: Limit | null): Clears | null => {
  if (limit === null || !(ratio.denominator > 0) || !beyond(ratio.numerator / ratio.denominator, limit)) return null
  const toShare = (by: Clears['by']): Clears => ({ by, count: serviceLevelDebt(ratio, { percent: limit.value }) })
  switch (metric) {
    case 'serviceLevel':
    case 'serviceLevelFloor':
      return toShare('answers-in-time')
    case 'csat':
      return toShare('satisfied-answers')
    case 'fcr':
    case 'fcrDisposition':
      return toShare('resolved-contacts')
    case 'fcrRepeat':
      return toShare('new-customers')
    case 'abandonRate':
      // Whole numbers of the fraction's own parts: 0.05 has no exact binary form.
      return { by: 'answers', count: Math.ceil((ratio.numerator * 1_000_000 - Math.round(limit.value * 1_000_000) * ratio.denominator) / Math.round(limit.value * 1_000_000)) }
    case 'occupancy':
      return { by: 'available-ms', count: Math.ceil(ratio.numerator / limit.value - ratio.denominator) }
    default:
      return null
  }
}

/** How far back the begin of a state is looked for. */
export const LOOK_BACK_MS = 3 * HOUR

/** Since the end of which minute the figure has been beyond its limit without a break, at least where it was beyond it in the first minute that is looked at; null when it is not. A minute without a value breaks nothing off and begins nothing. */
export const beyondSince = (state: FloorState, { window, queues, ratioOf, limit }: { readonly window: NamedWindow; readonly queues: Window['queues']; readonly ratioOf: (sums: CounterSums) => Ratio; readonly limit: Limit | null }): Pick<Explanation, 'since' | 'sinceAtLeast'> => {
  if (limit === null) return { since: null }
  const now = Math.floor(state.asOf / MINUTE)
  // A window that began at an instant was nothing before it, and a floor of which nothing is known was beyond nothing.
  const earliest = window.minutes === null ? Math.floor(window.from / MINUTE) : -Infinity
  const back = Math.max(earliest, now - LOOK_BACK_MS / MINUTE)
  const first = window.minutes === null ? Math.floor(window.from / MINUTE) : back - window.minutes + 1
  const minutes = minuteSums(state, { from: first * MINUTE, to: now * MINUTE, queues }, window.name === 'today')
  let sums = addSums([])
  let since: number | null = null
  for (let minute = first; minute <= now; minute++) {
    sums = addSums([sums, minutes[minute - first] ?? addSums([])])
    const gone = window.minutes === null ? undefined : minutes[minute - first - window.minutes]
    if (gone !== undefined) sums = subtractSums(sums, gone)
    if (minute < back) continue
    const value = shareOf(ratioOf(sums))
    if (!beyond(value, limit)) {
      if (value !== null) since = null
    } else since ??= Math.min((minute + 1) * MINUTE, state.asOf)
  }
  if (since === null) return { since: null }
  return { since: instantOf(since), ...(since <= (back + 1) * MINUTE && back > earliest ? { sinceAtLeast: true } : {}) }
}

/** The 95 % range of a share of answers: ten answers say little. */
export const rangeOf = (metric: string, ratio: Ratio): Explanation['range'] => (metric === 'csat' ? shareInterval(ratio.numerator, ratio.denominator) : null)
