import { createHash } from 'node:crypto'
import type { EntryBody, EntryId, LogEntry } from '../domain/log-entry.ts'
import type { Fact } from '../domain/platform-events.ts'
import { type Instant, instantOf } from '../domain/time.ts'
import { factReader } from './decode-fact.ts'
import { encodeRow, internTable } from './encode-fact.ts'

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

const decodeFacts = (id: EntryId, text: string): readonly Fact[] => {
  const [format, base, strings, rows] = JSON.parse(text) as [number, number, readonly string[], readonly (readonly unknown[])[]]
  if (format !== FACTS_FORMAT) throw new UnreadableEntry(id, `facts of format ${format} are not known to this version`)
  const facts: Fact[] = []
  const read = factReader(base, strings)
  for (const row of rows) {
    const fact = read(row)
    if (fact) facts.push(fact)
  }
  return facts
}

const decodeBody = (id: EntryId, kind: string, text: string): EntryBody => {
  switch (kind) {
    case 'facts':
      return { kind, facts: decodeFacts(id, text) }
    case 'tick':
      return { kind }
    case 'incident':
    case 'settings':
    case 'source':
      return { kind, ...(JSON.parse(text) as object) } as EntryBody
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
    return { ...decodeBody(id, kind, body), id, at: instantOf(Number(at)) }
  } catch (error) {
    throw error instanceof UnreadableEntry ? error : new UnreadableEntry(id, error instanceof Error ? error.message : String(error))
  }
}
