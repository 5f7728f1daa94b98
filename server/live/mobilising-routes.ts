import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { areaOf, concerns } from '../contract/roles.ts'
import { mobilisingOf, ofMobilising } from '../domain/deployment/mobilising.ts'
import { isoOf } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import { openRecordFacts } from '../incidents/record-facts.ts'
import type { IncidentLists } from '../redis/incident-lists.ts'
import { sendReport } from './exports/send-report.ts'
import { inOrder, name, range } from './history-queries.ts'

const query = z.strictObject({ ...range, queue: name.optional(), format: z.enum(['json', 'csv']).default('json') })

/** Seconds to mobilise by channel: how soon those who are sent for say that they come. */
export const mobilisingRoutes = ({ lists }: { readonly lists: Pick<IncidentLists, 'versions' | 'records'> }): Router => {
  const router = Router()
  const factsSince = openRecordFacts({ lists, needed: ofMobilising })
  router.get('/sites/:site/reports/mobilisation', guard('incidents:read'), async (request, response) => {
    const { from, to, queue, format } = queryOf(query, request.url)
    inOrder({ from, to })
    const area = areaOf(credentialOf(response))
    // Whatever was requested since changed its incident since.
    const { facts, wholeFrom } = await factsSince(String(request.params['site']), from)
    const own = facts.filter((fact) => concerns(area, fact.queue) && (queue === undefined || fact.queue === queue))
    sendReport(response, format, { report: 'mobilisation', from: isoOf(from), to: isoOf(to), wholeFrom: wholeFrom === null ? null : isoOf(wholeFrom) }, mobilisingOf(own, from, to))
  })
  return router
}
