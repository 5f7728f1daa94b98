import { nextMark } from '../clock/at-risk.ts'
import type { IncidentRecord, SlaClock } from '../incident/incident.ts'
import { slaOf, type Rules } from '../incident/rules.ts'
import type { Instant } from '../time.ts'

/** A durable row: at `dueAt` something happens to the incident by itself. One live timer per id; a new plan replaces it. */
export interface Timer {
  /** `INC-2026-000123/ownership`, `INC-2026-000123/clock/resolution`. */
  readonly id: string
  readonly ref: string
  /** The fence: a timer of another generation does nothing. */
  readonly generation: number
  readonly dueAt: Instant
  /** P1 and P2 are claimed before all others. */
  readonly urgent: boolean
  /** null: the ownership ladder. */
  readonly clock: SlaClock | null
}

const active: readonly IncidentRecord['state'][] = ['open', 'acknowledged', 'in-progress', 'on-hold']

const clockId = (ref: string, { kind, name }: SlaClock): string => `${ref}/clock/${kind}${name === null ? '' : `/${name}`}`

/** All timers that an incident must have: a pure function of it, so that a lost or stale row can be seen. */
export const timersOf = (record: IncidentRecord, rules: Rules): readonly Timer[] => {
  const { ref, priority, ownership } = record
  if (priority === null) return []
  const urgent = priority === 'P1' || priority === 'P2'
  const ladder: readonly Timer[] = active.includes(record.state) && ownership.state === 'running' && ownership.nextDueAt !== null ? [{ id: `${ref}/ownership`, ref, generation: ownership.generation, dueAt: ownership.nextDueAt, urgent, clock: null }] : []
  const shares = slaOf(rules, priority).atRisk
  const clocks = record.clocks.flatMap((clock): readonly Timer[] => {
    const mark = nextMark(clock, rules.calendar(clock.calendar), clock.kind === 'update' ? [] : shares)
    return mark === null ? [] : [{ id: clockId(ref, clock), ref, generation: clock.generation, dueAt: mark.at, urgent, clock }]
  })
  return [...ladder, ...clocks]
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
