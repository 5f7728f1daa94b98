import { Router, type Request } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { reconcile } from '../domain/reports/corrections.ts'
import { queryOf } from '../http/body.ts'
import { problem } from '../http/problem.ts'
import { toCorrectionRow, type ReadCorrections } from './correction-reads.ts'
import { sendReport } from './exports/send-report.ts'
import { inOrder, name, range } from './history-queries.ts'
import type { HistoryReads } from './history-reads.ts'
import { scopeOf } from './scope.ts'

const fields = { ...range, queue: name.optional(), basis: z.enum(['outcome', 'arrival']).optional() }
const correctionsQuery = z.strictObject(fields)
const reconciliationQuery = z.strictObject({ ...fields, format: z.enum(['json', 'csv']).default('json') })
const MOST_ROWS = 20_000

const differenceOf = (first: unknown, now: unknown): number | null => (typeof now === 'number' && typeof first === 'number' ? now - first : null)

/** Every correction of closed intervals, and what they came to in the end against what was shown. */
export const correctionRoutes = ({ reads, corrections }: { readonly reads: Pick<HistoryReads, 'replicaFor'>; readonly corrections: ReadCorrections }): Router => {
  const router = Router()
  const siteOf = (request: Request): string => String(request.params.site)
  const few = <T>(rows: readonly T[]): readonly T[] => {
    if (rows.length > MOST_ROWS) throw problem(422, 'too_many_rows', `${rows.length} corrections are more than ${MOST_ROWS}: ask for less time or one queue`)
    return rows
  }

  router.get('/sites/:site/corrections', guard('history:read'), async (request, response) => {
    const query = queryOf(correctionsQuery, request.url)
    inOrder(query)
    const scope = scopeOf(credentialOf(response))
    await reads.replicaFor(siteOf(request), scope, query.queue)
    response.json({ rows: few(await corrections(siteOf(request), scope, query)).map(toCorrectionRow) })
  })

  router.get('/sites/:site/reports/reconciliation', guard('history:read'), async (request, response) => {
    const { format, ...query } = queryOf(reconciliationQuery, request.url)
    inOrder(query)
    const scope = scopeOf(credentialOf(response))
    const { floor } = await reads.replicaFor(siteOf(request), scope, query.queue)
    const rows = reconcile(few(await corrections(siteOf(request), scope, query)), floor.asOf).flatMap(({ changes, sources, ...row }) => Object.entries(changes).map(([figure, [first, now]]) => ({ ...row, sources: sources.join(','), figure, first, now, difference: differenceOf(first, now) })))
    sendReport(response, format, { report: 'reconciliation', queue: query.queue ?? null }, rows)
  })

  return router
}
