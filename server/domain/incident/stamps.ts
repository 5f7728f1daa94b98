import { natureOf } from '../clock/clock-kinds.ts'
import { isLateAt } from '../clock/sla-clock.ts'
import type { IncidentEvent } from './events.ts'
import type { ClockKind, IncidentRecord, SlaClock } from './incident.ts'
import type { Situation } from './situation.ts'

export const stamp = ({ now, actor }: Pick<Situation, 'now' | 'actor'>) => ({ at: now, by: actor })

/** Breaches that nobody has recorded yet are recorded before the clock stops, and then there is nothing left to tell; where it goes on, its ladder is told after all. */
export const lateClocks = (record: IncidentRecord, which: (clock: SlaClock) => boolean, situation: Pick<Situation, 'now' | 'receivedAt' | 'actor'>): readonly IncidentEvent[] =>
  record.clocks.flatMap((clock) =>
    which(clock) && clock.state === 'running' && clock.dueAt !== null && isLateAt(clock, situation.receivedAt)
      ? [{ type: 'clock-breached' as const, ...stamp(situation), clock: clock.kind, name: clock.name, dueAt: clock.dueAt, detectedAt: situation.now, untold: true as const }]
      : [],
  )

export const ofKind =
  (...kinds: readonly ClockKind[]) =>
  ({ kind }: SlaClock): boolean =>
    kinds.includes(kind)
/** Those that end with the incident. */
export const ofIncident = (clock: SlaClock): boolean => !natureOf(clock).ofTheLaw

/** Before what may change which audiences hear of it, and how often: what they are owed already is late, whatever follows. */
export const afterLateAudiences = (record: IncidentRecord, events: readonly IncidentEvent[], situation: Pick<Situation, 'now' | 'receivedAt' | 'actor'>): readonly IncidentEvent[] =>
  [...lateClocks(record, ofKind('audience'), situation), ...events.filter((event) => event.type !== 'clock-breached' || event.clock !== 'audience')]
