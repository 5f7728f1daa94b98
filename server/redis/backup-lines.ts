import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { finished, pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { Kind, Part } from './raw-values.ts'

/**
 * A backup: gzip of lines of JSON. The first says what it is, each other holds some parts of one key, the last how many lines there
 * are and their SHA-256, so that a file which was cut or changed is not believed.
 */
export const BACKUP_FORMAT = 1

export interface BackupHead {
  readonly floorwatch: 'backup'
  readonly format: number
  /** By the clock of Redis. */
  readonly at: string
}

export interface BackupLine {
  /** Without the installation's prefix. */
  readonly key: string
  readonly kind: Kind
  /** Epoch ms at which it ends; absent: never. */
  readonly expiresAt?: number
  readonly parts: readonly (Part | readonly Part[])[]
}

/** Text as text, bytes that are none as base64. */
const packed = (part: Part): string | { readonly b: string } => {
  const text = part.toString()
  return Buffer.from(text).equals(part) ? text : { b: part.toString('base64') }
}
const unpacked = (value: unknown): Part => {
  if (typeof value === 'string') return Buffer.from(value)
  if (typeof value === 'object' && value !== null && 'b' in value && typeof value.b === 'string') return Buffer.from(value.b, 'base64')
  throw new Error('a value of the backup is neither text nor bytes')
}
const isList = (part: Part | readonly Part[]): part is readonly Part[] => Array.isArray(part)

export interface BackupWriter {
  write(line: BackupLine): Promise<void>
  finish(): Promise<{ readonly lines: number; readonly sha256: string }>
  abandon(): Promise<void>
}

export const writeBackupFile = async (path: string, head: BackupHead): Promise<BackupWriter> => {
  const draft = `${path}.part`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const zip = createGzip({ level: 6 })
  // Whoever may read it may read what Redis holds, sealed as it is there.
  const written = pipeline(zip, createWriteStream(draft, { mode: 0o600 }))
  written.catch(() => undefined)
  const hash = createHash('sha256')
  let lines = 0
  const put = async (text: string) => {
    hash.update(text)
    if (!zip.write(text)) await Promise.race([new Promise((resolve) => zip.once('drain', resolve)), written])
  }
  await put(`${JSON.stringify(head)}\n`)
  return {
    write: async ({ key, kind, expiresAt, parts }) => {
      lines += 1
      await put(`${JSON.stringify([key, kind, expiresAt ?? 0, parts.map((part) => (isList(part) ? part.map(packed) : packed(part)))])}\n`)
    },
    finish: async () => {
      const sha256 = hash.digest('hex')
      zip.end(`${JSON.stringify({ lines, sha256 })}\n`)
      await written
      const handle = await open(draft, 'r+')
      await handle.sync().finally(() => handle.close())
      await rename(draft, path)
      return { lines, sha256 }
    },
    abandon: async () => {
      zip.destroy()
      await finished(zip).catch(() => undefined)
      await rm(draft, { force: true })
    },
  }
}

const damaged = (path: string, why: string) => new Error(`${path} is no whole backup of Floorwatch: ${why}`)

/** The lines of a file; throws at its end when it was cut or changed, so read it once before anything is done with it. */
export async function* readBackupFile(path: string): AsyncGenerator<BackupLine> {
  const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()), crlfDelay: Infinity })
  const hash = createHash('sha256')
  let [count, first, end] = [0, true, null as { readonly lines: number; readonly sha256: string } | null]
  try {
    for await (const text of lines) {
      if (end !== null) throw damaged(path, 'there are lines after its end')
      const value: unknown = JSON.parse(text)
      if (first) {
        const head = value as BackupHead
        if (head.floorwatch !== 'backup' || head.format !== BACKUP_FORMAT) throw damaged(path, 'its first line says something else')
        first = false
        hash.update(`${text}\n`)
      } else if (Array.isArray(value)) {
        const [key, kind, expiresAt, parts] = value as unknown as readonly [string, Kind, number, readonly unknown[]]
        hash.update(`${text}\n`)
        count += 1
        yield { key, kind, ...(expiresAt > 0 ? { expiresAt } : {}), parts: parts.map((part) => (Array.isArray(part) ? part.map(unpacked) : unpacked(part))) }
      } else end = value as { readonly lines: number; readonly sha256: string }
    }
  } catch (error) {
    throw error instanceof Error && error.message.includes('is no whole backup') ? error : damaged(path, error instanceof Error ? error.message : String(error))
  }
  if (end === null) throw damaged(path, 'it was cut')
  if (end.lines !== count || end.sha256 !== hash.digest('hex')) throw damaged(path, 'its SHA-256 is another one')
}
