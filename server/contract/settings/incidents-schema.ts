import { z } from 'zod'
import { breachMetrics } from '../../domain/breach/breach-metrics.ts'
import { resourceTypes } from '../../domain/deployment/deployment.ts'
import { roles } from '../roles.ts'
import { defaultTemplates } from './default-templates.ts'
import { closingTime, date, days, durationMs, hours, label, linkTemplate, nameKey, positiveMs, priority, scale, table, timeZone, wallTime } from './parts.ts'

/** Sections that incidents, clocks and ladders read. */

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type DayName = (typeof dayNames)[number]

/** ISO weekdays 1..7 that a key such as `mon` or `mon-fri` names; null when it names none. */
export const weekdaysOf = (key: string): readonly number[] | null => {
  const [first = '', last = first, ...more] = key.split('-')
  const from = dayNames.findIndex((name) => name === first)
  const to = dayNames.findIndex((name) => name === last)
  if (from < 0 || to < 0 || more.length > 0) return null
  const count = ((to - from + 7) % 7) + 1
  return Array.from({ length: count }, (_, index) => ((from + index) % 7) + 1)
}

export const week = z.record(
  z.string().refine((key) => weekdaysOf(key) !== null, { error: 'must be a day or days such as mon, sat-sun or mon-fri' }),
  z.array(hours).max(20),
)

export const calendar = z.strictObject({
  alwaysOpen: z.boolean().optional(),
  timeZone: timeZone.optional(),
  week: week.optional(),
  holidays: z.array(z.union([date, z.strictObject({ date, name: label.optional(), from: wallTime.optional(), to: closingTime.optional() })], { error: 'must be a date such as "2026-12-25", or { date, name, from, to }' })).max(1_000).optional(),
  openings: z.array(z.strictObject({ date, name: label.optional(), from: wallTime, to: closingTime })).max(1_000).optional(),
})

const target = <T extends z.ZodType>(value: T) => value.nullable().optional()
export const slaTarget = z.strictObject({
  responseMs: target(positiveMs()),
  updateMs: target(positiveMs()),
  updateDays: target(days()),
  resolutionMs: target(positiveMs()),
  resolutionDays: target(days()),
  calendar: nameKey.optional(),
  atRisk: z.array(z.number().gt(0).lt(1)).max(10).optional(),
  minimumReactionMs: durationMs(86_400_000).optional(),
})

export const policyTarget = z.union(
  [z.strictObject({ role: z.enum(roles) }), z.strictObject({ person: nameKey }), z.strictObject({ rota: nameKey }), z.strictObject({ team: nameKey }), z.strictObject({ webhook: nameKey }), z.strictObject({ slack: nameKey }), z.strictObject({ teams: nameKey })],
  { error: `must be one of { role: ${roles.slice(0, 4).join(' | ')} }, { person }, { rota }, { team }, { webhook }, { slack }, { teams }` },
)
const targets = z.array(policyTarget).max(50)

const ownership = z.strictObject({
  levels: z.array(z.strictObject({ targets, waitMs: durationMs(604_800_000).default(0), /** Calendar in whose hours the level may be told. */ window: nameKey.optional() })).max(20),
  repeat: z.number().int().min(0).max(100).nullable().optional(),
})
const deadline = z.strictObject({
  on: z.array(z.strictObject({ at: z.union([z.literal('breach'), z.number().gt(0).lt(1)], { error: 'must be "breach" or a share of the target between 0 and 1' }), targets })).max(20),
})
/** `routineHours`: calendar in whose hours P3 and P4 are told; without it at any hour. */
export const policy = z.strictObject({ ownership: ownership.optional(), deadline: deadline.optional(), routineHours: nameKey.optional() })

const someOf = <T extends z.ZodType>(value: T) => z.union([value, z.array(value).min(1).max(100)]).optional()
export const route = z.strictObject({
  when: z.strictObject({ priority: someOf(priority), category: someOf(nameKey), service: someOf(label) }).default({}),
  policy: nameKey,
})

