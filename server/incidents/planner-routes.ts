import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { simulationInput } from '../contract/forecast.ts'
import { refPattern } from '../contract/incidents.ts'
import { areaOf } from '../contract/roles.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import { DAY, instantOf, isoOf, later, type Instant } from '../domain/time.ts'
import { accepted, bytesBody, jsonBody, queryOf, textOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Planner } from './planner.ts'
import { calendarOfShifts, overrideOf, shiftsOfCalendar } from './rota-calendar.ts'

const instant = z.string().transform((text, context): Instant => {
  const at = parseRfc3339(text)
  if (at !== null) return instantOf(at)
  context.addIssue({ code: 'custom', message: 'must be an instant such as 2026-11-22T09:00:00.000Z' })
  return z.NEVER
})
const hoursQuery = z.strictObject({ hours: z.string().regex(/^([1-9]|[1-6]\d|7[0-2])$/, { error: 'must be 1 to 72' }).transform(Number).default(2) })
const atQuery = z.strictObject({ at: instant.optional() })
const rangeQuery = z.strictObject({ from: instant.optional(), to: instant.optional() })

/** A year and a bit of shifts is what calendars ask for. */
const LONGEST_MS = 400 * DAY
const SHOWN_MS = 28 * DAY

export const plannerRoutes = ({ planner }: { readonly planner: Planner }): Router => {
  const router = Router()
  const rangeOf = async (site: string, url: string): Promise<{ readonly from: Instant; readonly to: Instant }> => {
    const query = queryOf(rangeQuery, url)
    const from = query.from ?? (await planner.now(site))
    const to = query.to ?? later(from, SHOWN_MS)
    if (to <= from || to - from > LONGEST_MS) throw problem(400, 'range_invalid', 'to must lie after from, at most 400 days')
    return { from, to }
  }

  router.get('/sites/:site/incidents/:ref/forecast', guard('incidents:read'), async (request, response) => {
    const [site, ref] = [String(request.params['site']), String(request.params['ref'])]
    const { hours } = queryOf(hoursQuery, request.url)
    const answer = refPattern.test(ref) ? await planner.forecast(site, ref, hours, areaOf(credentialOf(response))) : null
    if (answer === null) throw notFound('incident', ref)
    response.json(answer)
  })

  router.post('/sites/:site/escalation-simulations', guard('incidents:read'), ...jsonBody({ limit: 2_097_152, limits: { depth: 32, keys: 20_000, items: 20_000 } }), async (request, response) => {
    const result = await planner.simulate(String(request.params['site']), accepted(simulationInput, request.body))
    if (!result.ok) throw problem(422, 'fields_invalid', result.faults.map(({ path, detail }) => `${path} ${detail}`).join('; '), { faults: result.faults })
    response.json(result.answer)
  })

  router.get('/sites/:site/rotas', guard('incidents:read'), async (request, response) => {
    response.json(await planner.rotas(String(request.params['site']), queryOf(atQuery, request.url).at ?? null))
  })

  router.get('/sites/:site/rotas/:rota', guard('incidents:read'), async (request, response) => {
    const [site, rota] = [String(request.params['site']), String(request.params['rota'])]
    const { from, to } = await rangeOf(site, request.url)
    const answer = await planner.shifts(site, rota, from, to)
    if (answer === null) throw notFound('rota', rota)
    response.json(answer)
  })

  router.get('/sites/:site/rotas/:rota/calendar', guard('incidents:read'), async (request, response) => {
    const [site, id] = [String(request.params['site']), String(request.params['rota'])]
    const { from, to } = await rangeOf(site, request.url)
    const found = await planner.rota(site, id)
    if (found === null) throw notFound('rota', id)
    response.type('text/calendar; charset=utf-8').send(calendarOfShifts({ id, name: found.rota.settings.name, shifts: found.rota.shifts(from, to), nameOf: found.nameOf, madeAt: await planner.now(site) }))
  })

  router.post('/sites/:site/rotas/:rota/calendar', guard('settings:read'), ...bytesBody(['text/calendar'], 2_097_152), async (request, response) => {
    const [site, id] = [String(request.params['site']), String(request.params['rota'])]
    const found = await planner.rota(site, id)
    if (found === null) throw notFound('rota', id)
    const from = await planner.now(site)
    const read = shiftsOfCalendar(textOf(request.body), from, later(from, LONGEST_MS))
    if (read === null) throw problem(422, 'calendar_invalid', 'the body is not a calendar file (RFC 5545)')
    const known = found.directory.people.flatMap(({ id: person, aliases }) => [person, ...aliases])
    const keyOf = (summary: string): string | undefined => known.find((key) => [key, found.nameOf(key)].some((name) => summary.toLocaleLowerCase().split(': ').at(-1)?.trim() === name.toLocaleLowerCase()))
    const matched = read.shifts.map((shift) => ({ shift, key: keyOf(shift.summary) }))
    response.json({
      overrides: matched.flatMap(({ shift, key }) => (key === undefined ? [] : [overrideOf(shift, key)])),
      unknown: matched.flatMap(({ shift, key }) => (key === undefined ? [{ summary: shift.summary, from: isoOf(shift.from), to: isoOf(shift.to) }] : [])),
      skipped: read.skipped,
    })
  })

  return router
}
