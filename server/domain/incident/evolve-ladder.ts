import { firstDueAt } from '../escalation/ladder.ts'
import type { Instant } from '../time.ts'
import type { IncidentRecord, LadderPosition } from './incident.ts'
import { policyOf, type Rules } from './rules.ts'

/** A stopped ladder answers no timer: its generation is over. Where it stood is kept for an acknowledgement taken back. */
export const stoppedLadder = (ladder: LadderPosition, at: Instant): LadderPosition => ({
  ...ladder,
  generation: ladder.generation + 1,
  state: 'stopped',
  nextDueAt: null,
  stoodAt: ladder.nextDueAt === null ? ladder.stoodAt : { nextDueAt: ladder.nextDueAt, stoppedAt: at },
})

/** From level 1, for whoever is on call then. */
export const freshLadder = (record: Pick<IncidentRecord, 'ownership' | 'policy' | 'type'>, at: Instant, rules: Rules): LadderPosition => {
  const nextDueAt = record.type === 'incident' ? firstDueAt(policyOf(rules, record.policy.id).ownership, at) : null
  return { generation: record.ownership.generation + 1, state: nextDueAt === null ? 'idle' : 'running', level: 0, cycle: 1, nextDueAt, stoodAt: null }
}

/** Nobody has it any more, and nobody may think otherwise. */
export const ownerless = (record: IncidentRecord, at: Instant, rules: Rules): IncidentRecord => ({ ...record, state: 'open', owner: null, snoozedUntil: null, lease: null, handover: null, ownership: freshLadder(record, at, rules) })

export const endedLadders = (record: IncidentRecord, at: Instant): Pick<IncidentRecord, 'ownership' | 'deadline' | 'snoozedUntil' | 'lease' | 'handover' | 'hold'> => ({
  ownership: stoppedLadder(record.ownership, at),
  deadline: stoppedLadder(record.deadline, at),
  snoozedUntil: null,
  lease: null,
  handover: null,
  hold: null,
})
