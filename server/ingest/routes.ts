import { Router, type Request, type RequestHandler } from 'express'
import { credentialOf, guard } from '../access/guard.ts'
import type { Credential } from '../contract/roles.ts'
import { notFound } from '../http/problem.ts'
import type { Ingest, TakeBody } from './ingest.ts'

export interface IngestRoutesDeps {
  readonly ingest: Ingest
  /** Platforms whose own messages are taken at `sources/{platform}`. */
  readonly platforms: Readonly<Record<string, TakeBody>>
  /** Platforms that have no token of ours: their signature is checked with the body. */
  readonly signed: Readonly<Record<string, SignedPlatform>>
}

export interface SignedPlatform {
  readonly take: TakeBody
  /** Not asked for a token when it has this header; absent: never. */
  readonly header?: string
}

/** Read before anybody knows who sent it: strangers must not fill the memory with bodies. What platforms sign is far smaller. */
const MOST_SIGNED_BYTES = 1024 * 1024

/** Whoever signs for a platform: it is paced as one sender. */
const signerOf = (site: string, platform: string): Credential => ({ kind: 'key', id: `signed:${site}:${platform}`, person: null, role: 'source', sites: [site] })

export const ingestRoutes = ({ ingest, platforms, signed }: IngestRoutesDeps): Router => {
  const router = Router()
  const known = new Map(Object.entries(platforms))

  router.post('/sites/:site/events', guard('events:send'), (request, response) => ingest.answer(request, response, { site: String(request.params.site), credential: credentialOf(response) }))

  /** A signed platform is let in up to its signature; all others need the right. */
  const bySignature = new Map(Object.entries(signed))
  const signerFor = (request: Request): SignedPlatform | undefined => {
    const own = bySignature.get(String(request.params.platform))
    return own?.header === undefined || request.headers[own.header] !== undefined ? own : undefined
  }
  const entitled = guard('events:send')
  const door: typeof entitled = Object.assign(
    ((request, response, next) => (signerFor(request) !== undefined ? next() : entitled(request, response, next))) satisfies RequestHandler,
    { right: entitled.right },
  )

  router.post('/sites/:site/sources/:platform', door, (request, response) => {
    const platform = String(request.params.platform)
    const site = String(request.params.site)
    const own = signerFor(request)
    if (own !== undefined) return ingest.answer(request, response, { site, credential: signerOf(site, platform), take: own.take, mostBytes: MOST_SIGNED_BYTES })
    const take = known.get(platform)
    if (take === undefined) throw notFound('source platform', platform)
    return ingest.answer(request, response, { site, credential: credentialOf(response), take })
  })

  return router
}
