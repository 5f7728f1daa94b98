import { randomBytes } from 'node:crypto'
import { Router } from 'express'
import { credentialOf, guard } from '../access/guard.ts'
import { recomputeOrder } from '../contract/recompute.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import { inheriting, type SettingsDocument } from '../contract/settings.ts'
import { businessDayOf } from '../domain/business-day.ts'
import { DAY, HOUR, instantOf, isoOf, type Instant } from '../domain/time.ts'
import { accepted, jsonBody } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import type { Recompute, RecomputeRows } from '../redis/recompute-rows.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { Settings } from '../redis/settings.ts'
import type { Sites } from '../redis/sites.ts'
import type { HistoryReads } from './history-reads.ts'
import { settingsOfRecompute } from './recompute-settings.ts'
import { scopeOf } from './scope.ts'
import { toldRecomputes } from './told-recomputes.ts'

export interface RecomputeRoutesDeps {
  readonly rows: RecomputeRows
  readonly reads: Pick<HistoryReads, 'replicaFor'>
  readonly sealed: Pick<Sealed, 'texts'>
  readonly settings: Pick<Settings, 'get' | 'version'>
  readonly sites: Pick<Sites, 'get'>
  readonly now: () => Instant
  readonly log: Logger
}

const instantOfText = (text: string): Instant => instantOf(parseRfc3339(text) ?? 0)
/** Nothing late comes any more after this. */
const CLOSED_MS = 50 * HOUR
/** 25 months, which is how long rows are kept. */
const MOST_DAYS = 800

/** The past by other settings: an order that names its reason; what the days came to stays as it is. */
export const recomputeRoutes = ({ rows, reads, sealed, settings, sites, now, log }: RecomputeRoutesDeps): Router => {
  const router = Router()

  const documentOf = async (site: string, version: number | undefined): Promise<{ readonly version: number; readonly document: SettingsDocument }> => {
    const stored = version === undefined ? await settings.get(site) : await settings.version(site, version)
    if (stored === null) throw notFound('settings version', String(version))
    // Of an earlier version it is not known what the organisation gave then: what it gives now.
    return { version: stored.version, document: inheriting(stored.document, (await settings.get(site)).above) }
  }
  /** Whole days of the site: midnight to midnight in the zone it was founded in, as the archive has them. */
  const wholeDays = (site: string, from: Instant, to: Instant): { readonly from: Instant; readonly to: Instant; readonly days: number } => {
    const day = { timeZone: sites.get(site)?.founded.timeZone ?? 'UTC', startsAt: '00:00' }
    const first = businessDayOf(day, from).from
    const last = businessDayOf(day, instantOf(to - 1)).to
    return { from: first, to: last, days: Math.round((last - first) / DAY) }
  }

  router.post('/sites/:site/recompute', guard('settings:write'), ...jsonBody(), async (request, response) => {
    const site = String(request.params.site)
    const order = accepted(recomputeOrder, request.body)
    const { reason, settings: given = {} } = order
    const [from, to] = [instantOfText(order.from), instantOfText(order.to)]
    if (from >= to) throw problem(422, 'range_invalid', 'from must be before to')
    const range = wholeDays(site, from, to)
    if (range.days > MOST_DAYS) throw problem(422, 'range_invalid', `${range.days} days are more than ${MOST_DAYS}: ask for less time`)
    const credential = credentialOf(response)
    const { floor } = await reads.replicaFor(site, scopeOf(credential))
    const closedTo = instantOf((floor.asOf === 0 ? now() : floor.asOf) - CLOSED_MS)
    if (range.to > closedTo) throw problem(422, 'range_open', `days can be measured again 50 hours after their end, when nothing late comes any more: here up to ${isoOf(closedTo)}`)
    const { version, document } = await documentOf(site, given.version)
    const known = sites.get(site)
    if (known === null) throw notFound('site', site)
    const row: Recompute = {
      ...range,
      id: `${now().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`,
      reason: await sealed.texts.put(site, reason),
      by: credential.person?.id ?? `${credential.kind}:${credential.id}`,
      createdAt: now(),
      settings: settingsOfRecompute(document, given, known, version, now()),
      state: 'queued',
      doneDays: 0,
      error: null,
    }
    await rows.order(site, row, credential.role)
    log.info({ site, recompute: row.id, by: row.by, from: isoOf(row.from), to: isoOf(row.to) }, 'days are to be measured again')
    const [told] = await toldRecomputes(sealed.texts, site, [row])
    response.status(202).json(told)
  })

  router.get('/sites/:site/recompute', guard('history:read'), async (request, response) => {
    const site = String(request.params.site)
    response.json({ items: await toldRecomputes(sealed.texts, site, await rows.list(site)), next: null })
  })

  router.get('/sites/:site/recompute/:id', guard('history:read'), async (request, response) => {
    const [site, id] = [String(request.params.site), String(request.params.id)]
    const row = await rows.get(site, id)
    if (row === null) throw notFound('recompute', id)
    const [told] = await toldRecomputes(sealed.texts, site, [row])
    response.json({ ...told, settings: row.settings })
  })

  return router
}
