import { randomBytes } from 'node:crypto'
import type { Role } from '../contract/roles.ts'
import type { PeopleByRole } from '../contract/settings/warnings.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Notices } from './notices.ts'
import type { Redis } from './plain-client.ts'
import { fingerprint, keyFor, sealerWith } from './seal.ts'

/** An account: one human who signs in. */
export interface User {
  readonly id: string
  /** Sign-in name as it was given; told apart without regard to case. */
  readonly username: string
  /** What others read. */
  readonly name: string
  readonly role: Role
  /** Groups of the settings it is limited to; absent or null: the whole site. */
  readonly areas?: readonly string[] | null
  /** null: every site. */
  readonly sites: readonly string[] | null
  readonly disabled: boolean
  /** scrypt with its parameters; null: cannot sign in with a password. */
  readonly password: string | null
  readonly createdAt: Instant
}

export interface Users {
  readonly all: () => readonly User[]
  readonly get: (id: string) => User | null
  readonly byUsername: (username: string) => User | null
  /** null when the sign-in name is taken. */
  readonly create: (user: Omit<User, 'id' | 'createdAt' | 'disabled'>, at: Instant) => Promise<User | null>
  readonly change: (id: string, change: Partial<Pick<User, 'name' | 'role' | 'areas' | 'sites' | 'disabled' | 'password'>>) => Promise<User | null>
  /** Called in every process after an account changed. */
  readonly onChange: (changed: (id: string) => void) => () => void
  /** Accounts that reach a site, by role. */
  readonly byRole: (site: string) => PeopleByRole
}

const TOPIC = 'users'

/** One name, however it is typed. */
export const usernameKey = (username: string): string => username.normalize('NFKC').trim().toLowerCase()

/** Accounts are few, so every process holds them all; rows and names are sealed, and found by a keyed fingerprint. */
export const openUsers = async ({ redis, keys, notices, dataKey }: { readonly redis: Redis; readonly keys: Keys; readonly notices: Notices; readonly dataKey: Uint8Array }): Promise<Users> => {
  const sealer = sealerWith(keyFor(dataKey, '', 'users'))
  const nameKey = keyFor(dataKey, '', 'user names')
  const users = new Map<string, User>()
  const ids = new Map<string, string>()
  const listeners = new Set<(id: string) => void>()
  const place = (id: string) => `user ${id}`

  const takeIn = (id: string, row: string) => {
    const user = JSON.parse(sealer.open(row, place(id)).toString()) as User
    users.set(id, { ...user, createdAt: instantOf(user.createdAt) })
    ids.set(usernameKey(user.username), id)
  }
  const store = async (user: User) => {
    const row = sealer.seal(JSON.stringify(user), place(user.id))
    await redis.hSet(keys.users, user.id, row)
    takeIn(user.id, row)
    for (const listener of listeners) listener(user.id)
    await notices.publish(TOPIC, user.id)
  }
  const hear = async (id: string) => {
    const row = await redis.hGet(keys.users, id)
    if (row === null || row === undefined) return
    takeIn(id, row)
    for (const listener of listeners) listener(id)
  }
  // A notice that cannot be followed now is followed by the next one or the next start; sessions are checked again in 30 s.
  notices.on(TOPIC, (id) => void hear(id).catch(() => undefined))
  for (const [id, row] of Object.entries(await redis.hGetAll(keys.users))) takeIn(id, String(row))

  return {
    all: () => [...users.values()].sort((a, b) => (a.username < b.username ? -1 : 1)),
    get: (id) => users.get(id) ?? null,
    byUsername: (username) => users.get(ids.get(usernameKey(username)) ?? '') ?? null,
    create: async (given, at) => {
      const user: User = { ...given, id: `u-${randomBytes(9).toString('base64url')}`, disabled: false, createdAt: at }
      if (!(await redis.hSetNX(keys.userNames, fingerprint(nameKey, usernameKey(given.username)), user.id))) return null
      await store(user)
      return user
    },
    change: async (id, change) => {
      const user = users.get(id)
      if (user === undefined) return null
      const changed = { ...user, ...change }
      await store(changed)
      return changed
    },
    onChange: (changed) => {
      listeners.add(changed)
      return () => void listeners.delete(changed)
    },
    byRole: (site) => {
      const counts: Partial<Record<Role, number>> = {}
      for (const { role, sites, disabled } of users.values()) if (!disabled && (sites === null || sites.includes(site))) counts[role] = (counts[role] ?? 0) + 1
      return counts
    },
  }
}
