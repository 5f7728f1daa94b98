import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { incidentStates, parseCommand, parseReport, priorities, recordTypes, refPattern, revealBody } from '../contract/incidents.ts'
import { namingOnly } from '../contract/named-records.ts'
import { areaOf, concerns, may } from '../contract/roles.ts'
import type { Incident } from '../contract/rows.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { outwardTitle } from '../domain/incident/title.ts'
import { accepted, jsonBody, queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Revision } from '../redis/epoch.ts'
import type { CommandResult } from './remembered.ts'
import type { Incidents } from './incidents.ts'
import { bodyOf, callerOf, inputProblem, keyOf, refusalProblem } from './common-routes.ts'

export interface IncidentRoutesDeps {
  readonly incidents: Incidents
  /** The server has acknowledged this revision: later reads wait for it. */
  acknowledged(site: string, revision: Revision): void
}

const listOf = <const T extends readonly string[]>(values: T) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values, { error: `must be among ${values.join(', ')}, with commas between them` })).min(1))
const digits = z.string().regex(/^\d{1,15}$/, { error: 'must be the "next" of the page before' }).transform(Number)
const limit = z.string().regex(/^\d{1,4}$/, { error: 'must be 1 to 1000' }).transform(Number).refine((count) => count >= 1 && count <= 1_000, { error: 'must be 1 to 1000' }).default(100)
const listQuery = z.strictObject({ state: listOf(incidentStates).optional(), priority: listOf(priorities).optional(), type: listOf(recordTypes).optional(), q: z.string().max(200).optional(), cursor: digits.optional(), limit })
const timelineQuery = z.strictObject({ cursor: digits.optional(), limit })

const placeOf = (request: Request): { readonly site: string; readonly ref: string } => {
  const { site, ref } = request.params
  const text = typeof ref === 'string' ? ref : ''
  if (!refPattern.test(text)) throw notFound('incident', text)
  return { site: String(site), ref: text }
}

/** To whoever may report but not read: which incident it is and how it stands, and nothing that others said. */
const withoutWords = (row: Incident, { discreet }: IncidentRecord): Incident => ({
  ...row,
  title: outwardTitle({ ...row, discreet }, row),
  nature: null,
  location: null,
  service: discreet ? null : row.service,
  reporter: null,
  callerId: null,
  callerSafe: null,
  owner: null,
  next: null,
  pendingUpdate: null,
  deployments: [],
  majorIncident: null,
  counsel: null,
  problem: null,
  help: row.help == null ? null : { ...row.help, text: null },
})

