import type { IncomingMessage, ServerResponse } from 'node:http'
import { entitle } from '../access/guard.ts'
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
  readonly authenticate: (headers: NodeJS.Dict<string | string[]>, peer: string | undefined) => Promise<Credential | null>
  readonly siteExists: (site: string) => boolean | Promise<boolean>
  /** Refuses strangers that knock too often; those with a credential are paced by the log alone. */
  readonly limit: (credential: Credential | null, address: string) => void
  readonly addressOf: (request: IncomingMessage) => string
  readonly log: Logger
}

const eventsPath = /^\/api\/v1\/sites\/([a-z0-9-]{1,40})\/events$/

export const rawMount =
  ({ ingest, authenticate, siteExists, limit, addressOf, log }: RawMountDeps) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    const site = request.method === 'POST' && request.headers.authorization !== undefined ? eventsPath.exec(request.url ?? '')?.[1] : undefined
    if (site === undefined) return false
    authenticate(request.headers, request.socket.remoteAddress)
      .then((credential) => {
        if (credential === null) limit(null, addressOf(request))
        return entitle('events:send', site, { credential, siteExists })
      })
      .then(
        (credential) => ingest.answer(request, response, { site, credential }),
        (error: unknown) => {
          const known = problemOf(error)
          if (known === null) log.error({ site, reason: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }, 'ingest failed')
          sendRefusal(request, response, known ?? problem(500, 'internal', 'the server failed to answer; the fault is in its log'))
        },
      )
      .catch(() => response.destroy())
    return true
  }
