import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { damaged, placeOf, settle } from './archive-files.ts'
import type { ArchiveFile } from './manifest.ts'

/**
 * Files of the archive whose parts can be read alone: each part is packed by itself, and all of them one behind the other are again one
 * gzip file of lines, to `readLines` as to everything else that unpacks.
 */

/** Where a part stands, and 132 bits of the SHA-256 of its bytes. */
export interface Block {
  readonly at: number
  readonly bytes: number
  readonly sha: string
}

export interface BlockWriter {
  readonly write: (text: string) => Promise<Block>
  readonly finish: () => Promise<ArchiveFile>
  /** Removes what was written. */
  readonly abandon: () => Promise<void>
}

const zip = promisify(gzip)
const unzip = promisify(gunzip)
const shaOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url').slice(0, 22)

export const writeBlocks = async (root: string, file: string): Promise<BlockWriter> => {
  const { path, draft } = await placeOf(root, file)
  const handle = await open(draft, 'w')
  let at = 0
  const write = async (text: string): Promise<Block> => {
    const packed = await zip(Buffer.from(text), { level: 6 })
    const block = { at, bytes: packed.length, sha: shaOf(packed) }
    at += packed.length
    // All of it: one write may end short on a disk that is nearly full.
    await handle.appendFile(packed)
    return block
  }
  return {
    write,
    finish: async () => {
      // Nothing at all is no gzip file.
      if (at === 0) await write('')
      await handle.close()
      return settle(draft, path, file)
    },
    abandon: async () => {
      // What did not fit need not be kept.
      await handle.close().catch(() => undefined)
      await rm(draft, { force: true })
    },
  }
}

export interface BlockReader {
  readonly read: (block: Block) => Promise<string>
  readonly close: () => Promise<void>
}

/** A part whose bytes differ from what the manifest or the part before says is an error that names the file. */
export const openBlocks = async (root: string, file: string): Promise<BlockReader> => {
  const path = join(root, file)
  const handle: FileHandle = await open(path, 'r')
  return {
    read: async ({ at, bytes, sha }) => {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, at)
      if (bytesRead < bytes || shaOf(buffer) !== sha) throw damaged(path)
      return (await unzip(buffer)).toString()
    },
    close: () => handle.close(),
  }
}
