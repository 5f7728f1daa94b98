import { createHash } from 'node:crypto'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Where a follower stands: so many bytes into a file that is known by its inode and by the bytes just before. */
export interface FilePosition {
  readonly inode: string
  readonly offset: number
  /** Hash of the bytes before the offset, at most MARK of them: finds the place again in a renamed or copied file. */
  readonly mark: string
  /** When the place was taken, ms: a copy made later may hold what was written to an empty file since. */
  readonly taken: number
  /** The files read to their end before this one, the newest last: inode and time of the last change, since inodes are given out again. */
  readonly after: readonly string[]
}

export const MARK = 512

export interface OpenFile {
  readonly path: string
  readonly handle: FileHandle
  readonly inode: string
}

export const inodeOf = (stats: { readonly dev: bigint; readonly ino: bigint }): string => `${stats.dev}:${stats.ino}`

export const markOf = async (handle: FileHandle, offset: number): Promise<string | null> => {
  const from = Math.max(0, offset - MARK)
  const bytes = Buffer.alloc(offset - from)
  let read = 0
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, from + read)
    if (bytesRead === 0) return null
    read += bytesRead
  }
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
}

const opened = async (path: string): Promise<OpenFile | null> => {
  try {
    const handle = await open(path, 'r')
    const stats = await handle.stat({ bigint: true })
    if (stats.isFile()) return { path, handle, inode: inodeOf(stats) }
    await handle.close()
    return null
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  }
}
export const openFile = opened

export const doneKey = (inode: string, changed: bigint): string => `${inode}@${changed}`

interface Sibling {
  readonly path: string
  readonly changed: bigint
}

/** Of two changed at the same moment the one with the higher number is older: `.2` was `.1` before. */
const byAge = (a: Sibling, b: Sibling): number => {
  if (a.changed !== b.changed) return a.changed < b.changed ? -1 : 1
  return Number(/\.(\d{1,6})$/.exec(b.path)?.[1] ?? 0) - Number(/\.(\d{1,6})$/.exec(a.path)?.[1] ?? 0)
}

/** The file and what rotation made of it (`queue_log.1`, `queue_log-20261122`), oldest change first, the file itself last. */
export const siblingsOf = async (path: string): Promise<readonly Sibling[]> => {
  const name = basename(path)
  const names = (await readdir(dirname(path)).catch(() => [])).filter((other) => other !== name && other.startsWith(name) && /^[.-][\w.-]*$/.test(other.slice(name.length)) && !/\.(gz|bz2|xz|zst)$/.test(other))
  const found: Sibling[] = []
  for (const other of names) {
    const stats = await stat(join(dirname(path), other), { bigint: true }).catch(() => null)
    if (stats?.isFile()) found.push({ path: join(dirname(path), other), changed: stats.mtimeNs })
  }
  return [...found.sort(byAge), { path, changed: -1n }]
}

/** True when the open file holds the position: long enough, and the same bytes before it. */
export const holds = async (file: OpenFile, position: FilePosition): Promise<boolean> => (await markOf(file.handle, position.offset)) === position.mark

/** File times come from a coarser clock than ours. */
const COARSE_NS = 20_000_000n

/** Nothing is read yet, so no bytes can tell. What rotation put away since the place was taken comes first. */
const findBeginning = async (path: string, position: FilePosition): Promise<OpenFile | null> => {
  const taken = BigInt(Math.floor(position.taken)) * 1_000_000n
  for (const sibling of await siblingsOf(path)) {
    const file = await opened(sibling.path)
    if (!file) continue
    const putAwaySince = sibling.changed + COARSE_NS > taken && !position.after.includes(doneKey(file.inode, sibling.changed))
    if (sibling.path === path || file.inode === position.inode || putAwaySince) return file
    await file.handle.close()
  }
  return null
}

/** The file that a saved position is in, wherever rotation moved it; the file's own name is tried first. */
export const findPosition = async (path: string, position: FilePosition): Promise<OpenFile | null> => {
  if (position.offset === 0) return findBeginning(path, position)
  const candidates = (await siblingsOf(path)).map((sibling) => sibling.path).reverse()
  const matching: OpenFile[] = []
  for (const candidate of candidates) {
    const file = await opened(candidate)
    if (!file) continue
    if (await holds(file, position)) matching.push(file)
    else await file.handle.close()
  }
  const best = matching.find((file) => file.inode === position.inode) ?? matching[0] ?? null
  for (const file of matching) if (file !== best) await file.handle.close()
  return best
}

/** The file to read after one that rotation has put away: the next that was changed later, or the file itself. Null while it still grows. */
export const successorOf = async (path: string, done: OpenFile, after: readonly string[]): Promise<OpenFile | null> => {
  const current = await stat(path, { bigint: true }).catch(() => null)
  if (current === null || inodeOf(current) === done.inode) return null
  const changed = (await done.handle.stat({ bigint: true })).mtimeNs
  for (const sibling of await siblingsOf(path)) {
    if (sibling.path !== path && sibling.changed < changed) continue
    const file = await opened(sibling.path)
    if (file && file.inode !== done.inode && (sibling.path === path || !after.includes(doneKey(file.inode, sibling.changed)))) return file
    await file?.handle.close()
  }
  return null
}
