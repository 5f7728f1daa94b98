import { startedClock } from '../clock/sla-clock.ts'
import { opensBy } from '../escalation/hours.ts'
import { firstDueAt } from '../escalation/ladder.ts'
import type { ClockKind, IncidentRecord, LadderPosition, SlaClock } from './incident.ts'
import type { IncidentCommand, Report } from './commands.ts'
import { completenessOf } from './completeness.ts'
import type { EventOf, IncidentEvent } from './events.ts'
import { openingAudienceClocks } from './audience-clocks.ts'
import { assessedPriority } from './priority.ts'
import { completionFrom } from './limits.ts'
import { loggedProblem } from './problem.ts'
import { regulatoryClocks } from './regulatory.ts'
import { calendarNameFor, policyIdFor, policyOf, slaOf } from './rules.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

const idle: LadderPosition = { generation: 1, since: null, state: 'idle', level: 0, cycle: 1, nextDueAt: null, stoodAt: null, spared: [], unmanned: false }

/** A draft may not have been judged yet. */
const judged = ({ impact, urgency, category, callerSafe }: Pick<Report, 'impact' | 'urgency' | 'category' | 'callerSafe'>, { rules }: Situation): Pick<IncidentRecord, 'impact' | 'priority'> =>
  impact === null || urgency === null ? { impact, priority: null } : assessedPriority({ impact, urgency, category, callerSafe }, rules.settings)

/** What a record has from one that it takes the place of. */
type Kept = Pick<IncidentRecord, 'formerRefs' | 'owner' | 'loggedBy' | 'updates' | 'counsel' | 'reports' | 'problemRef' | 'clocks' | 'priority' | 'priorityOverridden'>

/** Opens what was reported: priority from matrix and floors, clocks from the caller's contact, ladder from this commit. */
export const decideOpening = (report: Report, situation: Situation): IncidentEvent =>
  report.draft ? { type: 'drafted', at: situation.now, by: situation.actor, record: logged(report, situation, {}) } : openingOf(report, situation)

/** The same of a report that is whole. */
export const openingOf = (report: Report, situation: Situation, kept: Partial<Kept> = {}): EventOf<'opened'> => ({ type: 'opened', at: situation.now, by: situation.actor, record: opened(logged(report, situation, kept), situation) })

/** The record of a report before it is opened. */
const logged = (report: Report, situation: Situation, kept: Partial<Kept>): IncidentRecord => {
  const { now, actor, rules } = situation
  const { impact, priority: assessed } = judged(report, situation)
  const priority = kept.priority ?? assessed
  const draft: IncidentRecord = {
    ref: report.ref,
    version: 1,
    revision: 1,
    type: report.type,
    category: report.category,
    texts: report.texts,
    channel: report.channel,
    service: report.service,
    impact,
    urgency: report.urgency,
    priority,
    priorityOverridden: false,
    state: report.draft ? 'draft' : 'open',
    owner: null,
    major: false,
    majorIncident: null,
    discreet: report.category !== null && rules.settings.categories[report.category]?.discreet === true,
    callerSafe: report.callerSafe,
    snoozedUntil: null,
    reportedAt: report.reportedAt,
    openedAt: null,
    acknowledgedAt: null,
    resolvedAt: null,
    changedAt: now,
    clocks: [],
    ownership: idle,
    deadline: idle,
    policy: { id: policyIdFor(rules.settings, { priority, category: report.category, service: report.service }), version: rules.settings.version, audiences: true },
    completion: null,
    help: null,
    completeness: 0,
    queue: report.queue,
    loggedBy: actor.id,
    helpers: [],
    reopens: 0,
    firstResolvedAt: null,
    reactionGranted: [],
    resolutionCode: null,
    hold: null,
    lease: null,
    handover: null,
    confirmUntil: null,
    mergedInto: null,
    formerRefs: [],
    successor: null,
    review: 'none',
    pir: null,
    updates: { sent: 0, aside: 0, closing: false, to: [], noChange: 0, newest: { all: null, public: null } },
    pendingUpdate: null,
    told: [],
    replyUnread: false,
    reports: 0,
    drill: report.drill === true,
    exercise: report.exercise ?? null,
    maintenance: null,
    deployments: [],
    counsel: [],
    problemRef: null,
    problem: null,
    ...kept,
  }
  return { ...draft, completeness: completenessOf(draft) }
}

