import { createHash, randomBytes } from 'node:crypto'
import { instantOf, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Notices } from './notices.ts'
import type { Redis } from './plain-client.ts'

/** A paired wall: one browser, one board of one site (RELIABILITY S57). */
export interface Screen {
  readonly id: string
  readonly name: string
  readonly site: string
  /** The layout it shows, and the only view it may read. */
  readonly board: string
  readonly pairedAt: Instant
  readonly revokedAt: Instant | null
  /** Why it ended: `revoked` by an administrator, `stolen` when an outdated token was used. */
  readonly ended: 'revoked' | 'stolen' | null
}
interface Stored extends Screen {
  readonly current: string
  /** The token before: good until the new one has been seen, for its answer may have been lost on the way. */
  readonly previous: string | null
  /** All tokens before that: whoever uses one has a copy of what is no longer used. */
  readonly outdated: readonly string[]
  readonly renewedAt: Instant
  readonly seenAt: Instant | null
  /** When it was last asked to load itself anew. */
  readonly calledAt?: Instant
}

export interface Screens {
  readonly all: () => readonly Screen[]
  readonly get: (id: string) => Screen | null
  readonly pair: (screen: Pick<Screen, 'name' | 'site' | 'board'>, at: Instant) => Promise<Screen>
  /** The first token of a paired screen, told once; only its hash is kept. Null: the screen is revoked. */
  readonly issue: (id: string, at: Instant) => Promise<string | null>
  /** Another name, or another board, which the screen then goes to. Null: there is no such living screen. */
  readonly change: (id: string, to: Partial<Pick<Screen, 'name' | 'board'>>, at: Instant) => Promise<Screen | null>
  /** Asks a living screen to load itself anew. */
  readonly call: (id: string, at: Instant) => Promise<boolean>
  readonly revoke: (id: string, at: Instant, why: 'revoked' | 'stolen') => Promise<boolean>
  /** The living screen of a token; an outdated token ends the screen it was stolen from. */
  readonly find: (token: string, at: Instant) => Promise<Screen | null>
  /** A new token once the old one is a day old; null: it is still good. */
  readonly renew: (token: string, at: Instant) => Promise<string | null>
  readonly lastSeen: () => Promise<ReadonlyMap<string, Instant>>
  readonly onEnded: (ended: (id: string) => void) => () => void
  readonly onCalled: (called: (id: string) => void) => () => void
}

export const RENEW_AFTER_MS = 24 * 3_600_000
/** Two requests of one page load may carry the old and the new token. */
const OVERLAP_MS = 60_000
const SEEN_EVERY_MS = 60_000
const MOST_OUTDATED = 60
const TOPIC = 'screens'
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
const made = (): string => randomBytes(32).toString('base64url')

