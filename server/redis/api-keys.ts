import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Role } from '../contract/roles.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Notices } from './notices.ts'
import type { Redis } from './plain-client.ts'

export interface ApiKey {
  readonly id: string
  readonly name: string
  /** null: every site. */
  readonly site: string | null
  readonly role: Role
  /** Groups of the settings it is limited to; absent or null: the whole site. */
  readonly areas?: readonly string[] | null
  readonly createdAt: Instant
  readonly revokedAt: Instant | null
}
/** 256 random bits need no slow hash. */
type Stored = ApiKey & { readonly hash: string }

export interface ApiKeys {
  readonly all: () => readonly ApiKey[]
  readonly get: (id: string) => ApiKey | null
  /** The token is told once; only its hash is kept. */
  readonly create: (key: Pick<ApiKey, 'name' | 'site' | 'role' | 'areas'>, at: Instant) => Promise<{ readonly id: string; readonly token: string }>
  readonly revoke: (id: string, at: Instant) => Promise<boolean>
  /** The living key of a token; null for any other text. */
  readonly find: (token: string) => ApiKey | null
  readonly onRevoked: (revoked: (id: string) => void) => () => void
}

const TOPIC = 'api-keys'
const hashOf = (secret: string): string => hash('sha256', secret, 'base64')
const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** Keys are asked for with every event, so every process holds them all: no Redis in the way of a request. */
export const openApiKeys = async ({ redis, keys, notices }: { readonly redis: Redis; readonly keys: Keys; readonly notices: Notices }): Promise<ApiKeys> => {
  const table = new Map<string, Stored>()
  const listeners = new Set<(id: string) => void>()

  const takeIn = (row: string) => {
    const key = JSON.parse(row) as Stored
    table.set(key.id, { ...key, createdAt: instantOf(key.createdAt) })
    if (key.revokedAt !== null) for (const listener of listeners) listener(key.id)
  }
  const store = async (key: Stored) => {
    const row = JSON.stringify(key)
    await redis.hSet(keys.apiKeys, key.id, row)
    takeIn(row)
    await notices.publish(TOPIC, key.id)
  }
  const hear = async (id: string) => {
    const row = await redis.hGet(keys.apiKeys, id)
    if (row !== null && row !== undefined) takeIn(row)
  }
  notices.on(TOPIC, (id) => void hear(id).catch(() => undefined))
  for (const row of Object.values(await redis.hGetAll(keys.apiKeys))) takeIn(String(row))

  const shown = ({ hash: _hash, ...key }: Stored): ApiKey => key

  return {
    all: () => [...table.values()].map(shown).sort((a, b) => a.createdAt - b.createdAt),
    get: (id) => {
      const key = table.get(id)
      return key === undefined ? null : shown(key)
    },
    create: async ({ name, site, role, areas = null }, at) => {
      const id = randomBytes(9).toString('hex')
      const secret = randomBytes(32).toString('base64url')
      await store({ id, name, site, role, areas, createdAt: at, revokedAt: null, hash: hashOf(secret) })
      return { id, token: `fwk_${id}_${secret}` }
    },
    revoke: async (id, at) => {
      const key = table.get(id)
      if (key === undefined || key.revokedAt !== null) return false
      await store({ ...key, revokedAt: at })
      return true
    },
    find: (token) => {
      const [, id = '', secret = ''] = /^fwk_([0-9a-f]{18})_([A-Za-z0-9_-]{43})$/.exec(token) ?? []
      const key = table.get(id)
      if (key === undefined || key.revokedAt !== null || !same(key.hash, hashOf(secret))) return null
      return shown(key)
    },
    onRevoked: (revoked) => {
      listeners.add(revoked)
      return () => void listeners.delete(revoked)
    },
  }
}