export const incidentRoutes = ({ incidents, acknowledged }: IncidentRoutesDeps): Router => {
  const router = Router()

  const send = async (response: Response, site: string, result: CommandResult, status: 200 | 201, thing: string): Promise<void> => {
    if (result.kind !== 'done') throw refusalProblem(result, thing)
    if (result.revision !== null) acknowledged(site, result.revision)
    const [whole] = await incidents.rows(site, [result.record], result.asOf)
    const credential = credentialOf(response)
    // A report whose key is known already was added to an incident that another may have logged.
    const unread = !may(credential, 'incidents:read') || !concerns(areaOf(credential), result.record.queue)
    const foreign = unread && result.record.loggedBy !== callerOf(credential).person.id
    const told = foreign && whole !== undefined ? withoutWords(whole, result.record) : whole
    const row = told === undefined ? undefined : namingOnly(areaOf(credential), told)
    if (status === 201 && row !== undefined) response.location(`/api/v1/sites/${site}/incidents/${row.ref}`)
    response.status(status).json(row)
  }

  const sees = (response: Response, site: string, ref: string): Promise<boolean> => incidents.sees(site, ref, areaOf(credentialOf(response)))

  router.post('/sites/:site/incidents', guard('incidents:log'), ...jsonBody(), async (request, response) => {
    const site = String(request.params['site'])
    const key = keyOf(request)
    const answer = parseReport(bodyOf(request))
    if (!answer.ok) throw inputProblem(answer.faults)
    const checked = await incidents.checkReport(site, answer.input, areaOf(credentialOf(response)))
    if (checked.length > 0) throw inputProblem(checked)
    await send(response, site, await incidents.create(site, answer.input, callerOf(credentialOf(response)), key), 201, '')
  })

  router.get('/sites/:site/incidents', guard('incidents:read'), async (request, response) => {
    const { state, priority, type, q, cursor, limit: count } = queryOf(listQuery, request.url)
    const words = q === undefined || q.trim() === '' ? null : q.trim().toLocaleLowerCase().split(/\s+/)
    response.json(await incidents.list(String(request.params['site']), { states: state ?? null, priorities: priority ?? null, types: type ?? null, words, area: areaOf(credentialOf(response)), below: cursor ?? null, limit: count }))
  })

  router.get('/sites/:site/incidents/:ref', guard('incidents:read'), async (request, response) => {
    const { site, ref } = placeOf(request)
    const row = (await sees(response, site, ref)) ? await incidents.get(site, ref) : null
    if (row === null) throw notFound('incident', ref)
    response.json(namingOnly(areaOf(credentialOf(response)), row))
  })

  router.get('/sites/:site/incidents/:ref/timeline', guard('incidents:read'), async (request, response) => {
    const { site, ref } = placeOf(request)
    const { cursor, limit: count } = queryOf(timelineQuery, request.url)
    const page = (await sees(response, site, ref)) ? await incidents.timeline(site, ref, cursor ?? 0, count) : null
    if (page === null) throw notFound('incident', ref)
    response.json({ ...page, items: page.items.map((row) => namingOnly(areaOf(credentialOf(response)), row)) })
  })

  /** By whoever may log: their own draft, or any that they may read. */
  router.post('/sites/:site/incidents/:ref/open', guard('incidents:log'), ...jsonBody(), async (request, response) => {
    const { site, ref } = placeOf(request)
    const credential = credentialOf(response)
    const answer = parseCommand({ ...bodyOf(request), type: 'open' })
    if (!answer.ok) throw inputProblem(answer.faults)
    const record = await incidents.record(site, ref)
    if (record === null || !(may(credential, 'incidents:read') || record.loggedBy === callerOf(credential).person.id)) throw notFound('incident', ref)
    await send(response, site, await incidents.command(site, ref, answer.command, callerOf(credential), keyOf(request)), 200, ref)
  })

  const byLogger = async (request: Request, response: Response, type: 'ask-help' | 'propose-major'): Promise<void> => {
    const { site, ref } = placeOf(request)
    const credential = credentialOf(response)
    const answer = parseCommand({ ...bodyOf(request), type })
    if (!answer.ok) throw inputProblem(answer.faults)
    const record = await incidents.record(site, ref)
    if (record === null || !(may(credential, 'incidents:command') || record.loggedBy === callerOf(credential).person.id)) throw notFound('incident', ref)
    await send(response, site, await incidents.command(site, ref, answer.command, callerOf(credential), keyOf(request)), 200, ref)
  }

  /** By whoever logged it, who may not command: an agent who needs somebody. */
  router.post('/sites/:site/incidents/:ref/ask-help', guard('incidents:log'), ...jsonBody(), (request, response) => byLogger(request, response, 'ask-help'))

  /** By whoever logged it, too: anybody may think it major, a duty manager declares it. */
  router.post('/sites/:site/incidents/:ref/propose-major', guard('incidents:log'), ...jsonBody(), (request, response) => byLogger(request, response, 'propose-major'))

  router.post('/sites/:site/incidents/:ref/reveal', guard('incidents:command'), ...jsonBody(), async (request, response) => {
    const { site, ref } = placeOf(request)
    const { reason } = accepted(revealBody, request.body)
    const answer = await incidents.reveal(site, ref, reason, callerOf(credentialOf(response)))
    if (answer.kind === 'unknown-incident') throw notFound('incident', ref)
    if (answer.kind === 'too-many') throw problem(429, 'too_many_reveals', 'more than 30 numbers within an hour; wait before the next').with({ 'retry-after': String(Math.ceil(answer.waitMs / 1_000)) })
    response.set('cache-control', 'no-store').json({ ref, callerId: answer.callerId })
  })

  router.post('/sites/:site/incidents/:ref/commands', guard('incidents:command'), ...jsonBody(), async (request, response) => {
    const { site, ref } = placeOf(request)
    const key = keyOf(request)
    const answer = parseCommand(bodyOf(request))
    if (!answer.ok) throw inputProblem(answer.faults)
    await send(response, site, await incidents.command(site, ref, answer.command, callerOf(credentialOf(response)), key), 200, ref)
  })

  return router
}
