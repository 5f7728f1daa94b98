import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { areaOf } from '../contract/roles.ts'
import { queryOf } from '../http/body.ts'
import type { Incidents } from './incidents.ts'

const query = z.strictObject({ category: z.string().max(100).optional(), service: z.string().max(200).optional() })
const MOST = 1_000
const SHOWN = 20

/** How to get by with what is known already, beside a new report: for whoever may log, so nothing but the words of it. */
export const problemRoutes = ({ incidents }: { readonly incidents: Pick<Incidents, 'list'> }): Router => {
  const router = Router()
  router.get('/sites/:site/known-errors', guard('incidents:log'), async (request, response) => {
    const { category, service } = queryOf(query, request.url)
    const { items } = await incidents.list(String(request.params['site']), { states: ['in-progress'], priorities: null, types: ['problem'], words: null, area: areaOf(credentialOf(response)), below: null, limit: MOST })
    const same = (given: string | undefined, value: string | null): boolean => given !== undefined && value !== null && given.trim().toLocaleLowerCase() === value.trim().toLocaleLowerCase()
    const fitting = items.flatMap(({ ref, title, category: of, service: on, problem }) => (problem?.workaround == null ? [] : [{ ref, title, category: of, service: on, stage: problem.stage, workaround: problem.workaround, linked: problem.linked, fits: Number(same(category, of)) + Number(same(service, on)) }]))
    const asked = category !== undefined || service !== undefined
    response.json({ items: fitting.filter(({ fits }) => !asked || fits > 0).sort((a, b) => b.fits - a.fits).slice(0, SHOWN).map(({ fits: _fits, ...row }) => row) })
  })
  return router
}
