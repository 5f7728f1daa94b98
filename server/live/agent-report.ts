import { setImmediate as breathe } from 'node:timers/promises'
import type { SettingsDocument } from '../contract/settings.ts'
import { inArea, type Area } from '../contract/roles.ts'
import { businessDayOf } from '../domain/business-day.ts'
import type { Floor } from '../domain/floor.ts'
import { AHEAD_MS, HOT_MS } from '../domain/hot-hours.ts'
import { adherenceOf, type Activity } from '../domain/plan/adherence.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import { agentTally, type AgentPart, type AgentTally, type AgentTallyQuery } from '../domain/reports/agent-tally.ts'
import { maturedUntil } from '../domain/reports/matured.ts'
import type { BusinessDay } from '../domain/settings.ts'
import { HOUR, instantOf, QUARTER_HOUR, type Instant } from '../domain/time.ts'
import { tellLine } from '../redis/agent-book.ts'
import type { DayBooks } from '../redis/day-books.ts'
import type { Plans } from '../redis/plans.ts'
import { agentStates } from './agent-states.ts'
import type { CohortReads } from './cohort-reads.ts'

export interface AgentReportDeps {
  readonly books: Pick<DayBooks, 'agents' | 'agentsKept' | 'bands' | 'covered'>
  readonly plans: Pick<Plans, 'schedule'>
  readonly adherence: (site: string) => Promise<SettingsDocument['adherence']>
  readonly cohorts: Pick<CohortReads, 'agents'>
}

export interface AgentReportQuery extends Omit<AgentTallyQuery, 'dayOf'> {
  readonly from: Instant
  readonly to: Instant
  readonly day: BusinessDay
  /** Of one agent alone. */
  readonly only?: AgentNumber | undefined
  /** Whoever asked has gone: no more is read. */
  readonly gone: () => boolean
}

interface Stretch {
  readonly from: Instant
  readonly to: Instant
}

export interface AgentReport {
  readonly parts: readonly AgentPart[]
  /** Of the range: what nobody kept of agents. */
  readonly notKept: readonly Stretch[]
  readonly cohort: AgentReportCohort
}

/** Business days of the site, or calendar days of a zone. */
export const daysOf = (floor: Pick<Floor, 'settings'>, tz: string | undefined): BusinessDay => (tz === undefined ? floor.settings().defaults.day : { timeZone: tz, startsAt: '00:00' })

/** Which contacts resolution at first contact is of. */
export interface AgentReportCohort extends Stretch {
  /** D, ms. */
  readonly windowMs: number
  /** When all of the range has had its D. */
  readonly maturesAt: Instant
}

/** By D of the queue, or of the site. A quarter hour belongs to the range that its beginning lies in. */
export const cohortOf = (floor: Pick<Floor, 'settings' | 'asOf'>, { from, to, day, queue }: Pick<AgentReportQuery, 'from' | 'to' | 'day' | 'queue'>): AgentReportCohort => {
  const { defaults, queues } = floor.settings()
  const { repeatWithinMs: windowMs } = (queue !== undefined && Object.hasOwn(queues, queue) ? queues[queue] : undefined) ?? defaults
  const [begin, end] = [from, to].map((at) => instantOf(Math.ceil(at / QUARTER_HOUR) * QUARTER_HOUR)) as [Instant, Instant]
  return { from: begin, to: maturedUntil({ from: begin, to: end, asOf: floor.asOf, windowMs, day }), windowMs, maturesAt: instantOf(end + windowMs) }
}

const gapsIn = (kept: readonly Stretch[], from: Instant, to: Instant): readonly Stretch[] => {
  const gaps: Stretch[] = []
  let at = from
  for (const { from: begin, to: end } of [...kept].sort((a, b) => a.from - b.from)) {
    if (begin > at) gaps.push({ from: at, to: instantOf(Math.min(begin, to)) })
    if (end > at) at = end
    if (at >= to) return gaps
  }
  if (at < to) gaps.push({ from: at, to })
  return gaps
}

/**
 * What agents did and were in a range of any age: of the last two days by the live floor, before that by the books of closed days, one day after
 * the other, so that no more is held than the sums.
 */
