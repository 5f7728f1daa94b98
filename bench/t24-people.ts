import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { AGENT_COUNTERS, type AgentCounter } from '../server/domain/kpi/agent-sums.ts'
import type { CohortContact, CohortTally } from '../server/domain/reports/cohort-tally.ts'
import type { AgentGrouping, AgentPart } from '../server/domain/reports/agent-tally.ts'
import type { AgentStretch } from '../server/domain/reports/agent-stretches.ts'
import { createFloor } from '../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../server/domain/settings.ts'
import { DAY, HOUR, instantOf, QUARTER_HOUR, type Instant } from '../server/domain/time.ts'
import { readAgentReport, type AgentReportQuery } from '../server/live/agent-report.ts'
import { cohortReads } from '../server/live/cohort-reads.ts'
import { agentLine } from '../server/redis/agent-book.ts'
import { cohortMark, openCohortDays } from '../server/redis/cohort-days.ts'
import { openDayBooks } from '../server/redis/day-books.ts'
import type { CohortDay, DayBook } from '../server/redis/manifest.ts'
import { writeCohort } from '../workers/keeper/cohort-files.ts'
import { writeBook } from '../workers/keeper/day-book.ts'
import { type Bench, median, resultOf } from './bench.ts'

const DAYS = 31
/** `PEOPLE_AGENTS=5000` is the largest centre. */
const AGENTS = Number(process.env['PEOPLE_AGENTS'] ?? 1_000)
const FROM = Math.floor(Date.now() / DAY) * DAY - (DAYS + 3) * DAY
const WORKED = { from: 8, to: 17 }
const COUNTED: readonly AgentCounter[] = AGENT_COUNTERS.slice(0, 16)
const spreadOf = (n: number): number => (Math.imul(n + 1, 0x9e3779b1) >>> 0) / 2 ** 32

/** An hour of somebody's day: contacts of one queue or of two, states by quarter hour. */
const stretchOf = (agent: number, day: number, hour: number): AgentStretch => {
  const spread = spreadOf((day * AGENTS + agent) * 24 + hour)
  const quarters = [0, 1, 2, 3].map((quarter) => instantOf(FROM + day * DAY + hour * HOUR + quarter * QUARTER_HOUR))
  return {
    agent, team: `team-${agent % 40}`,
    contacts: quarters.map((quarter, i) => ({ quarter, place: { queue: `queue-${(agent + (i > 2 && spread > 0.5 ? 1 : 0)) % 60}`, channel: 'voice' as const }, counts: Object.fromEntries(COUNTED.map((name, place) => [name, Math.floor(spreadOf(agent + place + i) * 60_000)])) })),
    times: quarters.flatMap((quarter) => [['on-contact', null, 500_000], ['available', null, 250_000], ['acw', null, 100_000], ['aux', spread > 0.5 ? 'Break' : 'Training', 50_000]].map(([state, reason, ms]) => ({ quarter, state, reason, ms }) as AgentStretch['times'][number])),
  }
}
/** Each agent ends forty contacts a day, and a sixth of their customers come again. */
const toldContacts = (day: Instant): readonly CohortContact[] =>
  Array.from({ length: AGENTS * 40 }, (_, n) => {
    const verdict = n % 6 === 0 ? 'again' : n % 5 === 0 ? 'none' : 'resolved'
    return { leg: { contactId: `contact-${day}-${n}`, legId: '1', queue: `queue-${n % 60}`, channel: 'voice', agent: n % AGENTS, endedAt: instantOf(day + Math.floor(spreadOf(n) * DAY)) }, inQueue: verdict, inSite: verdict }
  })

const writeDay = async (root: string, day: number): Promise<DayBook> => {
  const from = instantOf(FROM + day * DAY)
  const book = await writeBook(root, 's', { day: new Date(from).toISOString().slice(0, 10), from, to: instantOf(from + DAY) })
  for (let hour = WORKED.from; hour < WORKED.to; hour += 1) {
    const at = instantOf(from + hour * HOUR)
    await book.addAgents(Array.from({ length: AGENTS }, (_, agent) => agentLine(stretchOf(agent, day, hour), at)))
  }
  return book.finish(true, [], null)
}

interface Seen {
  readonly cpuMs: number
  readonly heldMs: number
  readonly parts: readonly AgentPart[]
}