/** A deadline set by law: so long after awareness (the report) or classification (the category), at the latest `capMs` after awareness. */
const regulatory = z
  .strictObject({ name: label.min(1), afterMs: positiveMs().optional(), afterDays: days().optional(), endOfDay: z.boolean().optional(), calendar: nameKey.optional(), from: z.enum(['awareness', 'classification']).default('awareness'), capMs: positiveMs().optional() })
  .refine(({ afterMs, afterDays }) => (afterMs === undefined) !== (afterDays === undefined), { error: 'needs afterMs or afterDays' })
/** Resolved only after a colleague was consulted, or an escalation answered: any colleague, or one of `with`. */
const consulted = z.strictObject({ with: z.array(z.union([z.strictObject({ role: z.enum(['admin', 'duty-manager', 'supervisor', 'agent', 'stakeholder']) }), z.strictObject({ person: nameKey }), z.strictObject({ rota: nameKey }), z.strictObject({ team: nameKey })], { error: 'must be one of { role }, { person }, { rota }, { team }' })).min(1).max(20).optional() }, { error: 'must be {} or { with: [{ role | person | rota | team }] }' })
export const category = z.strictObject({ name: label.optional(), impactFloor: scale.nullable().optional(), discreet: z.boolean().optional(), playbook: nameKey.optional(), regulatory: z.array(regulatory).max(20).optional(), consult: consulted.optional() })

export const breachRule = z
  .strictObject({
    id: nameKey.optional(),
    name: label.optional(),
    metric: z.enum(breachMetrics),
    queue: nameKey.default('*'),
    window: z.string().regex(/^(now|today|R(15|30|60)|D)$/, { error: 'must be R15, R30, R60 or D' }).default('R30'),
    below: z.number().optional(),
    above: z.number().optional(),
    /** Compared with the queue's own target: `serviceLevel` below it, `oldestWaitMs` above so many times it. */
    belowTarget: z.boolean().optional(),
    aboveTargetTimes: z.number().gt(0).max(100).optional(),
    forMs: durationMs(86_400_000).default(0),
    clearBelow: z.number().optional(),
    clearAbove: z.number().optional(),
    minimum: z.number().int().min(0).max(1_000_000).default(0),
    raise: z.strictObject({ category: nameKey.default('service-level'), impact: scale, urgency: scale, /** A collapse: what it raises is proposed as a major incident. */ major: z.boolean().optional() }).optional(),
  })
  .refine((rule) => rule.metric === 'expectedButAbsent' || [rule.below, rule.above, rule.belowTarget, rule.aboveTargetTimes].filter((part) => part !== undefined && part !== false).length === 1, { error: 'needs exactly one of below, above, belowTarget, aboveTargetTimes' })
  .refine((rule) => rule.below === undefined || rule.clearAbove === undefined || rule.clearAbove >= rule.below, { error: 'clears before it is raised: clearAbove must not lie under below', path: ['clearAbove'] })
  .refine((rule) => rule.above === undefined || rule.clearBelow === undefined || rule.clearBelow <= rule.above, { error: 'clears before it is raised: clearBelow must not lie over above', path: ['clearBelow'] })

const period = z.strictObject({ from: z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-11-22T09:00:00Z' }), to: z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-11-22T09:00:00Z' }) })
export const rota = z.strictObject({
  name: label.optional(),
  timeZone: timeZone.optional(),
  layers: z
    .array(
      z.strictObject({
        people: z.array(nameKey).min(1).max(200),
        startsOn: date,
        handoverAt: wallTime.default('09:00'),
        everyDays: z.number().int().min(1).max(366).default(7),
        /** Only within these hours; absent: round the clock. */
        week: week.optional(),
      }),
    )
    .max(20)
    .default([]),
  swaps: z.array(period.extend({ people: z.tuple([nameKey, nameKey], { error: 'must be two people' }) })).max(1_000).default([]),
  overrides: z.array(period.extend({ person: nameKey, /** Only where this person would be on call. */ replaces: nameKey.optional() })).max(1_000).default([]),
})

