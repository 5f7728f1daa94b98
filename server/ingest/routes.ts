import { Router } from 'express'
import { credentialOf, guard } from '../access/guard.ts'
import { notFound } from '../http/problem.ts'
import type { Ingest, TakeBody } from './ingest.ts'

export interface IngestRoutesDeps {
  readonly ingest: Ingest
  /** Platforms whose own messages are taken at `sources/{platform}`. */
  readonly platforms: Readonly<Record<string, TakeBody>>
}

export const ingestRoutes = ({ ingest, platforms }: IngestRoutesDeps): Router => {
  const router = Router()
  const known = new Map(Object.entries(platforms))

  router.post('/sites/:site/events', guard('events:send'), (request, response) => ingest.answer(request, response, { site: String(request.params.site), credential: credentialOf(response) }))

  router.post('/sites/:site/sources/:platform', guard('events:send'), (request, response) => {
    const take = known.get(String(request.params.platform))
    if (take === undefined) throw notFound('source platform', String(request.params.platform))
    return ingest.answer(request, response, { site: String(request.params.site), credential: credentialOf(response), take })
  })

  return router
}