/** T24: what everybody did in 31 days, by sums of days against the quarter hours that they are sums of. */
export const run: Bench = async ({ rounds }) => {
  const root = mkdtempSync(join(tmpdir(), 'floorwatch-bench-people-'))
  const books: DayBook[] = []
  for (let day = 0; day < DAYS; day += 1) books.push(await writeDay(root, day))
  const cohortDays: CohortDay[] = []
  for (const { day, from, to } of books) {
    const by = { windowMs: 7 * DAY, windows: {} }
    const tally: CohortTally = { add: () => undefined, take: (_, tell) => (toldContacts(from).forEach((one) => tell?.(one)), []) }
    cohortDays.push(await writeCohort(root, 's', { day, from, to, ...by, of: cohortMark(books, { from, to }, by.windowMs) }, tally))
  }
  const manifest = { books: async () => books, recomputed: async () => [], cohorts: async () => cohortDays }
  const site = { id: 's', name: 'S', timeZone: 'UTC' }
  const floor = createFloor('s', defaultFloorSettings(site, instantOf(0)))
  floor.apply({ kind: 'tick', id: '1-0', at: instantOf(FROM + (DAYS + 3) * DAY) })

  const reads = openDayBooks({ manifest, archiveDir: root })
  const cohorts = cohortReads({ reads: { contacts: async function* () {} }, cohorts: openCohortDays({ manifest, archiveDir: root }) })
  const byQuarters = { books: { ...reads, agents: (of: string, from: Instant, to: Instant) => reads.agents(of, from, to) }, cohorts: { agents: (of: string, query: Parameters<typeof cohorts.agents>[1]) => cohorts.agents(of, { ...query, asOne: () => false }) } }
  const bySums = { books: reads, cohorts }
  const read = async (by: AgentGrouping, deps: typeof bySums | typeof byQuarters): Promise<Seen> => {
    const query: AgentReportQuery = { by, from: instantOf(FROM), to: instantOf(FROM + DAYS * DAY), day: { timeZone: 'UTC', startsAt: '00:00' }, gone: () => false }
    const held = monitorEventLoopDelay({ resolution: 1 })
    held.enable()
    const began = process.cpuUsage()
    const { parts } = await readAgentReport({ ...deps, plans: { schedule: async () => [] }, adherence: async () => ({ activities: {} }) }, 's', floor, query)
    const { user, system } = process.cpuUsage(began)
    held.disable()
    return { cpuMs: (user + system) / 1_000, heldMs: held.max / 1e6, parts }
  }
  const told = ({ parts }: Seen): string => JSON.stringify(parts.map(({ agent, team, day, sums }) => [agent, team, day, sums.counts, sums.states, [...sums.reasons], sums.cohort]))

  const results = []
  for (const by of ['agent', 'team', 'day'] as const) {
    const [after, before]: [Seen[], Seen[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      after.push(await read(by, bySums))
      before.push(await read(by, byQuarters))
      if (told(after[round] as Seen) !== told(before[round] as Seen)) throw new Error('sums of days are not the sums of their quarter hours')
    }
    const size = (files: readonly (string | undefined)[]) => files.reduce((sum, file) => sum + (file === undefined ? 0 : statSync(join(root, file)).size), 0) / 1_048_576 / DAYS
    results.push(resultOf({
      id: 'T24', title: `what ${AGENTS} agents did in ${DAYS} days, by ${by}`, target: '<= 0.33x', baseline: 'the same from quarter hours', atMost: 0.33,
      rounds: after.map(({ cpuMs }, i) => cpuMs / (before[i]?.cpuMs ?? 1)),
      figures: { 'CPU ms': median(after.map(({ cpuMs }) => cpuMs)), 'CPU ms from quarters': median(before.map(({ cpuMs }) => cpuMs)), 'loop held ms': Math.max(...after.map(({ heldMs }) => heldMs)), 'MB a day of quarters': size(books.map(({ agents }) => agents?.file)), 'MB a day of sums': size(books.map(({ agentDays }) => agentDays?.file)), 'MB a day of cohorts': size(cohortDays.flatMap(({ agents, contacts }) => [agents?.file, contacts?.file])) },
    }))
  }
  rmSync(root, { recursive: true, force: true })
  return results
}
