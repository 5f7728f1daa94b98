import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { areaOf, concerns } from '../contract/roles.ts'
import { mobilisingOf } from '../domain/deployment/mobilising.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { isoOf } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import { incidentsSince } from '../incidents/incidents-since.ts'
import type { IncidentLists } from '../redis/incident-lists.ts'
import { sendReport } from './exports/send-report.ts'
import { inOrder, name, range } from './history-queries.ts'

const query = z.strictObject({ ...range, queue: name.optional(), format: z.enum(['json', 'csv']).default('json') })

/** What was merged went on in the other incident, and nobody really came to a drill. */
const counted = ({ drill, state }: IncidentRecord): boolean => !drill && state !== 'draft' && state !== 'merged'

/** Seconds to mobilise by channel: how soon those who are sent for say that they come. */
export const mobilisingRoutes = ({ lists }: { readonly lists: Pick<IncidentLists, 'newest'> }): Router => {
  const router = Router()
  router.get('/sites/:site/reports/mobilisation', guard('incidents:read'), async (request, response) => {
    const { from, to, queue, format } = queryOf(query, request.url)
    inOrder({ from, to })
    const area = areaOf(credentialOf(response))
    const records = await incidentsSince(lists, String(request.params['site']), from)
    const own = records.filter((record) => counted(record) && concerns(area, record.queue) && (queue === undefined || record.queue === queue))
    sendReport(response, format, { report: 'mobilisation', from: isoOf(from), to: isoOf(to) }, mobilisingOf(own, from, to))
  })
  return router
}
