import type { Instant } from '../time.ts'
import type { Report } from './commands.ts'
import { decide } from './decide.ts'
import { decideOpening, opened } from './decide-open.ts'
import type { IncidentEvent } from './events.ts'
import { evolve, evolved } from './evolve.ts'
import { systemActor, type Actor, type HoldReason, type IncidentRecord, type PersonId, type Priority, type Scale } from './incident.ts'
import { pausesResolution } from './limits.ts'
import { policyIdFor, type Rules } from './rules.ts'
import { lateClocks, ofKind } from './stamps.ts'

/** An incident that another system has recorded, told in our events: nothing of it is fired, nobody is told. */

export type RecordedStep = 'open' | 'acknowledged' | 'in-progress' | 'on-hold' | 'resolved' | 'closed' | 'cancelled'

export interface RecordedState {
  readonly at: Instant
  /** null: the step is not said here. */
  readonly step: RecordedStep | null
  readonly hold: HoldReason
  /** null: as before. */
  readonly priority: Priority | null
  readonly impact: Scale | null
  readonly urgency: Scale | null
  readonly person: PersonId | null
}

export interface RecordedIncident {
  readonly report: Omit<Report, 'draft' | 'impact' | 'urgency' | 'callerSafe'>
  /** Oldest first. */
  readonly states: readonly RecordedState[]
  /** False: only beginning and end are on record, so that nothing is known of the response. */
  readonly stepwise: boolean
  readonly code: string
  /** Text of the resolution, and the reason of every change that came with the import. */
  readonly resolution: string
  readonly reason: string
}

export type RecordedHistory = { readonly events: readonly IncidentEvent[]; readonly record: IncidentRecord } | { readonly notOver: IncidentRecord['state'] }

const nobody: Actor = { id: 'import', role: 'import' }
const scales: readonly Scale[] = [1, 2, 3, 4]
/** Updates of stakeholders and reports to a regulator are on no such record: their clocks say nothing of it. */
const told = ['response', 'resolution'] as const

/** Impact and urgency that give a priority: those on the diagonal, else any. */
const cellOf = (priority: Priority, { settings: { matrix } }: Rules): { readonly impact: Scale; readonly urgency: Scale } => {
  const cells = [...scales.map((each) => [each, each] as const), ...scales.flatMap((impact) => scales.map((urgency) => [impact, urgency] as const))]
  const [impact, urgency] = cells.find(([row, column]) => matrix[row - 1]?.[column - 1] === priority) ?? [4, 4]
  return { impact, urgency }
}

