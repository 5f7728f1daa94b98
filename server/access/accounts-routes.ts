import { randomBytes } from 'node:crypto'
import { Router, type Response } from 'express'
import type { Credential, Role } from '../contract/roles.ts'
import { areaFaults } from './areas.ts'
import { instantOf, isoOf } from '../domain/time.ts'
import { accepted, jsonBody, queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import type { ApiKey, ApiKeys } from '../redis/api-keys.ts'
import type { User, Users } from '../redis/users.ts'
import type { Access } from './access.ts'
import { keyBody, listQuery, userBody, userChange } from '../contract/accounts.ts'
import { credentialOf, guard } from './guard.ts'
import { pageOf } from './pages.ts'
import { hashPassword } from './passwords.ts'
import { newPassword } from './session-routes.ts'

export interface AccountsRoutesDeps {
  readonly access: Access
  readonly users: Users
  readonly apiKeys: ApiKeys
  readonly siteExists: (site: string) => boolean
  /** Names of the groups in the settings of sites; null: of every site. */
  readonly groupsOf: (sites: readonly string[] | null) => Promise<readonly string[]>
  readonly now: () => number
  readonly log: Logger
}

const covers = ({ sites: own }: Credential, sites: readonly string[] | null): boolean => own === null || (sites !== null && sites.every((site) => own.includes(site)))
const newlyMade = (): string => randomBytes(15).toString('base64url')

/** Accounts and API keys: an administrator of some sites manages what reaches these sites only. */
export const accountsRoutes = ({ access, users, apiKeys, siteExists, groupsOf, now, log }: AccountsRoutesDeps): Router => {
  const router = Router()
  const at = () => instantOf(now())
  const actor = (response: Response) => credentialOf(response).id

  const mayReach = (credential: Credential, sites: readonly string[] | null): void => {
    if (sites === null && credential.sites !== null) throw problem(403, 'forbidden', 'only an administrator of every site may give rights on every site')
    for (const site of sites ?? []) if (!siteExists(site) || !covers(credential, [site])) throw notFound('site', site)
  }

  /** The areas as they are kept; undefined: nothing was said of them. */
  const areasOf = async (given: { readonly area?: string | undefined; readonly areas?: readonly string[] | null | undefined }, role: Role, sites: readonly string[] | null): Promise<readonly string[] | null | undefined> => {
    const asked = given.area === undefined ? given.areas : [given.area]
    if (asked == null) return asked
    const faults = areaFaults(asked, role, await groupsOf(sites), given.area === undefined)
    if (faults.length > 0) throw problem(422, 'fields_invalid', faults.map(({ path, detail }) => `${path}: ${detail}`).join('; '), { faults })
    return [...new Set(asked)]
  }

  const keyRow = ({ createdAt, revokedAt, ...key }: ApiKey) => {
    const used = access.lastUsed(key.id)
    return { ...key, areas: key.areas ?? null, createdAt: isoOf(createdAt), revokedAt: revokedAt === null ? null : isoOf(revokedAt), lastUsedAt: used === null ? null : isoOf(instantOf(used)) }
  }
  const userRow = ({ password, createdAt, ...user }: User) => ({ ...user, areas: user.areas ?? null, createdAt: isoOf(createdAt), hasPassword: password !== null })

  router.get('/keys', guard('access:manage'), (request, response) => {
    const visible = apiKeys.all().filter(({ site }) => covers(credentialOf(response), site === null ? null : [site]))
    const { items, next } = pageOf(visible, ({ id }) => id, queryOf(listQuery, request.url))
    response.json({ items: items.map(keyRow), next })
  })

  router.post('/keys', guard('access:manage'), ...jsonBody(), async (request, response) => {
    const { site, role, name, ...given } = accepted(keyBody, request.body)
    const sites = site === '*' ? null : [site]
    mayReach(credentialOf(response), sites)
    const areas = (await areasOf(given, role, sites)) ?? null
    const made = await apiKeys.create({ site: site === '*' ? null : site, role, areas, name: name ?? `${role} key` }, at())
    log.info({ event: 'access.key-created', by: actor(response), key: made.id, role, site }, 'key created')
    response.status(201).json(made)
  })

  router.delete('/keys/:id', guard('access:manage'), async (request, response) => {
    const id = String(request.params.id)
    const key = apiKeys.get(id)
    if (key === null || !covers(credentialOf(response), key.site === null ? null : [key.site])) throw notFound('key', id)
    await apiKeys.revoke(id, at())
    log.info({ event: 'access.key-revoked', by: actor(response), key: id }, 'key revoked')
    response.status(204).end()
  })

  const known = (response: Response, id: string): User => {
    const user = users.get(id)
    if (user === null || !covers(credentialOf(response), user.sites)) throw notFound('user', id)
    return user
  }

  router.get('/users', guard('access:manage'), (request, response) => {
    const visible = users.all().filter(({ sites }) => covers(credentialOf(response), sites))
    const { items, next } = pageOf(visible, ({ id }) => id, queryOf(listQuery, request.url))
    response.json({ items: items.map(userRow), next })
  })

  router.post('/users', guard('access:manage'), ...jsonBody(), async (request, response) => {
    const { username, name, role, sites = null, password, ...given } = accepted(userBody, request.body)
    mayReach(credentialOf(response), sites)
    const areas = (await areasOf(given, role, sites)) ?? null
    if (password !== undefined) newPassword(password, username)
    const first = password ?? newlyMade()
    const user = await users.create({ username, name: name ?? username, role, areas, sites, password: await hashPassword(first) }, at())
    if (user === null) throw problem(409, 'name_taken', 'an account of that name exists')
    log.info({ event: 'access.user-created', by: actor(response), person: user.id, role }, 'account created')
    response.status(201).json({ ...userRow(user), ...(password === undefined ? { password: first } : {}) })
  })

  router.put('/users/:id', guard('access:manage'), ...jsonBody(), async (request, response) => {
    const user = known(response, String(request.params.id))
    const change = accepted(userChange, request.body)
    if (change.sites !== undefined) mayReach(credentialOf(response), change.sites)
    const areas = await areasOf(change.areas === undefined && change.area === undefined ? { areas: user.areas } : change, change.role ?? user.role, change.sites === undefined ? user.sites : change.sites)
    const changed = await users.change(user.id, { ...(change.name === undefined ? {} : { name: change.name }), ...(change.role === undefined ? {} : { role: change.role }), ...(change.sites === undefined ? {} : { sites: change.sites }), ...(areas === undefined ? {} : { areas }), ...(change.disabled === undefined ? {} : { disabled: change.disabled }) })
    if (change.disabled === true) await access.revoke({ person: user.id }, 'account-disabled')
    log.info({ event: 'access.user-changed', by: actor(response), person: user.id, fields: Object.keys(change) }, 'account changed')
    response.json(userRow(changed ?? user))
  })

  /** A new first password, told once; every session of the account ends. */
  router.post('/users/:id/reset', guard('access:manage'), async (request, response) => {
    const user = known(response, String(request.params.id))
    const password = newlyMade()
    await users.change(user.id, { password: await hashPassword(password) })
    await access.revoke({ person: user.id }, 'password-reset')
    log.info({ event: 'access.user-reset', by: actor(response), person: user.id }, 'password reset')
    response.json({ id: user.id, username: user.username, password })
  })

  return router
}
