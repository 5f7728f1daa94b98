import type { EventOf } from './events.ts'
import { responded } from './evolve-clocks.ts'
import { stoppedLadder } from './evolve-ladder.ts'
import type { IncidentRecord } from './incident.ts'
import { leaseFrom } from './limits.ts'

/** The owner's own, again, only ends a snooze and renews the lease. */
export const acknowledged = (record: IncidentRecord, event: EventOf<'acknowledged'>): IncidentRecord => {
  const renewed = { ...record, snoozedUntil: null, lease: leaseFrom(record, event.at) }
  if (record.state !== 'open') return renewed
  return {
    ...renewed,
    state: 'acknowledged',
    owner: event.by.id,
    acknowledgedAt: record.acknowledgedAt ?? event.receivedAt,
    clocks: responded(record, event.receivedAt),
    ownership: stoppedLadder(record.ownership, event.at),
  }
}

export const unacknowledged = (record: IncidentRecord, { nextDueAt, at }: EventOf<'unacknowledged'>): IncidentRecord => ({
  ...record,
  state: 'open',
  owner: null,
  snoozedUntil: null,
  lease: null,
  handover: null,
  ownership: { ...record.ownership, generation: record.ownership.generation + 1, since: at, state: nextDueAt === null ? 'stopped' : record.ownership.stoodAt?.ended === true ? 'ended' : 'running', nextDueAt, stoodAt: null },
})
