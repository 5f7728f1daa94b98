import { rungAfter } from '../server/domain/escalation/ladder.ts'
import { targetCalled } from '../server/domain/escalation/directory.ts'
import { emptyFieldsOf } from '../server/domain/incident/completeness.ts'
import type { IncidentRecord } from '../server/domain/incident/incident.ts'
import { audienceCalled, policyOf, type Rules } from '../server/domain/incident/rules.ts'
import type { Instant } from '../server/domain/time.ts'
import type { OutboxRow } from '../server/redis/incident-log.ts'
import { deploymentLines } from './deployment-text.ts'
import type { PageText } from './channels/channel.ts'

export interface TextQuestion {
  readonly row: OutboxRow
  /** The incident as it is now. */
  readonly record: IncidentRecord
  readonly title: string
  readonly rules: Rules
  readonly link: string
  readonly replyCode: string | null
  /** Words of an update to stakeholders; null where the row has none, or they were erased. */
  readonly said?: string | null
  /** What else is told of this incident by the same message. */
  readonly here?: readonly OutboxRow[]
  /** Others that wait for the same person: told with it, by reference; what has to be answered there with its own link. */
  readonly also: readonly { readonly record: IncidentRecord; readonly title: string; readonly rules: Rules; readonly rows: readonly OutboxRow[]; readonly link: string }[]
}

const clockTime = (at: Instant, timeZone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)

/** "duty-manager at 22:48 if not you" */
const nextLine = ({ ownership, priority, policy }: IncidentRecord, rules: Rules): readonly string[] => {
  if (ownership.state !== 'running' || ownership.nextDueAt === null || priority === null) return []
  const ladder = policyOf(rules, policy.id).ownership
  const rung = rungAfter(ownership, ladder, priority)
  if (rung === null) return []
  const names = (ladder.levels[rung.level - 1]?.targets ?? []).map((target) => targetCalled(target, rules.settings).replace(/^[a-z]+:/, ''))
  return [`Next: ${names.join(', ')} at ${clockTime(ownership.nextDueAt, rules.settings.timeZone)} if nobody takes it.`]
}

const dueLine = ({ clocks }: IncidentRecord, kind: string, words: string, timeZone: string): readonly string[] => {
  const clock = clocks.find((known) => known.kind === kind && known.stoppedAt === null && known.dueAt !== null)
  return clock?.dueAt ? [`${words} by ${clockTime(clock.dueAt, timeZone)}.`] : []
}

/** Words that a group of stakeholders is owed by itself. */
const audienceLines = ({ clocks }: IncidentRecord, rules: Rules): readonly string[] =>
  clocks.flatMap(({ kind, name, stoppedAt, dueAt }) => (kind === 'audience' && stoppedAt === null && dueAt !== null ? [`The next update to ${audienceCalled(name ?? '', rules)} is due by ${clockTime(dueAt, rules.settings.timeZone)}.`] : []))
/** What is late, in words. */
const lateClock = (clock: string | null | undefined, { clocks }: IncidentRecord, rules: Rules): string =>
  clock == null ? 'deadline' : clocks.some(({ kind, name }) => kind === 'audience' && name === clock) ? `the update to ${audienceCalled(clock, rules)}` : clock

/** Every reminder to the owner in one message: whatever is due now, not only what rang (PRACTICE 1). */
const reminderLines = (record: IncidentRecord, rules: Rules, timeZone: string): readonly string[] => [
  ...(record.lease?.prompted === true ? [`Still on it? Without a sign of life it goes to the ladder again at ${clockTime(record.lease.dueAt, timeZone)}.`] : []),
  ...dueLine(record, 'update', 'The next update to stakeholders is due', timeZone),
  ...audienceLines(record, rules),
  ...(record.hold === null ? [] : [`On hold; to be looked at again by ${clockTime(record.hold.reviewAt, timeZone)}.`]),
]

const majorWords = {
  standby: 'It is proposed as a major incident: stand by. A duty manager declares it or turns it down.',
  declared: 'A major incident is declared.',
  'stop-sending': 'Enough people have come: send nobody else.',
  'stood-down': 'The major incident is stood down.',
  cancelled: 'It is no major incident: stand down.',
} as const
const majorLines = ({ majorIncident }: IncidentRecord): readonly string[] => (majorIncident === null ? [] : [majorWords[majorIncident.stage]])

