import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { RESP_TYPES } from 'redis'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'

/**
 * A large value in pieces of at most 256 kB under one hash key: a single large write under `appendfsync always` stalls all writers.
 * Each save has a generation of its own; the description is written last, so a reader sees the old value or the new one whole.
 */
const PIECE_BYTES = 256 * 1024

const pack = promisify(gzip)
const unpack = promisify(gunzip)
const script = openScript('settle-pieces')

export interface Pieces<Meta> {
  readonly meta: Meta
  readonly text: string
}

interface Stored<Meta> {
  readonly generation: string
  readonly count: number
  readonly sha256: string
  readonly meta: Meta
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

export interface SaveTo {
  readonly redis: Redis
  readonly key: string
  /** Of several values under one key, which; their pieces do not touch each other. */
  readonly name: string
  readonly fenceKey: string
  readonly fence: number
}

/** False when the fence has passed to another holder; the old value stays. */
export const savePieces = async <Meta>({ redis, key, name, fenceKey, fence }: SaveTo, { meta, text }: Pieces<Meta>): Promise<boolean> => {
  const packed = await pack(Buffer.from(text), { level: 1 })
  const stored: Stored<Meta> = { generation: randomBytes(6).toString('hex'), count: Math.ceil(packed.length / PIECE_BYTES), sha256: digest(packed), meta }
  for (let i = 0; i < stored.count; i += 1) {
    await redis.hSet(key, `${stored.generation}:${i}`, packed.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES))
  }
  return (await script.run(redis, { keys: [key, fenceKey], arguments: [String(fence), `meta:${name}`, JSON.stringify(stored)] })) === 1
}

export const readMeta = async <Meta>(redis: Redis, key: string, name: string): Promise<Stored<Meta> | null> => {
  const row = await redis.hGet(key, `meta:${name}`)
  return row ? (JSON.parse(row) as Stored<Meta>) : null
}

/** Null when there is none, or when a piece is missing or damaged. */
export const readPieces = async <Meta>(redis: Redis, key: string, name: string): Promise<Pieces<Meta> | null> => {
  const stored = await readMeta<Meta>(redis, key, name)
  if (!stored) return null
  const asBuffers = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  const parts: Buffer[] = []
  for (let i = 0; i < stored.count; i += 1) {
    const part = await asBuffers.hGet(key, `${stored.generation}:${i}`)
    if (!part) return null
    parts.push(part as unknown as Buffer)
  }
  const packed = Buffer.concat(parts)
  if (digest(packed) !== stored.sha256) return null
  return { meta: stored.meta, text: (await unpack(packed)).toString() }
}
