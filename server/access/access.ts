import { reaches, type Credential } from '../contract/roles.ts'
import { instantOf } from '../domain/time.ts'
import type { Notices } from '../redis/notices.ts'
import type { ApiKey, ApiKeys } from '../redis/api-keys.ts'
import type { Screen, Screens } from '../redis/screens.ts'
import type { User, Users } from '../redis/users.ts'
import { administrator, bearerOf, secretIs } from './administrator.ts'
import { cookieOf, type Cookies } from './cookies.ts'
import { demoCredential } from './demo.ts'
import { isLocalToken } from './local-token.ts'
import type { Session, Sessions } from './sessions.ts'

export type Headers = NodeJS.Dict<string | string[]>
/** Told to whoever holds a credential open (sockets): true for those that are no longer valid or have other rights. */
export type Revoked = (concerns: (credential: Credential) => boolean, reason: string) => void

export interface Access {
  /** Who asks; null: nobody known. A wrong bearer token is nobody, whatever cookie comes with it. */
  authenticate(headers: Headers, peer: string | undefined): Promise<Credential | null>
  /** The same for who brings an Authorization header: those are known without asking anybody. */
  bearer(authorization: string): Credential | null
  /** Called in every process within 5 s of a sign-out, an expiry, a revoked key or changed rights. Gives a function that ends it. */
  onRevoked(revoked: Revoked): () => void
  /** Ends a session or all sessions of a person, in every process. */
  revoke(what: { readonly session: string } | { readonly person: string; readonly but?: string }, reason: string): Promise<void>
  /** A human did something with this credential. */
  acted(credential: Credential): Promise<void>
  /** When a key was last used in this process, by its id. */
  lastUsed(key: string): number | null
  /** Names of people by id, for owners and authors. */
  nameOf(person: string): string | null
  close(): void
}

export interface AccessDeps {
  readonly adminToken: string | null
  readonly sessionSecret: string
  readonly cookies: Cookies
  readonly sessions: Sessions
  readonly users: Users
  readonly apiKeys: ApiKeys
  readonly screens: Screens
  readonly notices: Notices
  /** Told after a site's settings changed: what areas hold may be something else. */
  readonly onGroups?: (changed: (site: string) => void) => () => void
  readonly now: () => number
  /** False: no demo site. */
  readonly demo: boolean
  /** True when a request came straight from this machine. */
  readonly fromThisMachine: (peer: string | undefined, headers: Headers) => boolean
  /** Sessions seen by this process are checked this often. */
  readonly recheckMs?: number
}

const TOPIC = 'revoked'
/** A session is read again after this time (RELIABILITY D16). */
const FRESH_MS = 30_000

type Notice = { readonly session?: string; readonly person?: string; readonly but?: string; readonly reason: string }

const limited = ({ areas }: Pick<User | ApiKey, 'areas'>): Pick<Credential, 'areas'> => (areas == null ? {} : { areas })
export const credentialOfKey = (key: ApiKey): Credential => {
  const machine = key.role === 'source' || key.role === 'display'
  return { kind: 'key', id: key.id, person: machine ? null : { id: `key-${key.id}`, name: key.name }, role: key.role, sites: key.site === null ? null : [key.site], ...limited(key) }
}
const credentialOfScreen = ({ id, site, board }: Screen): Credential => ({ kind: 'screen', id, person: null, role: 'display', sites: [site], board })
export const credentialOfUser = (user: User, session: Session): Credential => ({ kind: 'session', id: session.hash, person: { id: user.id, name: user.name }, role: user.role, sites: user.sites, ...limited(user) })

