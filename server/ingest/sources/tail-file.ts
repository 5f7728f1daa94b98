import { doneKey, findPosition, holds, markOf, openFile, successorOf, type FilePosition, type OpenFile } from './file-position.ts'
import { LONGEST_LINE } from './queue-log-line.ts'

/**
 * Reads a growing file line by line, through renames, copies and truncation. The position is the caller's: it comes with the
 * lines and is to be kept only once these are safe.
 */
export interface Piece {
  /** Whole lines without their ends; a line that rotation left unfinished counts as one. */
  readonly lines: readonly string[]
  /** Where reading goes on after these lines. */
  readonly position: FilePosition
  /** Said once: bytes before this piece may have been missed. */
  readonly gap: boolean
  /** Nothing more to read at the moment. */
  readonly atEnd: boolean
}

export interface Tail {
  /** The next piece, possibly empty; null while the file is not there. */
  readonly next: () => Promise<Piece | null>
  readonly close: () => Promise<void>
}

const CHUNK = 262_144
const NEWLINE = 0x0a
const DONE_KEPT = 16

export const openTail = (path: string, saved: FilePosition | null, now: () => number = Date.now): Tail => {
  let file: OpenFile | null = null
  let offset = 0
  let gap = false
  let position: FilePosition | null = saved
  let after: readonly string[] = saved?.after ?? []

  const at = async (open: OpenFile): Promise<FilePosition> => ({ inode: open.inode, offset, mark: (await markOf(open.handle, offset)) ?? '', taken: offset === 0 && position?.offset === 0 && position.inode === open.inode ? position.taken : now(), after })

  const take = (open: OpenFile, from: number) => {
    file = open
    offset = from
  }

  /** Opens the file in which the position is; when it is nowhere, the file from its beginning: line ids make that harmless. */
  const locate = async (): Promise<OpenFile | null> => {
    const found = position === null ? null : await findPosition(path, position)
    if (found && position) {
      take(found, position.offset)
      return found
    }
    const fresh = await openFile(path)
    if (!fresh) return null
    gap = position !== null && position.offset > 0
    take(fresh, 0)
    return fresh
  }

  const release = async () => {
    const open = file
    file = null
    await open?.handle.close()
  }

  /** Cut back below the position, or written anew over it: the bytes we stood behind are not there any more. */
  const overwritten = async (open: OpenFile): Promise<boolean> => offset > 0 && position !== null && !(await holds(open, position))

  const readChunk = async (open: OpenFile): Promise<Buffer> => {
    const buffer = Buffer.alloc(CHUNK)
    const { bytesRead } = await open.handle.read(buffer, 0, CHUNK, offset)
    return buffer.subarray(0, bytesRead)
  }

  const piece = async (open: OpenFile, lines: readonly string[], atEnd: boolean): Promise<Piece> => {
    position = await at(open)
    const said = gap
    gap = false
    return { lines, position, gap: said, atEnd }
  }

  const linesOf = (bytes: Buffer): string[] => {
    const lines = bytes.toString('utf8').split('\n')
    lines.pop()
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  }

  /** Rotation has put this file away: its last bytes are a line even without an end. Null: it is still the file that grows. */
  const moveOn = async (open: OpenFile, rest: Buffer): Promise<Piece | null> => {
    const next = await successorOf(path, open, after)
    if (!next) return null
    // The writer may have finished its last line between our read and its change of files.
    if ((await open.handle.stat()).size > offset + rest.length) {
      await next.handle.close()
      return piece(open, [], false)
    }
    after = [...after, doneKey(open.inode, (await open.handle.stat({ bigint: true })).mtimeNs)].slice(-DONE_KEPT)
    await open.handle.close()
    take(next, 0)
    return piece(next, rest.length === 0 ? [] : linesOf(Buffer.concat([rest, Buffer.from('\n')])), false)
  }

  return {
    next: async () => {
      let open = file ?? (await locate())
      if (!open) return null
      // The beginning is a place too, to be kept before anything is told: a kill and a rotation right after would hide the rest of this file.
      if (position === null) return piece(open, [], false)
      if (offset === 0 ? position.offset === 0 : await overwritten(open)) {
        await release()
        open = await locate()
        if (!open) return null
      }
      const bytes = await readChunk(open)
      const end = bytes.lastIndexOf(NEWLINE)
      if (end >= 0) {
        const lines = linesOf(bytes.subarray(0, end + 1))
        offset += end + 1
        return piece(open, lines, bytes.length < CHUNK)
      }
      if (bytes.length > LONGEST_LINE) {
        // No line is that long: what there is of it is handed over to be refused, so that reading goes on.
        offset += bytes.length
        return piece(open, [bytes.toString('utf8')], false)
      }
      return (await moveOn(open, bytes)) ?? piece(open, [], true)
    },
    close: release,
  }
}
