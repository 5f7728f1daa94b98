import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import express, { Router, type RequestHandler } from 'express'
import { notFound, problem } from './problem.ts'

const packed = promisify(gzip)
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json; charset=utf-8', '.html': 'text/html; charset=utf-8' }

interface Asset {
  readonly body: Buffer
  readonly gzipped: Buffer
}

/** Text assets, read and packed once: their names carry their hash, so they never change. */
const assetHandler = (dir: string): RequestHandler => {
  const kept = new Map<string, Promise<Asset>>()
  const load = async (name: string): Promise<Asset> => {
    const body = await readFile(join(dir, name))
    return { body, gzipped: await packed(body, { level: 9 }) }
  }
  return async (request, response, next) => {
    const name = request.path.slice(1)
    const type = types[extname(name)]
    if (type === undefined || !/^[A-Za-z0-9_.-]+$/.test(name)) return next()
    let asset: Asset
    try {
      const loading = kept.get(name) ?? load(name)
      kept.set(name, loading)
      asset = await loading
    } catch {
      kept.delete(name)
      return next()
    }
    const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    response.set({ 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' })
    if (zipped) response.set('content-encoding', 'gzip')
    response.end(request.method === 'HEAD' ? undefined : zipped ? asset.gzipped : asset.body)
  }
}

/** The app's page for every path that is nobody else's. */
const pageHandler = (clientDir: string): RequestHandler => {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw problem(405, 'method_not_allowed', `${request.method} is not accepted here; accepted: GET, HEAD`).with({ allow: 'GET, HEAD' })
    let page: Buffer
    try {
      page = await readFile(join(clientDir, 'index.html'))
    } catch {
      throw problem(503, 'client_missing', 'the client is not built: run npm run build')
    }
    const etag = `"${createHash('sha256').update(page).digest('base64url').slice(0, 22)}"`
    response.set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', etag })
    if (request.headers['if-none-match'] === etag) return void response.status(304).end()
    response.end(request.method === 'HEAD' ? undefined : page)
  }
}

/** `/assets/*` hashed and immutable, 404 when missing; files at the root (icons, manifest, service worker); else the page. */
export const clientFiles = (clientDir: string): Router => {
  const router = Router()
  const assets = join(clientDir, 'assets')
  router.use('/assets', assetHandler(assets))
  router.use('/assets', express.static(assets, { index: false, redirect: false, immutable: true, maxAge: '365d', dotfiles: 'ignore', etag: false }))
  router.use('/assets', (request) => {
    throw notFound('asset', request.path)
  })
  router.use(express.static(clientDir, { index: false, redirect: false, dotfiles: 'ignore', cacheControl: false, setHeaders: (response) => void response.setHeader('cache-control', 'no-cache') }))
  router.use(pageHandler(clientDir))
  return router
}
