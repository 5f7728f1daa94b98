import { familyOf, type Files, nodeFiles, type OpenFile } from './file-family.ts'
import { beginningIn, bytesBefore, doneKey, type FilePosition, findPosition, MARK, markOf, openBeginning, openSuccessor } from './file-position.ts'
import { LONGEST_LINE } from './queue-log-line.ts'

/**
 * Reads a growing file line by line, through renames, copies and truncation. The position is the caller's: it comes with the
 * lines and is to be kept only once these are safe. Rotation may fall between any two steps here, so what was read counts only
 * when the bytes before it, looked at afterwards, are still those that were read before.
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

export interface TailOptions {
  readonly now?: () => number
  readonly files?: Files
}

interface Place {
  readonly file: OpenFile
  readonly offset: number
  /** The bytes before the offset, at most MARK. */
  readonly before: Buffer
  readonly taken: number
}

const CHUNK = 262_144
const NEWLINE = 0x0a
const DONE_KEPT = 16
const NOTHING = Buffer.alloc(0)

const linesOf = (bytes: Buffer): string[] => {
  const lines = bytes.toString('utf8').split('\n')
  lines.pop()
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}

export const openTail = (path: string, saved: FilePosition | null, { now = Date.now, files = nodeFiles }: TailOptions = {}): Tail => {
  let place: Place | null = null
  let gap = false
  let position: FilePosition | null = saved
  let after: readonly string[] = saved?.after ?? []

  const positionOf = ({ file, offset, before, taken }: Place): FilePosition => ({ inode: file.inode, offset, mark: markOf(before), taken, after })
  const at = (reached: Place): Place => {
    place = reached
    position = positionOf(reached)
    return reached
  }
  const release = async () => {
    const held = place
    place = null
    await held?.file.handle.close()
  }

  /** The file in which the position is. When it is nowhere, what was put away since and then the file itself, from the beginning. */
  const locate = async (): Promise<Place | null> => {
    const taken = now()
    const found = position === null || position.offset === 0 ? null : await findPosition(files, path, position)
    if (found && position) return at({ ...found, offset: position.offset, taken })
    const file = await openBeginning(files, path, position)
    if (file === null) return null
    if (position !== null && position.offset > 0) gap = true
    return at({ file, offset: 0, before: NOTHING, taken: position?.taken ?? taken })
  }

  const stillThere = async ({ file, offset, before }: Place): Promise<boolean> => {
    if (offset > 0) return (await bytesBefore(file, offset))?.equals(before) === true
    return position === null || beginningIn(await familyOf(files, path), position)?.inode === file.inode
  }

  const piece = (reached: Place, lines: readonly string[], atEnd: boolean): Piece => {
    const said = gap
    gap = false
    return { lines, position: positionOf(at(reached)), gap: said, atEnd }
  }

  /** Rotation has put this file away: its last bytes are a line even without an end. Null: it is still the file that grows. */
  const moveOn = async (from: Place, rest: Buffer): Promise<Piece | 'moved' | null> => {
    const { file, offset, before } = from
    const taken = now()
    const next = await openSuccessor(files, path, file, after)
    if (!next) return null
    const { size, mtimeNs } = await file.handle.stat({ bigint: true })
    // The copy of a file that was not cut yet, or is still being written: the original goes on with the same bytes.
    const same = offset > 0 && (await bytesBefore(next, offset))?.equals(before) === true
    // It may have been cut before it was put away, or its writer have finished the last line since we read.
    const cut = !same && !(await stillThere(from))
    if (cut || (!same && size > BigInt(offset + rest.length))) {
      await next.handle.close()
      return cut ? 'moved' : piece({ ...from, taken }, [], false)
    }
    await file.handle.close()
    if (same) return piece({ file: next, offset, before, taken }, [], false)
    after = [...after, doneKey(file.inode, mtimeNs)].slice(-DONE_KEPT)
    return piece({ file: next, offset: 0, before: NOTHING, taken }, rest.length === 0 ? [] : linesOf(Buffer.concat([rest, Buffer.from('\n')])), false)
  }

  const readOn = async (from: Place, bytes: Buffer, taken: number): Promise<Piece | 'moved'> => {
    const end = bytes.lastIndexOf(NEWLINE)
    // No line is that long: what there is of it is handed over to be refused, so that reading goes on.
    const tooLong = end < 0 && bytes.length > LONGEST_LINE
    if (end < 0 && !tooLong) return (await moveOn(from, bytes)) ?? piece({ ...from, taken: from.offset === 0 ? from.taken : taken }, [], true)
    const read = tooLong ? bytes : bytes.subarray(0, end + 1)
    const before = Buffer.from(Buffer.concat([from.before, read]).subarray(-MARK))
    return piece({ file: from.file, offset: from.offset + read.length, before, taken }, tooLong ? [read.toString('utf8')] : linesOf(read), bytes.length < CHUNK && !tooLong)
  }

  return {
    next: async () => {
      for (;;) {
        const first = position === null
        const from = place ?? (await locate())
        if (from === null) return null
        // The beginning is a place too, to be kept before anything is told: a kill and a rotation right after would hide the rest of this file.
        if (first) return piece(from, [], false)
        const taken = now()
        const buffer = Buffer.alloc(CHUNK)
        const { bytesRead } = await from.file.handle.read(buffer, 0, CHUNK, from.offset)
        const read = (await stillThere(from)) ? await readOn(from, buffer.subarray(0, bytesRead), taken) : 'moved'
        if (read !== 'moved') return read
        await release()
      }
    },
    close: release,
  }
}
