import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { reachesQueue } from '../contract/roles.ts'
import type { IntervalFigures } from '../domain/queue-figures.ts'
import { expectedOf, type Expected, type PlanInterval } from '../domain/plan/day-plan.ts'
import { staffingOf, staffingTotal } from '../domain/plan/staffing.ts'
import { wholeMs } from '../domain/kpi/whole-ms.ts'
import { sameIntervalBefore } from '../domain/reports/normal-range.ts'
import { figureOf } from '../domain/reports/read-figure.ts'
import { DAY, instantOf, isoOf, QUARTER_HOUR, type Instant } from '../domain/time.ts'
import { bytesBody, queryOf, textOf } from '../http/body.ts'
import { problem } from '../http/problem.ts'
import { readPlanCsv } from '../ingest/plan-csv.ts'
import type { Plans } from '../redis/plans.ts'
import { sendReport } from './exports/send-report.ts'
import { inOrder, name, range, zone } from './history-queries.ts'
import { settingsOfQueue, type HistoryReads } from './history-reads.ts'
import { momentOf } from './moment.ts'
import { scopeOf } from './scope.ts'

export const LARGEST_FILE = 8 * 1024 * 1024
const format = z.enum(['json', 'csv']).default('json')
const putQuery = z.strictObject({ tz: zone.optional(), dryRun: z.enum(['true', 'false']).default('false') })
const planQuery = z.strictObject({ ...range, queue: name.optional(), format })
const nowQuery = z.strictObject({ queue: name.optional(), format })
const LONGEST_MS = 8 * DAY

/** Said where a file was read: how much of it was taken, and every line that was not. */
export const readAnswer = (found: readonly unknown[], rejected: readonly unknown[], dryRun: boolean) => ({ accepted: dryRun ? 0 : found.length, read: found.length, rejectedCount: rejected.length, rejected: rejected.slice(0, 100), dryRun })

