import { natureOf } from '../clock/clock-kinds.ts'
import { boundWords } from './bound.ts'
import type { CommandOf } from './commands.ts'
import { openingOf } from './decide-open.ts'
import type { EventOf } from './events.ts'
import type { IncidentRecord, RecordType } from './incident.ts'
import { courseOf } from './problem.ts'
import { lateClocks, ofIncident, stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

/** It was logged as something else than it is: it ends here and goes on in its successor (INCIDENTS 2.2). What hangs on it is seen to first. */
export const reclassify = (record: IncidentRecord, { recordType, reason, into }: CommandOf<'reclassify'>, situation: Situation): Decision => {
  if (recordType === record.type) return refuse('same_type', `incident ${record.ref} is of the type "${recordType}" already`)
  if (record.major) return refuse('is_major', `incident ${record.ref} is a major incident: stand it down or cancel that first (stand-down, cancel-major)`)
  const on = boundWords(record)
  if (on !== '') return refuse('resources_not_released', `incident ${record.ref} is of another type when what was sent for it is released (release-deployment): ${on}`)
  if (record.type === 'problem' && courseOf(record).linked > 0) return refuse('has_incidents', `problem ${record.ref} has ${courseOf(record).linked} incidents: link them elsewhere first (link-problem)`)
  return { events: [...lateClocks(record, ofIncident, situation), { type: 'reclassified', ...stamp(situation), recordType, into, reason }] }
}

/** All that was logged, told and begun by law goes on under a number of its own; its clocks and its ladder are those of its type. */
export const successorOf = (record: IncidentRecord, { ref, type }: { readonly ref: string; readonly type: RecordType }, situation: Situation): EventOf<'opened'> => {
  const { texts, category, callerSafe, channel, service, queue, reportedAt, drill, exercise } = record
  // What nobody judged yet is taken as graver.
  const report = { ref, draft: false, type, category, texts, callerIdWithheld: false, callerSafe, channel, service, impact: record.impact ?? 1, urgency: record.urgency ?? 1, queue, reportedAt, drill, exercise } as const
  const kept = { formerRefs: [...record.formerRefs, record.ref], owner: record.owner, loggedBy: record.loggedBy, updates: record.updates, counsel: record.counsel, reports: record.reports, problemRef: type === 'problem' ? null : record.problemRef } as const
  // What somebody decided against the matrix stands until somebody decides anew.
  const decided = record.priorityOverridden ? { priority: record.priority, priorityOverridden: true } : {}
  return openingOf(report, situation, { ...kept, ...decided, clocks: record.clocks.filter((clock) => natureOf(clock).ofTheLaw) })
}
