import type { Ratio } from '../kpi/service-level.ts'
import type { NamedWindow } from '../kpi/windows.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { instantOf } from '../time.ts'
import { explainedLevel } from './explain-metrics.ts'
import { queuesIn, type Scope } from './explain-scope.ts'
import { insideOf, type ExplainedMetric } from './explain-sides.ts'
import type { FloorState } from './floor-state.ts'
import { eachView } from './window-sums.ts'

/** By which variant a queue's business day is read that holds an instant: the newest that held in it. */
const variantAt = ({ settings, queues }: FloorState, queue: number, at: number): ServiceLevelVariant => settings.queue(settings.versionBefore(queues.days[queue].holding(instantOf(at)).to), queue).target.variant

/** The service level of a window over several business days of which not all are read by one variant: each day counts by its own, as rows do (`levelOfRows`). Null where one variant is all. */
export const levelOverDays = (state: FloorState, { queues, takes }: Scope, window: NamedWindow): (Pick<ExplainedMetric, 'formula' | 'numerator' | 'denominator'> & { readonly variants: readonly ServiceLevelVariant[]; readonly ratio: Ratio }) | null => {
  if (window.name !== 'since') return null
  const found = new Set<ServiceLevelVariant>()
  for (const queue of queuesIn(state, queues)) {
    const { days } = state.queues
    for (let at: number = window.from; at <= state.asOf; at = days[queue].holding(instantOf(at)).to) found.add(variantAt(state, queue, at))
  }
  if (found.size < 2) return null
  const variants = [...found]
  const side = (of: 'numerator' | 'denominator'): ExplainedMetric['numerator'] => (view, inside) => explainedLevel(variantAt(state, view.queue, view.outcomeAt))[of](view, inside)
  const [numerator, denominator] = [side('numerator'), side('denominator')]
  const ratio = { numerator: 0, denominator: 0 }
  const inside = insideOf(state, window)
  // Each contact has one outcome, so both sides of a level are numbers of contacts.
  eachView(state, { queues }, (view) => {
    if (!takes(view)) return
    if (numerator(view, inside(view))) ratio.numerator += 1
    if (denominator(view, inside(view))) ratio.denominator += 1
  })
  return { variants, formula: variants.map((variant) => `${variant}: ${explainedLevel(variant).formula}`).join('; '), ratio, numerator, denominator }
}
