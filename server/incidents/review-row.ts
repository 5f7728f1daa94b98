import type { ReviewAnswer } from '../contract/reviews.ts'
import type { TimelineRow } from '../contract/rows.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { emptyReview, neededForReview, reviewFields } from '../domain/incident/review.ts'
import type { TextId } from '../domain/platform-events.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import type { NamesById, TextsById } from './incident-row.ts'

export const reviewTextIds = ({ pir }: Pick<IncidentRecord, 'pir'>): readonly TextId[] =>
  pir === null ? [] : [...Object.values(pir.texts), ...pir.actions.flatMap(({ text, metric, outcome }) => [text, metric, ...(outcome === null ? [] : [outcome])])]

export interface ReviewQuestion {
  readonly record: IncidentRecord
  readonly texts: TextsById
  readonly people: NamesById
  readonly kpi: ReviewAnswer['figures']['kpi']
  readonly timeline: readonly TimelineRow[]
  readonly now: Instant
}

const isoOrNull = (at: Instant | null): string | null => (at === null ? null : isoOf(at))

/** The document as people read it; an erased text is null. */
export const reviewRowOf = ({ record, texts, people, kpi, timeline, now }: ReviewQuestion): ReviewAnswer => {
  const pir = record.pir ?? emptyReview
  const said = (id: TextId | null | undefined): string | null => (id == null ? null : (texts.get(id) ?? null))
  const fieldOf = (field: (typeof reviewFields)[number]): [string, string | null] => [field, said(pir.texts[field])]
  return {
    ref: record.ref,
    state: record.state,
    stage: pir.stage,
    outcome: record.review,
    meetingDueAt: isoOrNull(pir.meeting?.dueAt ?? null),
    meetingAt: isoOrNull(pir.meetingAt),
    agreedAt: isoOrNull(pir.agreedAt),
    fields: Object.fromEntries(reviewFields.map(fieldOf)) as ReviewAnswer['fields'],
    missing: neededForReview.filter((field) => pir.texts[field] === undefined),
    actions: pir.actions.map(({ id, text, owner, dueAt, metric, doneAt, outcome }) => ({ id, text: said(text), owner: { id: owner, name: people.get(owner) ?? owner }, dueAt: isoOf(dueAt), overdue: doneAt === null && dueAt < now, metric: said(metric), doneAt: isoOrNull(doneAt), outcome: said(outcome) })),
    figures: {
      acknowledgedMs: record.acknowledgedAt === null ? null : record.acknowledgedAt - record.reportedAt,
      resolvedMs: record.resolvedAt === null ? null : record.resolvedAt - record.reportedAt,
      updates: record.updates.sent,
      breaches: record.clocks.flatMap(({ kind, name, breachedAt }) => (breachedAt === null ? [] : [name ?? kind])),
      reopens: record.reopens,
      kpi,
    },
    timeline: [...timeline],
  }
}
