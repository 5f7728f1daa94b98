import { RESP_TYPES } from 'redis'
import type { Redis } from './plain-client.ts'

/** A value of Redis as its parts, in the order in which they are written again. */
export type Kind = 'string' | 'hash' | 'set' | 'zset' | 'list' | 'stream'
export type Part = Buffer
/** Replies as bytes: ids of seen events and sealed values are no text. */
export type Raw = (...args: readonly string[]) => Promise<unknown>

export const rawTo = (redis: Redis): Raw => {
  const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer }
  return (...args) => redis.sendCommand([...args], { typeMapping })
}

const kinds: ReadonlySet<string> = new Set(['string', 'hash', 'set', 'zset', 'list', 'stream'])
export const isKind = (text: string): text is Kind => kinds.has(text)

/** What reads a whole value at once. */
export const readWhole: Readonly<Record<Kind, (key: string) => readonly string[]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
  list: (key) => ['LRANGE', key, '0', '-1'],
  stream: (key) => ['XRANGE', key, '-', '+'],
}

/** Entries of a stream are [id, [field, value, ...]]; all else is flat. */
export const partsOfReply = (kind: Kind, reply: unknown): readonly (Part | readonly Part[])[] => {
  if (reply === null) return []
  if (kind === 'string') return [reply as Part]
  if (kind === 'stream') return (reply as readonly (readonly [Part, readonly Part[]])[]).map(([id, fields]) => [id, ...fields])
  return reply as readonly Part[]
}

/** Commands that write parts to a key that is new. */
export const writeParts = (key: string, kind: Kind, parts: readonly (Part | readonly Part[])[]): readonly (readonly (string | Buffer)[])[] => {
  if (parts.length === 0) return []
  const flat = parts as readonly Part[]
  switch (kind) {
    case 'string':
      return [['SET', key, ...flat]]
    case 'hash':
      return [['HSET', key, ...flat]]
    case 'set':
      return [['SADD', key, ...flat]]
    case 'list':
      return [['RPUSH', key, ...flat]]
    case 'zset': {
      const pairs: Part[] = []
      for (let i = 0; i + 1 < flat.length; i += 2) pairs.push(flat[i + 1] ?? Buffer.alloc(0), flat[i] ?? Buffer.alloc(0))
      return [['ZADD', key, ...pairs]]
    }
    case 'stream':
      return (parts as readonly (readonly Part[])[]).map((entry) => ['XADD', key, ...entry])
  }
}
