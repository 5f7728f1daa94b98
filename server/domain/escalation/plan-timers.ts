import { nextMark } from '../clock/at-risk.ts'
import { natureOf } from '../clock/clock-kinds.ts'
import { isCounting } from '../clock/sla-clock.ts'
import type { Deployment } from '../deployment/deployment.ts'
import type { IncidentRecord, SlaClock } from '../incident/incident.ts'
import { owedFollowUps } from '../incident/review.ts'
import { slaOf, type Rules } from '../incident/rules.ts'
import type { Instant } from '../time.ts'

/** What a timer is for; a clock's timer goes by the clock. */
export type TimerPurpose = 'ownership' | 'clock' | 'reminder' | 'lease' | 'hold' | 'snooze' | 'handover' | 'completion' | 'help' | 'deployment' | 'follow-up' | 'confirm'

/** A durable row: at `dueAt` something happens to the incident by itself. One live timer per id; a new plan replaces it. */
export interface Timer {
  /** `INC-2026-000123/ownership`, `INC-2026-000123/clock/resolution`. */
  readonly id: string
  readonly ref: string
  readonly purpose: TimerPurpose
  /** The fence: a timer of another generation does nothing. */
  readonly generation: number
  readonly dueAt: Instant
  /** P1 and P2 are claimed before all others. */
  readonly urgent: boolean
  /** The clock of a clock's timer. */
  readonly clock: SlaClock | null
  /** The one that a timer for a deployment asks about. */
  readonly deployment?: Deployment
}

const active: readonly IncidentRecord['state'][] = ['open', 'acknowledged', 'in-progress', 'on-hold']

const clockId = ({ kind, name }: SlaClock): string => `${kind}${name === null ? '' : `/${name}`}`

/** An update that is nearly due is said once; the others at every threshold. */
export const sharesOf = (clock: Pick<SlaClock, 'kind'>, shares: readonly number[]): readonly number[] => (natureOf(clock).ofWords ? shares.slice(-1) : shares)

/** All timers that an incident must have: a pure function of it, so that a lost or stale row can be seen. */
export const timersOf = (record: IncidentRecord, rules: Rules): readonly Timer[] => {
  const { ref, priority, ownership, lease, hold, snoozedUntil, handover, completion, help, confirmUntil } = record
  if (priority === null) return []
  const urgent = priority === 'P1' || priority === 'P2'
  const isActive = active.includes(record.state)
  const timer = (purpose: TimerPurpose, dueAt: Instant | null | undefined): readonly Timer[] =>
    dueAt === null || dueAt === undefined ? [] : [{ id: `${ref}/${purpose}`, ref, purpose, generation: ownership.generation, dueAt, urgent, clock: null }]
  const shares = slaOf(rules, priority).atRisk
  const clocks = record.clocks.flatMap((clock): readonly Timer[] => {
    const mark = nextMark(clock, rules.calendar(clock.calendar), sharesOf(clock, shares), priority)
    if (mark !== null) return [{ id: `${ref}/clock/${clockId(clock)}`, ref, purpose: 'clock', generation: clock.generation, dueAt: mark.at, urgent, clock }]
    const remind = clock.state === 'breached' && isCounting(clock) && (isActive || (natureOf(clock).ofTheLaw && record.state === 'resolved')) ? clock.reminder : null
    return remind === null ? [] : [{ id: `${ref}/reminder/${clockId(clock)}`, ref, purpose: 'reminder', generation: clock.generation, dueAt: remind.at, urgent, clock }]
  })
  return [
    ...(isActive && (ownership.state === 'running' || ownership.state === 'ended') ? timer('ownership', ownership.nextDueAt) : []),
    ...(isActive ? [...timer('lease', lease?.dueAt), ...timer('hold', hold?.reviewAt), ...timer('snooze', snoozedUntil), ...timer('handover', handover?.lapsesAt), ...timer('completion', completion?.asked === false ? completion.dueAt : null), ...timer('help', help === null || help.answeredBy !== null || help.escalated ? null : help.dueAt)] : []),
    ...(isActive ? record.deployments.flatMap((deployment): readonly Timer[] => (deployment.dueAt === null ? [] : [{ id: `${ref}/deployment/${deployment.id}`, ref, purpose: 'deployment', generation: ownership.generation, dueAt: deployment.dueAt, urgent, clock: null, deployment }])) : []),
    ...(record.state === 'resolved' ? timer('confirm', confirmUntil) : []),
    ...timer('follow-up', owedFollowUps(record)[0]?.nextAt).map((row) => ({ ...row, urgent: false })),
    ...clocks,
  ]
}

export interface TimerChanges {
  readonly set: readonly Timer[]
  /** Ids. */
  readonly gone: readonly string[]
}

/** What must be written so that the rows are those of `after`. */
export const timerChanges = (before: readonly Timer[], after: readonly Timer[]): TimerChanges => {
  const same = (a: Timer, b: Timer): boolean => a.dueAt === b.dueAt && a.generation === b.generation && a.urgent === b.urgent
  return {
    set: after.filter((timer) => !before.some((old) => old.id === timer.id && same(old, timer))),
    gone: before.filter((old) => !after.some(({ id }) => id === old.id)).map(({ id }) => id),
  }
}
