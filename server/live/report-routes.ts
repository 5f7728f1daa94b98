import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import type { IntervalFigures } from '../domain/queue-figures.ts'
import { newestRules } from '../domain/kpi/roll-up.ts'
import { levelsAdd } from '../domain/reports/level-rules.ts'
import { sameIntervalBefore } from '../domain/reports/normal-range.ts'
import { customerLevels, FOLLOWS_MS } from '../domain/reports/customer-level.ts'
import { heatMap } from '../domain/reports/heat-map.ts'
import { lostTally } from '../domain/reports/lost-reasons.ts'
import { onTarget } from '../domain/reports/on-target.ts'
import { reportMetrics } from '../domain/reports/read-figure.ts'
import { transferTally } from '../domain/reports/transfers.ts'
import { trend } from '../domain/reports/trend.ts'
import type { BusinessDay, QueueSettings, ServiceTarget } from '../domain/settings.ts'
import { DAY, instantOf } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import { problem } from '../http/problem.ts'
import { channel, inOrder, name, range, series, zone } from './history-queries.ts'
import { settingsOfQueue, type HistoryReads } from './history-reads.ts'
import type { LiveReplica } from './live-replica.ts'
import { sendReport } from './exports/send-report.ts'
import { steps } from './interval-steps.ts'
import { scopeOf } from './scope.ts'

const common = { ...range, queue: name.optional(), channel: channel.optional(), tz: zone.optional(), format: z.enum(['json', 'csv']).default('json') }
const metric = z.enum(reportMetrics, { error: `must be one of ${reportMetrics.join(', ')}` }).default('serviceLevel')
/** Of rows, which have two series; contacts have one. */
const ofRows = { ...common, series: series.optional() }
const heatQuery = z.strictObject({ ...ofRows, metric })
const trendQuery = z.strictObject({ ...ofRows, metric, step: z.enum(steps).default('30m') })
const targetQuery = z.strictObject({ ...ofRows, step: z.enum(['15m', '30m', '1h']).default('30m') })
const contactsQuery = z.strictObject(common)
/** Handling of a contact ends at most so long after it came, or it is not counted. */
const LONGEST_MS = 3 * DAY

/** The newest target of the rows; levels that queues had against different targets at one time are not added. */
const targetFor = (settings: (queue: string) => QueueSettings, rows: readonly IntervalFigures[], metricName: string): ServiceTarget => {
  if (metricName === 'serviceLevel' && !levelsAdd(rows, settings)) throw problem(422, 'targets_differ', 'these queues have different targets, and service levels of different targets cannot be added: name one queue')
  return newestRules(rows)?.target ?? settings(rows[0]?.queue ?? '').target
}

