import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { drillInput } from '../contract/drills.ts'
import { priorities, refPattern } from '../contract/incidents.ts'
import { areaOf, concerns, may, type Credential } from '../contract/roles.ts'
import { runs, scoreOf, type Drill } from '../domain/drill/drill.ts'
import { scenarios } from '../domain/drill/scenarios.ts'
import { drillScoreOf } from '../domain/incident/drill-score.ts'
import { accepted, jsonBody, queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import { drillRowOf } from './drill-rows.ts'
import type { Incidents } from './incidents.ts'
import { callerOf } from './common-routes.ts'

const query = z.strictObject({ priority: z.enum(priorities, { error: `must be one of ${priorities.join(', ')}` }).optional(), category: z.string().max(100).optional() })

/** So many of the newest are listed. */
const LISTED = 100

/** Runs of scenarios, and how each went; where no scenario says what it should have been called, whoever leads it does. */
export const drillRoutes = ({ incidents }: { readonly incidents: Pick<Incidents, 'record' | 'events' | 'drills' | 'ofExercise'> }): Router => {
  const router = Router()
  const { drills } = incidents
  const loggedIn = async (site: string, drill: Drill, { area }: Credential) => (await incidents.ofExercise(site, drill.id, drill.startedAt)).filter(({ queue }) => concerns(area ?? null, queue))

  router.get('/sites/:site/drill-scenarios', guard('incidents:log'), (_request, response) => {
    response.json({ items: scenarios.map(({ id, name, about, injects }) => ({ id, name, about, injects: injects.length, lastsMs: injects.at(-1)?.afterMs ?? 0 })) })
  })

  router.post('/sites/:site/drills', guard('incidents:command'), ...jsonBody(), async (request, response) => {
    const { scenario, speed } = accepted(drillInput, request.body)
    if (!scenarios.some(({ id }) => id === scenario)) throw problem(422, 'fields_invalid', `scenario must be one of ${scenarios.map(({ id }) => id).join(', ')}`, { faults: [{ path: 'scenario', code: 'invalid', detail: 'is no scenario' }] })
    const site = String(request.params['site'])
    const drill = await drills.begin(site, { scenario, speed, startedBy: callerOf(credentialOf(response)).person.id })
    response.status(201).location(`/api/v1/sites/${site}/drills/${drill.id}`).json({ ...drillRowOf(drill, [], drill.startedAt), score: null })
  })

  router.get('/sites/:site/drills', guard('incidents:log'), async (request, response) => {
    const site = String(request.params['site'])
    const [now, all] = await Promise.all([drills.now(), drills.list(site)])
    const rows = await Promise.all(all.slice(0, LISTED).map(async (drill) => drillRowOf(drill, runs(drill, now) ? (await loggedIn(site, drill, credentialOf(response))).map(({ ref }) => ref) : [], now)))
    response.json({ items: rows })
  })

  const detail = async (site: string, drill: Drill, credential: Credential) => {
    const [now, logged] = await Promise.all([drills.now(), loggedIn(site, drill, credential)])
    const score = may(credential, 'incidents:read') ? scoreOf(drill, await Promise.all(logged.map(async (record) => ({ record, events: await incidents.events(site, record.ref) })))) : null
    return { ...drillRowOf(drill, logged.map(({ ref }) => ref), now), score }
  }

  router.get('/sites/:site/drills/:drill', guard('incidents:log'), async (request, response) => {
    const [site, id] = [String(request.params['site']), String(request.params['drill'])]
    const drill = await drills.find(site, id)
    if (drill === null) throw notFound('drill', id)
    response.json(await detail(site, drill, credentialOf(response)))
  })

  router.post('/sites/:site/drills/:drill/end', guard('incidents:command'), async (request, response) => {
    const [site, id] = [String(request.params['site']), String(request.params['drill'])]
    const drill = await drills.end(site, id)
    if (drill === null) throw notFound('drill', id)
    response.json(await detail(site, drill, credentialOf(response)))
  })

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
