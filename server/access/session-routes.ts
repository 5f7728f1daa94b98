import { Router, type Request, type Response } from 'express'
import type { Credential } from '../contract/roles.ts'
import { accepted, jsonBody } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import type { Screens } from '../redis/screens.ts'
import type { Sites } from '../redis/sites.ts'
import type { User, Users } from '../redis/users.ts'
import { instantOf, isoOf } from '../domain/time.ts'
import { credentialOfUser, type Access } from './access.ts'
import { passwordBody, setupBody, signInBody } from '../contract/accounts.ts'
import { countAttempts } from './attempts.ts'
import { cookieOf, csrfTokenOf, deviceToken, screenKeptS, type Cookies } from './cookies.ts'
import { demoRoles, demoSite } from './demo.ts'
import { credentialOf, openToAll, signedIn, unauthorized } from './guard.ts'
import { hashPassword, passwordFault, verifyPassword } from './passwords.ts'
import { absoluteMs, idleMs, type Sessions } from './sessions.ts'
import type { SetupLink } from './setup-link.ts'
import type { SignIn } from './sign-in.ts'

export interface SessionRoutesDeps {
  readonly screens: Screens
  readonly access: Access
  readonly sessions: Sessions
  readonly users: Users
  readonly sites: Pick<Sites, 'list'>
  readonly signIn: SignIn
  readonly setupLink: SetupLink
  readonly cookies: Cookies
  readonly sessionSecret: string
  readonly addressOf: (request: Request) => string
  readonly now: () => number
  readonly log: Logger
}

const deviceKeptS = 180 * 86_400

export const newPassword = (password: string, username: string, path = 'password'): void => {
  const fault = passwordFault(password, username)
  if (fault !== null) throw problem(422, 'fields_invalid', `the password ${fault}`, { faults: [{ path, code: 'password_refused', detail: fault }] })
}

