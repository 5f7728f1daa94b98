import { Router } from 'express'
import { openToAll } from '../access/guard.ts'
import { asyncApiDocument, openApiDocument } from './openapi.ts'
import type { DeclaredRoute } from './routes-of.ts'

/** The two documents; they describe the routes that are there, and hold no secret, so they are open. */
export const docsRoutes = ({ publicUrl, routes }: { readonly publicUrl: string; readonly routes: () => readonly DeclaredRoute[] }): Router => {
  const router = Router()
  let openapi: string | null = null
  let asyncapi: string | null = null
  router.get('/openapi.json', openToAll, (_request, response) => {
    openapi ??= JSON.stringify(openApiDocument(publicUrl, ({ method, path }) => routes().some((route) => route.method === method && route.path === path)))
    response.set('cache-control', 'no-cache').type('application/json').send(openapi)
  })
  router.get('/asyncapi.json', openToAll, (_request, response) => {
    asyncapi ??= JSON.stringify(asyncApiDocument(publicUrl))
    response.set('cache-control', 'no-cache').type('application/json').send(asyncapi)
  })
  return router
}