export const openAccess = ({ adminToken, sessionSecret, cookies, sessions, users, apiKeys, screens, notices, onGroups, now, demo, fromThisMachine, recheckMs = FRESH_MS }: AccessDeps): Access => {
  /** Cookie value -> session as last read; kept while somebody uses it. */
  const seen = new Map<string, { readonly session: Session; readonly readAt: number }>()
  const used = new Map<string, number>()
  const listeners = new Set<Revoked>()

  const tell = (concerns: (credential: Credential) => boolean, reason: string) => {
    for (const listener of listeners) listener(concerns, reason)
  }
  const drop = (gone: (session: Session) => boolean) => {
    for (const [id, { session }] of seen) if (gone(session)) seen.delete(id)
  }
  const hear = ({ session, person, but, reason }: Notice) => {
    drop((known) => known.hash === session || (known.user === person && known.hash !== but))
    tell((credential) => credential.kind === 'session' && (credential.id === session || (person !== undefined && credential.person?.id === person && credential.id !== but)), reason)
  }
  const endings = [
    notices.on(TOPIC, (text) => hear(JSON.parse(text) as Notice)),
    // Rights changed: sockets of that person begin anew with the new ones, the session lives on.
    users.onChange((id) => tell((credential) => credential.kind === 'session' && credential.person?.id === id, 'rights-changed')),
    screens.onEnded((id) => tell((credential) => credential.kind === 'screen' && credential.id === id, 'screen-revoked')),
    screens.onCalled((id) => tell((credential) => credential.kind === 'screen' && credential.id === id, 'screen-called')),
    ...(onGroups === undefined ? [] : [onGroups((site) => tell((credential) => credential.areas != null && reaches(credential, site), 'rights-changed'))]),
    apiKeys.onRevoked((id) => tell((credential) => credential.kind === 'key' && credential.id === id, 'key-revoked')),
  ]

  const sessionOf = async (id: string): Promise<Session | null> => {
    const kept = seen.get(id)
    if (kept !== undefined && now() - kept.readAt < FRESH_MS) return kept.session
    const session = await sessions.find(id)
    if (session === null) seen.delete(id)
    else seen.set(id, { session, readAt: now() })
    return session
  }
  const recheck = async () => {
    for (const [id, { session }] of [...seen]) {
      const found = await sessions.find(id)
      if (found !== null) seen.set(id, { session: found, readAt: now() })
      else hear({ session: session.hash, reason: 'expired' })
    }
  }
  // While Redis is away nothing can be checked; every request that needs it is refused meanwhile.
  const timer = setInterval(() => void recheck().catch(() => undefined), recheckMs)
  timer.unref()

  const isAdminToken = adminToken === null ? () => false : secretIs(adminToken)
  /** Keys of sources come with every request, the administrator's token seldom. */
  const byToken = (token: string): Credential | null => {
    const key = apiKeys.find(token)
    if (key === null) return isAdminToken(token) || isLocalToken(token, sessionSecret, now()) ? administrator : null
    used.set(key.id, now())
    return credentialOfKey(key)
  }

  return {
    bearer: (authorization) => byToken(bearerOf(authorization) ?? ''),
    authenticate: async (headers, peer) => {
      const token = bearerOf(headers.authorization)
      if (token !== null) return byToken(token)
      const id = cookieOf(headers.cookie, cookies.session)
      const session = id === null ? null : await sessionOf(id)
      const user = session === null ? null : users.get(session.user)
      if (session !== null && user !== null && !user.disabled) return credentialOfUser(user, session)
      const screenToken = cookieOf(headers.cookie, cookies.screen)
      const screen = screenToken === null ? null : await screens.find(screenToken, instantOf(now()))
      if (screen !== null) return credentialOfScreen(screen)
      return demo && fromThisMachine(peer, headers) ? demoCredential(headers) : null
    },
    onRevoked: (revoked) => {
      listeners.add(revoked)
      return () => void listeners.delete(revoked)
    },
    revoke: async (what, reason) => {
      if ('session' in what) await sessions.end(what.session)
      else await sessions.endOf(what.person, what.but)
      hear({ ...what, reason })
      await notices.publish(TOPIC, JSON.stringify({ ...what, reason }))
    },
    acted: async (credential) => {
      const kept = [...seen.values()].find(({ session }) => session.hash === credential.id)
      if (credential.kind === 'session' && kept !== undefined) await sessions.touch(kept.session)
    },
    lastUsed: (key) => used.get(key) ?? null,
    nameOf: (person) => {
      if (person === administrator.person?.id) return administrator.person.name
      if (person.startsWith('key-')) return apiKeys.get(person.slice('key-'.length))?.name ?? null
      if (person.startsWith('demo-')) return demoCredential({ 'x-demo-role': person.slice('demo-'.length) }).person?.name ?? null
      return users.get(person)?.name ?? null
    },
    close: () => {
      clearInterval(timer)
      for (const end of endings) end()
    },
  }
}
