import { inArea, reachesQueue } from '../contract/roles.ts'
import type { RecomputeRow } from '../contract/recompute.ts'
import type { ContactRow } from '../contract/rows.ts'
import type { ContactFigures, LateAnswer } from '../domain/contact-figures.ts'
import type { Explanation } from '../domain/explanation.ts'
import type { Floor } from '../domain/floor.ts'
import type { IntervalFigures } from '../domain/queue-figures.ts'
import type { AgentNumber, SubjectToken } from '../domain/platform-events.ts'
import type { FloorSettings, QueueSettings } from '../domain/settings.ts'
import { withLateAnswers } from '../domain/reports/late-answers.ts'
import { AHEAD_MS, HOT_MS } from '../domain/hot-hours.ts'
import { DAY, instantOf, QUARTER_HOUR, type Instant } from '../domain/time.ts'
import { notFound, problem } from '../http/problem.ts'
import type { DayBooks } from '../redis/day-books.ts'
import type { LateAnswers } from '../redis/late-answers.ts'
import type { Recompute, RecomputeRows } from '../redis/recompute-rows.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { AgentIdentity } from '../redis/sealed-agents.ts'
import { before, placeOf, type ContactsFilter, type IntervalsQuery, type Place } from './history-queries.ts'
import { inSteps } from './interval-steps.ts'
import type { LiveReplica } from './live-replica.ts'
import type { Scope } from './scope.ts'
import { toContactRow } from './to-rows.ts'
import { toldRecomputes } from './told-recomputes.ts'

/** Figures of any time: of the last two days by the live floor, with what came in late; of older ones as they were stored. */

export interface HistoryReadsDeps {
  readonly replicas: { readonly get: (site: string) => Promise<LiveReplica> }
  readonly sealed: Pick<Sealed, 'agents' | 'texts'>
  /** Stored quarter-hour rows, for what the live floor no longer holds. */
  readonly history: { readonly readRows: (site: string, from: Instant, to: Instant, basis: IntervalFigures['basis'], queue?: string) => Promise<readonly IntervalFigures[]>; readonly knowsQueue: (site: string, queue: string) => Promise<boolean> }
  /** Closed days in the archive. */
  readonly books: DayBooks
  readonly recomputes: Pick<RecomputeRows, 'list'>
  readonly lateAnswers: Pick<LateAnswers, 'between'>
}

/** Redis keeps rows for 35 days; older ones are in the archive. */
const IN_REDIS_MS = 34 * DAY

export interface HistoryReads {
  /** The replica, once the queue is known to be within the caller's reach. */
  readonly replicaFor: (site: string, scope: Scope, queue?: string) => Promise<LiveReplica>
  /** Rows of a range by queue, channel and interval, in order of time. */
  readonly intervals: (site: string, scope: Scope, query: IntervalsQuery) => Promise<readonly IntervalFigures[]>
  /** The recomputes behind `series=recomputed` of a range, newest first. */
  readonly recomputesOf: (site: string, query: Pick<IntervalsQuery, 'from' | 'to' | 'series'>) => Promise<readonly RecomputeRow[]>
  /** The settings that rows of a range are rolled up by. */
  readonly settingsFor: (site: string, query: Pick<IntervalsQuery, 'from' | 'to' | 'series'>) => Promise<(queue: string) => QueueSettings>
  /** Visits of a range, oldest first, from after a place on. */
  readonly contacts: (site: string, scope: Scope, filter: ContactsFilter & { readonly subjects?: ReadonlySet<SubjectToken> }, after?: Place | null) => AsyncGenerator<ContactFigures>
  /** Visits of one contact or one customer, oldest first, whatever their age within the range. */
  readonly visits: (site: string, scope: Scope, of: { readonly contactId: string } | { readonly subject: SubjectToken }, range: { readonly from: Instant; readonly to: Instant }) => Promise<readonly ContactFigures[]>
  /** A figure of an agent's day; null: it cannot be explained. */
  readonly explainAgent: (site: string, scope: Scope, of: { readonly metric: string; readonly agent: string }) => Promise<Explanation | null>
  /** Answers that came in the range when their contact was history; those of no known contact are told from the others by nobody. */
  readonly lateAnswers: (site: string, scope: Scope, range: { readonly from: Instant; readonly to: Instant; readonly queue?: string }) => Promise<readonly LateAnswer[]>
  readonly contactRows: (site: string, scope: Scope, contacts: readonly ContactFigures[]) => Promise<readonly ContactRow[]>
}

/** A contact of the range may be answered so long after it came. */
const ANSWERED_MS = 4 * DAY
const MOST_ROWS = 100_000

