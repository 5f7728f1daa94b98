import { createHash, randomBytes } from 'node:crypto'
import type { Keys } from '../redis/keys.ts'
import type { Redis } from '../redis/connect.ts'

/** Sessions live in Redis under the hash of their id; the cookie alone holds the id. */

export interface Session {
  /** Hash of the cookie's value: safe to log and to compare. */
  readonly hash: string
  readonly user: string
  readonly createdAt: number
  /** Last human action that was written, at most 5 minutes behind. */
  readonly touchedAt: number
}

export interface Sessions {
  /** The cookie's value is told once. */
  create(user: string): Promise<{ readonly id: string; readonly session: Session }>
  find(id: string): Promise<Session | null>
  /** A human acted: writes at most once in 5 minutes. */
  touch(session: Session): Promise<void>
  end(hash: string): Promise<void>
  /** Ends every session of a user but one, and says which. */
  endOf(user: string, but?: string): Promise<readonly string[]>
  ofUser(user: string): Promise<readonly Session[]>
}

export const idleMs = 30 * 60_000
export const absoluteMs = 12 * 3_600_000
const touchEveryMs = 5 * 60_000

const hashOf = (id: string): string => createHash('sha256').update(id).digest('base64url')

export const openSessions = ({ redis, keys, now }: { readonly redis: Redis; readonly keys: Keys; readonly now: () => number }): Sessions => {
  const lifeOf = ({ createdAt }: Pick<Session, 'createdAt'>): number => Math.max(1, Math.min(idleMs, createdAt + absoluteMs - now()))
  const write = async (session: Session): Promise<void> => {
    const { hash, user, createdAt, touchedAt } = session
    await redis.set(keys.session(hash), JSON.stringify({ user, createdAt, touchedAt }), { expiration: { type: 'PX', value: lifeOf(session) } })
  }
  const read = async (hash: string): Promise<Session | null> => {
    const row = await redis.get(keys.session(hash))
    if (row === null) return null
    const { user, createdAt, touchedAt } = JSON.parse(row) as Omit<Session, 'hash'>
    return now() - createdAt >= absoluteMs || now() - touchedAt >= idleMs ? null : { hash, user, createdAt, touchedAt }
  }

  return {
    create: async (user) => {
      const id = randomBytes(32).toString('base64url')
      const session: Session = { hash: hashOf(id), user, createdAt: now(), touchedAt: now() }
      await write(session)
      await redis.sAdd(keys.sessionsOf(user), session.hash)
      await redis.pExpire(keys.sessionsOf(user), absoluteMs)
      return { id, session }
    },
    find: async (id) => (/^[A-Za-z0-9_-]{43}$/.test(id) ? read(hashOf(id)) : null),
    touch: async (session) => {
      const current = now() - session.touchedAt < touchEveryMs ? null : await read(session.hash)
      if (current === null || now() - current.touchedAt < touchEveryMs) return
      await write({ ...current, touchedAt: now() })
    },
    end: async (hash) => void (await redis.del(keys.session(hash))),
    endOf: async (user, but) => {
      const hashes = (await redis.sMembers(keys.sessionsOf(user))).filter((hash) => hash !== but)
      for (const hash of hashes) {
        await redis.del(keys.session(hash))
        await redis.sRem(keys.sessionsOf(user), hash)
      }
      return hashes
    },
    ofUser: async (user) => {
      const found = await Promise.all((await redis.sMembers(keys.sessionsOf(user))).map(read))
      return found.filter((session) => session !== null)
    },
  }
}
