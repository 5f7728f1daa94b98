import { onDutyAt } from '../escalation/duty.ts'
import { resolvedTargets } from '../escalation/directory.ts'
import type { CommandOf } from './commands.ts'
import { renamed } from './decide-deployment.ts'
import { judgedAgain, priorityEvents } from './decide-priority.ts'
import type { IncidentEvent } from './events.ts'
import { knownSince, type IncidentRecord, type PersonId } from './incident.ts'
import { helpDueFrom } from './limits.ts'
import { stamp } from './stamps.ts'
import type { Decision, Situation } from './situation.ts'

type Absorb = CommandOf<'absorb'>

const onDuty = (role: string, but: PersonId, { directory, now }: Situation): readonly PersonId[] => [...new Set(resolvedTargets([{ role }], onDutyAt(directory, now)).flatMap(({ people }) => people))].filter((person) => person !== but)

/** Words that nobody has approved wait here, for those who may; beside some that wait already they stand in the log. */
const unsentWords = (record: IncidentRecord, { from, pendingUpdate = null }: Absorb, version: number, situation: Situation): readonly IncidentEvent[] => {
  if (pendingUpdate === null) return []
  const { text, state, audience, nextUpdateAt, noChange, by, at } = pendingUpdate
  if (record.pendingUpdate !== null) return [{ type: 'note-added', ...stamp(situation), text, from }]
  return [{ type: 'update-drafted', ...stamp(situation), update: `u${version}`, text, state, audience, nextUpdateAt, noChange, people: onDuty('duty-manager', by, situation), from, writtenBy: by, writtenAt: at }]
}

/** A call for help stays open, and whoever was asked hears where: their message led to a record that is over. */
const openHelp = (record: IncidentRecord, { from, help = null }: Absorb, version: number, situation: Situation): readonly IncidentEvent[] => {
  if (help === null) return []
  const { text, by, at, answeredBy, escalated } = help
  if (record.help !== null) return [{ type: 'note-added', ...stamp(situation), text, from }]
  const asked = escalated ? onDuty('duty-manager', by, situation) : (help.people ?? onDuty('supervisor', by, situation))
  const dueAt = answeredBy === null && !escalated && help.dueAt <= situation.now ? helpDueFrom(record, situation.now) : help.dueAt
  return [{ type: 'help-asked', ...stamp(situation), help: `h${version}`, text, dueAt, people: answeredBy === null ? asked : [], from, askedBy: by, askedAt: at, answeredBy, escalated }]
}

/** The graver of both impacts stands; the report time is kept for reporting, not for the due times (INCIDENTS 2.11 row 6). */
export const absorb = (record: IncidentRecord, command: Absorb, situation: Situation): Decision => {
  const { from, impact, urgency, deployments, updates, priority = null, callerSafe = null, clocks = [], reportedAt } = command
  const graver = <T extends number>(mine: T | null, theirs: T | null): T | null => (mine === null ? theirs : theirs === null || mine <= theirs ? mine : theirs)
  const whole = { impact: graver(record.impact, impact), urgency: graver(record.urgency, urgency), ...(callerSafe === false ? { callerSafe } : {}) }
  const judged = judgedAgain(record, whole, situation)
  const reached = judged.reduce((before, event) => (event.type === 'priority-set' ? event.priority : before), record.priority)
  // It is no less grave here, whether it was so by the matrix, its category or somebody's word.
  const weighed = priority !== null && whole.impact !== null && whole.urgency !== null && (reached === null || priority < reached) ? priorityEvents(record, { impact: whole.impact, urgency: whole.urgency, priority }, true, null, situation) : judged
  const taken: IncidentEvent = { type: 'absorbed', ...stamp(situation), from, ...(deployments.length === 0 ? {} : { deployments: renamed(deployments, record) }), ...(updates === undefined || updates.sent === 0 || updates.closing ? {} : { owedTo: updates.to }), ...(callerSafe === false && record.callerSafe !== false ? { callerSafe } : {}), ...(clocks.length === 0 ? {} : { clocks }), ...(reportedAt === undefined || reportedAt >= knownSince(record) ? {} : { reportedAt }) }
  const first = [taken, ...weighed]
  const words = unsentWords(record, command, record.version + first.length + 1, situation)
  return { events: [...first, ...words, ...openHelp(record, command, record.version + first.length + words.length + 1, situation)] }
}
