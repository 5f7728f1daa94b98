import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Fact } from '../../server/domain/platform-events.ts'

/** Facts that are in memory at once: about 20 MB, whatever a day holds. */
const RUN = 20_000

interface Keyed {
  readonly at: number
  readonly id: string
  readonly line: string
}

/** The same facts give the same order, so that an import repeated gives the same bytes. */
const inOrder = (a: Keyed, b: Keyed): number => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** A kill may leave a torn line; its fact comes again, since the import goes on from a place before it. */
const keyed = (line: string): Keyed | null => {
  try {
    const { occurredAt, id } = JSON.parse(line) as Fact
    return { at: occurredAt, id, line }
  } catch {
    return null
  }
}

async function* keyedLines(path: string): AsyncGenerator<Keyed> {
  const source = createReadStream(path)
  try {
    for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
      const one = line === '' ? null : keyed(line)
      if (one !== null) yield one
    }
  } finally {
    source.destroy()
  }
}

const writeRun = async (path: string, run: Keyed[]): Promise<void> => {
  run.sort(inOrder)
  await pipeline(Readable.from((function* () { for (const { line } of run) yield `${line}\n` })()), createWriteStream(path))
}

const runsOf = async (spool: string, length: number): Promise<readonly string[]> => {
  const runs: string[] = []
  let run: Keyed[] = []
  const put = async () => {
    const path = `${spool}.run-${runs.length}`
    await writeRun(path, run)
    runs.push(path)
    run = []
  }
  for await (const one of keyedLines(spool)) {
    run.push(one)
    if (run.length === length) await put()
  }
  if (run.length > 0) await put()
  return runs
}

/** The facts of a spool file in order of time and id, each once: sorted in runs on the disk that are merged, in the memory of one run. */
export async function* sortedFacts(spool: string, runLength = RUN): AsyncGenerator<Fact> {
  const runs = await runsOf(spool, runLength)
  const readers = runs.map(keyedLines)
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()))
    let last = ''
    for (;;) {
      let least = -1
      for (const [index, head] of heads.entries()) {
        const before = heads[least]
        if (!head.done && (before === undefined || before.done || inOrder(head.value, before.value) < 0)) least = index
      }
      const head = heads[least]
      const reader = readers[least]
      if (head === undefined || head.done || reader === undefined) return
      // What a kill interrupted was spooled again: the same fact has the same place.
      if (head.value.id !== last) yield JSON.parse(head.value.line) as Fact
      last = head.value.id
      heads[least] = await reader.next()
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.return(undefined)))
    await Promise.all(runs.map((path) => rm(path, { force: true })))
  }
}
