import { z } from 'zod'
import { reviewFields, reviewStages } from '../domain/incident/review.ts'
import { timelineRow } from './row-schemas.ts'
import { each } from './schema-parts.ts'

const iso = z.string()
const words = z.string().nullable()
const ms = z.number().nullable()
const person = z.object({ id: z.string(), name: z.string() })
const share = z.number().min(0).max(1).nullable()

/** The document of a review, with what the log and the queue's figures say by themselves. */
export const reviewAnswer = z.object({
  ref: z.string(),
  state: z.string(),
  stage: z.enum(reviewStages),
  outcome: z.enum(['none', 'done', 'waived']),
  meetingDueAt: iso.nullable().describe('P1 and major: three calendar days after it was resolved; others five business days'),
  meetingAt: iso.nullable(),
  agreedAt: iso.nullable(),
  fields: z.object(each(reviewFields, words)),
  missing: z.array(z.string()).describe('fields without which it cannot go into review'),
  actions: z.array(z.object({ id: z.string(), text: words, owner: person, dueAt: iso, overdue: z.boolean(), metric: words.describe('the figure by which one sees that it helped'), doneAt: iso.nullable(), outcome: words })),
  figures: z.object({
    acknowledgedMs: ms,
    resolvedMs: ms,
    updates: z.number(),
    breaches: z.array(z.string()),
    reopens: z.number(),
    kpi: z
      .object({ queue: z.string(), offered: z.number(), abandoned: z.number(), abandonRate: share, inTarget: share, usual: z.object({ abandonRate: share, inTarget: share, weeks: z.number() }).nullable().describe('the same hours of the four weeks before'), lostMore: z.number().nullable().describe('callers who gave up beyond what is usual') })
      .nullable()
      .describe('of its queue, in the quarter hours from the report to the resolution; null: it has no queue'),
  }),
  timeline: z.array(timelineRow).describe('the log of the incident, oldest first, without receipts of messages'),
})
export type ReviewAnswer = z.output<typeof reviewAnswer>
