import { Router, type Request } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { excuseBody } from '../contract/plan-schemas.ts'
import type { SettingsDocument } from '../contract/settings.ts'
import { businessDayOf } from '../domain/business-day.ts'
import { adherenceOf, type Adherence } from '../domain/plan/adherence.ts'
import { breakRowOf } from '../domain/plan/break-board.ts'
import { rollCallOf } from '../domain/plan/roll-call.ts'
import { shareOf } from '../domain/kpi/service-level.ts'
import { DAY, HOUR, instantOf, isoOf, type Instant } from '../domain/time.ts'
import { accepted, bytesBody, jsonBody, mediaTypeOf, queryOf, textOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import { shiftsOfCalendar } from '../incidents/rota-calendar.ts'
import { activityName, readScheduleCsv, type NamedActivity, type ReadPlan } from '../ingest/plan-csv.ts'
import type { DayBooks } from '../redis/day-books.ts'
import type { PlannedActivity, Plans } from '../redis/plans.ts'
import type { Sealed } from '../redis/sealed.ts'
import { agentStates } from './agent-states.ts'
import { sendReport } from './exports/send-report.ts'
import { inOrder, instant, name, range, zone } from './history-queries.ts'
import type { HistoryReads } from './history-reads.ts'
import type { LiveReplica } from './live-replica.ts'
import { LARGEST_FILE, readAnswer } from './plan-routes.ts'
import { momentOf } from './moment.ts'
import { openRoster } from './roster.ts'
import { scopeOf } from './scope.ts'

export interface RosterRoutesDeps {
  readonly books: Pick<DayBooks, 'bands' | 'covered'>
  readonly reads: HistoryReads
  readonly plans: Plans
  readonly sealed: Pick<Sealed, 'agents'>
  readonly adherence: (site: string) => Promise<SettingsDocument['adherence']>
  readonly now: () => Instant
}

const format = z.enum(['json', 'csv']).default('json')
const putQuery = z.strictObject({ tz: zone.optional(), agent: name.optional(), dryRun: z.enum(['true', 'false']).default('false') })
const rangeQuery = z.strictObject({ ...range, format })
const dayQuery = z.strictObject({ at: instant.optional(), format })
const nowQuery = z.strictObject({ format })
/** A calendar that repeats is unrolled so far ahead. */
const AHEAD_MS = 60 * DAY

/** Who should be here, who is, and how the day goes beside its plan. */
export const rosterRoutes = ({ reads, books, plans, sealed, adherence, now }: RosterRoutesDeps): Router => {
  const router = Router()
  const siteOf = (request: Request): string => String(request.params.site)

  const readSchedule = (type: string, text: string, { agent, timeZone, asOf }: { readonly agent: string | undefined; readonly timeZone: string; readonly asOf: Instant }): ReadPlan<NamedActivity> => {
    if (type !== 'text/calendar') return readScheduleCsv(text, timeZone)
    const calendar = shiftsOfCalendar(text, instantOf(asOf - 7 * DAY), instantOf(asOf + AHEAD_MS))
    if (calendar === null) throw problem(422, 'calendar_invalid', 'the body is no calendar file (RFC 5545)')
    const named = calendar.shifts.map(({ summary, attendee, from, to }, index) => ({ line: index + 1, agentId: agent ?? attendee ?? null, activity: activityName(summary), from, to }))
    return {
      found: named.flatMap(({ agentId: id, activity, from, to }): readonly NamedActivity[] => (id === null || to - from > DAY ? [] : [{ agentId: id, agentName: null, activity, from, to }])),
      rejected: named.flatMap(({ line, agentId: id, from, to }) => (id === null ? [{ line, detail: 'the event names no attendee, and the address no agent' }] : to - from > DAY ? [{ line, detail: 'the event is longer than a day' }] : [])),
    }
  }

  router.put('/sites/:site/schedule', guard('imports:run'), ...bytesBody(['text/csv', 'text/plain', 'text/calendar'], LARGEST_FILE), async (request, response) => {
    const { tz, agent, dryRun } = queryOf(putQuery, request.url)
    const site = siteOf(request)
    const { floor } = await reads.replicaFor(site, scopeOf(credentialOf(response)))
    const read = readSchedule(mediaTypeOf(request.headers['content-type']), textOf(request.body), { agent, timeZone: tz ?? floor.settings().site.timeZone, asOf: momentOf(floor, now) })
    if ('missing' in read) throw problem(422, 'column_missing', `the table has no column ${read.missing}`)
    if (dryRun === 'false') {
      const ids = [...new Set(read.found.map((one) => one.agentId))]
      const names = new Map(read.found.map((one) => [one.agentId, one.agentName]))
      const numbers = await sealed.agents.numbersOf(site, ids.map((id) => ({ id, name: names.get(id) ?? null })))
      const numberOf = new Map(ids.map((id, index) => [id, numbers[index] ?? null]))
      await plans.putSchedule(site, read.found.flatMap(({ agentId: id, activity, from, to }): readonly PlannedActivity[] => {
        const number = numberOf.get(id) ?? null
        return number === null ? [] : [{ agent: number, activity, from, to }]
      }))
    }
    response.json(readAnswer(read.found, read.rejected, dryRun === 'true'))
  })

  const { everybody, named } = openRoster({ plans, sealed })
  const dayOf = ({ floor }: LiveReplica, at: Instant | undefined) => businessDayOf(floor.settings().defaults.day, at ?? momentOf(floor, now))

  router.get('/sites/:site/schedule', guard('agents:read'), async (request, response) => {
    const query = queryOf(rangeQuery, request.url)
    inOrder(query)
    const [site, scope] = [siteOf(request), scopeOf(credentialOf(response))]
    const replica = await reads.replicaFor(site, scope)
    const people = await everybody(site, scope, replica, query.from, query.to)
    sendReport(response, query.format, { report: 'schedule', from: isoOf(query.from), to: isoOf(query.to) }, await named(site, replica, people.flatMap(({ number, activities }) => activities.map(({ activity, from, to }) => ({ number, activity, from, to })))))
  })

  router.get('/sites/:site/reports/roll-call', guard('agents:read'), async (request, response) => {
    const { at, format: as } = queryOf(dayQuery, request.url)
    const [site, scope] = [siteOf(request), scopeOf(credentialOf(response))]
    const replica = await reads.replicaFor(site, scope)
    const { floor } = replica
    const day = dayOf(replica, at)
    const asOf = momentOf(floor, now)
    const people = await everybody(site, scope, replica, day.from, day.to)
    const rows = people.map(({ number, activities }) => ({ number, ...rollCallOf(activities, floor.agent(number), floor.bands(number, instantOf(day.from - 2 * HOUR), day.to), asOf) })).filter(({ state }) => state !== 'not-planned')
    sendReport(response, as, { report: 'roll-call', asOf: isoOf(asOf), counts: Object.fromEntries([...new Set(rows.map(({ state }) => state))].map((state) => [state, rows.filter((row) => row.state === state).length])) }, await named(site, replica, rows))
  })

  router.put('/sites/:site/roll-call/:agent', guard('incidents:command'), ...jsonBody(), async (request, response) => {
    const { excuse } = accepted(excuseBody, request.body)
    const [site, id] = [siteOf(request), String(request.params.agent)]
    const scope = scopeOf(credentialOf(response))
    const replica = await reads.replicaFor(site, scope)
    const [number] = await sealed.agents.find(site, [id])
    const day = dayOf(replica, undefined)
    if (number === null || number === undefined || !(await everybody(site, scope, replica, day.from, day.to)).some((person) => person.number === number)) throw notFound('agent', id)
    await plans.excuse(site, number, day, excuse)
    response.json({ agent: id, excuse })
  })

  router.get('/sites/:site/reports/breaks', guard('agents:read'), async (request, response) => {
    const { format: as } = queryOf(nowQuery, request.url)
    const [site, scope] = [siteOf(request), scopeOf(credentialOf(response))]
    const replica = await reads.replicaFor(site, scope)
    const { floor } = replica
    const day = dayOf(replica, undefined)
    const { activities: rules } = await adherence(site)
    const asOf = momentOf(floor, now)
    const order = { over: 0, due: 1, on: 2 } as const
    const rows = (await everybody(site, scope, replica, day.from, day.to)).flatMap(({ number, activities }) => {
      const agent = floor.agent(number)
      const row = agent === null ? null : breakRowOf(agent, activities, { asOf, rules })
      return row === null ? [] : [{ number, ...row }]
    })
    sendReport(response, as, { report: 'breaks', asOf: isoOf(asOf) }, await named(site, replica, rows.sort((a, b) => order[a.kind] - order[b.kind] || a.since - b.since)))
  })

  router.get('/sites/:site/reports/adherence', guard('agents:read'), async (request, response) => {
    const query = queryOf(rangeQuery, request.url)
    inOrder(query)
    const [site, scope] = [siteOf(request), scopeOf(credentialOf(response))]
    const replica = await reads.replicaFor(site, scope)
    const { floor } = replica
    const { activities: rules } = await adherence(site)
    const states = await agentStates(books, site, floor, instantOf(query.from - 2 * HOUR), query.to)
    let notKept = 0
    const rows = (await everybody(site, scope, replica, query.from, query.to)).flatMap(({ number, activities }) => {
      const clipped = activities.map((one) => ({ ...one, from: instantOf(Math.max(one.from, query.from)), to: instantOf(Math.min(one.to, query.to)) }))
      const judged = clipped.filter(({ from, to }) => states.known(from, to))
      notKept += clipped.length - judged.length
      return judged.length === 0 ? [] : [{ number, ...adherenceOf(judged, states.of(number), { asOf: floor.asOf, rules }) }]
    })
    sendReport(response, query.format, { report: 'adherence', from: isoOf(query.from), to: isoOf(query.to), notKept, total: totalOf(rows) }, await named(site, replica, rows))
  })

  return router
}

/** Ratio of sums, never a mean of ratios (R6). */
const totalOf = (rows: readonly Adherence[]): Pick<Adherence, 'scheduledMs' | 'exceptionMs' | 'adherence' | 'conformance'> => {
  const sum = (of: (row: Adherence) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const [scheduledMs, exceptionMs] = [sum((row) => row.scheduledMs), sum((row) => row.exceptionMs)]
  return { scheduledMs, exceptionMs, adherence: scheduledMs > 0 ? Math.max(0, 1 - exceptionMs / scheduledMs) : null, conformance: shareOf({ numerator: sum((row) => row.onQueueMs), denominator: sum((row) => row.scheduledOnQueueMs) }) }
}
