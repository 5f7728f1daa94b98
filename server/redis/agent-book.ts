import { AGENT_STATES } from '../domain/agent-states.ts'
import { CHANNELS } from '../domain/fold/fact-kinds.ts'
import type { AgentGains } from '../domain/agent-figures.ts'
import { AGENT_COUNTERS } from '../domain/kpi/agent-sums.ts'
import type { AgentStretch } from '../domain/reports/agent-stretches.ts'
import { instantOf, QUARTER_HOUR, type Instant } from '../domain/time.ts'
import { readLines } from './archive-files.ts'
import type { BookSources } from './book-beside.ts'
import type { DayBook } from './manifest.ts'

/** By quarter hour of the stretch: where, and counter, amount, counter, amount, ... */
type ContactCell = readonly [quarter: number, queue: string | null, channel: number, ...counts: number[]]
type TimeCell = readonly [quarter: number, state: number, ms: number, reason?: string]
/** One agent's stretch. Counters and states stand by their place in their lists, which only ever grow. */
export type AgentLine = readonly [agent: number, team: string | null, from: number, contacts: readonly ContactCell[], times: readonly TimeCell[]]

const COUNTER_PLACES: ReadonlyMap<string, number> = new Map(AGENT_COUNTERS.map((name, place) => [name, place]))

export const agentLine = ({ agent, team, contacts, times }: AgentStretch, from: Instant): AgentLine => {
  const place = (quarter: Instant): number => (quarter - from) / QUARTER_HOUR
  return [
    agent, team, from,
    contacts.map(({ quarter, place: { queue, channel }, counts }) => [place(quarter), queue, CHANNELS.indexOf(channel), ...Object.entries(counts).flatMap(([name, amount]) => [COUNTER_PLACES.get(name) ?? 0, amount])]),
    times.map(({ quarter, state, reason, ms }) => (reason === null ? [place(quarter), AGENT_STATES.indexOf(state), ms] : [place(quarter), AGENT_STATES.indexOf(state), ms, reason])),
  ]
}

/** Tells a line again as the floor told it: the quarter hours that begin in [from, to). */
export const tellLine = ([agent, , origin, contacts, times]: AgentLine, from: Instant, to: Instant, gains: AgentGains): void => {
  for (const cell of contacts) {
    const quarter = instantOf(origin + cell[0] * QUARTER_HOUR)
    if (quarter < from || quarter >= to) continue
    const place = { queue: cell[1], channel: CHANNELS[cell[2]] ?? 'voice' }
    for (let i = 3; i + 1 < cell.length; i += 2) {
      const counter = AGENT_COUNTERS[cell[i] as number]
      // One that a later version counts is not known here.
      if (counter !== undefined) gains.count(agent, quarter, place, counter, cell[i + 1] as number)
    }
  }
  for (const [place, state, ms, reason] of times) {
    const quarter = instantOf(origin + place * QUARTER_HOUR)
    if (quarter >= from && quarter < to) gains.time(agent, quarter, AGENT_STATES[state] ?? 'offline', reason ?? null, ms)
  }
}

const addAmounts = <K>(into: Map<string, { readonly of: K; readonly amounts: Map<number, number> }>, key: string, of: K, amounts: readonly number[]): void => {
  const cell = into.get(key) ?? { of, amounts: new Map<number, number>() }
  into.set(key, cell)
  for (let i = 0; i + 1 < amounts.length; i += 2) cell.amounts.set(amounts[i] as number, (cell.amounts.get(amounts[i] as number) ?? 0) + (amounts[i + 1] as number))
}

/** Lines of one agent as one line of the whole day: what is asked of all of it need not be read by quarter hour. */
const dayLine = (lines: readonly AgentLine[], from: Instant): AgentLine => {
  const contacts = new Map<string, { readonly of: readonly [string | null, number]; readonly amounts: Map<number, number> }>()
  const times = new Map<string, { readonly of: readonly [number, ...string[]]; readonly amounts: Map<number, number> }>()
  for (const [, , , cells, stretches] of lines) {
    for (const [, queue, channel, ...counts] of cells) addAmounts(contacts, `${channel} ${queue ?? ''} ${queue === null}`, [queue, channel], counts)
    for (const [, state, ms, ...reason] of stretches) addAmounts(times, `${state} ${reason.length} ${reason.join('')}`, [state, ...(reason as string[])], [0, ms])
  }
  const [agent = 0, team = null] = lines[0] ?? []
  return [
    agent, team, from,
    [...contacts.values()].map(({ of: [queue, channel], amounts }) => [0, queue, channel, ...[...amounts].flat()]),
    [...times.values()].map(({ of: [state, ...reason], amounts }) => [0, state, amounts.get(0) ?? 0, ...reason] as unknown as TimeCell),
  ]
}

/** Sums of the day from its lines. Of whoever changed teams in it what was before is one sum at the day's start, and from the change on there are the lines themselves, which say when. */
export const agentDays = (from: Instant): { readonly add: (lines: readonly AgentLine[]) => void; readonly lines: () => readonly AgentLine[] } => {
  const known = new Map<number, AgentLine[]>()
  return {
    add: (lines) => {
      for (const line of lines) {
        const own = known.get(line[0])
        if (own === undefined) known.set(line[0], [line])
        // Of one team: the sums so far and this line are the sums.
        else if (own.length === 1 && own[0]?.[1] === line[1]) own[0] = dayLine([own[0], line], from)
        else own.push(line)
      }
    },
    lines: () => [...known.values()].flat(),
  }
}

/** What books keep of agents. */
export interface AgentBooks {
  /** Lines of closed days that touch [from, to), day after day; sums of the day where all of it is wanted and `asOne` says that they do. Books of older versions have none. */
  readonly agents: (site: string, from: Instant, to: Instant, asOne?: (from: Instant, to: Instant) => boolean) => AsyncGenerator<AgentLine>
  /** Stretches of [from, to) that books know agents of. */
  readonly agentsKept: (site: string, from: Instant, to: Instant) => Promise<readonly { readonly from: Instant; readonly to: Instant }[]>
}

export const openAgentBooks = ({ booksWithin, eachBook, archiveDir }: BookSources): AgentBooks => ({
  agents: async function* (site, from, to, asOne = () => false) {
    const fileOf = (book: DayBook) => (book.agentDays !== undefined && book.from >= from && book.to <= to && asOne(book.from, book.to) ? book.agentDays : book.agents)
    const lines = eachBook(site, from, to, (book) => {
      const file = fileOf(book)
      return file ? readLines(archiveDir, file) : []
    })
    for await (const line of lines) yield JSON.parse(line) as AgentLine
  },
  agentsKept: async (site, from, to) => (await booksWithin(site, from, to)).flatMap((book) => (book.agents ? [{ from: instantOf(Math.max(book.from, from)), to: instantOf(Math.min(book.to, to)) }] : [])),
})
