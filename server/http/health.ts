import { Router } from 'express'
import type { Credential } from '../contract/roles.ts'

export interface Check {
  readonly ok: boolean
  /** For people with a token. */
  readonly detail?: string
}
export type Checks = Readonly<Record<string, () => Promise<Check>>>

/** A probe that does not answer in this time counts as failed. */
const withinMs = 2_000
/** The checks write to Redis: strangers asking often must not cost an fsync each. A "no" is asked again sooner, so that a return is told at once. */
const keptMs = { ready: 1_000, unready: 200 }

const inTime = async (check: () => Promise<Check>): Promise<Check> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${withinMs} ms` }), withinMs)
  })
  try {
    return await Promise.race([check(), late])
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : 'failed' }
  } finally {
    clearTimeout(timer)
  }
}

export interface Readiness {
  now(): Promise<{ readonly ready: boolean; readonly checks: Readonly<Record<string, Check>> }>
}

/** Ready when every check holds; a server that is stopping is never ready. */
export const createReadiness = ({ checks, stopping, now }: { readonly checks: () => Checks; readonly stopping: () => boolean; readonly now: () => number }): Readiness => {
  let kept: { readonly at: number; forMs: number; readonly answer: Promise<Readonly<Record<string, Check>>> } | null = null
  const all = async () => Object.fromEntries(await Promise.all(Object.entries(checks()).map(async ([name, check]) => [name, await inTime(check)] as const)))
  const ask = () => {
    const asked = { at: now(), forMs: keptMs.ready, answer: all() }
    void asked.answer.then((results) => {
      if (Object.values(results).some(({ ok }) => !ok)) asked.forMs = keptMs.unready
    })
    return asked
  }
  return {
    now: async () => {
      if (kept === null || now() - kept.at > kept.forMs) kept = ask()
      const results = { ...(await kept.answer), ...(stopping() ? { stopping: { ok: false, detail: 'the server is stopping' } } : {}) }
      return { ready: Object.values(results).every(({ ok }) => ok), checks: results }
    },
  }
}

export const healthRoutes = ({ readiness, credential }: { readonly readiness: Readiness; readonly credential: (headers: NodeJS.Dict<string | string[]>, peer: string | undefined) => Promise<Credential | null> }): Router => {
  const router = Router()
  router.get(['/healthz', '/livez'], (_request, response) => void response.set('cache-control', 'no-store').json({ status: 'ok' }))
  router.get('/readyz', async (request, response) => {
    const { ready, checks } = await readiness.now()
    const caller = await credential(request.headers, request.socket.remoteAddress).catch(() => null)
    const detailed = caller !== null && caller.kind !== 'demo'
    const shown = Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, detailed ? check : { ok: check.ok }]))
    response.status(ready ? 200 : 503).set('cache-control', 'no-store').json({ ready, checks: shown })
  })
  return router
}
