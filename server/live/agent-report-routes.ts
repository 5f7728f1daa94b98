import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { inArea } from '../contract/roles.ts'
import { addAgentSums, agentFigures, type AgentReportFigures } from '../domain/kpi/agent-sums.ts'
import { agentReportDefinitions } from '../domain/kpi/agent-report-definitions.ts'
import { wholeMs } from '../domain/kpi/whole-ms.ts'
import { agentGroupings, teamParts, type AgentPart } from '../domain/reports/agent-tally.ts'
import { teamsNow, windowOf, type TeamMember } from '../domain/reports/teams-now.ts'
import { DAY, isoOf } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Sealed } from '../redis/sealed.ts'
import { daysOf, readAgentReport, seesPart, type AgentReportCohort, type AgentReportDeps } from './agent-report.ts'
import { sendReport } from './exports/send-report.ts'
import { channel, inOrder, name, range, yes, zone } from './history-queries.ts'
import type { HistoryReads } from './history-reads.ts'
import { scopeOf } from './scope.ts'
import { agentId } from './to-rows.ts'

export interface AgentReportRoutesDeps extends AgentReportDeps {
  readonly reads: Pick<HistoryReads, 'replicaFor'>
  readonly sealed: Pick<Sealed, 'agents'>
}

const format = z.enum(['json', 'csv']).default('json')
const by = z.enum(agentGroupings, { error: `must be one of ${agentGroupings.join(', ')}` }).default('agent')
const agentsQuery = z.strictObject({ ...range, by, queue: name.optional(), channel: channel.optional(), agent: name.optional(), team: name.optional(), tz: zone.optional(), format, definitions: yes.default(false) })
const MOST_ROWS = 100_000

const cohortTold = ({ from, to, windowMs, maturesAt }: AgentReportCohort) => ({ method: 'repeat' as const, windowDays: windowMs / DAY, from: isoOf(from), to: to > from ? isoOf(to) : null, maturesAt: isoOf(maturesAt) })

/** As it goes out: durations in whole ms; in a table reasons of AUX as columns of their own, and the cohort beside its figure. */
const told = (figures: AgentReportFigures, as: 'json' | 'csv', cohort: AgentReportCohort) => ({
  ...figures,
  ...Object.fromEntries((['ahtMs', 'activeMs', 'talkMs', 'holdMs', 'acwMs', 'holdOfHeldMs', 'acwOfWrappedMs', 'ringMs', 'firstResponseMs', 'firstResponseBusinessMs'] as const).map((key) => [key, wholeMs(figures[key])])),
  aux: as === 'json' ? figures.aux : Object.fromEntries(figures.aux.map(({ reason, ms }) => [reason ?? '', ms])),
  ...(as === 'json' ? {} : { fcrCohortFrom: cohort.to > cohort.from ? isoOf(cohort.from) : null, fcrCohortTo: cohort.to > cohort.from ? isoOf(cohort.to) : null, fcrWindowDays: cohort.windowMs / DAY }),
})
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const didSomething = ({ sums }: AgentPart): boolean => sums.cohort.answered > 0 || Object.values(sums.counts).some((count) => count !== 0)

/** What agents and teams did in a range of any age, and what teams are now. */
export const agentReportRoutes = ({ reads, sealed, ...deps }: AgentReportRoutesDeps): Router => {
  const router = Router()

  router.get('/sites/:site/reports/agents', guard('agents:read'), async (request, response) => {
    const query = queryOf(agentsQuery, request.url)
    inOrder(query)
    const [site, { area }] = [String(request.params.site), scopeOf(credentialOf(response))]
    const { floor } = await reads.replicaFor(site, scopeOf(credentialOf(response)), query.queue)
    const [number] = query.agent === undefined ? [] : await sealed.agents.find(site, [query.agent])
    if (query.agent !== undefined && typeof number !== 'number') throw notFound('agent', query.agent)
    const day = daysOf(floor, query.tz)
    const { parts, notKept, cohort } = await readAgentReport(deps, site, floor, { ...query, only: number ?? undefined, day, gone: () => response.destroyed })
    const names = await sealed.agents.resolve(site, [...new Set(parts.map(({ agent }) => agent))])
    const seen = parts.flatMap((part): readonly AgentPart[] => {
      const teamNow = names.get(part.agent)?.team ?? null
      if (!seesPart(area, floor, part, teamNow) || (query.agent !== undefined && part.agent !== number)) return []
      return [{ ...part, team: part.team ?? teamNow }]
    })
    // Somebody of another area, and nobody, are told in the same words.
    if (query.agent !== undefined && area !== null && seen.length === 0) throw notFound('agent', query.agent)
    const asked = seen.filter((part) => (query.team === undefined || part.team === query.team) && ((query.queue === undefined && query.channel === undefined) || didSomething(part)))
    const rows = query.by === 'team'
      ? [...teamParts(asked)].sort((a, b) => byText(a.team ?? '\uffff', b.team ?? '\uffff')).map(({ team, agents, sums }) => ({ team, agents, ...told(agentFigures(sums), query.format, cohort) }))
      : asked.map(({ agent, team, day: began, sums }) => ({ agent: agentId(agent, names.get(agent) ?? null), agentName: names.get(agent)?.name ?? null, team, ...(began === null ? {} : { day: isoOf(began) }), ...told(agentFigures(sums), query.format, cohort) }))
          .sort((a, b) => byText(a.agentName ?? a.agent, b.agentName ?? b.agent) || byText(a.agent, b.agent) || byText(a.day ?? '', b.day ?? ''))
    if (rows.length > MOST_ROWS) throw problem(422, 'too_many_rows', `${rows.length} rows are more than ${MOST_ROWS}: ask for less time, one team or one agent, or by agent instead of by day`)
    const total = { agents: new Set(asked.map(({ agent }) => agent)).size, ...told(agentFigures(addAgentSums(asked.map(({ sums }) => sums))), 'json', cohort) }
    sendReport(response, query.format, { report: 'agents', by: query.by, from: isoOf(query.from), to: isoOf(query.to), timeZone: day.timeZone, queue: query.queue ?? null, channel: query.channel ?? null, notKept: notKept.map(({ from, to }) => ({ from: isoOf(from), to: isoOf(to) })), cohort: cohortTold(cohort), total }, rows, query.definitions ? agentReportDefinitions : {})
  })

  router.get('/sites/:site/reports/teams', guard('agents:read'), async (request, response) => {
    const { format: as } = queryOf(z.strictObject({ format }), request.url)
    const [site, scope] = [String(request.params.site), scopeOf(credentialOf(response))]
    const { floor } = await reads.replicaFor(site, scope)
    const window = windowOf(floor.asOf)
    const present = floor.agentNumbers().flatMap((agent) => floor.agent(agent) ?? [])
    const names = await sealed.agents.resolve(site, present.map(({ agent }) => agent))
    const members = present.flatMap((figures): readonly TeamMember[] => {
      const team = figures.team ?? names.get(figures.agent)?.team ?? null
      return inArea(scope.area, { team, queues: figures.queues }) ? [{ figures, team, bands: floor.bands(figures.agent, window.from, window.to) }] : []
    })
    const rows = teamsNow(members).map(({ longest, ...row }) => ({ ...row, longest: longest.map(({ state, agent, since }) => ({ state, agent: agentId(agent, names.get(agent) ?? null), agentName: names.get(agent)?.name ?? null, since })) }))
    sendReport(response, as, { report: 'teams', asOf: isoOf(floor.asOf), window: 'R30' }, rows)
  })

  return router
}
