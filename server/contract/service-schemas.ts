import { z } from 'zod'

/** Foretold waits, callbacks, first responses, resolution at first contact and answers of customers. */

const iso = z.iso.datetime({ precision: 3 }).describe('ISO 8601 UTC with milliseconds')
const count = z.number().int().min(0)
const value = z.number().nullable()
const wholeMs = z.number().int().nullable()
const head = { report: z.string(), asOf: iso }

export const expectedWaitAnswer = z.object({
  ...head,
  rows: z.array(
    z.object({
      queue: z.string(),
      position: count.describe('entries ahead of whoever comes now, their own among them'),
      ahtMs: wholeMs,
      activeMs: wholeMs.describe('handle time with the time of several contacts at once shared among them: what the wait is reckoned by'),
      people: z.number().describe('at work for this queue; shared people by its share of them'),
      meanMs: wholeMs.describe('null: no agents, or no handle time is known'),
      p50Ms: wholeMs,
      p90Ms: wholeMs,
      error: z.object({ quotes: count, meanErrorMs: value, biasMs: value.describe('above 0: people waited less than they were told'), withinP50: value, withinP90: value.describe('shares of waits no longer than the P50 and the P90: 0.5 and 0.9 where quotes are honest') }),
    }),
  ),
})
export const callbacksAnswer = z.object({
  ...head,
  figures: z.object({ dueNow: count, oldestDueAt: iso.nullable(), scheduled: count, promisedWithinHour: count, kept: value, keptN: count, success: value, attemptsPerSuccess: value, customerWaitMsMean: value }),
  rows: z.array(z.object({ contactId: z.string(), queue: z.string(), state: z.enum(['scheduled', 'due', 'attempting', 'connected', 'failed']), queuedAt: iso, requestedAt: iso, dueAt: iso, promisedUntil: iso.nullable(), attempts: count, connectedAt: iso.nullable(), customerWaitMs: value.describe('from the original enqueue'), kept: z.boolean().nullable() })),
})
export const owedAnswer = z.object({
  ...head,
  queue: z.string().nullable(),
  callbacks: z.object({ dueNow: count, oldestDueAt: iso.nullable(), scheduled: count, promisedWithinHour: count }).describe('of all that were asked for in the last two days'),
  followUps: z.object({ open: count, late: count.describe('nobody has called within a day') }).describe('answers of 2 or less of the last three days'),
})
const targetFigures = z.object({ n: count.nullable(), medianMs: wholeMs, p90Ms: wholeMs, businessMedianMs: wholeMs, businessP90Ms: wholeMs, open: count.describe('owed now'), pastTarget: count.describe('owed, and due in the range'), met: value, atRisk: count.describe('owed, with more than three quarters of the target used up') })
export const firstResponseAnswer = z.object({
  ...head,
  rows: z.array(z.object({ queue: z.string(), channel: z.enum(['chat', 'email', 'task']), n: count, medianMs: value, p90Ms: value, businessMedianMs: value, businessP90Ms: value, unanswered: count, oldestUnansweredSince: iso.nullable(), pastTarget: count, met: value, atRisk: count, targets: z.object({ firstMs: z.number(), nextMs: z.number(), resolutionMs: z.number().nullable(), pausesOnHold: z.boolean() }), next: targetFigures.describe('later answers, by when they came'), resolution: targetFigures.describe('conversations resolved, by when they were') })),
})
export type FirstResponseRow = z.output<typeof firstResponseAnswer>['rows'][number]
export const fcrAnswer = z.object({
  ...head,
  method: z.literal('repeat'),
  windowDays: z.number(),
  step: z.enum(['day', 'week']),
  queue: z.string().nullable(),
  timeZone: z.string(),
  rows: z.array(z.object({ cohort: z.string().describe('local date; of a week its Monday'), from: iso, to: iso, maturesAt: iso, matured: z.boolean().describe('only then final'), eligible: count, resolvedAtFirst: count, fcr: value.describe('null until the cohort has matured'), soFar: value.describe('as far as it is known; before it has matured it can only fall'), identifiedShare: value })),
  repeatRateNow: z.object({ value, identified: count }).describe('the live proxy: of the customers known today those who came again within D'),
})
export const surveysAnswer = z.object({
  ...head,
  followUps: z.object({ open: count, late: count, done: count }),
  rows: z.array(z.object({ contactId: z.string(), queue: z.string(), agent: z.string().nullable(), agentName: z.string().nullable(), at: iso, score: z.number(), comment: z.string().nullable(), followUp: z.object({ dueAt: iso, state: z.enum(['open', 'late', 'done']), doneAt: iso.nullable() }).nullable().describe('of a score of 2 or less, due within a day') })),
})
export type SurveyRow = z.output<typeof surveysAnswer>['rows'][number]
export const followUpBody = z.strictObject({ done: z.boolean() })
export const followUpAnswer = z.object({ contactId: z.string(), done: z.boolean() })
