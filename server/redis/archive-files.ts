import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip, createGzip, gunzip, gzip } from 'node:zlib'
import type { FloorBase } from '../domain/floor.ts'
import type { EntryId } from '../domain/log-entry.ts'
import { type ReadEntry, readEntry } from './floor-log.ts'
import type { EntryFields } from './log-codec.ts'
import type { ArchiveFile } from './manifest.ts'

/** Files of the archive: gzip, one line a thing. Each is written beside its place, flushed to the disk, and renamed; the manifest names it only after that. */
export interface LineWriter {
  readonly write: (line: string) => Promise<void>
  readonly finish: () => Promise<ArchiveFile>
  /** Removes what was written. */
  readonly abandon: () => Promise<void>
}

/** Of entries a line is `[id, kind, at, body, hash]`. */
export interface EntryWriter extends Omit<LineWriter, 'write'> {
  readonly write: (id: EntryId, fields: EntryFields) => Promise<void>
}

/** What is packed in one go: each go is a job of the thread pool, whatever it holds. */
const PIECE = 65_536

const zip = promisify(gzip)
const unzip = promisify(gunzip)

export const placeOf = async (root: string, file: string): Promise<{ readonly path: string; readonly draft: string }> => {
  const path = join(root, file)
  await mkdir(dirname(path), { recursive: true })
  return { path, draft: `${path}.${randomBytes(4).toString('hex')}.part` }
}

const flush = async (path: string, flags: 'r' | 'r+'): Promise<void> => {
  const handle = await open(path, flags)
  await handle.sync().finally(() => handle.close())
}

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** A draft that fails makes room again: who tries it once more begins another one. */
const orRemoved = async <T>(draft: string, make: () => Promise<T>): Promise<T> => {
  try {
    return await make()
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
}

export const settle = (draft: string, path: string, file: string): Promise<ArchiveFile> =>
  orRemoved(draft, async () => {
    await flush(draft, 'r+')
    const [sha256, { size }] = await Promise.all([digestOf(draft), stat(draft)])
    await rename(draft, path)
    // So that the name survives a power cut too; not every file system allows it.
    await flush(dirname(path), 'r').catch(() => undefined)
    return { file, sha256, bytes: size }
  })

export const writeLines = async (root: string, file: string): Promise<LineWriter> => {
  const { path, draft } = await placeOf(root, file)
  const packed = createGzip({ level: 6 })
  const written = orRemoved(draft, () => pipeline(packed, createWriteStream(draft)))
  written.catch(() => undefined)
  let piece = ''
  return {
    write: async (line) => {
      piece += `${line}\n`
      if (piece.length < PIECE) return
      const full = packed.write(piece)
      piece = ''
      if (!full) await Promise.race([new Promise((resolve) => packed.once('drain', resolve)), written])
    },
    finish: async () => {
      packed.end(piece)
      await written
      return settle(draft, path, file)
    },
    abandon: async () => {
      packed.destroy()
      // The draft may be about to be opened: it is closed before it is removed.
      await written.catch(() => undefined)
      await rm(draft, { force: true })
    },
  }
}

export const writeEntries = async (root: string, file: string): Promise<EntryWriter> => {
  const lines = await writeLines(root, file)
  return { ...lines, write: (id, { k, a, b, h }) => lines.write(JSON.stringify([id, k, a, b, h])) }
}

export const damaged = (path: string): Error => new Error(`archive file ${path} is damaged: its SHA-256 is not the one in the manifest; restore it from a backup`)

/** The text of a file in pieces of whole lines; a file that is missing or whose bytes differ from the manifest is an error that names it. */
export async function* readPieces(root: string, { file, sha256 }: ArchiveFile): AsyncGenerator<string> {
  const path = join(root, file)
  if ((await digestOf(path)) !== sha256) throw damaged(path)
  const source = createReadStream(path)
  const plain = createGunzip({ chunkSize: PIECE })
  // A file that cannot be opened ends the reading too.
  source.on('error', (error) => plain.destroy(error))
  try {
    let rest = ''
    for await (const text of source.pipe(plain).setEncoding('utf8')) {
      const piece = `${rest}${String(text)}`
      const end = piece.lastIndexOf('\n') + 1
      rest = piece.slice(end)
      if (end > 0) yield piece.slice(0, end)
    }
    if (rest !== '') yield rest
  } finally {
    source.destroy()
    plain.destroy()
  }
}

/** The lines of a file in order. */
export async function* readLines(root: string, file: ArchiveFile): AsyncGenerator<string> {
  for await (const piece of readPieces(root, file)) for (const line of piece.split('\n')) if (line !== '') yield line
}

export async function* readEntries(root: string, file: ArchiveFile): AsyncGenerator<ReadEntry> {
  for await (const line of readLines(root, file)) {
    const [id = '', k = '', a = '', b = '', h = ''] = JSON.parse(line) as readonly string[]
    yield readEntry({ id, message: { k, a, b, h } })
  }
}

export const writeFloor = async (root: string, file: string, base: FloorBase): Promise<ArchiveFile> => {
  const { path, draft } = await placeOf(root, file)
  return orRemoved(draft, async () => {
    await writeFile(draft, await zip(Buffer.from(JSON.stringify(base)), { level: 6 }))
    return settle(draft, path, file)
  })
}

export const readFloor = async (root: string, { file, sha256 }: ArchiveFile): Promise<FloorBase> => {
  const bytes = await readFile(join(root, file))
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw damaged(join(root, file))
  return JSON.parse((await unzip(bytes)).toString()) as FloorBase
}
