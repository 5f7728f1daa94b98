import { Router } from 'express'
import { createReadStream, existsSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { guard } from '../access/guard.ts'
import { queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { ImportRows } from '../redis/import-rows.ts'
import { rejectedPath, storeBody } from './import-files.ts'
import { importFormats } from './import-formats.ts'
import { chooseSource, type SourcesOf } from './sources/source-choice.ts'

export interface ImportsRoutesDeps {
  readonly rows: ImportRows
  readonly sourcesOf: SourcesOf
  readonly dataDir: string
  readonly now: () => number
}

const query = z.strictObject({ format: z.string(`is missing: one of ${importFormats.join(', ')} is needed`).min(1).max(60), source: z.string().min(1).max(200).optional(), dryRun: z.enum(['true', 'false']).default('false') })

/** History comes as a file: it is written down here, and a worker reads it. */
export const importsRoutes = ({ rows, sourcesOf, dataDir, now }: ImportsRoutesDeps): Router => {
  const router = Router()

  router.post('/sites/:site/imports', guard('imports:run'), async (request, response) => {
    const site = String(request.params.site)
    const { format, source, dryRun } = queryOf(query, request.url)
    const known = importFormats.find((name) => name === format)
    if (known === undefined) throw problem(422, 'unknown_format', `format "${format}" cannot be imported; known: ${importFormats.join(', ')}`)
    const chosen = known === 'asterisk-queue-log' ? chooseSource(await sourcesOf(site), known, source ?? null).id : null
    const { id, bytes, sha256 } = await storeBody(request, dataDir, site)
    await rows.create(site, { id, format: known, source: chosen, sha256, bytes, createdAt: now(), state: 'queued', progress: 0, lines: 0, accepted: 0, ignored: 0, rejectedCount: 0, rejected: [], error: null, ...(dryRun === 'true' ? { dryRun: true } : {}) })
    response.status(202).json({ id })
  })

  router.get('/sites/:site/imports/:id', guard('imports:run'), async (request, response) => {
    const id = String(request.params.id)
    const row = /^[0-9a-f]{24}$/.test(id) ? await rows.get(String(request.params.site), id) : null
    if (row === null) throw notFound('import', id)
    const { state, progress, lines, accepted, ignored, rejectedCount, rejected, error, format, dryRun = false } = row
    response.json({ id, format, state, progress, lines, accepted, ignored, rejectedCount, rejected, error, dryRun })
  })

  router.get('/sites/:site/imports/:id/rejected', guard('imports:run'), async (request, response) => {
    const [site, id] = [String(request.params.site), String(request.params.id)]
    if (!/^[0-9a-f]{24}$/.test(id) || (await rows.get(site, id)) === null) throw notFound('import', id)
    response.set({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
    const path = rejectedPath(dataDir, site, id)
    // Where nothing was rejected there is no file.
    if (existsSync(path)) await pipeline(createReadStream(path), response)
    else response.end()
  })

  return router
}
