import type { RequestHandler, Response } from 'express'
import { may, reaches, type Credential, type Right } from '../contract/roles.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Narrow } from './areas.ts'

/** What the door found out about a caller; set on `res.locals.door` for every request under `/api/v1`. */
export interface Door {
  readonly credential: Credential | null
  readonly siteExists: (site: string) => boolean | Promise<boolean>
  readonly narrow?: Narrow | undefined
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the only way to give express's locals a type
  namespace Express {
    interface Locals {
      door?: Door
      credential?: Credential
    }
  }
}

const doorOf = (response: Response): Door => {
  const { door } = response.locals
  if (door === undefined) throw new Error('guard used outside /api/v1: no door on the response')
  return door
}

export const unauthorized = () => problem(401, 'unauthorized', 'no valid credential: send a bearer token or sign in').with({ 'www-authenticate': 'Bearer' })

/**
 * Lets a caller pass who has the right and, where a site is named, reaches it; the site must exist. Throws otherwise:
 * 401 no valid credential, 403 a role that never has the right, 404 a site out of reach in the words of one that does not exist.
 * The demo credential is nobody outside the demo site: there the answer is 401. Where a site is named, its areas are those of that site.
 */
export const entitle = async (right: Right, site: string | null, { credential, siteExists, narrow }: Door): Promise<Credential> => {
  const entitled = entitleNow(right, site, credential, site === null || credential === null || !reaches(credential, site) || (await siteExists(site)))
  if (site === null || entitled.areas == null) return entitled
  if (narrow === undefined) throw new Error('a credential with areas came through a door that knows none')
  return narrow(entitled, site)
}

/** The same where it is known already whether the site exists. */
export const entitleNow = (right: Right, site: string | null, credential: Credential | null, exists: boolean): Credential => {
  if (credential === null) throw unauthorized()
  if (credential.kind === 'demo' && (site === null || !reaches(credential, site))) throw unauthorized()
  if (!may(credential, right)) throw problem(403, 'forbidden', `the role ${credential.role} may not do this (right ${right})`)
  if (site !== null && !(reaches(credential, site) && exists)) throw notFound('site', site)
  return credential
}

/** The middleware of a route: entitles its caller to the right and to `:site` when the path has one. */
export const guard = (right: Right, { newSite = false }: { /** The route makes the site it names. */ readonly newSite?: boolean } = {}): RequestHandler & { readonly right: Right } =>
  Object.assign(
    (async (request, response, next) => {
      const { site } = request.params
      response.locals.credential = await entitle(right, typeof site === 'string' ? site : null, newSite ? { ...doorOf(response), siteExists: () => true } : doorOf(response))
      next()
    }) satisfies RequestHandler,
    { right },
  )

/** For routes that need somebody, whoever it is. */
export const signedIn: RequestHandler & { readonly right: 'signed-in' } = Object.assign(
  ((_request, response, next) => {
    response.locals.credential = credentialOf(response)
    next()
  }) satisfies RequestHandler,
  { right: 'signed-in' as const },
)

/** For routes that answer strangers: said aloud, so that a forgotten guard is noticed at start. */
export const openToAll: RequestHandler & { readonly right: 'open' } = Object.assign(((_request, _response, next) => next()) satisfies RequestHandler, { right: 'open' as const })

/** The caller of a guarded route. */
export const credentialOf = (response: Response): Credential => {
  const credential = response.locals.credential ?? doorOf(response).credential
  if (credential === null) throw unauthorized()
  return credential
}
