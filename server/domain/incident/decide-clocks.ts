import { isLateAt } from '../clock/sla-clock.ts'
import type { CommandOf } from './commands.ts'
import { leads } from './decide-progress.ts'
import type { ClockKind, IncidentRecord, SlaClock } from './incident.ts'
import { lateClocks, ofKind, stamp } from './stamps.ts'
import { refuse, type Decision, type Situation } from './situation.ts'

const clockOf = (record: IncidentRecord, kind: ClockKind, name: string | null): SlaClock | undefined => record.clocks.find((clock) => clock.kind === kind && clock.name === name)

/** The breach stays what it was; that it was excused is written beside it (INCIDENTS 2.5). */
export const excuseBreach = (record: IncidentRecord, { clock: kind, name, reason }: CommandOf<'excuse-breach'>, situation: Situation): Decision => {
  if (!leads(situation)) return refuse('needs_duty_manager', `incident ${record.ref}: only a duty manager may excuse a breach`)
  const clock = clockOf(record, kind, name)
  if (clock === undefined || clock.breachedAt === null) return refuse('not_breached', `incident ${record.ref}: its clock "${name ?? kind}" has no breach that could be excused`)
  return { events: clock.excused === null ? [{ type: 'breach-excused', ...stamp(situation), clock: kind, name, reason }] : [] }
}

/** Late is told with its reasons. */
export const reportRegulator = (record: IncidentRecord, { name, text }: CommandOf<'report-regulator'>, situation: Situation): Decision => {
  const clock = clockOf(record, 'regulatory', name)
  if (clock === undefined) return refuse('unknown_clock', `incident ${record.ref} has no regulatory clock "${name}"`)
  if (clock.stoppedAt !== null) return { events: [] }
  if (text === null && (clock.state === 'breached' || isLateAt(clock, situation.receivedAt))) return refuse('reason_required', `incident ${record.ref}: "${name}" is late, so the report needs the reasons`)
  return { events: [...lateClocks({ ...record, clocks: [clock] }, ofKind('regulatory'), situation), { type: 'regulator-reported', ...stamp(situation), clock: 'regulatory', name, receivedAt: situation.receivedAt, text }] }
}

/** The one thing besides the resolution that silences a deadline: a duty manager's plan, reviewed at its time. */
export const planRecovery = (record: IncidentRecord, { text, reviewAt }: CommandOf<'plan-recovery'>, situation: Situation): Decision => {
  if (!leads(situation)) return refuse('needs_duty_manager', `incident ${record.ref}: only a duty manager may accept a recovery plan`)
  if (reviewAt <= situation.now) return refuse('review_in_the_past', `incident ${record.ref}: reviewAt must lie in the future`)
  if (!record.clocks.some(({ reminder }) => reminder !== null)) return refuse('nothing_late', `incident ${record.ref} has no breach that is still open`)
  return { events: [{ type: 'recovery-planned', ...stamp(situation), text, reviewAt }] }
}
