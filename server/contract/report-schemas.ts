import { z } from 'zod'
import { seriesFields } from './recompute.ts'
import { metrics as windowMetrics, responses } from './row-schemas.ts'

/** What the reports answer. Ratios are 0..1 and null without a denominator; durations ms; `n` is what stands behind a value. */

const iso = z.iso.datetime({ precision: 3 }).describe('ISO 8601 UTC with milliseconds')
const count = z.number().int().min(0)
const value = z.number().nullable()
const wholeMs = z.number().int().nullable()
const figure = { value, n: z.number(), low: z.number().optional().describe('95 % range of a share of answers'), high: z.number().optional() }
const target = z.object({ percent: z.number(), withinMs: z.number(), variant: z.enum(['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7']) })
const interval = { from: iso, to: iso, complete: z.boolean() }
const head = { report: z.string(), metric: z.string(), queue: z.string().nullable(), timeZone: z.string(), target }

export const heatMapAnswer = z.object({
  ...head,
  ...seriesFields,
  rows: z.array(z.object({ day: z.string().describe('local date'), slot: z.string().describe('local begin, HH:MM'), repeated: z.boolean().describe('second pass of an hour that a clock change repeats'), ...interval, ...figure, thin: z.boolean().describe('n below 10: hatched, no colour') })),
})
export const trendsAnswer = z.object({
  ...head,
  ...seriesFields,
  step: z.string(),
  rows: z.array(z.object({ ...interval, ...figure, lastWeek: z.object(figure), normal: z.object({ low: z.number(), middle: z.number(), high: z.number(), weeks: count }).nullable() })),
})
export const onTargetAnswer = z.object({
  report: z.string(),
  step: z.string(),
  ...seriesFields,
  rows: z.array(z.object({ queue: z.string(), target, intervals: count, onTarget: count, share: value, serviceLevel: z.object(figure), worst: z.object({ ...figure, from: iso }).nullable() })),
})
export const lostReasonsAnswer = z.object({
  report: z.string(),
  queue: z.string().nullable(),
  rows: z.array(z.object({ queue: z.string(), outcome: z.enum(['abandoned', 'flowed-out', 'system', 'refused', 'callback']), reason: z.string().describe('of abandons: short, within-target, within-twice-target, long-wait'), contacts: count, share: z.number(), waitMsMean: value })),
})
export type LostReasonRow = z.output<typeof lostReasonsAnswer>['rows'][number]
export const transfersAnswer = z.object({
  report: z.string(),
  queue: z.string().nullable(),
  basis: z.literal('end').describe('a contact is booked where its handling ended'),
  total: z.object({ interactions: count, transferred: count, rate: value }).describe('a contact counts once, however many queues it went through'),
  rows: z.array(z.object({ queue: z.string(), handled: count, transferred: count, rate: value, blind: count, attended: count, toQueue: count, toAgent: count, external: count, unknownKind: count, unknownDestination: count, mostTo: z.enum(['queue', 'agent', 'external']).nullable(), mostToQueue: z.string().nullable(), mostToTransfers: count })),
})
export type TransferRow = z.output<typeof transfersAnswer>['rows'][number]
export const customerLevelAnswer = z.object({
  report: z.string(),
  queue: z.string().nullable(),
  basis: z.literal('outcome').describe('an interaction is booked where it ended'),
  rows: z.array(z.object({ queue: z.string().describe('in which it began'), target, interactions: count, severalVisits: count, answered: count, abandoned: count, serviceLevel: value, n: count, waitMsMean: wholeMs.describe('all waits of an interaction together'), waitMsP50: wholeMs, waitMsP90: wholeMs, firstAgentMsMean: wholeMs.describe('from the first enqueue to the first agent') })),
})
export const lostCallersAnswer = z.object({
  report: z.string(),
  queue: z.string().nullable(),
  rows: z.array(z.object({ contactId: z.string().describe('the newest attempt'), queue: z.string(), queuedAt: iso, waitMs: value, attempts: count, identified: z.boolean().describe('false: the customer is not known, so a later success cannot be seen') })),
})
export type LostCallerRow = z.output<typeof lostCallersAnswer>['rows'][number]
export const figuresAnswer = z.object({
  queue: z.string(),
  window: z.string(),
  from: iso,
  to: iso,
  target,
  figures: z.object(windowMetrics),
  responses: z.object(responses).optional().describe('answers in written conversations; absent where all is said by telephone'),
  compared: z.object({ from: iso, to: iso, timeZone: z.string(), metrics: z.record(z.string(), z.object({ ...figure, lastWeek: z.object(figure), normal: z.object({ low: z.number(), middle: z.number(), high: z.number(), weeks: count }).nullable() })).describe('over the quarter hours that the window touches') }),
})
const outcome = z.enum(['pending', 'answered', 'abandoned', 'callback', 'flowed-out', 'system', 'refused'])
export const journeyAnswer = z.object({
  contactId: z.string(),
  identified: z.boolean(),
  from: iso,
  to: iso,
  steps: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('contact'), at: iso, contactId: z.string(), legId: z.string(), queue: z.string(), channel: z.string(), outcome, waitMs: value, handleMs: value, activeMs: value.describe('the part of it that is this contact’s where its agents had others at once; null in records kept before it was told'), repeat: z.boolean().nullable() }),
      z.object({ kind: z.literal('transfer'), at: iso, contactId: z.string(), queue: z.string(), toQueue: z.string().nullable() }),
      z.object({ kind: z.literal('survey'), at: iso, contactId: z.string(), queue: z.string(), score: z.number().describe('on the 1 to 5 scale') }),
      z.object({ kind: z.literal('incident'), at: iso, ref: z.string(), title: z.string(), state: z.string(), priority: z.string().nullable() }),
    ]),
  ),
})
export const stuckAnswer = z.object({
  report: z.string(),
  asOf: iso.nullable(),
  rows: z.array(z.object({ kind: z.enum(['agent-unreachable', 'wrap-up-forgotten', 'ringing-nobody', 'on-contact-without-contact', 'contact-without-agent', 'contact-never-ends']), since: iso, agent: z.string().nullable(), agentName: z.string().nullable(), queue: z.string().nullable(), contactId: z.string().nullable(), evidence: z.string(), repair: z.string() })),
})