const reaches = ({ area }: Scope, queue: string): boolean => reachesQueue(area, queue)
const inOrderOfTime = (a: IntervalFigures, b: IntervalFigures): number => a.from - b.from || (a.queue < b.queue ? -1 : a.queue > b.queue ? 1 : 0) || (a.channel < b.channel ? -1 : 1)
const keyOf = (row: IntervalFigures): string => JSON.stringify([row.from, row.queue, row.channel])

const queuesOf = (settings: FloorSettings): ((queue: string) => QueueSettings) => (id) => (Object.hasOwn(settings.queues, id) ? settings.queues[id] : undefined) ?? settings.defaults
export const settingsOfQueue = (replica: LiveReplica): ((queue: string) => QueueSettings) => queuesOf(replica.floor.settings())

export const openHistoryReads = ({ replicas, sealed, history, books, recomputes, lateAnswers }: HistoryReadsDeps): HistoryReads => {
  const replicaFor: HistoryReads['replicaFor'] = async (site, scope, queue) => {
    const replica = await replicas.get(site)
    if (queue !== undefined && (!reaches(scope, queue) || (replica.floor.queue(queue) === null && !(await history.knowsQueue(site, queue))))) throw notFound('queue', queue)
    return replica
  }

  const numberOf = async (site: string, agent: string | undefined): Promise<number | null> => {
    if (agent === undefined) return null
    const [number] = await sealed.agents.find(site, [agent])
    if (number === null || number === undefined) throw notFound('agent', agent)
    return number
  }

  const seesAgent = async (site: string, { area }: Scope, floor: Pick<Floor, 'agent'>, number: AgentNumber): Promise<boolean> => {
    const agent = floor.agent(number)
    return area === null || (agent !== null && inArea(area, { queues: agent.queues, team: agent.team ?? (await sealed.agents.resolve(site, [number])).get(number)?.team ?? null }))
  }

  /** Those whose series of some day of the range is the newest. */
  const newestOf = async (site: string, { from, to, series }: Pick<IntervalsQuery, 'from' | 'to' | 'series'>): Promise<readonly Recompute[]> => {
    if (series !== 'recomputed') return []
    const used = new Set((await books.recomputedDays(site, from, to)).map(({ recompute }) => recompute))
    return used.size === 0 ? [] : (await recomputes.list(site)).filter(({ id }) => used.has(id))
  }
  const settingsFor: HistoryReads['settingsFor'] = async (site, query) => {
    const [newest] = await newestOf(site, query)
    return newest ? queuesOf(newest.settings) : settingsOfQueue(await replicas.get(site))
  }

  return {
    replicaFor,
    settingsFor,
    recomputesOf: async (site, query) => toldRecomputes(sealed.texts, site, await newestOf(site, query)),
    intervals: async (site, scope, query) => {
      const { from, to, basis, queue, channel, step, tz, series } = query
      const replica = await replicaFor(site, scope, queue)
      const { floor } = replica
      const hotFrom = instantOf(Math.floor((floor.asOf - HOT_MS) / QUARTER_HOUR) * QUARTER_HOUR)
      const narrow = { ...(queue === undefined ? {} : { queue }), ...(channel === undefined ? {} : { channel }) }
      // A quarter hour belongs to the range that its beginning lies in.
      const hot = floor.intervals({ from: instantOf(Math.max(from, hotFrom)), to, basis, ...narrow }).filter((row) => row.from >= from && row.from >= hotFrom && row.from < to)
      const live = new Set(hot.map(keyOf))
      const kept = await history.readRows(site, from, to, basis, queue)
      const inRedis = new Set(kept.map(keyOf))
      const archivedTo = instantOf(Math.min(to, floor.asOf - IN_REDIS_MS))
      const archived = from < archivedTo ? (await books.rows(site, from, archivedTo, basis, queue)).filter((row) => !inRedis.has(keyOf(row))) : []
      const original = [...archived, ...kept].filter((row) => !live.has(keyOf(row)))
      const stored = series === 'recomputed' ? await books.recomputed(site, { from, to, basis, queue }, original) : original
      const quarters = [...stored.filter((row) => channel === undefined || row.channel === channel), ...hot].filter((row) => reaches(scope, row.queue)).sort(inOrderOfTime)
      const rows = inSteps(quarters, { step, timeZone: tz ?? null, asOf: floor.asOf, settingsOf: await settingsFor(site, query) })
      if (rows.length > MOST_ROWS) throw problem(422, 'too_many_rows', `${rows.length} rows are more than ${MOST_ROWS}: ask for less time, a longer step or one queue`)
      return rows
    },
    contacts: async function* (site, scope, { from, to, queue, outcome, agent, subjects }, after = null) {
      const replica = await replicaFor(site, scope, queue)
      const number = await numberOf(site, agent)
      const seen = number === null || (await seesAgent(site, scope, replica.floor, number))
      let any = seen || after !== null
      const wanted = (contact: ContactFigures): boolean => reaches(scope, contact.queue) && (queue === undefined || contact.queue === queue) && (outcome === undefined || contact.outcome === outcome) && (subjects === undefined || (contact.subject !== null && subjects.has(contact.subject))) && (after === null || before(placeOf(contact), after) > 0)
      const narrow = { ...(queue === undefined ? {} : { queue }), ...(outcome === undefined ? {} : { outcome }), ...(number === null ? {} : { agent: number }) }
      const begin = instantOf(Math.max(from, after?.[0] ?? from))
      const hotFrom = instantOf(Math.max(begin, replica.floor.asOf - HOT_MS))
      const answered = withLateAnswers(begin < hotFrom ? await lateAnswers.between(site, begin, instantOf(to + ANSWERED_MS)) : [])
      const ofBooks = async function* (since: Instant, until: Instant): AsyncGenerator<ContactFigures> {
        if (since < until) for await (const contact of books.contacts(site, since, until, { ...narrow, ...(subjects === undefined ? {} : { subjects }) })) if (wanted(contact)) {
          any = true
          yield answered(contact)
        }
      }
      yield* ofBooks(begin, instantOf(Math.min(to, hotFrom)))
      const found = replica.floor.contacts({ from: hotFrom, to, ...narrow })
      for (const contact of found.filter(wanted)) {
        any = true
        yield contact
      }
      // A floor without a live source stands still: what came after it is imported history.
      yield* ofBooks(instantOf(Math.max(begin, replica.floor.asOf + AHEAD_MS)), to)
      // An agent of other queues who took no contact of these is nobody here.
      if (!any) throw notFound('agent', agent ?? '')
    },
    visits: async (site, scope, of, { from, to }) => {
      const replica = await replicaFor(site, scope)
      const hotFrom = Math.max(from, replica.floor.asOf - HOT_MS)
      const key = 'subject' in of ? { subjects: new Set([of.subject]) } : of
      const [found, later]: [ContactFigures[], ContactFigures[]] = [[], []]
      for await (const contact of books.contacts(site, from, to, key)) {
        if (!reaches(scope, contact.queue)) continue
        if (contact.queuedAt < hotFrom) found.push(contact)
        else if (contact.queuedAt >= replica.floor.asOf + AHEAD_MS) later.push(contact)
      }
      const live = replica.floor.contacts({ from: instantOf(hotFrom), to, ...of }).filter(({ queue }) => reaches(scope, queue))
      const [first, last] = [found[0], found.at(-1)]
      const answered = withLateAnswers(first && last ? await lateAnswers.between(site, first.queuedAt, instantOf(last.queuedAt + ANSWERED_MS)) : [])
      return [...found.map(answered), ...live, ...later]
    },
    lateAnswers: async (site, scope, { from, to, queue }) => (await lateAnswers.between(site, from, to)).filter((answer) => (answer.queue === null ? scope.area === null || scope.area.queues === null : reaches(scope, answer.queue)) && (queue === undefined || answer.queue === queue)),
    explainAgent: async (site, scope, { metric, agent }) => {
      const { floor } = await replicaFor(site, scope)
      const number = await numberOf(site, agent)
      const found = number === null ? null : floor.agent(number)
      if (number === null || found === null || !(await seesAgent(site, scope, floor, number))) throw notFound('agent', agent)
      const explanation = floor.explainAgent({ metric, agent: number })
      // The figure is of the agent's whole day; contacts of queues out of reach are counted in it and not shown.
      const seen = (contacts: readonly ContactFigures[]): readonly ContactFigures[] => contacts.filter(({ queue }) => reaches(scope, queue))
      return explanation && { ...explanation, numeratorContacts: seen(explanation.numeratorContacts), denominatorContacts: seen(explanation.denominatorContacts) }
    },
    contactRows: async (site, scope, contacts) => {
      const numbers = contacts.flatMap(({ agent }) => agent ?? [])
      const names: ReadonlyMap<number, AgentIdentity> = scope.fields === 'staff' ? await sealed.agents.resolve(site, numbers) : new Map()
      return contacts.map((figures) => toContactRow(figures, figures.agent === null ? null : (names.get(figures.agent) ?? null)))
    },
  }
}
