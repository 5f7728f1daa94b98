import { z } from 'zod'
import { clockKinds, priorities } from './incidents.ts'
import { parseRfc3339 } from './rfc3339.ts'

/** What happens next, who is on call, and "who is woken on Sunday at 02:30?". */

const iso = z.string().describe('ISO 8601, UTC')
const personRef = z.object({ id: z.string(), name: z.string() })

/** One message that would be sent. */
const telling = z.object({
  person: personRef.nullable().describe('null: a machine or a room'),
  channel: z.string().describe('push, sms, voice, mail, slack, teams, desktop or webhook; none: this person cannot be reached'),
  then: z.array(z.string()).describe('channels that follow when this one fails'),
  target: z.string().describe('name of the webhook or room, else the person'),
  at: iso.describe('when it goes out: business hours, quiet hours and the pace of one message a minute and person are in it'),
  held: z.boolean().describe('it waits for the minute after another message to this person, and is told together with what waits'),
  type: z.string(),
})
export type TellingRow = z.output<typeof telling>

export const forecastKinds = ['level', 'level-skipped', 'unmanned', 'ladder-ended', 'unowned-reminder', 'warning', 'breach', 'breach-reminder', 'lease-question', 'lease-lost', 'owner-gone', 'hold-review', 'snooze-ended', 'handover-lapsed', 'closed', 'review-awaited', 'deployment-unanswered', 'deployment-asked', 'deployment-late', 'deployment-still-on', 'other'] as const

export const forecastStep = z.object({
  at: iso,
  kind: z.enum(forecastKinds),
  ladder: z.enum(['ownership', 'deadline']).nullable(),
  level: z.number().nullable(),
  cycle: z.number().nullable(),
  clock: z.string().nullable().describe('kind of the clock, name of a clock of the law, or key of the audience whose clock it is'),
  clockCalled: z.string().optional().describe('what people call that audience'),
  share: z.number().nullable().describe('of a warning: the share of the target that is reached'),
  why: z.string().nullable().describe('of a skipped level: nobody, superseded, told-just-now'),
  targets: z.array(z.string()).describe('as the policy names them, e.g. role:supervisor'),
  called: z.array(z.string()).describe('the same with what people call rotas, teams and people in the place of their ids'),
  people: z.array(personRef).describe('who these are at that moment'),
  tells: z.array(telling),
})
export type ForecastStepRow = z.output<typeof forecastStep>

export const forecastAnswer = z.object({ ref: z.string(), now: iso, until: iso, complete: z.boolean().describe('false: more steps than are listed'), steps: z.array(forecastStep) })

/** Part of the view `incident:{ref}`: the next two hours if nobody does anything. */
export interface ForecastRow {
  readonly ref: string
  /** False: more steps than are listed. */
  readonly complete: boolean
  readonly steps: readonly ForecastStepRow[]
}

const instant = z.string().transform((text, context) => {
  const at = parseRfc3339(text)
  if (at !== null) return at
  context.addIssue({ code: 'custom', message: 'must be an instant with a zone, such as 2026-11-22T09:00:00.000Z' })
  return z.NEVER
})
const scale = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
const given = z.record(z.string(), z.unknown())

/** A moment (an instant, or a wall-clock time of the site), an incident that is reported then, and settings to try before they are saved. */
export const simulationInput = z.strictObject({
  at: instant.optional().describe('default: now'),
  wall: z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a wall-clock time such as 2026-12-27T02:30' }).optional().describe('instead of `at`: a time of the site’s zone'),
  holiday: z.boolean().default(false).describe('that day is a bank holiday in every calendar'),
  hours: z.number().int().min(1).max(72).default(2),
  category: z.string().max(100).nullable().default(null),
  service: z.string().max(200).nullable().default(null),
  impact: scale.default(1),
  urgency: scale.default(1),
  callerSafe: z.boolean().nullable().default(null),
  settings: given.optional().describe('sections of the settings document that take the place of the saved ones'),
})
export type SimulationInput = z.output<typeof simulationInput>

export const simulationAnswer = z.object({
  at: iso,
  local: z.string().describe('the same moment by the wall clock of the site'),
  timeZone: z.string(),
  priority: z.enum(priorities),
  policy: z.string(),
  route: z.number().nullable().describe('index of the route that chose the policy; null: none matched'),
  calendar: z.object({ name: z.string(), open: z.boolean(), opensAt: iso.nullable() }).describe('of the priority’s targets, at that moment'),
  clocks: z.array(z.object({ kind: z.enum(clockKinds), name: z.string().nullable(), dueAt: iso.nullable() })),
  until: iso,
  complete: z.boolean(),
  steps: z.array(forecastStep),
})

/** What the auditor saw in two looks one after the other. `ok` is of the whole site, and false before the first look. */
export const escalationAudit = z.object({ lookedAt: iso.nullable(), ok: z.boolean(), findings: z.array(z.object({ check: z.string(), about: z.string(), detail: z.string() })), elsewhere: z.number().optional().describe('so many findings are about incidents outside the area of the reader') })

const onCall = z.object({ person: personRef.nullable(), by: z.enum(['override', 'swap', 'layer']).nullable(), layer: z.number().nullable() })
export const rotaShift = onCall.extend({ from: iso, to: iso })
export const rotaGap = z.object({ from: iso, to: iso, why: z.enum(['nobody', 'unreachable', 'unknown']), person: personRef.nullable() })
export const rotaRow = z.object({ rota: z.string(), name: z.string(), timeZone: z.string(), at: iso, onCall, until: iso.nullable().describe('when this changes; null: not within 14 days'), next: onCall.nullable(), gaps: z.array(rotaGap).describe('of the 14 days from that moment') })
export const rotaList = z.object({ items: z.array(rotaRow), next: z.null() })
export const rotaShifts = z.object({ rota: z.string(), name: z.string(), timeZone: z.string(), from: iso, to: iso, shifts: z.array(rotaShift), gaps: z.array(rotaGap) })
/** What a calendar file would become; nothing is saved by reading it. */
export const rotaImport = z.object({ overrides: z.array(z.object({ person: z.string(), from: iso, to: iso })), unknown: z.array(z.object({ summary: z.string(), from: iso, to: iso })), skipped: z.number() })


/** Words for stakeholders, ready to be put right and sent. */
export const updateTemplates = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string(), audience: z.string(), state: z.string(), text: z.string(), toFill: z.array(z.string()).describe('what only a person knows; stands as [...] in the text'), nextUpdateAt: z.string().nullable().describe('what the text promises; send it along'), noChange: z.boolean() })),
  audiences: z.array(z.string()).describe('whom an update may go to: `all`, `public`, then the stakeholder groups of the settings'),
  called: z.record(z.string(), z.string()).describe('what people call the groups'),
  updateMs: z.record(z.string(), z.number()).describe('how often those are told something that have a clock of their own'),
  latestMs: z.record(z.string(), z.number()).describe('so far ahead the next update may be promised now, by audience'),
  approval: z.boolean().describe('an update of this incident is told only when somebody else has approved it'),
})
export type UpdateTemplates = z.output<typeof updateTemplates>

const drillPart = z.object({ score: z.number().min(0).max(1).nullable().describe('null: nothing could be judged'), points: z.array(z.object({ what: z.string(), ok: z.boolean(), detail: z.string() })) })
/** How a drill went, by what its log says. */
export const drillParts = z.object({ logging: drillPart, prioritising: drillPart, escalating: drillPart, updating: drillPart })
export const drillScore = z.object({ ref: z.string(), state: z.string(), score: z.number().min(0).max(1).nullable(), parts: drillParts })
