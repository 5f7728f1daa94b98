import type { IncidentEvent } from './events.ts'
import type { IncidentRecord } from './incident.ts'
import { assessedPriority, type Assessment } from './priority.ts'
import { slaOf } from './rules.ts'
import type { Situation } from './situation.ts'
import { lateClocks, ofIncident, stamp } from './stamps.ts'

/** A priority that was set by hand stays; one from the matrix follows what it is made of. */
export const judgedAgain = (record: IncidentRecord, changed: Partial<{ [Key in keyof Assessment]: Assessment[Key] | null }>, situation: Situation): readonly IncidentEvent[] => {
  const { impact, urgency, category, callerSafe } = { ...record, ...changed }
  if (record.priorityOverridden || impact === null || urgency === null) return []
  const assessed = assessedPriority({ impact, urgency, category, callerSafe }, situation.rules.settings)
  return priorityEvents(record, { ...assessed, urgency }, false, null, situation)
}

export const priorityEvents = (record: IncidentRecord, assessed: Pick<Assessment, 'impact' | 'urgency'> & { readonly priority: NonNullable<IncidentRecord['priority']> }, overridden: boolean, reason: string | null, situation: Situation): readonly IncidentEvent[] => {
  const { impact, urgency, priority } = record
  if (assessed.impact === impact && assessed.urgency === urgency && assessed.priority === priority && record.priorityOverridden === overridden) return []
  const granted = assessed.priority !== priority && !record.reactionGranted.includes(assessed.priority) && slaOf(situation.rules, assessed.priority).minimumReactionMs > 0
  return [...lateClocks(record, ofIncident, situation), { type: 'priority-set', ...stamp(situation), ...assessed, overridden, granted, reason, before: { impact, urgency, priority } }]
}
