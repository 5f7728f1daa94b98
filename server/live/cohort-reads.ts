import { addVerdict, emptyCohortSums } from '../domain/kpi/cohort-sums.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import { BEGAN_MS, cohortTally, type CohortContact, type CohortRow } from '../domain/reports/cohort-tally.ts'
import { DAY, instantOf, type Instant } from '../domain/time.ts'
import type { AgentCohort } from '../redis/cohort-agents.ts'
import { windowOf, type CohortDays, type CountedDay } from '../redis/cohort-days.ts'
import { eachMaking, type Making } from '../redis/each-making.ts'
import type { HistoryReads } from './history-reads.ts'
import type { Scope } from './scope.ts'

export interface CohortQuery {
  readonly from: Instant
  readonly to: Instant
  readonly queue: string | null
  readonly windowMs: number
}

/** Of the agents of a site, whatever somebody reaches of its queues: a figure of an agent is of all their work. */
export interface AgentCohortQuery extends CohortQuery {
  readonly only?: AgentNumber | undefined
  /** Whether one day of the report holds all of this stretch, so that its sums say enough. */
  readonly asOne: (from: Instant, to: Instant) => boolean
  readonly gone: () => boolean
}

export interface CohortReads {
  /** Rows of a queue, or of what is reached of the site. */
  readonly rows: (site: string, scope: Scope, query: CohortQuery) => Promise<readonly CohortRow[]>
  /** What agents have of it; `at` is an instant of the day, or of the contact. */
  readonly agents: (site: string, query: AgentCohortQuery) => AsyncGenerator<AgentCohort & { readonly at: Instant }>
  /** The contacts of one agent behind it, as their queues or as the site counts them. */
  readonly contacts: (site: string, query: Omit<AgentCohortQuery, 'asOne'> & { readonly only: AgentNumber }) => AsyncGenerator<CohortContact>
}

interface Stretch {
  readonly from: Instant
  readonly to: Instant
}

/** What of a stretch none of the days, oldest first, covers. */
const between = (days: readonly Stretch[], { from, to }: Stretch): readonly Stretch[] => {
  const edges = [from, ...days.flatMap((day) => [day.from, day.to]), to]
  return edges.flatMap((edge, index) => {
    const next = edges[index + 1]
    return index % 2 === 0 && next !== undefined && next > edge ? [{ from: edge, to: next }] : []
  })
}
const within = ({ from, to }: Stretch, day: Stretch): Stretch => ({ from: instantOf(Math.max(from, day.from)), to: instantOf(Math.min(to, day.to)) })
const wholeSite: Scope = { key: '', fields: 'staff', area: null, person: null }

/** Days that are read from their files, and after that what they left: a day that does not stand any more once it is its turn is counted from its contacts. */
const readDays = async <Day extends Making & Stretch>(named: () => Promise<readonly Day[]>) => {
  const days = await named()
  const standing = new Set(days)
  return {
    each: <T>(read: (day: Day) => AsyncIterable<T>): AsyncGenerator<T> => eachMaking({ days, named, read, dropped: (day) => void standing.delete(day) }),
    others: (query: Stretch): readonly Stretch[] => between([...standing].map((day) => within(day, query)), query),
  }
}

/** Cohorts: matured days as the keeper counted them, the others from their contacts. Whoever reaches some queues only has rows counted from the contacts of these. */
export const cohortReads = ({ reads, cohorts }: { readonly reads: Pick<HistoryReads, 'contacts'>; readonly cohorts: CohortDays }): CohortReads => {
  /** Day after day, so that no more than D of contacts is held at once. */
  const counted = async function* (site: string, scope: Scope, { from, to }: Stretch, windowMs: number): AsyncGenerator<{ readonly rows: readonly CohortRow[]; readonly contacts: readonly CohortContact[] }> {
    const tally = cohortTally({ from, to, windowMs: () => windowMs })
    const take = (before: Instant) => {
      const contacts: CohortContact[] = []
      return { rows: tally.take(before, (contact) => void contacts.push(contact)), contacts }
    }
    let next = instantOf(Math.min(from + DAY, to))
    for await (const contact of reads.contacts(site, scope, { from: instantOf(from - BEGAN_MS), to: instantOf(to + windowMs + 1) })) {
      for (; next < to && next + windowMs < contact.queuedAt; next = instantOf(Math.min(next + DAY, to))) yield take(next)
      tally.add(contact)
    }
    yield take(to)
  }
  const daysOf = (site: string, { from, to, queue, windowMs }: CohortQuery) => readDays(async () => (from < to ? await cohorts.touching(site, from, to) : []).filter((day) => windowOf(day, queue) === windowMs))
  const ofAgent = (only: AgentNumber | undefined, queue: string | null, { leg }: CohortContact): boolean => leg.agent !== null && (only === undefined || leg.agent === only) && (queue === null || leg.queue === queue)

  const contacts = async function* (site: string, query: Omit<AgentCohortQuery, 'asOne'>, stretch: Stretch): AsyncGenerator<CohortContact> {
    for await (const piece of counted(site, wholeSite, stretch, query.windowMs)) {
      if (query.gone()) return
      yield* piece.contacts.filter((one) => ofAgent(query.only, query.queue, one))
    }
  }

  return {
    rows: async (site, scope, { from, to, queue, windowMs }) => {
      const days = await readDays(async () => (scope.area === null ? (await cohorts.within(site, from, to)).filter((day) => windowOf(day, queue) === windowMs) : []))
      const rows: CohortRow[] = []
      for await (const row of days.each((day) => cohorts.rows(day, queue))) rows.push(row)
      for (const stretch of days.others({ from, to })) for await (const piece of counted(site, scope, stretch, windowMs)) for (const row of piece.rows) if (row.queue === queue) rows.push(row)
      return rows
    },
    agents: async function* (site, query) {
      const { queue, only, gone } = query
      const days = await daysOf(site, query)
      const one = ({ leg: { agent, channel, endedAt }, inQueue, inSite }: CohortContact): readonly (AgentCohort & { readonly at: Instant })[] => {
        if (agent === null) return []
        const sums = emptyCohortSums()
        addVerdict(sums, queue === null ? inSite : inQueue)
        return [{ agent, queue, channel, ...sums, at: endedAt }]
      }
      const ofDay = async function* (day: CountedDay) {
        if (gone()) return
        const part = within(day, query)
        if (part.from === day.from && part.to === day.to && query.asOne(day.from, day.to)) {
          for await (const sums of cohorts.agents(day, only)) if (sums.queue === queue) yield { ...sums, at: day.from }
        } else for await (const contact of cohorts.contacts(day, part.from, part.to, only)) if (ofAgent(only, queue, contact)) yield* one(contact)
      }
      yield* days.each(ofDay)
      for (const stretch of days.others(query)) for await (const contact of contacts(site, query, stretch)) yield* one(contact)
    },
    contacts: async function* (site, query) {
      const days = await daysOf(site, query)
      for await (const contact of days.each((day) => cohorts.contacts(day, within(query, day).from, within(query, day).to, query.only))) if (ofAgent(query.only, query.queue, contact)) yield contact
      for (const stretch of days.others(query)) yield* contacts(site, query, stretch)
    },
  }
}