export const readAgentReport = async ({ books, plans, adherence, cohorts }: AgentReportDeps, site: string, floor: Floor, query: AgentReportQuery): Promise<AgentReport> => {
  const { from, to, day, only, gone } = query
  const cohort = cohortOf(floor, query)
  const nothing: AgentReport = { parts: [], notKept: [], cohort }
  const tally = agentTally({ ...query, dayOf: (at) => businessDayOf(day, at).from })
  const hotFrom = instantOf(Math.floor((floor.asOf - HOT_MS) / QUARTER_HOUR) * QUARTER_HOUR)
  // A floor without a live source stands still: what came after it is imported history.
  const hotTo = instantOf(Math.ceil((floor.asOf + AHEAD_MS) / QUARTER_HOUR) * QUARTER_HOUR)
  const past = [{ from, to: instantOf(Math.min(to, hotFrom)) }, { from: instantOf(Math.max(from, hotTo)), to }].filter((part) => part.from < part.to)

  for (const part of past) {
    let team: string | null = null
    const gains = tally.gains(() => team)
    for await (const line of books.agents(site, part.from, part.to, tally.asOne)) {
      team = line[1]
      if (only === undefined || line[0] === only) tellLine(line, part.from, part.to, gains)
      if (gone()) return nothing
    }
  }
  const teams = new Map<AgentNumber, string | null>()
  const teamOf = (agent: AgentNumber): string | null => {
    let team = teams.get(agent)
    if (team === undefined) {
      team = floor.agent(agent)?.team ?? null
      teams.set(agent, team)
    }
    return team
  }
  const hot = floor.agentGains({ from: instantOf(Math.max(from, hotFrom)), to: instantOf(Math.min(to, hotTo)) }, tally.gains(teamOf))
  for (const _ of hot) {
    await breathe()
    if (gone()) return nothing
  }
  for await (const { agent, at, channel, ...sums } of cohorts.agents(site, { ...cohort, queue: query.queue ?? null, only, asOne: tally.asOne, gone })) tally.cohort(agent, at, channel, sums)
  await judge({ books, plans, adherence }, site, floor, query, tally)
  const kept = [...(await Promise.all(past.map((part) => books.agentsKept(site, part.from, part.to)))).flat(), { from: hotFrom, to: hotTo }]
  // What is still to come is missing nowhere.
  return { parts: tally.parts(), notKept: gapsIn(kept, from, instantOf(Math.min(to, Math.max(floor.asOf, ...kept.map((part) => part.to))))), cohort }
}

/** Holds plans against what agents were, day by day; an activity belongs to the day in which it begins. */
const judge = async ({ books, plans, adherence }: Omit<AgentReportDeps, 'cohorts'>, site: string, floor: Floor, { from, to, day, gone }: AgentReportQuery, tally: AgentTally): Promise<void> => {
  const { activities: rules } = await adherence(site)
  for (let bounds = businessDayOf(day, from); bounds.from < to && !gone(); bounds = businessDayOf(day, bounds.to)) {
    const planned = new Map<AgentNumber, Activity[]>()
    let end: number = bounds.to
    for (const { agent, activity, ...one } of await plans.schedule(site, instantOf(Math.max(bounds.from, from)), instantOf(Math.min(bounds.to, to)))) {
      // What reaches into the range from before it counts in the range's first day.
      if (one.from < bounds.from && bounds.from > from) continue
      const own = planned.get(agent) ?? []
      own.push({ activity, from: instantOf(Math.max(one.from, from)), to: instantOf(Math.min(one.to, to)) })
      planned.set(agent, own)
      end = Math.max(end, Math.min(one.to, to))
    }
    if (planned.size === 0) continue
    const states = await agentStates(books, site, floor, instantOf(bounds.from - 2 * HOUR), instantOf(end))
    let read = 0
    for (const [agent, own] of planned) {
      const judged = own.filter((one) => states.known(one.from, one.to))
      if (judged.length > 0) tally.planned(agent, bounds.from, adherenceOf(judged, states.of(agent), { asOf: floor.asOf, rules }))
      read += 1
      if (read % 500 === 0) await breathe()
    }
  }
}

/** Whether somebody who reaches an area sees an agent: by where they are now, and whoever is no longer there by where they were. */
export const seesPart = (area: Area | null, floor: Pick<Floor, 'agent'>, { agent, team, queues }: Pick<AgentPart, 'agent' | 'team' | 'queues'>, teamNow: string | null): boolean => {
  if (area === null) return true
  const now = floor.agent(agent)
  return inArea(area, now === null ? { team: team ?? teamNow, queues: [...queues] } : { team: now.team ?? teamNow, queues: now.queues })
}
