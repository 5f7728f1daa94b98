import { z } from 'zod'

/** Plans, schedules and what is read from them. Ratios are 0..1 and null without a denominator; people that are required are not rounded. */

const iso = z.iso.datetime({ precision: 3 }).describe('ISO 8601 UTC with milliseconds')
const count = z.number().int().min(0)
const value = z.number().nullable()
const wholeMs = z.number().int().nullable()
const whose = { agent: z.string(), agentName: z.string().nullable(), team: z.string().nullable() }
const staffing = {
  queue: z.string(),
  from: iso,
  basis: z.enum(['plan', 'median']).nullable().describe('median: of four same weekdays at the same wall time; null: nothing is known'),
  forecast: value,
  ahtMs: wholeMs,
  activeMs: wholeMs.describe('what a contact takes of one agent, which people are reckoned by: the AHT of the plan as it was given, else active time of earlier weeks'),
  required: value,
  requiredBy: z.enum(['plan', 'erlang-a', 'erlang-c']).nullable(),
  scheduled: value,
  gap: value.describe('required less staffed (now) or scheduled: above 0 people are missing'),
  growsPerMinute: value.describe('contacts a minute by which the queue grows with these people, where nobody gives up'),
}
const head = { report: z.string() }

export const fileRead = z.object({ accepted: count, read: count, rejectedCount: count, rejected: z.array(z.object({ line: count, detail: z.string() })).describe('the first 100'), dryRun: z.boolean() })
export const planAnswer = z.object({ ...head, from: iso, to: iso, queue: z.string().nullable(), rows: z.array(z.object({ ...staffing, to: iso, offered: value, actualAhtMs: wholeMs, actualActiveMs: wholeMs })) })
export const staffingAnswer = z.object({ ...head, asOf: iso, total: z.object({ required: value.describe('added, then rounded up once'), staffed: value.describe('each person once'), gap: value }), rows: z.array(z.object({ ...staffing, staffed: value })) })
export const scheduleAnswer = z.object({ ...head, from: iso, to: iso, rows: z.array(z.object({ ...whose, activity: z.string(), from: iso, to: iso })) })
export const rollCallAnswer = z.object({ ...head, asOf: iso, counts: z.record(z.string(), count), rows: z.array(z.object({ ...whose, state: z.enum(['due', 'in', 'late', 'absent', 'left-early', 'finished', 'excused', 'not-planned']), shiftFrom: iso.nullable(), shiftTo: iso.nullable(), inAt: iso.nullable(), lateMs: value, excuse: z.string().nullable() })) })
export type RollCallRow = z.output<typeof rollCallAnswer>['rows'][number]
export const excuseBody = z.strictObject({ excuse: z.enum(['sick', 'leave', 'holiday', 'day-off']).nullable() })
export const excuseAnswer = z.object({ agent: z.string(), excuse: z.string().nullable() })
export const breaksAnswer = z.object({ ...head, asOf: iso, rows: z.array(z.object({ ...whose, kind: z.enum(['over', 'due', 'on']), reason: z.string().nullable(), since: iso, backAt: iso.nullable(), overMs: value })) })
export type BreakRow = z.output<typeof breaksAnswer>['rows'][number]
const adherence = { scheduledMs: z.number(), exceptionMs: z.number(), adherence: value, conformance: value }
export const adherenceAnswer = z.object({ ...head, from: iso, to: iso, notKept: count.describe('planned stretches that are not judged: the states of agents then are not kept'), total: z.object(adherence), rows: z.array(z.object({ ...whose, ...adherence, onQueueMs: z.number(), scheduledOnQueueMs: z.number() })) })
