import { tellingsOf, type ResolvedTarget } from '../escalation/directory.ts'
import { opensBy } from '../escalation/hours.ts'
import type { Held } from '../escalation/maintenance.ts'
import { firstDueAt } from '../escalation/ladder.ts'
import { MINUTE, type Instant } from '../time.ts'
import type { IncidentRecord, LadderPosition } from './incident.ts'
import { policyOf, type Rules } from './rules.ts'

/** A stopped ladder answers no timer: its generation is over. Where it stood is kept for an acknowledgement taken back. */
export const stoppedLadder = (ladder: LadderPosition, at: Instant): LadderPosition => ({
  ...ladder,
  generation: ladder.generation + 1,
  since: at,
  state: 'stopped',
  nextDueAt: null,
  stoodAt: ladder.nextDueAt === null ? ladder.stoodAt : { nextDueAt: ladder.nextDueAt, stoppedAt: at, ended: ladder.state === 'ended' },
})

/** From level 1, for whoever is on call then. */
export const freshLadder = (record: Pick<IncidentRecord, 'ownership' | 'policy' | 'type'> & Held, at: Instant, rules: Rules, spared: readonly string[] = []): LadderPosition => {
  const policy = policyOf(rules, record.policy.id)
  const nextDueAt = record.type === 'incident' && record.priority !== null ? firstDueAt(policy.ownership, at, opensBy(policy, record, rules)) : null
  return { generation: record.ownership.generation + 1, since: at, state: nextDueAt === null ? 'idle' : 'running', level: 0, cycle: 1, nextDueAt, stoodAt: null, spared, unmanned: false }
}

/** After a new priority those told within this are not told again in the first cycle (INCIDENTS 2.6). */
const TOLD_JUST_NOW = 2 * MINUTE

/** Only who has it: a message that waits for its minute, or for hours, dies with the ladder of the priority before. */
export const toldJustNow = ({ told }: Pick<IncidentRecord, 'told'>, at: Instant): readonly string[] => [...new Set(told.filter((telling) => telling.reached === true && at - telling.at < TOLD_JUST_NOW).map(({ to }) => to))]

/** A receipt of a message of a ladder. */
export const toldWithReceipt = ({ told }: Pick<IncidentRecord, 'told'>, delivery: string): IncidentRecord['told'] =>
  /\/(escalation|escalation\.fired)$/.test(delivery) ? told.map((telling) => (delivery.includes(`/${telling.to}/`) ? { ...telling, reached: true as const } : telling)) : told

/** Who was told, and who was within the last minutes. */
export const withTold = ({ told }: Pick<IncidentRecord, 'told'>, targets: readonly ResolvedTarget[], at: Instant): IncidentRecord['told'] => {
  const fresh = tellingsOf(targets)
  return [...told.filter((telling) => at - telling.at < TOLD_JUST_NOW && !fresh.includes(telling.to)), ...fresh.map((to) => ({ to, at }))]
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