/** Only an incident starts incident clocks and the ladder; complaints, requests and enquiries are open with the clocks of the law alone (R1). */
export const opened = (record: IncidentRecord, { now, rules }: Situation): IncidentRecord => {
  const open: IncidentRecord = { ...record, state: 'open', openedAt: now, changedAt: now, clocks: [...record.clocks, ...regulatoryClocks(record, now, rules)], problem: record.type === 'problem' ? loggedProblem : null }
  if (record.type !== 'incident' || record.priority === null) return open
  const sla = slaOf(rules, record.priority)
  const name = calendarNameFor(rules, sla.calendar, record)
  const calendar = rules.calendar(name)
  const maintenance = rules.maintenance.holding(record, now)
  // What was raised in the middle of planned work is late for nobody before that is over.
  const startAt = maintenance === null ? record.reportedAt : maintenance.until
  const clock = (kind: ClockKind, targetMs: number | null, targetDays: number | null): readonly SlaClock[] =>
    targetMs === null && targetDays === null
      ? []
      : [startedClock({ kind, name: null, targetMs, targetDays, calendar: name, calendarVersion: rules.settings.version, at: startAt }, calendar)]
  const policy = policyOf(rules, record.policy.id)
  const nextDueAt = firstDueAt(policy.ownership, now, opensBy(policy, record, rules))
  return {
    ...open,
    completion: completionFrom(record, now),
    maintenance,
    clocks: [...clock('response', sla.responseMs, null), ...clock('update', sla.updateMs, sla.updateDays), ...clock('resolution', sla.resolutionMs, sla.resolutionDays), ...openingAudienceClocks(open, startAt, rules), ...open.clocks],
    ownership: { ...idle, state: 'running', nextDueAt },
  }
}

/** Fields that a report needs before it is open (R5); danger, or now, needs four. */
const missingIn = ({ type, texts, channel, service, category, impact, urgency, callerSafe }: IncidentRecord): readonly string[] => {
  const text = (['title', 'nature', 'location', 'reporter', 'callerId'] as const).filter((field) => texts[field] === undefined)
  if (callerSafe === false || urgency === 1) return [...text.filter((field) => field !== 'title' && field !== 'reporter'), ...(urgency === null ? ['urgency'] : [])]
  const scalars = { channel, service, category, impact, urgency }
  return [...text, ...Object.entries(scalars).flatMap(([field, value]) => (value === null && (type === 'incident' || field !== 'impact') ? [field] : []))]
}

/** A draft, completed, is what it would have been if it had been logged now: clocks from the caller's contact, rules and policy of today. */
export const openDraft = (draft: IncidentRecord, { with: more }: Extract<IncidentCommand, { type: 'open' }>, situation: Situation): Decision => {
  const { now, actor, rules } = situation
  const { texts, ...fields } = more
  const whole: IncidentRecord = { ...draft, ...fields, texts: { ...draft.texts, ...texts } }
  const { category } = whole
  if (category !== null && !Object.hasOwn(rules.settings.categories, category)) return refuse('unknown_category', `"${category}" is not a category of this site: ${Object.keys(rules.settings.categories).join(', ')}`)
  if (whole.reportedAt > now) return refuse('reported_in_the_future', `incident ${draft.ref}: reportedAt must not lie in the future`)
  const missing = missingIn(whole)
  if (missing.length > 0) return refuse('not_complete', `incident ${draft.ref} cannot be opened yet; missing: ${missing.join(', ')}`, { missing })
  // What an urgent report leaves out is taken as graver.
  const assessed = { ...whole, impact: whole.impact ?? 1, urgency: whole.urgency ?? 1, category: category ?? (whole.callerSafe === false ? 'safety' : null) } as const
  const record = { ...assessed, ...judged(assessed, situation), discreet: assessed.category !== null && rules.settings.categories[assessed.category]?.discreet === true }
  const policied = { ...record, policy: { id: policyIdFor(rules.settings, record), version: rules.settings.version, audiences: true } } as const
  return { events: [{ type: 'opened', at: now, by: actor, record: opened({ ...policied, completeness: completenessOf(policied) }, situation) }] }
}
