import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Fact } from '../../server/domain/platform-events.ts'
import { MINUTE } from '../../server/domain/time.ts'

/** Facts that are in memory at once: about 10 MB, whatever a day holds. */
const RUN = 20_000

/** A line of a spool: what it is sorted by stands in front of the fact, so that it is parsed once, when it is given out. */
export const spoolLine = (fact: Fact): string => `${fact.occurredAt}\t${fact.id}\t${JSON.stringify(fact)}`

interface Keyed {
  readonly at: number
  readonly id: string
  readonly line: string
}

/** The same facts give the same order, so that an import repeated gives the same bytes. */
const inOrder = (a: Keyed, b: Keyed): number => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

const keyed = (line: string): Keyed | null => {
  const first = line.indexOf('\t')
  const second = line.indexOf('\t', first + 1)
  return second < 0 ? null : { at: Number(line.slice(0, first)), id: line.slice(first + 1, second), line }
}

/** A kill may leave a torn line; its fact comes again, since the import goes on from a place before it. */
const factOf = ({ line }: Keyed): Fact | null => {
  try {
    return JSON.parse(line.slice(line.indexOf('\t', line.indexOf('\t') + 1) + 1)) as Fact
  } catch {
    return null
  }
}

/** Lines a piece at a time: a wait for each line would cost more than its parsing. */
async function* keyedPieces(path: string): AsyncGenerator<readonly Keyed[]> {
  let rest = ''
  const source = createReadStream(path, { encoding: 'utf8', highWaterMark: 262_144 })
  try {
    for await (const text of source) {
      const lines = `${rest}${String(text)}`.split('\n')
      rest = lines.pop() ?? ''
      yield lines.flatMap((line) => keyed(line) ?? [])
    }
    yield [keyed(rest)].flatMap((one) => one ?? [])
  } finally {
    source.destroy()
  }
}

interface Run {
  /** The least that was not taken yet. */
  readonly head: () => Keyed | undefined
  /** Takes it; resolves when the next one is there. */
  readonly take: () => Promise<void> | null
  readonly close: () => Promise<unknown>
}

const inMemory = (run: readonly Keyed[]): Run => {
  let at = 0
  return {
    head: () => run[at],
    take: () => {
      at += 1
      return null
    },
    close: async () => undefined,
  }
}

const onDisk = async (path: string): Promise<Run> => {
  const pieces = keyedPieces(path)
  let [piece, at]: [readonly Keyed[], number] = [[], 0]
  const fill = async () => {
    while (at >= piece.length) {
      const next = await pieces.next()
      if (next.done) return
      ;[piece, at] = [next.value, 0]
    }
  }
  await fill()
  return {
    head: () => piece[at],
    take: () => {
      at += 1
      return at < piece.length ? null : fill()
    },
    close: () => pieces.return(undefined),
  }
}

/** What fits into one run stays in memory; longer spools become sorted runs on the disk. */
const runsOf = async (spool: string, length: number): Promise<{ readonly runs: readonly Run[]; readonly paths: readonly string[] }> => {
  const paths: string[] = []
  let run: Keyed[] = []
  const put = async () => {
    const path = `${spool}.run-${paths.length}`
    run.sort(inOrder)
    await pipeline(Readable.from((function* () { for (let i = 0; i < run.length; i += 500) yield run.slice(i, i + 500).map(({ line }) => `${line}\n`).join('') })()), createWriteStream(path))
    paths.push(path)
    run = []
  }
  for await (const piece of keyedPieces(spool)) {
    for (const one of piece) {
      if (run.length === length) await put()
      run.push(one)
    }
  }
  if (paths.length === 0) return { runs: [inMemory(run.sort(inOrder))], paths }
  await put()
  return { runs: await Promise.all(paths.map(onDisk)), paths }
}

const leastOf = (runs: readonly Run[]): { readonly run: Run; readonly head: Keyed } | null => {
  let least: { readonly run: Run; readonly head: Keyed } | null = null
  for (const run of runs) {
    const head = run.head()
    if (head !== undefined && (least === null || inOrder(head, least.head) < 0)) least = { run, head }
  }
  return least
}

const minuteOf = (fact: Fact): number => Math.floor(fact.occurredAt / MINUTE)

/**
 * The facts of a spool file in order of time and id, each once, some at a time; in the memory of one run. Those given out together lie in
 * one minute: the floor's clock goes to the last of them first, and what people did in a minute that is over is not measured any more.
 */
export async function* sortedFacts(spool: string, { run: length = RUN, many = 256 }: { readonly run?: number; readonly many?: number } = {}): AsyncGenerator<readonly Fact[]> {
  const { runs, paths } = await runsOf(spool, length)
  try {
    let last = ''
    let facts: Fact[] = []
    for (let least = leastOf(runs); least !== null; least = leastOf(runs)) {
      const { run, head } = least
      // What a kill interrupted was spooled again: the same fact has the same place.
      const fact = head.id === last ? null : factOf(head)
      if (fact !== null) {
        if (facts[0] !== undefined && minuteOf(facts[0]) !== minuteOf(fact)) {
          yield facts
          facts = []
        }
        facts.push(fact)
        last = head.id
      }
      const filling = run.take()
      if (filling !== null) await filling
      if (facts.length < many) continue
      yield facts
      facts = []
    }
    if (facts.length > 0) yield facts
  } finally {
    await Promise.all(runs.map((run) => run.close()))
    await Promise.all(paths.map((path) => rm(path, { force: true })))
  }
}