/** Sign-in, sign-out, who am I, the first administrator, own password and own sessions. */
export const sessionRoutes = ({ access, screens, sessions, users, sites, signIn, setupLink, cookies, sessionSecret, addressOf, now, log }: SessionRoutesDeps): Router => {
  const router = Router()
  const setups = countAttempts({ most: 20, withinMs: 15 * 60_000, now })
  const setupNeeded = () => users.all().length === 0

  const csrfOf = ({ kind, id }: Credential): string | null => (kind === 'session' ? csrfTokenOf(sessionSecret, id) : kind === 'demo' ? csrfTokenOf(sessionSecret, demoSite) : null)
  const me = (credential: Credential) => ({
    kind: credential.kind,
    role: credential.role,
    person: credential.person,
    sites: sites
      .list()
      .filter(({ id }) => credential.sites === null || credential.sites.includes(id))
      .map(({ id, name, timeZone }) => ({ id, name, timeZone, demo: id === demoSite })),
    everySite: credential.sites === null,
    areas: credential.areas ?? null,
    csrfToken: csrfOf(credential),
    setupNeeded: setupNeeded(),
    ...(credential.kind === 'demo' ? { demoRoles } : {}),
    ...(credential.board === undefined ? {} : { board: credential.board }),
    ...(credential.kind === 'session' ? { idleMs, absoluteMs } : {}),
  })

  /** A new id at every sign-in: one that somebody planted before is worth nothing. */
  const begin = async (request: Request, response: Response, user: User): Promise<Credential> => {
    const old = cookieOf(request.headers.cookie, cookies.session)
    const found = old === null ? null : await sessions.find(old)
    if (found !== null) await access.revoke({ session: found.hash }, 'signed-in-again')
    const { id, session } = await sessions.create(user.id)
    response.append('set-cookie', cookies.set(cookies.session, id, absoluteMs / 1_000))
    response.append('set-cookie', cookies.set(cookies.device, deviceToken(sessionSecret, user.id), deviceKeptS))
    log.info({ event: 'access.signed-in', person: user.id }, 'signed in')
    return credentialOfUser(user, session)
  }

  /** A wall asks who it is every few minutes, and gets a new token with the answer once a day. */
  const renewed = async (request: Request, response: Response): Promise<void> => {
    const token = cookieOf(request.headers.cookie, cookies.screen)
    const next = token === null ? null : await screens.renew(token, instantOf(now()))
    if (next !== null) response.append('set-cookie', cookies.set(cookies.screen, next, screenKeptS))
  }

  router.get('/session', openToAll, async (request, response) => {
    const credential = response.locals.door?.credential ?? null
    if (credential === null) throw setupNeeded() ? problem(401, 'setup_needed', 'nobody can sign in yet: open the link that the server told when it started').with({ 'www-authenticate': 'Bearer' }) : unauthorized()
    if (credential.kind === 'screen') await renewed(request, response)
    response.json(me(credential))
  })

  router.post('/session', openToAll, ...jsonBody(), async (request, response) => {
    const { name, password } = accepted(signInBody, request.body)
    const given = { username: name, password, address: addressOf(request), device: cookieOf(request.headers.cookie, cookies.device) }
    const user = await signIn(given).catch((error: unknown) => {
      log.info({ event: 'access.sign-in-refused' }, 'sign-in refused')
      throw error
    })
    response.json(me(await begin(request, response, user)))
  })

  router.delete('/session', signedIn, async (_request, response) => {
    const credential = credentialOf(response)
    if (credential.kind === 'session') await access.revoke({ session: credential.id }, 'signed-out')
    response.append('set-cookie', cookies.clear(cookies.session))
    response.status(204).end()
  })

  /** The page tells that a human acted: streaming alone keeps no session alive. */
  router.post('/session/activity', signedIn, async (_request, response) => {
    await access.acted(credentialOf(response))
    response.status(204).end()
  })

  router.post('/session/password', signedIn, ...jsonBody(), async (request, response) => {
    const credential = credentialOf(response)
    const user = credential.kind === 'session' && credential.person !== null ? users.get(credential.person.id) : null
    if (user === null) throw problem(403, 'forbidden', 'only a signed-in account has a password to change')
    const given = accepted(passwordBody, request.body)
    const wait = setups.waitFor(`password ${user.id}`)
    if (wait > 0) throw problem(429, 'sign_in_throttled', 'too many failed tries; wait before the next').with({ 'retry-after': String(Math.ceil(wait / 1_000)) })
    setups.tried(`password ${user.id}`)
    if (!(await verifyPassword(given.old, user.password))) throw problem(403, 'old_password_wrong', 'the old password is wrong')
    setups.forget(`password ${user.id}`)
    newPassword(given.new, user.username, 'new')
    await users.change(user.id, { password: await hashPassword(given.new) })
    await access.revoke({ person: user.id, but: credential.id }, 'password-changed')
    log.info({ event: 'access.password-changed', person: user.id }, 'password changed')
    response.status(204).end()
  })

  router.get('/sessions', signedIn, async (_request, response) => {
    const { kind, id, person } = credentialOf(response)
    const own = kind === 'session' && person !== null ? await sessions.ofUser(person.id) : []
    const items = own.map(({ hash, createdAt, touchedAt }) => ({ id: hash, createdAt: isoOf(instantOf(createdAt)), lastActionAt: isoOf(instantOf(touchedAt)), current: hash === id }))
    response.json({ items, next: null })
  })

  router.delete('/sessions/:id', signedIn, async (request, response) => {
    const { kind, person } = credentialOf(response)
    const id = String(request.params.id)
    const own = kind === 'session' && person !== null ? await sessions.ofUser(person.id) : []
    if (!own.some(({ hash }) => hash === id)) throw notFound('session', id)
    await access.revoke({ session: id }, 'signed-out')
    response.status(204).end()
  })

  router.post('/setup', openToAll, ...jsonBody(), async (request, response) => {
    const { token, username, name, password } = accepted(setupBody, request.body)
    const address = addressOf(request)
    const wait = setups.waitFor(address)
    if (wait > 0) throw problem(429, 'setup_throttled', 'too many tries; wait before the next').with({ 'retry-after': String(Math.ceil(wait / 1_000)) })
    if (!setupNeeded()) throw problem(409, 'setup_done', 'there is an account already: an administrator makes more')
    newPassword(password, username)
    setups.tried(address)
    if (!(await setupLink.use(token))) throw problem(401, 'setup_token_wrong', 'the link is wrong, used or older than 15 minutes: it is the one that the terminal shows; starting the server again prints a new one')
    const user = await users.create({ username, name: name ?? username, role: 'admin', sites: null, password: await hashPassword(password) }, instantOf(now()))
    if (user === null) throw problem(409, 'name_taken', 'an account of that name exists')
    log.info({ event: 'access.setup-done', person: user.id }, 'first administrator made')
    response.status(201).json(me(await begin(request, response, user)))
  })

  return router
}