export const recordedHistory = ({ report, states, stepwise, code, resolution, reason }: RecordedIncident, rules: Rules, until: Instant): RecordedHistory => {
  const directory = { people: [], webhooks: [], onCall: {} }
  const first = states[0]
  let now = report.reportedAt
  let by: Actor = first?.person == null ? nobody : { id: first.person, role: 'import' }
  const events: IncidentEvent[] = []
  const situation = () => ({ now, receivedAt: now, actor: by, rules, directory })

  const begin = (): IncidentRecord => {
    const cell = cellOf(first?.priority ?? 'P4', rules)
    const given = { ...report, draft: true, callerSafe: null, impact: first?.impact ?? cell.impact, urgency: first?.urgency ?? cell.urgency }
    const event = decideOpening(given, situation())
    const drafted = evolve(null, event, rules)
    const priority = first?.priority ?? drafted.priority
    const policy = priority === null ? drafted.policy.id : policyIdFor(rules.settings, { priority, category: drafted.category, service: drafted.service })
    const open = opened({ ...drafted, priority, priorityOverridden: priority !== drafted.priority, policy: { id: policy, version: drafted.policy.version } }, situation())
    const clocks = open.clocks.filter(({ kind }) => kind === 'resolution' || (kind === 'response' && stepwise))
    events.push({ type: 'opened', at: now, by, record: { ...open, clocks } })
    return { ...open, clocks }
  }
  let record = begin()
  const tell = (more: readonly IncidentEvent[]) => {
    events.push(...more)
    if (more.length > 0) record = evolved(record, more, rules)
  }
  /** Breaches up to now stand where they fell, not where the next row of the record happens to be. */
  const late = (since: Instant) => {
    const breaches = lateClocks(record, ofKind(...told), situation()).flatMap((event) => (event.type === 'clock-breached' ? [event] : []))
    const placed = breaches.map((event) => ({ ...event, at: event.dueAt > since ? event.dueAt : since, by: systemActor })).sort((a, b) => a.at - b.at)
    tell(placed.map((event) => ({ ...event, detectedAt: event.at })))
  }
  const stamp = () => ({ at: now, by })

  const reprioritise = ({ priority, impact, urgency }: RecordedState) => {
    const cell = impact !== null && urgency !== null && (impact !== record.impact || urgency !== record.urgency) ? { impact, urgency } : null
    for (const command of [...(cell === null ? [] : [{ type: 'set-priority' as const, ...cell }]), ...(priority === null ? [] : [{ type: 'set-priority' as const, priority, reason }])]) {
      if ('priority' in command && command.priority === record.priority) continue
      const decision = decide(record, command, situation())
      if ('events' in decision) tell(decision.events)
    }
  }
  const taken = () => {
    if (record.state === 'resolved' || record.state === 'closed') tell([{ type: 'reopened', ...stamp(), reason, take: true, graceGiven: record.reopens === 0 }])
    if (record.state === 'open') tell([{ type: 'acknowledged', ...stamp(), receivedAt: now }])
  }
  const resolve = () => {
    if (record.state !== 'resolved' && record.state !== 'closed') tell([{ type: 'resolved', ...stamp(), receivedAt: now, code, text: resolution, serviceRestored: true }])
  }
  const step = ({ step: to, hold }: RecordedState, next: Instant) => {
    switch (to) {
      case null:
        return
      case 'open':
        if (record.state === 'resolved' || record.state === 'closed') tell([{ type: 'reopened', ...stamp(), reason, take: false, graceGiven: record.reopens === 0 }])
        return
      case 'acknowledged':
      case 'in-progress':
        taken()
        if (record.state === 'on-hold') tell([{ type: 'resumed', ...stamp(), why: 'asked' }])
        if (to === 'in-progress' && record.state === 'acknowledged') tell([{ type: 'started', ...stamp() }])
        return
      case 'on-hold':
        if (record.state === 'on-hold' && record.hold?.reason !== hold) tell([{ type: 'resumed', ...stamp(), why: 'asked' }])
        taken()
        if (record.state !== 'on-hold') tell([{ type: 'held', ...stamp(), reason: hold, reviewAt: next, pauses: pausesResolution(hold) }])
        return
      case 'resolved':
        return resolve()
      case 'closed':
        resolve()
        if (record.state !== 'closed') tell([{ type: 'closed', ...stamp(), why: 'asked' }])
        return
      case 'cancelled':
        if (record.state !== 'cancelled') tell([{ type: 'cancelled', ...stamp(), reason }])
        return
      default: {
        const never: never = to
        return never
      }
    }
  }

  for (const [index, state] of states.entries()) {
    if (record.state === 'cancelled') break
    const since = now
    if (state.at > now) now = state.at
    by = state.person === null ? nobody : { id: state.person, role: 'import' }
    late(since)
    if (record.state !== 'resolved' && record.state !== 'closed') reprioritise(state)
    step(state, states[index + 1]?.at ?? now)
    const active = record.state === 'acknowledged' || record.state === 'in-progress' || record.state === 'on-hold'
    if (state.person !== null && active && record.owner !== state.person) tell([{ type: 'assigned', ...stamp(), person: state.person, before: record.owner }])
  }
  // A resolution that nobody took back within its window is a closed incident, as it would have been here.
  if (record.state === 'resolved' && record.confirmUntil !== null && record.confirmUntil <= until) {
    now = record.confirmUntil
    tell([{ type: 'closed', at: now, by: nobody, why: 'window-over' }])
  }
  return record.state === 'closed' || record.state === 'cancelled' ? { events, record } : { notOver: record.state }
}
