import type { IncidentEvent } from './events.ts'
import type { IncidentRecord } from './incident.ts'
import { emptyReview, meetingDue, newAction, type IncidentReview } from './review.ts'
import type { Rules } from './rules.ts'

const reviewEvents = ['reviewed', 'review-written', 'review-action-added', 'review-action-done', 'review-moved', 'follow-up-overdue'] as const
type ReviewEvent = Extract<IncidentEvent, { type: (typeof reviewEvents)[number] }>

export const isOfReview = (event: IncidentEvent): event is ReviewEvent => (reviewEvents as readonly string[]).includes(event.type)

/** Resolved: its review begins, or begins again. */
export const reviewBegun = (record: IncidentRecord, { at }: Pick<IncidentEvent, 'at'>, rules: Rules): IncidentReview | null => {
  const meeting = meetingDue(record, at, rules)
  return record.pir === null && meeting === null ? null : { ...(record.pir ?? emptyReview), meeting }
}
/** What was agreed of an incident that is open again is to be agreed anew. */
export const reviewReopened = ({ pir }: Pick<IncidentRecord, 'pir'>): IncidentReview | null => (pir === null ? null : { ...pir, stage: 'draft', meeting: null, meetingAt: null, agreedAt: null })

export const reviewChanged = (record: IncidentRecord, event: ReviewEvent): IncidentRecord => {
  const pir = record.pir ?? emptyReview
  const changed = (more: Partial<IncidentReview>): IncidentRecord => ({ ...record, pir: { ...pir, ...more } })
  switch (event.type) {
    case 'reviewed':
      return { ...record, review: event.outcome }
    case 'review-written':
      return changed({ texts: { ...pir.texts, ...event.texts }, meetingAt: event.meetingAt ?? pir.meetingAt })
    case 'review-action-added':
      return changed({ actions: [...pir.actions, newAction({ id: event.action, text: event.text, owner: event.owner, metric: event.metric, dueAt: event.dueAt })] })
    case 'review-action-done':
      return changed({ actions: pir.actions.map((action) => (action.id === event.action ? { ...action, doneAt: event.at, outcome: event.text } : action)) })
    case 'review-moved':
      return { ...changed({ stage: event.to, agreedAt: event.to === 'agreed' ? event.at : event.to === 'draft' ? null : pir.agreedAt }), review: event.to === 'agreed' ? 'done' : event.to === 'draft' && record.state === 'resolved' ? 'none' : record.review }
    case 'follow-up-overdue': {
      const { told, nextAt } = event
      if (event.what === 'meeting') return changed({ meeting: pir.meeting === null ? null : { ...pir.meeting, told, nextAt } })
      return changed({ actions: pir.actions.map((action) => (action.id === event.what ? { ...action, told, nextAt } : action)) })
    }
    default: {
      const never: never = event
      return never
    }
  }
}
