import { type Block, openBlocks, writeBlocks } from './archive-blocks.ts'
import { hashText } from './hash-text.ts'
import type { ContactIndexFile } from './manifest.ts'

/**
 * Which parts of a day's contacts hold those of a key. The index is a file of parts like the contacts: lines "hash block block ..." in
 * order of the hash, some thousand of them a part, and at the end a head that says where every part of both files stands. One key of a
 * day costs the head and one part, however many contacts the day has.
 */

/** A part of the contacts, and when the first and the last of it came. */
export interface ContactBlock extends Block {
  readonly from: number
  readonly to: number
}

/** A part of the index and the first hash in it. */
interface Bucket extends Block {
  readonly first: number
}

interface Head {
  readonly blocks: readonly ContactBlock[]
  readonly buckets: readonly Bucket[]
}

/** Of a hash and a block one number; a day has at most a million blocks. */
const BLOCKS = 2 ** 20
const A_BUCKET = 2_000

const hashOf = (key: string): number => hashText(key)[0]

export interface IndexWriter {
  readonly add: (block: ContactBlock, keys: ReadonlySet<string>) => void
  readonly write: (root: string, file: string) => Promise<ContactIndexFile>
}

export const indexWriter = (): IndexWriter => {
  const blocks: ContactBlock[] = []
  const places: number[] = []

  function* buckets(): Generator<{ readonly first: number; readonly text: string }> {
    const sorted = Float64Array.from(places).sort()
    let [first, last, text, count] = [-1, -1, '', 0]
    for (const place of sorted) {
      const [hash, block] = [Math.floor(place / BLOCKS), place % BLOCKS]
      if (hash !== last && count >= A_BUCKET) {
        yield { first, text: `${text}\n` }
        ;[first, last, text, count] = [-1, -1, '', 0]
      }
      if (first === -1) first = hash
      text += hash === last ? ` ${block}` : `${count === 0 ? '' : '\n'}${hash} ${block}`
      last = hash
      count += 1
    }
    if (count > 0) yield { first, text: `${text}\n` }
  }

  return {
    add: (block, keys) => {
      const number = blocks.push(block) - 1
      if (number >= BLOCKS) throw new Error(`a day of more than ${BLOCKS} blocks of contacts cannot be indexed`)
      for (const hash of new Set([...keys].map(hashOf))) places.push(hash * BLOCKS + number)
    },
    write: async (root, file) => {
      const writer = await writeBlocks(root, file)
      try {
        const written: Bucket[] = []
        for (const { first, text } of buckets()) written.push({ first, ...(await writer.write(text)) })
        const head = await writer.write(`${JSON.stringify({ blocks, buckets: written } satisfies Head)}\n`)
        return { ...(await writer.finish()), head }
      } catch (error) {
        await writer.abandon()
        throw error
      }
    },
  }
}

const blocksIn = (text: string, hash: number): readonly number[] => {
  const at = text.startsWith(`${hash} `) ? 0 : text.indexOf(`\n${hash} `) + 1
  if (at === 0 && !text.startsWith(`${hash} `)) return []
  return text.slice(at, text.indexOf('\n', at)).split(' ').slice(1).map(Number)
}

/** Blocks that hold contacts of any of these keys, or all where none is asked for; null when there is no index to ask. */
export const blocksOf = async (root: string, index: ContactIndexFile | undefined, keys: readonly string[] | null): Promise<readonly ContactBlock[] | null> => {
  const reader = index && (await openBlocks(root, index.file).catch(missing))
  if (!index || !reader) return null
  try {
    const { blocks, buckets } = JSON.parse(await reader.read(index.head)) as Head
    if (keys === null) return blocks
    const wanted = new Map<Bucket, number[]>()
    for (const hash of keys.map(hashOf)) {
      const bucket = buckets.findLast(({ first }) => first <= hash)
      if (bucket) wanted.set(bucket, [...(wanted.get(bucket) ?? []), hash])
    }
    const found = new Set<number>()
    for (const [bucket, hashes] of wanted) {
      const text = await reader.read(bucket)
      for (const hash of hashes) for (const block of blocksIn(text, hash)) found.add(block)
    }
    return blocks.filter((_, number) => found.has(number))
  } finally {
    await reader.close()
  }
}

/** An index can be made again from the contacts: one that is gone makes them slow to find and nothing else. */
const missing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}
