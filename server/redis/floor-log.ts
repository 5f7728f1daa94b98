import type { EntryBody, EntryId, LogEntry } from '../domain/log-entry.ts'
import type { Instant } from '../domain/time.ts'
import { type AcceptItem, openAcceptEntry, type Outcome } from './accept-entry.ts'
import { type Revision, revisionOf } from './epoch.ts'
import { groupCommit } from './group-commit.ts'
import type { Keys } from './keys.ts'
import { decodeEntry, encodeBody, type EntryFields, UnreadableEntry } from './log-codec.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'
import { within } from './unavailable.ts'

export interface Accepted {
  /** One for each item, in their order. */
  readonly outcomes: readonly Outcome[]
  /** The revision at which the items are part of the floor. */
  readonly revision: Revision
  readonly entry: EntryId
}

/** An entry as it lies in the log: readable, or put aside with the reason. */
export type ReadEntry = { readonly id: EntryId; readonly hash: string; readonly fields: EntryFields } & ({ readonly entry: LogEntry; readonly fault: null } | { readonly entry: null; readonly fault: string })

export interface FloorLog {
  /**
   * Stores facts and remembers their ids, in entries of at most 64 kB or 256 events, each whole. Resolves once they are as durable as the
   * configured class; throws RedisUnavailable, after which the outcome is unknown and the same items may be sent again.
   */
  readonly accept: (site: string, items: readonly AcceptItem[]) => Promise<Accepted>
  readonly append: (site: string, body: EntryBody) => Promise<EntryId>
  /** Appends a tick if Redis TIME has reached the instant and the last entry is older; else says how long to wait. */
  readonly tick: (site: string, due: Instant) => Promise<{ readonly appended: EntryId | null; readonly waitMs: number }>
  readonly read: (site: string, after: EntryId, count: number) => Promise<readonly ReadEntry[]>
  /** The entry with that id, or null when it is gone. */
  readonly find: (site: string, id: EntryId) => Promise<ReadEntry | null>
  /** Id of the newest entry; '0-0' when there is none. */
  readonly last: (site: string) => Promise<EntryId>
}

/** A refusal must reach the sender within 2 s (RELIABILITY F4). */
const DEADLINE_MS = 2_000

interface StreamMessage {
  readonly id: string
  readonly message: Readonly<Record<string, string>>
}

export const readEntry = ({ id, message }: StreamMessage): ReadEntry => {
  const hash = message.h ?? ''
  try {
    return { id, hash, fields: message, entry: decodeEntry(id, message), fault: null }
  } catch (error) {
    if (!(error instanceof UnreadableEntry)) throw error
    return { id, hash, fields: message, entry: null, fault: error.message }
  }
}

export const openFloorLog = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): FloorLog => {
  const appendScript = openScript('append')
  const tickScript = openScript('tick')
  const commit = groupCommit(openAcceptEntry({ redis, keys }))

  const last = async (site: string): Promise<EntryId> => (await redis.xRevRange(keys.site(site).log, '+', '-', { COUNT: 1 }))?.[0]?.id ?? '0-0'

  return {
    accept: async (site, items) => {
      if (items.length === 0) {
        const [epoch, entry] = await within(DEADLINE_MS, Promise.all([redis.get(keys.site(site).epoch), last(site)]))
        return { outcomes: [], entry, revision: revisionOf(epoch ?? '', entry) }
      }
      const { outcomes, id, epoch } = await within(DEADLINE_MS, commit(site, items))
      return { outcomes, entry: id, revision: revisionOf(epoch, id) }
    },
    append: async (site, body) => {
      const { log, epoch } = keys.site(site)
      const reply = (await within(DEADLINE_MS, appendScript.run(redis, { keys: [log, epoch], arguments: [body.kind, encodeBody(body)] }))) as [string, string]
      return reply[1]
    },
    tick: async (site, due) => {
      const [id, waitMs] = (await within(DEADLINE_MS, tickScript.run(redis, { keys: [keys.site(site).log], arguments: [String(due)] }))) as [string, number]
      return { appended: id === '' ? null : id, waitMs }
    },
    read: async (site, after, count) => ((await redis.xRange(keys.site(site).log, `(${after}`, '+', { COUNT: count })) ?? []).map(readEntry),
    find: async (site, id) => {
      const found = (await redis.xRange(keys.site(site).log, id, id))?.[0]
      return found ? readEntry(found) : null
    },
    last,
  }
}