/** Reports over stored and live rows: what happened in a range, beside what is usual. */
export const reportRoutes = (reads: HistoryReads): Router => {
  const router = Router()
  const siteOf = (request: Request): string => String(request.params.site)

  const dayOf = (replica: LiveReplica, queue: string | undefined, tz: string | undefined): BusinessDay => {
    const { day } = settingsOfQueue(replica)(queue ?? '')
    return tz === undefined ? day : { timeZone: tz, startsAt: '00:00' }
  }
  const rowsOf = (request: Request, response: Response, query: z.infer<z.ZodObject<typeof ofRows>> & { readonly step: (typeof steps)[number] }): Promise<readonly IntervalFigures[]> => {
    const { from, to, step, queue, channel: of, tz, series: asked } = query
    return reads.intervals(siteOf(request), scopeOf(credentialOf(response)), { from, to, step, basis: 'outcome', ...(queue === undefined ? {} : { queue }), ...(of === undefined ? {} : { channel: of }), ...(tz === undefined ? {} : { tz }), ...(asked === undefined ? {} : { series: asked }) })
  }
  /** Which series is shown, with the reason of each recompute behind it. */
  const seriesOf = async (request: Request, query: z.infer<z.ZodObject<typeof ofRows>>) => ({ series: query.series ?? 'original', recomputes: await reads.recomputesOf(siteOf(request), query) })

  router.get('/sites/:site/reports/heat-map', guard('history:read'), async (request, response) => {
    const query = queryOf(heatQuery, request.url)
    inOrder(query)
    const replica = await reads.replicaFor(siteOf(request), scopeOf(credentialOf(response)), query.queue)
    const rows = await rowsOf(request, response, { ...query, step: '15m' })
    const target = targetFor(await reads.settingsFor(siteOf(request), query), rows, query.metric)
    const day = dayOf(replica, query.queue, query.tz)
    sendReport(response, query.format, { report: 'heat-map', metric: query.metric, queue: query.queue ?? null, timeZone: day.timeZone, target, ...(await seriesOf(request, query)) }, heatMap(rows, { metric: query.metric, variant: target.variant, day }))
  })

  router.get('/sites/:site/reports/trends', guard('history:read'), async (request, response) => {
    const query = queryOf(trendQuery, request.url)
    inOrder(query)
    const replica = await reads.replicaFor(siteOf(request), scopeOf(credentialOf(response)), query.queue)
    const { timeZone } = dayOf(replica, query.queue, query.tz)
    const from = sameIntervalBefore(query.from, timeZone).at(-1) ?? query.from
    const rows = await rowsOf(request, response, { ...query, from })
    const target = targetFor(await reads.settingsFor(siteOf(request), query), rows, query.metric)
    const points = trend(rows, { metric: query.metric, variant: target.variant, timeZone, from: query.from, to: query.to })
    sendReport(response, query.format, { report: 'trends', metric: query.metric, queue: query.queue ?? null, timeZone, step: query.step, target, ...(await seriesOf(request, query)) }, points)
  })

  router.get('/sites/:site/reports/on-target', guard('history:read'), async (request, response) => {
    const query = queryOf(targetQuery, request.url)
    inOrder(query)
    const settings = await reads.settingsFor(siteOf(request), query)
    const rows = onTarget(await rowsOf(request, response, query), (queue) => settings(queue).target)
    sendReport(response, query.format, { report: 'on-target', step: query.step, ...(await seriesOf(request, query)) }, rows)
  })

  router.get('/sites/:site/reports/lost-reasons', guard('history:read'), async (request, response) => {
    const query = queryOf(contactsQuery, request.url)
    inOrder(query)
    const scope = scopeOf(credentialOf(response))
    const replica = await reads.replicaFor(siteOf(request), scope, query.queue)
    const tally = lostTally(settingsOfQueue(replica))
    for await (const contact of reads.contacts(siteOf(request), scope, { from: query.from, to: query.to, ...(query.queue === undefined ? {} : { queue: query.queue }) })) {
      if (query.channel === undefined || contact.channel === query.channel) tally.add(contact)
    }
    sendReport(response, query.format, { report: 'lost-reasons', queue: query.queue ?? null }, tally.rows())
  })

  router.get('/sites/:site/reports/transfers', guard('history:read'), async (request, response) => {
    const query = queryOf(contactsQuery, request.url)
    inOrder(query)
    const scope = scopeOf(credentialOf(response))
    await reads.replicaFor(siteOf(request), scope, query.queue)
    const tally = transferTally(query)
    for await (const contact of reads.contacts(siteOf(request), scope, { from: instantOf(query.from - LONGEST_MS), to: query.to, ...(query.queue === undefined ? {} : { queue: query.queue }) })) {
      if (query.channel === undefined || contact.channel === query.channel) tally.add(contact)
    }
    sendReport(response, query.format, { report: 'transfers', queue: query.queue ?? null, basis: 'end', total: tally.total() }, tally.rows())
  })

  router.get('/sites/:site/reports/customer-level', guard('history:read'), async (request, response) => {
    const query = queryOf(contactsQuery, request.url)
    inOrder(query)
    const scope = scopeOf(credentialOf(response))
    const replica = await reads.replicaFor(siteOf(request), scope, query.queue)
    const levels = customerLevels({ from: query.from, to: query.to, settingsOf: settingsOfQueue(replica) })
    // Of all queues: an interaction that began in the one asked for goes on in others.
    for await (const contact of reads.contacts(siteOf(request), scope, { from: instantOf(query.from - DAY), to: instantOf(query.to + FOLLOWS_MS) })) {
      if (query.channel === undefined || contact.channel === query.channel) levels.add(contact)
    }
    sendReport(response, query.format, { report: 'customer-level', queue: query.queue ?? null, basis: 'outcome' }, levels.rows().filter(({ queue }) => query.queue === undefined || queue === query.queue))
  })

  return router
}
