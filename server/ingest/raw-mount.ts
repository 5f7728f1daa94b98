import type { IncomingMessage, ServerResponse } from 'node:http'
import { entitleNow } from '../access/guard.ts'
import type { Credential } from '../contract/roles.ts'
import { problem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import { type Ingest, problemOf, sendRefusal } from './ingest.ts'

/**
 * The cheap path of events in front of Express: a bearer token, POST, exactly this address. Everything else (sessions,
 * other methods, odd paths) goes on to Express, where the same handler answers the same way.
 */
export interface RawMountDeps {
  readonly ingest: Ingest
  readonly bearer: (authorization: string) => Credential | null
  readonly siteExists: (site: string) => boolean
  /** Refuses strangers that knock too often; those with a credential are paced by the log alone. */
  readonly limit: (credential: Credential | null, address: string) => void
  readonly addressOf: (request: IncomingMessage) => string
  readonly log: Logger
}

const eventsPath = /^\/api\/v1\/sites\/([a-z0-9-]{1,40})\/events$/

export const rawMount = ({ ingest, bearer, siteExists, limit, addressOf, log }: RawMountDeps) => {
  const take = (request: IncomingMessage, response: ServerResponse, site: string, authorization: string): void => {
    try {
      const credential = bearer(authorization)
      if (credential === null) limit(null, addressOf(request))
      const entitled = entitleNow('events:send', site, credential, siteExists(site))
      ingest.answer(request, response, { site, credential: entitled }).catch(() => response.destroy())
    } catch (error) {
      const known = problemOf(error)
      if (known === null) log.error({ site, reason: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }, 'ingest failed')
      sendRefusal(request, response, known ?? problem(500, 'internal', 'the server failed to answer; the fault is in its log'))
    }
  }
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { authorization } = request.headers
    if (request.method !== 'POST' || authorization === undefined) return false
    const site = eventsPath.exec(request.url ?? '')?.[1]
    if (site === undefined) return false
    // In the next tick the parser has taken in a body that came along with the headers.
    process.nextTick(take, request, response, site, authorization)
    return true
  }
}
