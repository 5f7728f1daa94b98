import { Router, type Request, type Response } from 'express'
import { credentialOf, guard } from '../access/guard.ts'
import { may } from '../contract/roles.ts'
import { notFound, problem } from '../http/problem.ts'
import type { LiveSites } from './live-sites.ts'
import { rightOfView, scopeOf } from './scope.ts'
import { planOf, snapshotOf } from './to-views.ts'
import type { ViewAnswer } from './view-answers.ts'

/** `W/` and quotes apart, as RFC 9110 compares for If-None-Match. */
const matches = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag.replace(/^W\//, '')))

const acceptsGzip = (request: Request): boolean => request.acceptsEncodings('gzip', 'identity') === 'gzip'
const WORTH_COMPRESSING = 1_400

const send = async (request: Request, response: Response, answer: ViewAnswer): Promise<void> => {
  response.set({ etag: answer.etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding, authorization, cookie' })
  if (matches(request.get('if-none-match'), answer.etag)) {
    response.status(304).end()
    return
  }
  const zipped = answer.body.length > WORTH_COMPRESSING && acceptsGzip(request)
  if (zipped) response.set('content-encoding', 'gzip')
  response.type('application/json').send(zipped ? await answer.gzipped() : answer.body)
}

/** The live floor, and each view as a resource for those whom no websocket reaches. */
export const floorRoutes = ({ sites }: { readonly sites: LiveSites }): Router => {
  const router = Router()

  router.get('/sites/:site/floor', guard('floor:read'), async (request, response) => {
    const { answers } = await sites.get(String(request.params.site))
    await send(request, response, await answers.get(scopeOf(credentialOf(response)), null))
  })

  router.get('/sites/:site/views/:view', guard('status:read'), async (request, response) => {
    const view = String(request.params.view)
    const credential = credentialOf(response)
    const right = rightOfView(view)
    if (right === null) throw notFound('view', view)
    if (!may(credential, right)) throw problem(403, 'forbidden', `the role ${credential.role} may not read ${view} (right ${right})`)
    const { answers, feed } = await sites.get(String(request.params.site))
    const scope = scopeOf(credential)
    if (!view.startsWith('incident:')) return send(request, response, await answers.get(scope, view))
    const ref = view.slice('incident:'.length)
    await feed.current()
    if ((snapshotOf(planOf(view, scope), feed.read).incidents ?? []).length === 0) throw notFound('incident', ref)
    await feed.holdTimeline(ref)
    try {
      await send(request, response, await answers.get(scope, view))
    } finally {
      feed.releaseTimeline(ref)
    }
  })

  return router
}
