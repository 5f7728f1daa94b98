import type { Incident, IncidentClockRow, Iso } from '../contract/rows.ts'
import { elapsedOf, targetDueOf, targetOf } from '../domain/clock/sla-clock.ts'
import { rungAfter } from '../domain/escalation/ladder.ts'
import { targetCalled, targetName } from '../domain/escalation/directory.ts'
import { knownSince, systemActor, type IncidentRecord, type PersonId, type SlaClock } from '../domain/incident/incident.ts'
import { accepts } from '../domain/incident/allowed.ts'
import { askedNames, counselAsked, isCounselled } from '../domain/incident/counsel.ts'
import { emptyFieldsOf } from '../domain/incident/completeness.ts'
import { directReports, majorRoles, MOST_DIRECT_REPORTS } from '../domain/incident/major.ts'
import { audienceCalled, policyOf, type Rules } from '../domain/incident/rules.ts'
import type { TextId } from '../domain/platform-events.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { peopleOfDeployments, textIdsOfDeployments, toDeploymentRow } from './deployment-row.ts'
import { maskedCaller } from './masked-caller.ts'

export type TextsById = ReadonlyMap<TextId, string | null>
export type NamesById = ReadonlyMap<PersonId, string>

/** What has to be resolved before records can be shown. */
export const textIdsOf = (records: readonly IncidentRecord[]): readonly TextId[] => records.flatMap(({ texts, pendingUpdate, help, problem, majorIncident, deployments, counsel }) => [...counsel.flatMap(({ text }) => text ?? []), ...textIdsOfDeployments(deployments), ...Object.values(texts), ...Object.values(majorIncident?.methane ?? {}), ...[problem?.cause, problem?.workaround, problem?.fix].flatMap((id) => id ?? []), ...(help === null ? [] : [help.text]), ...(pendingUpdate === null ? [] : [pendingUpdate.text])])
export const personIdsOf = (records: readonly IncidentRecord[]): readonly PersonId[] => records.flatMap(({ owner, helpers, pendingUpdate, help, majorIncident, deployments, counsel }) => [...counsel.flatMap(({ person, by }) => [person, by]), ...peopleOfDeployments(deployments), ...Object.values(majorIncident?.roles ?? {}), ...(help === null ? [] : [help.by, ...(help.answeredBy === null ? [] : [help.answeredBy])]), ...(owner === null ? [] : [owner]), ...helpers, ...(pendingUpdate === null ? [] : [pendingUpdate.by])])

const isoOrNull = (at: Instant | null): Iso | null => (at === null ? null : isoOf(at))

/** Whose hours a clock counts; null: every hour. */
const hoursOf = ({ calendar: name }: SlaClock, { service }: Pick<IncidentRecord, 'service'>, rules: Rules): IncidentClockRow['hours'] => {
  if (name === 'always') return null
  const ofService = name !== 'service' && service !== null && rules.settings.services[service]?.calendar === name
  return { calendar: name, from: ofService ? 'service' : rules.originOf(name) }
}

/** Remaining time is rounded up to the second, so that 0 never shows before the breach. */
const clockRow = (clock: SlaClock, record: IncidentRecord, rules: Rules, now: Instant): IncidentClockRow => {
  const calendar = rules.calendar(clock.calendar)
  const elapsedMs = elapsedOf(clock, calendar, now)
  const target = targetOf(clock, calendar)
  const counting = clock.stoppedAt === null
  const left = clock.dueAt !== null && clock.promisedAt === null && clock.notBefore === null ? (target === null ? null : target + clock.graceMs - elapsedMs) : clock.dueAt === null ? (target === null ? null : target + clock.graceMs - elapsedMs) : clock.dueAt - now
  return {
    kind: clock.kind,
    name: clock.name,
    ...(clock.kind === 'audience' ? { called: audienceCalled(clock.name ?? '', rules) } : {}),
    state: clock.state,
    dueAt: isoOrNull(clock.dueAt),
    elapsedMs,
    remainingMs: counting && left !== null ? Math.ceil(left / 1_000) * 1_000 : null,
    breachedAt: isoOrNull(clock.breachedAt),
    targetDueAt: isoOrNull(targetDueOf(clock, calendar)),
    excused: clock.excused !== null,
    hours: hoursOf(clock, record, rules),
  }
}

const nextOf = (record: IncidentRecord, rules: Rules): Incident['next'] => {
  const { ownership, priority } = record
  if (ownership.nextDueAt === null || priority === null) return null
  if (ownership.state === 'ended') return { at: isoOf(ownership.nextDueAt), level: ownership.level, targets: ['role:supervisor'], called: ['role:supervisor'] }
  if (ownership.state !== 'running') return null
  const ladder = policyOf(rules, record.policy.id).ownership
  const rung = rungAfter(ownership, ladder, priority)
  // A ladder without a level tells the organisation.
  if (rung === null) return { at: isoOf(ownership.nextDueAt), level: 0, targets: ['role:admin'], called: ['role:admin'] }
  const targets = ladder.levels[rung.level - 1]?.targets ?? []
  return { at: isoOf(ownership.nextDueAt), level: rung.level, targets: targets.map(targetName), called: targets.map((target) => targetCalled(target, rules.settings)) }
}

const ladderOf = ({ ownership: { state, unmanned } }: IncidentRecord): Incident['ladder'] => (unmanned && (state === 'running' || state === 'ended') ? 'unmanned' : state)

const pendingRow = (pending: IncidentRecord['pendingUpdate'], texts: TextsById, people: NamesById): NonNullable<Incident['pendingUpdate']> | null =>
  pending === null ? null : { id: pending.id, text: texts.get(pending.text) ?? null, state: pending.state, audience: pending.audience, nextUpdateAt: isoOrNull(pending.nextUpdateAt), by: { id: pending.by, name: people.get(pending.by) ?? pending.by }, at: isoOf(pending.at) }

