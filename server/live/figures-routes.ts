import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import { compared, earlierQuarters, quartersOf } from '../domain/reports/compared.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import { problem } from '../http/problem.ts'
import { settingsOfQueue, type HistoryReads } from './history-reads.ts'
import { name } from './history-queries.ts'
import { scopeOf, type Scope } from './scope.ts'
import { TOTALS_ID, toMetrics, toResponses } from './to-rows.ts'

/** A window as it is asked for: a name, or an instant from which on. */
export const windowText = z.string().min(1).max(40).transform((text) => {
  const at = parseRfc3339(text)
  return at === null ? text : String(at)
})
const query = z.strictObject({ queue: name.default(TOTALS_ID), window: windowText.default('R30') })

/** A queue, or the whole of what somebody reaches. */
export const queueOrAll = (queue: string, { area }: Scope): { readonly queue: string | null; readonly queues?: readonly string[] } => (queue !== TOTALS_ID ? { queue } : { queue: null, ...(area?.queues == null ? {} : { queues: area.queues }) })

/** Every figure over a window of one's own, beside the same quarter hours of last week and what is usual. */
export const figuresRoutes = (reads: HistoryReads): Router => {
  const router = Router()

  router.get('/sites/:site/figures', guard('history:read'), async (request, response) => {
    const { queue: asked, window } = queryOf(query, request.url)
    const site = String(request.params.site)
    const scope = scopeOf(credentialOf(response))
    const of = queueOrAll(asked, scope)
    const { queue } = of
    const replica = await reads.replicaFor(site, scope, queue ?? undefined)
    const found = replica.floor.window({ ...of, window })
    if (found === null) throw problem(422, 'window_unknown', `window "${window.slice(0, 40)}": must be R15, R30, R60, today, or an instant of the last 48 hours`)
    const { timeZone } = settingsOfQueue(replica)(queue ?? '').day
    const rowsOf = ({ from, to }: { readonly from: Instant; readonly to: Instant }) => reads.intervals(site, scope, { from, to, step: '15m', basis: 'outcome', ...(queue === null ? {} : { queue }) })
    const quarters = quartersOf(found.from, found.to)
    const [now, ...weeks] = await Promise.all([quarters, ...earlierQuarters(quarters, timeZone)].map(rowsOf))
    const sides = compared(now ?? [], weeks, found.target.variant)
    response.json({
      queue: asked,
      window: found.window,
      from: isoOf(found.from),
      to: isoOf(found.to),
      target: found.target,
      figures: toMetrics(found.figures),
      ...(found.responses === undefined ? {} : { responses: toResponses(found.responses) }),
      // Levels of different targets are not added, in no week.
      compared: { from: isoOf(quarters.from), to: isoOf(quarters.to), timeZone, metrics: found.figures.serviceLevel === null && queue === null ? { ...sides, serviceLevel: { value: null, n: 0, lastWeek: { value: null, n: 0 }, normal: null } } : sides },
    })
  })

  return router
}
