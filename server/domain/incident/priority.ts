import type { CategorySettings, IncidentSettings } from '../incident-settings.ts'
import type { Priority, Scale } from './incident.ts'

export interface Assessment {
  readonly impact: Scale
  readonly urgency: Scale
  readonly category: string | null
  readonly callerSafe: boolean | null
}

const order: readonly Priority[] = ['P1', 'P2', 'P3', 'P4']

export const moreUrgent = (a: Priority, b: Priority): Priority => (order.indexOf(a) <= order.indexOf(b) ? a : b)

/** Smaller is graver: the category's floor lifts an impact that was judged too low. */
const lifted = (impact: Scale, category: CategorySettings | undefined): Scale => {
  const floor = category?.impactFloor ?? null
  return floor !== null && floor < impact ? floor : impact
}

/** A danger to the caller is P1; a breach of personal data never below P2 (INCIDENTS 2.3, R7). */
const floorOf = ({ callerSafe, category }: Assessment): Priority | null => (callerSafe === false ? 'P1' : category === 'data-protection' ? 'P2' : null)

/** The lowest that may be given directly; null: any (INCIDENTS 2.3: danger or a breach of personal data never below P2). */
export const lowestGiven = ({ callerSafe, category }: Pick<Assessment, 'callerSafe' | 'category'>): Priority | null => (callerSafe === false || category === 'data-protection' ? 'P2' : null)

/** Priority = matrix[impact][urgency], lifted by floors; the result names what was used. */
export const assessedPriority = (assessment: Assessment, settings: Pick<IncidentSettings, 'matrix' | 'categories'>): { readonly impact: Scale; readonly priority: Priority } => {
  const impact = lifted(assessment.impact, assessment.category === null ? undefined : settings.categories[assessment.category])
  const fromMatrix = settings.matrix[impact - 1]?.[assessment.urgency - 1]
  if (fromMatrix === undefined) throw new Error(`the priority matrix has no cell for impact ${impact} and urgency ${assessment.urgency}`)
  const floor = floorOf({ ...assessment, impact })
  return { impact, priority: floor === null ? fromMatrix : moreUrgent(fromMatrix, floor) }
}
