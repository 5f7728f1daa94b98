import { knownSince, type IncidentRecord } from '../domain/incident/incident.ts'
import type { TextId } from '../domain/platform-events.ts'
import type { Instant } from '../domain/time.ts'

/** What trends need of an incident or a problem: a tenth of its record. */
export interface TrendFact {
  readonly ref: string
  readonly reportedAt: Instant
  readonly queue: string | null
  /** An incident that happened: no draft, drill, doublet or mistake. */
  readonly counts: boolean
  readonly category: string | null
  readonly service: string | null
  readonly location: TextId | null
  /** A problem is the cause; where none is known, what it was resolved as. */
  readonly cause: string | null
  /** Actions of its review that are done. */
  readonly actions: readonly { readonly text: TextId | null; readonly doneAt: Instant }[]
  readonly problem: { readonly title: TextId | null; readonly fix: TextId | null; readonly fixedAt: Instant | null; readonly newest: string | null } | null
}

export const ofTrends = (record: IncidentRecord): TrendFact => {
  const { ref, queue, type, drill, state, category, service, texts, pir, problem } = record
  return {
    ref, reportedAt: knownSince(record), queue, category, service,
    counts: type === 'incident' && !drill && state !== 'draft' && state !== 'cancelled' && state !== 'merged',
    location: texts.location ?? null,
    cause: record.problemRef ?? record.resolutionCode,
    actions: (pir?.actions ?? []).flatMap(({ text, doneAt }) => (doneAt === null ? [] : [{ text, doneAt }])),
    problem: type === 'problem' ? { title: texts.title ?? null, fix: problem?.fix ?? null, fixedAt: problem?.fixedAt ?? null, newest: problem?.incidents.at(-1) ?? null } : null,
  }
}
