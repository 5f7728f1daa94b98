import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A file that is followed and what rotation made of it (`queue_log.1`, `queue_log-20261122`), as they lie in their folder. */

interface Stats {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
  isFile(): boolean
}

/** The calls to the file system that a follower makes; a test puts rotations between them. */
export interface Files {
  readonly open: (path: string) => Promise<FileHandle>
  readonly readdir: (path: string) => Promise<string[]>
  readonly stat: (path: string) => Promise<Stats>
}

export const nodeFiles: Files = {
  open: (path) => open(path, 'r'),
  readdir: (path) => readdir(path),
  stat: (path) => stat(path, { bigint: true }),
}

export interface Member {
  readonly path: string
  readonly inode: string
  readonly changed: bigint
  readonly size: bigint
  /** It bears the name that is followed: the one that grows. */
  readonly current: boolean
}

export interface OpenFile {
  readonly handle: FileHandle
  readonly inode: string
}

export const inodeOf = (stats: Pick<Stats, 'dev' | 'ino'>): string => `${stats.dev}:${stats.ino}`

const absent = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

export const memberAt = async (files: Files, path: string, current: boolean): Promise<Member | null> => {
  try {
    const stats = await files.stat(path)
    return stats.isFile() ? { path, inode: inodeOf(stats), changed: stats.mtimeNs, size: stats.size, current } : null
  } catch (error) {
    if (absent(error)) return null
    throw error
  }
}

/** Of two changed at the same moment the one with the higher number is older: `.2` was `.1` before. */
const byAge = (a: Member, b: Member): number => {
  if (a.changed !== b.changed) return a.changed < b.changed ? -1 : 1
  return Number(/\.(\d{1,6})$/.exec(b.path)?.[1] ?? 0) - Number(/\.(\d{1,6})$/.exec(a.path)?.[1] ?? 0)
}

const listed = async (files: Files, path: string): Promise<readonly Member[]> => {
  const name = basename(path)
  const others = (await files.readdir(dirname(path)).catch(() => [])).filter((other) => other !== name && other.startsWith(name) && /^[.-][\w.-]*$/.test(other.slice(name.length)) && !/\.(gz|bz2|xz|zst)$/.test(other))
  const members: (Member | null)[] = []
  for (const other of others) members.push(await memberAt(files, join(dirname(path), other), false))
  const current = await memberAt(files, path, true)
  const found = members.flatMap((member) => (member === null ? [] : [member])).sort(byAge)
  return current === null ? found : [...found, current]
}

/** The same files under the same names; a file that grows meanwhile is the same. */
export const sameFamily = (a: readonly Member[], b: readonly Member[]): boolean => a.length === b.length && a.every(({ path, inode }, i) => b[i]?.path === path && b[i].inode === inode)

/** A folder in which a rotation is at work this long is taken as it is. */
const MOST_LOOKS = 20

/** Oldest change first, the file itself last. Looked at until it holds still: in the middle of a rotation one file has two names and another none. */
export const familyOf = async (files: Files, path: string): Promise<readonly Member[]> => {
  let family = await listed(files, path)
  for (let looks = 1; looks < MOST_LOOKS; looks += 1) {
    const again = await listed(files, path)
    if (sameFamily(family, again)) return again
    family = again
  }
  return family
}

/** Null when the name has been given to another file since it was listed. */
export const openMember = async (files: Files, { path, inode }: Pick<Member, 'path' | 'inode'>): Promise<OpenFile | null> => {
  try {
    const handle = await files.open(path)
    if (inodeOf(await handle.stat({ bigint: true })) === inode) return { handle, inode }
    await handle.close()
    return null
  } catch (error) {
    if (absent(error)) return null
    throw error
  }
}