export const openScreens = async ({ redis, keys, notices }: { readonly redis: Redis; readonly keys: Keys; readonly notices: Notices }): Promise<Screens> => {
  const table = new Map<string, Stored>()
  const listeners = new Set<(id: string) => void>()
  const callers = new Set<(id: string) => void>()
  const told = new Map<string, number>()

  const takeIn = (row: string): void => {
    const screen = JSON.parse(row) as Stored
    const before = table.get(screen.id)
    table.set(screen.id, screen)
    if (before !== undefined && before.calledAt !== screen.calledAt) for (const caller of callers) caller(screen.id)
    if (screen.revokedAt !== null) for (const listener of listeners) listener(screen.id)
  }
  const store = async (screen: Stored): Promise<void> => {
    const row = JSON.stringify(screen)
    await redis.hSet(keys.screens, screen.id, row)
    takeIn(row)
    await notices.publish(TOPIC, screen.id)
  }
  const hear = async (id: string): Promise<void> => {
    const row = await redis.hGet(keys.screens, id)
    if (row !== null && row !== undefined) takeIn(row)
  }
  notices.on(TOPIC, (id) => void hear(id).catch(() => undefined))
  for (const row of Object.values(await redis.hGetAll(keys.screens))) takeIn(String(row))

  const shown = ({ id, name, site, board, pairedAt, revokedAt, ended }: Stored): Screen => ({ id, name, site, board, pairedAt: instantOf(pairedAt), revokedAt: revokedAt === null ? null : instantOf(revokedAt), ended })
  const split = (token: string): { readonly screen: Stored; readonly hash: string } | null => {
    const [, id = '', secret = ''] = /^fws_([0-9a-f]{18})_([A-Za-z0-9_-]{43})$/.exec(token) ?? []
    const screen = table.get(id)
    return screen === undefined || screen.revokedAt !== null ? null : { screen, hash: hashOf(secret) }
  }
  const living: (id: string) => Promise<Stored | null> = async (id) => {
    // Its token may have been renewed by another process: what is written back must hold that.
    await hear(id)
    const screen = table.get(id)
    return screen === undefined || screen.revokedAt !== null ? null : screen
  }
  const revoke: Screens['revoke'] = async (id, at, why) => {
    const screen = table.get(id)
    if (screen === undefined || screen.revokedAt !== null) return false
    await store({ ...screen, revokedAt: at, ended: why })
    return true
  }
  /** Whether the token is the living one, or the one before while that may still be on its way. */
  const isGood = ({ current, previous, seenAt }: Stored, hash: string, at: Instant): boolean => hash === current || (hash === previous && (seenAt === null || at - seenAt < OVERLAP_MS))

  return {
    all: () => [...table.values()].map(shown).sort((a, b) => a.pairedAt - b.pairedAt),
    get: (id) => {
      const screen = table.get(id)
      return screen === undefined ? null : shown(screen)
    },
    pair: async ({ name, site, board }, at) => {
      const id = randomBytes(9).toString('hex')
      const screen: Stored = { id, name, site, board, pairedAt: at, revokedAt: null, ended: null, current: '', previous: null, outdated: [], renewedAt: at, seenAt: null }
      await store(screen)
      return shown(screen)
    },
    issue: async (id, at) => {
      await hear(id)
      const screen = table.get(id)
      if (screen === undefined || screen.revokedAt !== null) return null
      const secret = made()
      await store({ ...screen, current: hashOf(secret), renewedAt: at })
      return `fws_${id}_${secret}`
    },
    change: async (id, to, at) => {
      const screen = await living(id)
      if (screen === null) return null
      const board = to.board ?? screen.board
      const next: Stored = { ...screen, name: to.name ?? screen.name, board, ...(board === screen.board ? {} : { calledAt: at }) }
      await store(next)
      return shown(next)
    },
    call: async (id, at) => {
      const screen = await living(id)
      if (screen !== null) await store({ ...screen, calledAt: at })
      return screen !== null
    },
    revoke,
    find: async (token, at) => {
      const found = split(token)
      if (found === null) return null
      const { screen, hash } = found
      if (!isGood(screen, hash, at)) {
        // Another process may have renewed it a moment ago: the row in Redis decides, not this copy of it.
        await hear(screen.id)
        const now = table.get(screen.id)
        if (now === undefined || now.revokedAt !== null) return null
        if (!isGood(now, hash, at)) {
          if (hash === now.previous || now.outdated.includes(hash)) await revoke(screen.id, at, 'stolen')
          return null
        }
      } else if (hash === screen.current && screen.seenAt === null) await store({ ...screen, seenAt: at })
      if (at - (told.get(screen.id) ?? 0) >= SEEN_EVERY_MS) {
        told.set(screen.id, at)
        await redis.hSet(keys.screensSeen, screen.id, String(at))
      }
      return shown(screen)
    },
    renew: async (token, at) => {
      const found = split(token)
      if (found === null || !isGood(found.screen, found.hash, at)) return null
      const { screen, hash } = found
      // The answer with the current token never arrived: it is replaced, and nobody has it.
      const lost = hash === screen.previous && screen.seenAt === null
      if (!lost && (hash !== screen.current || at - screen.renewedAt < RENEW_AFTER_MS)) return null
      const secret = made()
      const outdated = [...(screen.previous === null || lost ? [] : [screen.previous]), ...screen.outdated].slice(0, MOST_OUTDATED)
      await store({ ...screen, current: hashOf(secret), previous: hash, outdated, renewedAt: at, seenAt: null })
      return `fws_${screen.id}_${secret}`
    },
    lastSeen: async () => new Map(Object.entries(await redis.hGetAll(keys.screensSeen)).map(([id, at]) => [id, instantOf(Number(at))])),
    onEnded: (ended) => {
      listeners.add(ended)
      return () => void listeners.delete(ended)
    },
    onCalled: (called) => {
      callers.add(called)
      return () => void callers.delete(called)
    },
  }
}
