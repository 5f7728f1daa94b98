import { Router } from 'express'
import { credentialOf, guard } from '../access/guard.ts'
import { refPattern } from '../contract/incidents.ts'
import type { ReviewAnswer } from '../contract/reviews.ts'
import { namingOnly } from '../contract/named-records.ts'
import { areaOf, concerns } from '../contract/roles.ts'
import { weeksBefore } from '../domain/business-day.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { kpiLossOf } from '../domain/incident/kpi-loss.ts'
import { instantOf, QUARTER_HOUR, type Instant } from '../domain/time.ts'
import { notFound } from '../http/problem.ts'
import type { History as FigureHistory } from '../redis/history.ts'
import type { PeopleNames } from '../redis/incident-people.ts'
import type { Texts } from '../redis/sealed-texts.ts'
import type { Incidents } from './incidents.ts'
import { reviewRowOf, reviewTextIds } from './review-row.ts'

export interface ReviewRoutesDeps {
  readonly incidents: Pick<Incidents, 'record' | 'timeline'>
  readonly texts: Texts
  readonly names: Pick<PeopleNames, 'resolve'>
  readonly figures: Pick<FigureHistory, 'readRows'>
  readonly timeZone: (site: string) => string
  readonly redisNow: (site: string) => Promise<Instant>
}

const WEEKS = [1, 2, 3, 4] as const
/** Of a very long incident the first two days are measured. */
const LONGEST_MS = 48 * 3_600_000
const LINES = 1_000
const receipts = new Set(['delivered', 'delivery-failed', 'delivery-replayed', 'delivery-purged'])

export const reviewRoutes = ({ incidents, texts, names, figures, timeZone, redisNow }: ReviewRoutesDeps): Router => {
  const router = Router()

  const kpiOf = async (site: string, { queue, reportedAt, resolvedAt }: IncidentRecord, now: Instant): Promise<ReviewAnswer['figures']['kpi']> => {
    if (queue === null) return null
    const from = instantOf(Math.floor(reportedAt / QUARTER_HOUR) * QUARTER_HOUR)
    const to = instantOf(Math.min(Math.ceil((resolvedAt ?? now) / QUARTER_HOUR) * QUARTER_HOUR, from + LONGEST_MS))
    const rowsOf = (start: Instant) => figures.readRows(site, start, instantOf(start + (to - from)), 'outcome', queue)
    const [during, ...before] = await Promise.all([rowsOf(from), ...WEEKS.map((week) => rowsOf(weeksBefore(from, timeZone(site), week)))])
    return { queue, ...kpiLossOf(during ?? [], before) }
  }

  router.get('/sites/:site/incidents/:ref/review', guard('incidents:read'), async (request, response) => {
    const [site, ref] = [String(request.params['site']), String(request.params['ref'])]
    const record = refPattern.test(ref) ? await incidents.record(site, ref) : null
    if (record === null || !concerns(areaOf(credentialOf(response)), record.queue)) throw notFound('incident', ref)
    const now = await redisNow(site)
    const [said, people, kpi, log] = await Promise.all([texts.resolve(site, reviewTextIds(record)), names.resolve(site, (record.pir?.actions ?? []).map(({ owner }) => owner)), kpiOf(site, record, now), incidents.timeline(site, ref, 0, LINES)])
    response.json(reviewRowOf({ record, texts: said, people, kpi, timeline: (log?.items ?? []).filter(({ type }) => !receipts.has(type)).map((row) => namingOnly(areaOf(credentialOf(response)), row)), now }))
  })
  return router
}
