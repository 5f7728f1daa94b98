import { isLateAt } from '../clock/sla-clock.ts'
import type { IncidentEvent } from './events.ts'
import type { ClockKind, IncidentRecord } from './incident.ts'
import type { Situation } from './situation.ts'

export const stamp = ({ now, actor }: Pick<Situation, 'now' | 'actor'>) => ({ at: now, by: actor })

/** Breaches that nobody has recorded yet are recorded before the clock stops; their ladders have nothing left to tell. */
export const lateClocks = (record: IncidentRecord, kinds: readonly ClockKind[], situation: Situation): readonly IncidentEvent[] =>
  record.clocks.flatMap((clock) =>
    kinds.includes(clock.kind) && clock.state === 'running' && clock.dueAt !== null && isLateAt(clock, situation.receivedAt)
      ? [{ type: 'clock-breached' as const, ...stamp(situation), clock: clock.kind, name: clock.name, dueAt: clock.dueAt, detectedAt: situation.now }]
      : [],
  )
