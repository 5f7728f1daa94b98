import { createHash } from 'node:crypto'
import { familyOf, type Files, type Member, memberAt, type OpenFile, openMember, sameFamily } from './file-family.ts'

/** Where a follower stands: so many bytes into a file that is known by its inode and by the bytes just before. */
export interface FilePosition {
  readonly inode: string
  readonly offset: number
  /** Hash of the bytes before the offset, at most MARK of them: finds the place again in a renamed or copied file. */
  readonly mark: string
  /** When the place was last looked at, ms: what was put away since then is not read yet. */
  readonly taken: number
  /** The files read to their end before this one, the newest last: inode and time of the last change, since inodes are given out again. */
  readonly after: readonly string[]
}

export const MARK = 512

export const markOf = (before: Buffer): string => createHash('sha256').update(before).digest('base64url').slice(0, 22)

/** The bytes just before an offset; null where the file is shorter. */
export const bytesBefore = async ({ handle }: Pick<OpenFile, 'handle'>, offset: number): Promise<Buffer | null> => {
  const from = Math.max(0, offset - MARK)
  const bytes = Buffer.alloc(offset - from)
  let read = 0
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, from + read)
    if (bytesRead === 0) return null
    read += bytesRead
  }
  return bytes
}

export const doneKey = (inode: string, changed: bigint): string => `${inode}@${changed}`

/** File times come from a coarser clock than ours. */
const COARSE_NS = 20_000_000n

const putAwaySince = ({ inode, changed, size }: Member, { taken, after }: FilePosition): boolean =>
  size > 0n && changed + COARSE_NS > BigInt(Math.floor(taken)) * 1_000_000n && !after.includes(doneKey(inode, changed))

/** With nothing read before the position no bytes can tell: what rotation put away since it was taken comes first. */
export const beginningIn = (family: readonly Member[], position: FilePosition): Member | null => family.find((member) => member.current || member.inode === position.inode || putAwaySince(member, position)) ?? null

/** Opens what `choose` picks; looks again when the name was given to another file meanwhile. Null: there is nothing to pick. */
const opened = async (files: Files, path: string, choose: (family: readonly Member[]) => Member | null): Promise<OpenFile | null> => {
  for (;;) {
    const member = choose(await familyOf(files, path))
    if (member === null) return null
    const file = await openMember(files, member)
    if (file) return file
  }
}

/** Without a position: the file as it is now. */
export const openBeginning = (files: Files, path: string, position: FilePosition | null): Promise<OpenFile | null> =>
  opened(files, path, (family) => (position === null ? (family.find(({ current }) => current) ?? null) : beginningIn(family, position)))

export interface Found {
  readonly file: OpenFile
  readonly before: Buffer
}

/** The file that a saved position is in, wherever rotation moved it; the file's own name is tried first. */
export const findPosition = async (files: Files, path: string, position: FilePosition): Promise<Found | null> => {
  for (;;) {
    const family = await familyOf(files, path)
    const matching: Found[] = []
    for (const member of [...family].reverse()) {
      const file = await openMember(files, member)
      const before = file && (await bytesBefore(file, position.offset))
      if (file && before && markOf(before) === position.mark) matching.push({ file, before })
      else await file?.handle.close()
    }
    const best = matching.find(({ file }) => file.inode === position.inode) ?? matching[0] ?? null
    for (const found of matching) if (found !== best) await found.file.handle.close()
    // Not there, unless a rotation was at work while we looked.
    if (best || sameFamily(family, await familyOf(files, path))) return best
  }
}

/**
 * The file to read after one that rotation has put away: the next that holds something. Null while there is none: a writer
 * may go on in the file that was put away until it opens the new one.
 */
export const openSuccessor = async (files: Files, path: string, done: OpenFile, after: readonly string[]): Promise<OpenFile | null> => {
  const current = await memberAt(files, path, true)
  if (current === null || current.inode === done.inode) return null
  const changed = (await done.handle.stat({ bigint: true })).mtimeNs
  return opened(files, path, (family) => {
    const at = family.findIndex(({ inode }) => inode === done.inode)
    if (family[at]?.current === true) return null
    const later = at < 0 ? family.filter((member) => member.current || member.changed >= changed) : family.slice(at + 1)
    return later.find(({ inode, changed: last, size, current: grows }) => size > 0n && (grows || !after.includes(doneKey(inode, last)))) ?? null
  })
}
