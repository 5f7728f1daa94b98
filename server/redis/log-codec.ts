import { createHash } from 'node:crypto'
import type { FactBatch } from '../domain/fold/fact-batch.ts'
import type { EntryBody, EntryId, LogEntry } from '../domain/log-entry.ts'
import type { Fact } from '../domain/platform-events.ts'
import { type Instant, instantOf } from '../domain/time.ts'
import { batchOfRows } from './decode-batch.ts'
import { factReader } from './decode-fact.ts'
import { encodeRow, internTable } from './encode-fact.ts'

type Row = readonly unknown[]

/** The only place that knows the stored form of an entry: fields `k` kind, `a` at, `b` body, `h` hash of these three. */

export type EntryFields = Readonly<Record<string, string>>

/** An entry that cannot be read: damaged, or written by a later version. Readers put it aside and go on. */
export class UnreadableEntry extends Error {
  readonly entry: EntryId
  constructor(entry: EntryId, reason: string) {
    super(`log entry ${entry}: ${reason}`)
    this.entry = entry
  }
}

const FACTS_FORMAT = 1

/** Collects the facts of one entry. Rows stay apart so that the accept script can leave out what it knows already. */
export interface FactEncoder {
  /** Adds a fact and gives its row. */
  readonly add: (fact: Fact) => string
  readonly rows: readonly string[]
  /** `[format, first instant, [strings], [`: rows are positional, instants are distances from the first, repeated strings are numbers. */
  readonly head: () => string
  readonly tail: string
}

export const factEncoder = (first: Instant): FactEncoder => {
  const table = internTable()
  const rows: string[] = []
  return {
    add: (fact) => {
      const row = encodeRow(fact, first, table)
      rows.push(row)
      return row
    },
    rows,
    head: () => `[${FACTS_FORMAT},${first},${table.json()},[`,
    tail: ']]',
  }
}

export const encodeFact = (fact: Fact): string => encodeBody({ kind: 'facts', facts: [fact] })

/** The body of an incident's entry from a record that is text already: records are long, and written out once. */
export const encodeIncidentBody = (event: string, record: string): string => `{"event":${JSON.stringify(event)},"record":${record}}`

export const encodeBody = (body: EntryBody): string => {
  if (body.kind !== 'facts') {
    const { kind: _kind, ...content } = body
    return JSON.stringify(content)
  }
  const encoder = factEncoder(body.facts[0]?.occurredAt ?? instantOf(0))
  for (const fact of body.facts) encoder.add(fact)
  return encoder.head() + encoder.rows.join(',') + encoder.tail
}

/** First 16 hex digits of SHA-1 over kind, instant and body; the scripts compute the same (append-entry.lua). */
export const hashEntry = (kind: string, at: string, body: string): string => createHash('sha1').update(`${kind}\n${at}\n${body}`).digest('hex').slice(0, 16)

/** The fields as a script would write them; for entries that never pass through Redis (imports into the archive). */
export const entryFields = (at: number, body: EntryBody): EntryFields => {
  const [kind, instant, text] = [body.kind, String(at), encodeBody(body)]
  return { k: kind, a: instant, b: text, h: hashEntry(kind, instant, text) }
}

/** Facts of an entry: the fold reads them as columns, and whoever wants objects gets them made at the first asking. */
class FactsEntry {
  readonly kind = 'facts'
  readonly batch: FactBatch
  readonly id: EntryId
  readonly at: Instant
  readonly #rows: readonly Row[]
  readonly #read: (row: Row) => Fact | null
  #facts: readonly Fact[] | null = null

  constructor(id: EntryId, at: Instant, text: string) {
    const [format, base, strings, rows] = JSON.parse(text) as [number, number, readonly string[], readonly Row[]]
    if (format !== FACTS_FORMAT) throw new UnreadableEntry(id, `facts of format ${format} are not known to this version`)
    this.id = id
    this.at = at
    this.#rows = rows
    this.#read = factReader(base, strings)
    this.batch = batchOfRows(rows, base, strings, this.#read)
  }

  get facts(): readonly Fact[] {
    this.#facts ??= this.#rows.map(this.#read).filter((fact) => fact !== null)
    return this.#facts
  }
}

const decodeBody = (id: EntryId, at: Instant, kind: string, text: string): LogEntry => {
  switch (kind) {
    case 'facts':
      return new FactsEntry(id, at, text)
    case 'tick':
      return { kind, id, at }
    case 'incident':
    case 'settings':
    case 'source':
      return { kind, ...(JSON.parse(text) as object), id, at } as LogEntry
    default:
      throw new UnreadableEntry(id, `kind ${kind} is not known to this version`)
  }
}

/** Throws UnreadableEntry. */
export const decodeEntry = (id: EntryId, fields: EntryFields): LogEntry => {
  const { k: kind, a: at, b: body, h: hash } = fields
  if (kind === undefined || at === undefined || body === undefined) throw new UnreadableEntry(id, 'fields are missing')
  if (hashEntry(kind, at, body) !== hash) throw new UnreadableEntry(id, 'its hash does not fit its content')
  try {
    return decodeBody(id, instantOf(Number(at)), kind, body)
  } catch (error) {
    throw error instanceof UnreadableEntry ? error : new UnreadableEntry(id, error instanceof Error ? error.message : String(error))
  }
}