const whyLines = ({ row, record, rules, said }: Pick<TextQuestion, 'row' | 'record' | 'rules' | 'said'>): readonly string[] => {
  const { timeZone } = rules.settings
  switch (row.type) {
    case 'escalation.fired':
      return record.state === 'open' ? [`Nobody has taken it yet (level ${row.level?.level ?? record.ownership.level}).`, ...nextLine(record, rules), ...dueLine(record, 'response', 'A response is due', timeZone)] : [`It is late (${lateClock(row.level?.clock, record, rules)}).`, ...dueLine(record, 'resolution', 'To be resolved', timeZone)]
    case 'clock.warned':
      return row.breach === null ? [] : [`The ${row.breach.clock} clock runs out at ${clockTime(row.breach.dueAt, timeZone)}.`]
    case 'reminder':
      return reminderLines(record, rules, timeZone)
    case 'handover.offered':
      return ['It is offered to you: open it to accept.']
    case 'stakeholder.update': {
      const { state = null, nextUpdateAt = null } = row.said ?? {}
      return [...(state === null ? [] : [`${state.charAt(0).toUpperCase()}${state.slice(1)}.`]), ...(said == null ? [] : [said]), ...(nextUpdateAt === null ? [] : [`Next update by ${clockTime(nextUpdateAt, timeZone)}.`])]
    }
    case 'log.incomplete':
      return [`Its log still lacks: ${emptyFieldsOf(record).join(', ')}.`]
    case 'help.asked':
      return [record.help?.escalated === true ? 'A colleague asked for help, and nobody has come yet.' : 'A colleague asks for your help: open it and say that you come.']
    case 'deployment.asked':
    case 'deployment.news':
      return deploymentLines({ row, record, rules })
    case 'major.message':
      return majorLines(record)
    case 'major.role':
      return ['You were given a part in this major incident: open it to see which.']
    case 'follow-up.overdue':
      return ['Something that was promised after it is late: its review, or one of its actions. Open it to see which.']
    case 'update.awaits':
      return ['Words for its stakeholders wait for your approval: read them there, then approve or reject them.']
    case 'incident.assigned':
      return ['It was assigned to you: open it to take it.']
    default:
      return [`It is ${record.state.replace('-', ' ')}.`]
  }
}

const headline = ({ priority, ref }: IncidentRecord, title: string): string => `${priority === null ? '' : `[${priority}] `}${title || ref}`

/** Of those who were sent for each is told by itself, whatever else the message is about. */
const sentForLines = (rows: readonly OutboxRow[], record: IncidentRecord, rules: Rules): readonly string[] => rows.filter(({ type }) => type === 'deployment.asked' || type === 'deployment.news').flatMap((row) => deploymentLines({ row, record, rules }))

/** Text is made at the moment of sending: a repetition tells what is so now, not what was so at first (INCIDENTS 2.9). */
export const pageTextOf = (question: TextQuestion): PageText => {
  const { row, record, title, rules, link, replyCode, here = [], also } = question
  const canAcknowledge = record.state === 'open' && row.type === 'escalation.fired'
  const more = also.flatMap((other) => {
    const asked = other.rows.some(({ type }) => type === 'deployment.asked') ? [`Answer there: ${other.link}`] : []
    return [`Also: ${headline(other.record, other.title)} (${other.record.ref})`, ...sentForLines(other.rows, other.record, other.rules), ...asked]
  })
  return {
    ref: record.ref,
    priority: record.priority,
    subject: `${headline(record, title)}${also.length === 0 ? '' : ` and ${also.length} more`}`,
    lines: [record.ref, ...new Set([...whyLines(question), ...sentForLines(here, record, rules)]), ...more],
    link,
    canAcknowledge,
    replyCode: canAcknowledge ? replyCode : null,
    urgent: row.urgent,
  }
}

/** A page that asks for nothing: the way to somebody is tried out. */
export const testPageText = (link: string): PageText => ({ ref: '', priority: null, subject: 'Test page from Floorwatch', lines: ['This is a test: nothing has happened.', 'You asked, or were asked, to see whether pages reach you by this way.'], link, canAcknowledge: false, replyCode: null, urgent: false })