/** The plan of queues: given as a table, else the median of four same weekdays; and how many people are missing. */
export const planRoutes = ({ reads, plans, now }: { readonly reads: HistoryReads; readonly plans: Plans; readonly now: () => Instant }): Router => {
  const router = Router()
  const siteOf = (request: Request): string => String(request.params.site)

  router.put('/sites/:site/plan', guard('imports:run'), ...bytesBody(['text/csv', 'text/plain'], LARGEST_FILE), async (request, response) => {
    const { tz, dryRun } = queryOf(putQuery, request.url)
    const { floor } = await reads.replicaFor(siteOf(request), scopeOf(credentialOf(response)))
    const read = readPlanCsv(textOf(request.body), tz ?? floor.settings().site.timeZone)
    if ('missing' in read) throw problem(422, 'column_missing', `the table has no column ${read.missing}`)
    if (dryRun === 'false') await plans.putPlan(siteOf(request), read.found)
    response.json(readAnswer(read.found, read.rejected, dryRun === 'true'))
  })

  /** What is expected of each queue in [from, to), beside what earlier weeks brought. */
  const expectedIn = async (request: Request, response: Response, asked: { readonly from: Instant; readonly to: Instant; readonly queue?: string | undefined }): Promise<readonly { readonly expected: Expected; readonly actual: readonly IntervalFigures[] }[]> => {
    const { from, to, queue } = asked
    const [site, scope] = [siteOf(request), scopeOf(credentialOf(response))]
    const replica = await reads.replicaFor(site, scope, queue)
    const settings = settingsOfQueue(replica)
    const rowsIn = async (begin: Instant, end: Instant): Promise<ReadonlyMap<string, readonly IntervalFigures[]>> => {
      const rows = await reads.intervals(site, scope, { from: begin, to: end, step: '15m', basis: 'arrival', ...(queue === undefined ? {} : { queue }) })
      const found = new Map<string, IntervalFigures[]>()
      for (const row of rows) found.set(`${row.from} ${row.queue}`, [...(found.get(`${row.from} ${row.queue}`) ?? []), row])
      return found
    }
    const given = (await plans.plan(site, from, to)).filter((one) => (queue === undefined || one.queue === queue) && reachesQueue(scope.area, one.queue))
    const byPlace = new Map(given.map((one): readonly [string, PlanInterval] => [`${one.from} ${one.queue}`, one]))
    const queues = queue === undefined ? [...new Set([...replica.floor.queueIds().filter((id) => reachesQueue(scope.area, id)), ...given.map((one) => one.queue)])] : [queue]
    const zones = [...new Set(queues.map((id) => settings(id).day.timeZone))]
    const came = await rowsIn(from, to)
    const weeks = new Map(await Promise.all(zones.map(async (timeZone) => [timeZone, await Promise.all(sameIntervalBefore(from, timeZone).map((begin, week) => rowsIn(begin, sameIntervalBefore(to, timeZone)[week] ?? begin)))] as const)))
    return queues.flatMap((id) => {
      const { timeZone } = settings(id).day
      return Array.from({ length: Math.ceil((to - from) / QUARTER_HOUR) }, (_, index) => {
        const at = instantOf(from + index * QUARTER_HOUR)
        const place = `${at} ${id}`
        const starts = sameIntervalBefore(at, timeZone)
        // A quiet quarter hour of a week that was kept is a zero; a week of which nothing is kept is not known.
        const earlier = (weeks.get(timeZone) ?? []).map((rows, week) => (rows.size === 0 ? [] : (rows.get(`${starts[week]} ${id}`) ?? [nothing(id)])))
        return { expected: expectedOf(byPlace.get(place) ?? null, { queue: id, from: at }, earlier), actual: came.get(place) ?? [] }
      })
    })
  }

  router.get('/sites/:site/plan', guard('history:read'), async (request, response) => {
    const query = queryOf(planQuery, request.url)
    inOrder(query)
    if (query.to - query.from > LONGEST_MS) throw problem(422, 'range_invalid', 'from and to must lie at most 8 days apart')
    const begin = instantOf(Math.floor(query.from / QUARTER_HOUR) * QUARTER_HOUR)
    const replica = await reads.replicaFor(siteOf(request), scopeOf(credentialOf(response)), query.queue)
    const rows = (await expectedIn(request, response, { ...query, from: begin })).map(({ expected, actual }) => {
      const { staffed: _now, gap, ...row } = staffingOf(expected, settingsOfQueue(replica)(expected.queue).target, null)
      return { ...row, ahtMs: wholeMs(row.ahtMs), activeMs: wholeMs(row.activeMs), to: instantOf(expected.from + QUARTER_HOUR), gap, offered: figureOf('offered', actual, 'V3').value, actualAhtMs: wholeMs(figureOf('ahtMs', actual, 'V3').value), actualActiveMs: wholeMs(figureOf('activeMs', actual, 'V3').value) }
    })
    sendReport(response, query.format, { report: 'plan', from: isoOf(begin), to: isoOf(query.to), queue: query.queue ?? null }, rows)
  })

  router.get('/sites/:site/reports/staffing', guard('history:read'), async (request, response) => {
    const { queue, format: as } = queryOf(nowQuery, request.url)
    const replica = await reads.replicaFor(siteOf(request), scopeOf(credentialOf(response)), queue)
    const { floor } = replica
    const asOf = momentOf(floor, now)
    const from = instantOf(Math.floor(asOf / QUARTER_HOUR) * QUARTER_HOUR)
    const rows = (await expectedIn(request, response, { from, to: instantOf(from + QUARTER_HOUR), queue })).map(({ expected }) => staffingOf(expected, settingsOfQueue(replica)(expected.queue).target, floor.queue(expected.queue)?.staffed ?? null))
    // Who serves several queues is there once.
    const total = staffingTotal(rows.filter(({ basis }) => basis !== null), floor.totals(rows.map((row) => row.queue)).staffed)
    sendReport(response, as, { report: 'staffing', asOf: isoOf(asOf), total }, rows.map((row) => ({ ...row, ahtMs: wholeMs(row.ahtMs), activeMs: wholeMs(row.activeMs) })))
  })

  return router
}

const nothing = (queue: string): IntervalFigures => ({ queue, offered: 0, answered: 0, abandoned: 0, shortAbandoned: 0, handled: 0, waitMsTotal: 0, abandonWaitMsTotal: 0, talkMsTotal: 0, holdMsTotal: 0, acwMsTotal: 0 }) as unknown as IntervalFigures
