import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { problem } from '../http/problem.ts'

/** Bodies of imports on the disk, and the place each import has reached. One folder a site below `DATA_DIR/imports`. */

export const MOST_IMPORT_BYTES = 4 * 1024 ** 3

const folderOf = (dataDir: string, site: string) => join(dataDir, 'imports', site)
export const bodyPath = (dataDir: string, site: string, id: string): string => join(folderOf(dataDir, site), `${id}.body`)
const statePath = (dataDir: string, site: string, id: string): string => join(folderOf(dataDir, site), `${id}.state.json`)

/** Every rejected line of an import, one JSON object a line; kept after it. */
export const rejectedPath = (dataDir: string, site: string, id: string): string => join(folderOf(dataDir, site), `${id}.rejected.ndjson`)

const endsPath = (dataDir: string, site: string, id: string): string => join(folderOf(dataDir, site), `${id}.ends.ndjson`)

/** Adds text to a file at the place where the import's saved state left it: what a kill wrote beyond is written again. Gives the new length. */
const addAt = async (path: string, at: number, text: string): Promise<number> => {
  if (text === '') return at
  const bytes = Buffer.from(text)
  const handle = await open(path, 'a+', 0o600)
  try {
    await handle.truncate(at)
    await handle.appendFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  return at + bytes.length
}

/** Adds lines to the report of what was refused. */
export const addRejected = (dataDir: string, site: string, id: string, at: number, lines: readonly object[]): Promise<number> => addAt(rejectedPath(dataDir, site, id), at, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))

/** Adds lines to what an import remembers of its customers. */
export const addEnds = (dataDir: string, site: string, id: string, at: number, text: string): Promise<number> => addAt(endsPath(dataDir, site, id), at, text)

/** The lines that were there when the place was saved. */
export async function* endsTo(dataDir: string, site: string, id: string, length: number): AsyncGenerator<string> {
  if (length === 0) return
  await truncate(endsPath(dataDir, site, id), length)
  for await (const { lines } of linesFrom(endsPath(dataDir, site, id), 0)) for (const line of lines) if (line !== '') yield line
}

export interface StoredBody {
  readonly id: string
  readonly bytes: number
  readonly sha256: string
}

const tooLarge = () => problem(413, 'too_large', `an import has at most ${MOST_IMPORT_BYTES} bytes; send several files`)

const bodyFault = (error: unknown): unknown => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET') return problem(400, 'body_invalid', 'the body ended before its end')
  return code === 'ENOSPC' || code === 'EDQUOT' ? problem(503, 'disk_full', 'there is no room in DATA_DIR for this file').with({ 'retry-after': '60' }) : error
}

/** Streams the body to the disk, never more than a few buffers in memory; what is cut off leaves nothing behind. */
export const storeBody = async (request: IncomingMessage, dataDir: string, site: string): Promise<StoredBody> => {
  if (Number(request.headers['content-length'] ?? 0) > MOST_IMPORT_BYTES) throw tooLarge()
  const id = randomBytes(12).toString('hex')
  const folder = folderOf(dataDir, site)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const part = join(folder, `${id}.part`)
  const hash = createHash('sha256')
  let bytes = 0
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > MOST_IMPORT_BYTES) throw tooLarge()
      hash.update(chunk)
      yield chunk
    }
  }
  try {
    await pipeline(request, counted, createWriteStream(part, { flush: true, mode: 0o600 }))
    if (bytes === 0) throw problem(400, 'body_invalid', 'the body is empty: send the file to be imported')
    await rename(part, bodyPath(dataDir, site, id))
  } catch (error) {
    await rm(part, { force: true })
    throw bodyFault(error)
  }
  return { id, bytes, sha256: hash.digest('hex') }
}

/** Whole or not at all, so that a kill leaves the place before. */
export const writeState = async (dataDir: string, site: string, id: string, state: unknown): Promise<void> => {
  const path = statePath(dataDir, site, id)
  await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600, flush: true })
  await rename(`${path}.new`, path)
}

export const readState = async (dataDir: string, site: string, id: string): Promise<unknown> => {
  const text = await readFile(statePath(dataDir, site, id), 'utf8').catch(() => null)
  return text === null ? null : JSON.parse(text)
}

export const removeFiles = async (dataDir: string, site: string, id: string): Promise<void> => {
  await Promise.all([bodyPath(dataDir, site, id), endsPath(dataDir, site, id), statePath(dataDir, site, id), `${statePath(dataDir, site, id)}.new`].map((path) => rm(path, { force: true })))
}

export interface LinePiece {
  readonly lines: readonly string[]
  /** Of the first byte after these lines. */
  readonly offset: number
}

const CHUNK = 1_048_576
const LONGEST_LINE = 1_048_576

/** Lines of a file from a byte on, a piece at a time. A line beyond 1 MB is cut there, for the reader to refuse. */
export async function* linesFrom(path: string, from: number): AsyncGenerator<LinePiece> {
  const handle = await open(path, 'r')
  try {
    // One buffer for the whole file: what is left of a line stands at its beginning.
    let buffer = Buffer.allocUnsafe(CHUNK)
    let held = 0
    let offset = from
    for (;;) {
      if (held === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)])
      const { bytesRead } = await handle.read(buffer, held, buffer.length - held, offset + held)
      if (bytesRead === 0) break
      held += bytesRead
      const end = buffer.subarray(0, held).lastIndexOf(0x0a)
      const cut = end >= 0 ? end + 1 : held > LONGEST_LINE ? held : 0
      if (cut === 0) continue
      const text = buffer.toString('utf8', 0, end >= 0 ? end : cut)
      buffer.copyWithin(0, cut, held)
      held -= cut
      offset += cut
      yield { lines: text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)), offset }
    }
    if (held > 0) yield { lines: [buffer.toString('utf8', 0, held).replace(/\r$/, '')], offset: offset + held }
  } finally {
    await handle.close()
  }
}
