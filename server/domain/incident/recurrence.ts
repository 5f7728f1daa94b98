import { DAY, MINUTE, type Instant } from '../time.ts'
import { systemActor, type IncidentRecord, type Priority } from './incident.ts'

/** What the rules of recurrence look at. */
export type Recurring = Pick<IncidentRecord, 'ref' | 'type' | 'state' | 'category' | 'service' | 'priority' | 'impact' | 'reportedAt' | 'channel' | 'drill' | 'major' | 'majorIncident' | 'loggedBy' | 'problemRef' | 'problem'>

/** So far back incidents make a problem. */
export const RECURRENCE_MS = 7 * DAY
/** So close together they make one major incident. */
const TOGETHER_MS = 15 * MINUTE
const ENOUGH = 3

const dropped = ({ state }: Recurring): boolean => state === 'draft' || state === 'cancelled' || state === 'merged'
const counts = (record: Recurring): boolean => record.type === 'incident' && !record.drill && !dropped(record)
const over = ({ state }: Recurring): boolean => state === 'closed' || state === 'cancelled' || state === 'merged'
const alike = (a: Recurring, b: Recurring): boolean => a.category === b.category && a.service === b.service

const groups = (records: readonly Recurring[], keyOf: (record: Recurring) => string | null): readonly (readonly Recurring[])[] => {
  const found = new Map<string, Recurring[]>()
  for (const record of records) {
    const key = keyOf(record)
    if (key !== null) found.set(key, [...(found.get(key) ?? []), record])
  }
  return [...found.values()]
}
const oldestFirst = (records: readonly Recurring[]): readonly Recurring[] => [...records].sort((a, b) => a.reportedAt - b.reportedAt || a.ref.localeCompare(b.ref))

export interface ProposedProblem {
  readonly category: string
  readonly service: string
  /** The gravest of its incidents. */
  readonly impact: NonNullable<IncidentRecord['impact']>
  readonly incidents: readonly string[]
}

/**
 * Three of the same category and service within seven days propose a problem, unless one is open or they belong to one.
 * One that was turned down is proposed again only by three that came after it.
 */
export const proposedProblems = (records: readonly Recurring[], now: Instant): readonly ProposedProblem[] => {
  const problems = records.filter(({ type }) => type === 'problem')
  const fresh = records.filter((record) => counts(record) && record.problemRef === null && record.reportedAt > now - RECURRENCE_MS)
  return groups(fresh, ({ category, service }) => (category === null || service === null ? null : JSON.stringify([category, service]))).flatMap((group): readonly ProposedProblem[] => {
    const [first] = group
    if (first === undefined || first.category === null || first.service === null) return []
    const same = problems.filter((problem) => alike(problem, first))
    if (same.some((problem) => !over(problem))) return []
    const since = Math.max(0, ...same.map(({ reportedAt }) => reportedAt))
    const incidents = oldestFirst(group.filter(({ reportedAt }) => reportedAt > since))
    if (incidents.length < ENOUGH) return []
    const impact = incidents.reduce<ProposedProblem['impact']>((worst, record) => (record.impact !== null && record.impact < worst ? record.impact : worst), 4)
    return [{ category: first.category, service: first.service, impact, incidents: incidents.map(({ ref }) => ref) }]
  })
}

/** From when on incidents of its category and service are a problem's by themselves; null: somebody studies it, and links what belongs to it. */
const gathersSince = ({ type, state, loggedBy, problem, reportedAt }: Recurring): number | null => {
  if (type !== 'problem' || problem === null) return null
  if (state === 'resolved') return problem.fixedAt
  return state === 'open' && loggedBy === systemActor.id ? reportedAt - RECURRENCE_MS : null
}

/** A proposal goes on counting; and while a fix is watched, whatever comes after it shows that it was none. */
export const recurrences = (records: readonly Recurring[]): readonly { readonly incident: string; readonly problem: string }[] =>
  records.flatMap((problem) => {
    const since = gathersSince(problem)
    if (since === null) return []
    const theirs = oldestFirst(records.filter((record) => counts(record) && record.problemRef === null && record.reportedAt > since && alike(record, problem)))
    return (problem.state === 'resolved' ? theirs.slice(0, 1) : theirs).map(({ ref }) => ({ incident: ref, problem: problem.ref }))
  })

const graver = (a: Priority | null, b: Priority | null): number => (a ?? 'P9').localeCompare(b ?? 'P9')

/** Several rules that one queue breaks at once are one witness. */
const witnesses = (group: readonly Recurring[]): number => group.filter(({ channel }) => channel !== 'monitoring').length + Number(group.some(({ channel }) => channel === 'monitoring'))

/** Three that are still open on one service, within a quarter of an hour: the gravest is proposed as major, unless one of that service was already. */
export const proposedMajors = (records: readonly Recurring[], now: Instant): readonly { readonly ref: string; readonly incidents: readonly string[] }[] => {
  const open = records.filter((record) => counts(record) && !over(record) && record.state !== 'resolved' && record.reportedAt > now - TOGETHER_MS)
  return groups(open, ({ service }) => service).flatMap((group) => {
    const all = records.filter(({ service, state }) => service === group[0]?.service && state !== 'closed')
    if (witnesses(group) < ENOUGH || all.some(({ major, majorIncident }) => major || majorIncident !== null)) return []
    const [gravest] = [...oldestFirst(group)].sort((a, b) => graver(a.priority, b.priority))
    return gravest === undefined ? [] : [{ ref: gravest.ref, incidents: oldestFirst(group).map(({ ref }) => ref) }]
  })
}
