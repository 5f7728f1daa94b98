import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { priorities, refPattern } from '../contract/incidents.ts'
import { areaOf, concerns } from '../contract/roles.ts'
import { drillScoreOf } from '../domain/incident/drill-score.ts'
import { queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Incidents } from './incidents.ts'

const query = z.strictObject({ priority: z.enum(priorities, { error: `must be one of ${priorities.join(', ')}` }).optional(), category: z.string().max(100).optional() })

/** How a drill went; what it should have been called, whoever leads it says. */
export const drillRoutes = ({ incidents }: { readonly incidents: Pick<Incidents, 'record' | 'events'> }): Router => {
  const router = Router()
  router.get('/sites/:site/incidents/:ref/drill-score', guard('incidents:read'), async (request, response) => {
    const [site, ref] = [String(request.params['site']), String(request.params['ref'])]
    const { priority = null, category = null } = queryOf(query, request.url)
    const record = refPattern.test(ref) ? await incidents.record(site, ref) : null
    if (record === null || !concerns(areaOf(credentialOf(response)), record.queue)) throw notFound('incident', ref)
    if (!record.drill) throw problem(409, 'not_a_drill', `incident ${ref} is no drill`)
    response.json({ ref, state: record.state, ...drillScoreOf(record, await incidents.events(site, ref), { priority, category }) })
  })
  return router
}
