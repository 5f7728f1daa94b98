import { startedClock } from '../clock/sla-clock.ts'
import { opensBy } from '../escalation/hours.ts'
import { firstDueAt } from '../escalation/ladder.ts'
import type { ClockKind, IncidentRecord, LadderPosition, SlaClock } from './incident.ts'
import type { Report } from './commands.ts'
import { completenessOf } from './completeness.ts'
import type { IncidentEvent } from './events.ts'
import { assessedPriority } from './priority.ts'
import { regulatoryClocks } from './regulatory.ts'
import { calendarNameFor, policyIdFor, policyOf, slaOf } from './rules.ts'
import type { Situation } from './situation.ts'

const idle: LadderPosition = { generation: 1, since: null, state: 'idle', level: 0, cycle: 1, nextDueAt: null, stoodAt: null, spared: [], unmanned: false }

/** Opens what was reported: priority from matrix and floors, clocks from the caller's contact, ladder from this commit. */
export const decideOpening = (report: Report, situation: Situation): IncidentEvent => {
  const { now, actor, rules } = situation
  const { impact, priority } = assessedPriority(report, rules.settings)
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
    policy: { id: policyIdFor(rules.settings, { priority, category: report.category, service: report.service }), version: rules.settings.version },
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
    review: 'none',
    updates: { sent: 0, closing: false },
    told: [],
    replyUnread: false,
    reports: 0,
    drill: report.drill === true,
    maintenance: null,
  }
  const complete = { ...draft, completeness: completenessOf(draft) }
  if (report.draft) return { type: 'drafted', at: now, by: actor, record: complete }
  return { type: 'opened', at: now, by: actor, record: opened(complete, situation) }
}

/** Only an incident starts incident clocks and the ladder; complaints, requests and enquiries are open with the clocks of the law alone (R1). */
export const opened = (record: IncidentRecord, { now, rules }: Situation): IncidentRecord => {
  const open: IncidentRecord = { ...record, state: 'open', openedAt: now, changedAt: now, clocks: regulatoryClocks(record, now, rules) }
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
    maintenance,
    clocks: [...clock('response', sla.responseMs, null), ...clock('update', sla.updateMs, sla.updateDays), ...clock('resolution', sla.resolutionMs, sla.resolutionDays), ...open.clocks],
    ownership: { ...idle, state: 'running', nextDueAt },
  }
}