export const playbook = z.strictObject({
  name: label.optional(),
  owner: label.optional(),
  reviewOn: date.optional(),
  steps: z.array(z.strictObject({ id: nameKey, text: z.string().min(1).max(2_000), link: linkTemplate.optional(), mandatory: z.boolean().default(false) })).max(100).default([]),
})

const moment = z.union([z.iso.datetime({ offset: true }), z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/)], { error: 'must be a wall-clock time such as 2026-11-22T23:30, or an instant such as 2026-11-22T23:30:00Z' })
/** Planned work: `from` and `to` once, or `week` again and again; by the wall clock of its zone, else of the site. */
export const maintenance = z
  .strictObject({ name: label.optional(), timeZone: timeZone.optional(), from: moment.optional(), to: moment.optional(), week: week.optional(), queues: z.array(nameKey).min(1).max(1_000).optional(), services: z.array(label.min(1)).min(1).max(1_000).optional(), categories: z.array(nameKey).min(1).max(1_000).optional(), publish: z.boolean().default(false) })
  .refine((given) => (given.week === undefined ? given.from !== undefined && given.to !== undefined : given.from === undefined && given.to === undefined), { error: 'needs from and to, or week' })

/** What people call a service in a report, and its hours. */
export const service = z.strictObject({ calendar: nameKey.optional() })

/** Words for stakeholders, ready to be sent; `{ref}` and the like are filled from the incident. */
export const updateTemplate = z.strictObject({ name: label.optional(), audience: z.string().min(1).max(200).default('all'), state: z.enum(['investigating', 'identified', 'monitoring', 'resolved']), text: z.string().min(1).max(4_000), /** Only for these; absent: for all. */ priorities: z.array(priority).min(1).max(4).optional() })
/** `approve`: priorities whose updates are told only when somebody else has read them. A part that is left out takes its default. */
export const updates = z.strictObject({ approve: z.array(priority).max(4).default(['P1']), templates: table(updateTemplate).default(() => defaultTemplates) })

const station = z.union([z.strictObject({ webhook: nameKey }), z.strictObject({ slack: nameKey }), z.strictObject({ teams: nameKey })], { error: 'must be one of { webhook }, { slack }, { teams }' })
/** What is not a person and can be sent for; `alert`: rooms and machines that hear of it when it is, for these priorities or all: the channel that is meant for it. */
export const resource = z.strictObject({
  name: label.min(1),
  type: z.enum(resourceTypes),
  /** Told to whoever may command incidents, and to nobody else. */
  phone: z.string().min(1).max(40).regex(/^[+\d][\d ()./-]*$/, { error: 'must be a telephone number such as +441134960000' }).optional(),
  account: label.min(1).optional(),
  instructions: z.string().min(1).max(1_000).optional(),
  /** Calendar in whose hours it can be had; absent: at any hour. */
  hours: nameKey.optional(),
  responseMs: positiveMs().optional(),
  alert: z.array(z.strictObject({ priorities: z.array(priority).min(1).max(4).optional(), target: station })).max(20).optional(),
})

export const sla = z.strictObject({ P1: slaTarget.optional(), P2: slaTarget.optional(), P3: slaTarget.optional(), P4: slaTarget.optional() })
export const priorities = z.strictObject({ matrix: z.array(z.array(priority).length(4, { error: 'must have 4 columns, urgency 1 to 4' })).length(4, { error: 'must have 4 rows, impact 1 to 4' }) })
export const incidentSections = { calendars: table(calendar), priorities, sla, policies: table(policy), routes: z.array(route).max(500), categories: table(category), breaches: z.array(breachRule).max(500), rotas: table(rota), services: table(service), maintenance: table(maintenance), updates, playbooks: table(playbook), resources: table(resource) }
