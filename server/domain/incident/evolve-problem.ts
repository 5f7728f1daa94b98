import type { IncidentEvent } from './events.ts'
import type { IncidentRecord } from './incident.ts'
import { courseOf, MOST_LINKED, type ProblemCourse, type ProblemStage } from './problem.ts'

const problemEvents = ['problem-linked', 'incident-linked', 'incident-unlinked', 'problem-recurred', 'cause-found', 'known-error-declared', 'fix-proposed', 'problem-fixed'] as const
type ProblemEvent = Extract<IncidentEvent, { type: (typeof problemEvents)[number] }>

export const isOfProblem = (event: IncidentEvent): event is ProblemEvent => (problemEvents as readonly string[]).includes(event.type)

const moved = (record: IncidentRecord, more: Partial<ProblemCourse>): IncidentRecord => ({ ...record, problem: { ...courseOf(record), ...more } })
/** Of what happens to every record: how far a problem is then. */
export const atStage = ({ type, problem }: IncidentRecord, stage: ProblemStage): ProblemCourse | null => (type === 'problem' ? { ...courseOf({ problem }), stage } : problem)

/** Work on it takes it, as with an incident. */
const worked = (record: IncidentRecord, event: ProblemEvent, more: Partial<ProblemCourse>): IncidentRecord => ({ ...moved(record, more), state: 'in-progress', owner: record.owner ?? event.by.id, confirmUntil: null, resolvedAt: null })

export const problemChanged = (record: IncidentRecord, event: ProblemEvent): IncidentRecord => {
  const course = courseOf(record)
  switch (event.type) {
    case 'problem-linked':
      return { ...record, problemRef: event.problem }
    case 'incident-linked':
      return moved(record, { incidents: [...course.incidents, event.incident].slice(-MOST_LINKED), linked: course.linked + 1 })
    case 'incident-unlinked':
      return moved(record, { incidents: course.incidents.filter((ref) => ref !== event.incident), linked: course.linked - 1 })
    case 'problem-recurred':
      return { ...moved(record, { stage: course.workaround === null ? 'analysing' : 'known-error', fixedAt: null, recurrences: course.recurrences + 1 }), state: 'in-progress', confirmUntil: null, resolvedAt: null, reopens: record.reopens + 1 }
    case 'cause-found':
      return moved(record, { cause: event.text })
    case 'known-error-declared':
      return worked(record, event, { stage: 'known-error', workaround: event.text })
    case 'fix-proposed':
      return worked(record, event, { stage: 'fix-proposed', fix: event.text })
    case 'problem-fixed':
      return { ...worked(record, event, { stage: 'fixed', fix: event.text, fixedAt: event.at }), state: 'resolved', resolvedAt: event.at, firstResolvedAt: record.firstResolvedAt ?? event.at, confirmUntil: event.watchedUntilAt }
    default: {
      const never: never = event
      return never
    }
  }
}