const helpRow = (help: IncidentRecord['help'], texts: TextsById, people: NamesById): NonNullable<Incident['help']> | null => {
  if (help === null) return null
  const named = (id: PersonId) => ({ id, name: people.get(id) ?? id })
  return { id: help.id, text: texts.get(help.text) ?? null, by: named(help.by), at: isoOf(help.at), dueAt: isoOf(help.dueAt), answeredBy: help.answeredBy === null ? null : named(help.answeredBy) }
}

const counselRow = (record: IncidentRecord, rules: Rules, texts: TextsById, people: NamesById): Incident['counsel'] => {
  const asked = counselAsked(record, rules.settings)
  if (asked === null && record.counsel.length === 0) return null
  const named = (id: PersonId) => ({ id, name: people.get(id) ?? id })
  const said = record.counsel.map(({ person, by, at, way, text }) => ({ person: named(person), by: named(by), at: isoOf(at), way, text: text === null ? null : (texts.get(text) ?? null) }))
  return { needed: asked !== null && accepts(record, 'resolve'), with: asked === null ? [] : askedNames(asked), given: isCounselled(record, asked), said }
}

const problemRow = ({ problem, confirmUntil, loggedBy }: IncidentRecord, texts: TextsById): Incident['problem'] => {
  if (problem === null) return null
  const { stage, cause, workaround, fix, fixedAt, incidents, linked, recurrences } = problem
  const said = (id: TextId | null): string | null => (id === null ? null : (texts.get(id) ?? null))
  return { stage, cause: said(cause), workaround: said(workaround), fix: said(fix), fixedAt: isoOrNull(fixedAt), watchUntil: isoOrNull(confirmUntil), incidents, linked, recurrences, proposed: stage === 'logged' && loggedBy === systemActor.id }
}

const majorRow = (record: IncidentRecord, texts: TextsById, people: NamesById): Incident['majorIncident'] => {
  const { majorIncident } = record
  if (majorIncident === null) return null
  const { stage, since, roles, methane } = majorIncident
  const filled = majorRoles.flatMap((role) => (roles[role] === undefined ? [] : [{ role, person: { id: roles[role], name: people.get(roles[role]) ?? roles[role] } }]))
  const said = Object.fromEntries(Object.entries(methane).map(([field, id]) => [field, texts.get(id) ?? null]))
  const reports = directReports(record).length
  return { stage, since: isoOf(since), roles: filled, methane: said, directReports: reports, tooManyReports: reports > MOST_DIRECT_REPORTS }
}

const pirRow = ({ pir }: IncidentRecord): Incident['pir'] =>
  pir === null ? null : { stage: pir.stage, meetingDueAt: isoOrNull(pir.meeting?.dueAt ?? null), meetingAt: isoOrNull(pir.meetingAt), openActions: pir.actions.filter(({ doneAt }) => doneAt === null).length }

export interface RowQuestion {
  readonly record: IncidentRecord
  readonly rules: Rules
  readonly texts: TextsById
  readonly people: NamesById
  readonly now: Instant
}

/** A record as the contract shows it. An erased text is null; a withheld number reads "withheld", any other is masked. */
export const toIncidentRow = ({ record, rules, texts, people, now }: RowQuestion): Incident => {
  const text = (field: keyof IncidentRecord['texts']): string | null => {
    const id = record.texts[field]
    return id === undefined ? null : (texts.get(id) ?? null)
  }
  const personOf = (id: PersonId) => ({ id, name: people.get(id) ?? id })
  return {
    ref: record.ref,
    type: record.type,
    category: record.category,
    title: text('title') ?? '',
    nature: text('nature'),
    channel: record.channel,
    location: text('location'),
    service: record.service,
    reporter: text('reporter'),
    callerId: maskedCaller(text('callerId')),
    callerSafe: record.callerSafe,
    impact: record.impact,
    urgency: record.urgency,
    priority: record.priority,
    state: record.state,
    owner: record.owner === null ? null : personOf(record.owner),
    level: record.ownership.level,
    cycle: record.ownership.cycle,
    ladder: ladderOf(record),
    next: nextOf(record, rules),
    major: record.major,
    reportedAt: isoOf(knownSince(record)),
    openedAt: isoOrNull(record.openedAt),
    acknowledgedAt: isoOrNull(record.acknowledgedAt),
    resolvedAt: isoOrNull(record.resolvedAt),
    snoozedUntil: isoOrNull(record.snoozedUntil),
    clocks: record.clocks.map((clock) => clockRow(clock, record, rules, now)),
    revision: String(record.revision),
    policy: record.policy.id,
    completeness: record.completeness,
    completion: record.completion === null ? null : { dueAt: isoOf(record.completion.dueAt), missing: emptyFieldsOf(record) },
    queue: record.queue,
    majorIncident: majorRow(record, texts, people),
    pir: pirRow(record),
    counsel: counselRow(record, rules, texts, people),
    formerRefs: record.formerRefs,
    successor: record.successor,
    problemRef: record.problemRef,
    problem: problemRow(record, texts),
    reports: record.reports,
    drill: record.drill,
    exercise: record.exercise,
    help: helpRow(record.help, texts, people),
    pendingUpdate: pendingRow(record.pendingUpdate, texts, people),
    deployments: record.deployments.map((deployment) => toDeploymentRow(deployment, texts, people)),
    maintenance: record.maintenance === null ? null : { name: record.maintenance.name, until: isoOf(record.maintenance.until) },
  }
}
