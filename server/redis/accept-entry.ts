import type { Fact } from '../domain/platform-events.ts'
import type { EntryId } from '../domain/log-entry.ts'
import { DAY } from '../domain/time.ts'
import { hashText } from './hash-text.ts'
import type { Keys } from './keys.ts'
import type { FactEncoder } from './log-codec.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'
import { dayOf, seenShards, shardOf } from './seen.ts'

export interface AcceptItem {
  readonly fact: Fact
  /** Unsigned 32-bit hash of the event as sent (`hashBody`): tells a repetition from another event under the same id. */
  readonly digest: number
}

export type Outcome = 'accepted' | 'duplicate' | 'conflict'

/** The facts of one entry, encoded. */
export interface EntryDraft {
  readonly items: readonly AcceptItem[]
  readonly encoder: FactEncoder
}

export interface AcceptedEntry {
  readonly epoch: string
  /** The entry written, or the log's last one when all was known already. */
  readonly id: EntryId
  readonly outcomes: readonly Outcome[]
}

/** An id is known for 7 days after its event's day; the hash of that minute goes as a whole. */
const KEPT_MS = 8 * DAY
const RECORD = 14

const outcomeOf = { a: 'accepted', d: 'duplicate', c: 'conflict' } as const satisfies Record<string, Outcome>

const outcomesOf = (letters: string): Outcome[] => [...letters].map((letter) => outcomeOf[letter as keyof typeof outcomeOf])

const lengthsOf = (rows: readonly string[]): Buffer => {
  const lengths = Buffer.allocUnsafe(rows.length * 3)
  rows.forEach((row, i) => lengths.writeUIntBE(Buffer.byteLength(row), i * 3, 3))
  return lengths
}

/** The sender's highest sequence number by source. */
const sequencesOf = (items: readonly AcceptItem[]): readonly string[] => {
  const highest = new Map<string, number>()
  for (const { fact } of items) {
    if (fact.seq !== null) highest.set(fact.source ?? '', Math.max(fact.seq, highest.get(fact.source ?? '') ?? -Infinity))
  }
  return [...highest].flatMap(([source, seq]) => [source, String(seq)])
}

export const openAcceptEntry = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }) => {
  const script = openScript('accept')
  const shards = seenShards({ redis, keys })

  /** Records of the ids by the hash that remembers them: nearly always one, since a request's events are of one minute. */
  const groupsOf = (site: string, { items }: EntryDraft) => {
    const { seen } = keys.site(site)
    const records = Buffer.allocUnsafe(items.length * RECORD)
    const groups = new Map<string, number[]>()
    let [day, shard, ofMinute] = [Number.NaN, Number.NaN, 1]
    let group: number[] = []
    items.forEach(({ fact, digest }, i) => {
      const [high, low] = hashText(fact.id)
      const at = i * RECORD
      records.writeUInt32BE(high, at)
      records.writeUInt32BE(low, at + 4)
      records.writeUInt32BE(digest, at + 8)
      records.writeUInt16BE(i, at + 12)
      const ofDay = Math.floor(fact.occurredAt / DAY)
      if (ofDay !== day) [day, shard, ofMinute] = [ofDay, Number.NaN, shards.known(site, dayOf(fact.occurredAt)) ?? 1]
      const mine = shardOf(fact.occurredAt, low, ofMinute)
      if (mine !== shard) {
        shard = mine
        const key = seen(dayOf(fact.occurredAt), shard)
        group = groups.get(key) ?? []
        groups.set(key, group)
      }
      group.push(i)
    })
    const packed = groups.size === 1 ? [records] : [...groups.values()].map((places) => Buffer.concat(places.map((i) => records.subarray(i * RECORD, (i + 1) * RECORD))))
    return { seenKeys: [...groups.keys()], packed }
  }

  /** One call of the script; again when another process had fixed the shards of a day in between. */
  return async (site: string, draft: EntryDraft): Promise<AcceptedEntry> => {
    const { log, sequences, epoch } = keys.site(site)
    const days = [...new Set(draft.items.map(({ fact }) => Math.floor(fact.occurredAt / DAY)))].map((day) => dayOf(day * DAY))
    const unknown = days.filter((day) => shards.known(site, day) === undefined)
    if (unknown.length > 0) await shards.learn(site, unknown)
    const sources = sequencesOf(draft.items)
    for (;;) {
      const { seenKeys, packed } = groupsOf(site, draft)
      const dayShards = days.flatMap((day) => [day, String(shards.known(site, day) ?? 1)])
      const reply = (await script.run(redis, {
        keys: [log, sequences, epoch, ...seenKeys],
        arguments: [draft.encoder.head(), draft.encoder.tail, draft.encoder.rows.join(','), lengthsOf(draft.encoder.rows), String(days.length), ...dayShards, String(sources.length / 2), ...sources, String(KEPT_MS), ...packed],
      })) as [string, string, string]
      if (reply[0] !== 'shards') return { epoch: reply[0], id: reply[1], outcomes: outcomesOf(reply[2]) }
      shards.correct(site, reply[1], Number(reply[2]))
    }
  }
}
