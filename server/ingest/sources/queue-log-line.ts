import { createHash } from 'node:crypto'

/** One line of Asterisk's queue_log, cut into its fields; nothing is interpreted yet. */
export interface QueueLogLine {
  /** Epoch seconds; whole in a file, with a fraction in some tables. */
  readonly epoch: number
  readonly callId: string
  readonly queue: string
  readonly member: string
  readonly event: string
  readonly data: readonly string[]
}

/** A line longer than this is not one (RELIABILITY B32). */
export const LONGEST_LINE = 65_536

export const parseQueueLogLine = (line: string): QueueLogLine | { readonly fault: string } => {
  if (line.length > LONGEST_LINE) return { fault: `line of ${line.length} characters, at most ${LONGEST_LINE}` }
  const [epoch = '', callId = '', queue = '', member = '', event = '', ...data] = line.split('|')
  if (!/^\d{9,10}(?:\.\d{1,6})?$/.test(epoch)) return { fault: 'the first field is not an epoch in seconds' }
  if (!/^[A-Z][A-Z0-9_]{1,39}$/.test(event)) return { fault: 'the fifth field is not an event name' }
  return { epoch: Number(epoch), callId, queue, member, event, data }
}

/** Distinct seconds whose lines are remembered: identical lines share their second, so they stand close together. */
const SECONDS_KEPT = 8

export type SavedLineIds = readonly (readonly [second: string, counts: readonly (readonly [hash: string, count: number])[]])[]

export interface LineIds {
  /** Stable id of a line: hash of its text and of how many identical ones came before it. */
  readonly of: (line: string) => string
  readonly save: () => SavedLineIds
}

/** The same line read again from the start, by the follower, as a body or by an import has the same id. */
export const openLineIds = (saved: SavedLineIds = []): LineIds => {
  const seconds = new Map<string, Map<string, number>>(saved.map(([second, counts]) => [second, new Map(counts)]))

  const countsOf = (second: string): Map<string, number> => {
    const known = seconds.get(second)
    if (known) return known
    const counts = new Map<string, number>()
    seconds.set(second, counts)
    for (const oldest of seconds.keys()) {
      if (seconds.size <= SECONDS_KEPT) break
      seconds.delete(oldest)
    }
    return counts
  }

  return {
    of: (line) => {
      const hash = createHash('sha256').update(line).digest('base64url').slice(0, 22)
      const counts = countsOf(line.slice(0, Math.max(0, line.indexOf('|'))))
      const ordinal = counts.get(hash) ?? 0
      counts.set(hash, ordinal + 1)
      return ordinal === 0 ? `ql-${hash}` : `ql-${hash}-${ordinal}`
    },
    save: () => [...seconds].map(([second, counts]) => [second, [...counts]]),
  }
}
