import { WRITERS } from '../domain/fold/fact-kinds.ts'
import { REPORTED_STATES, type Fact, type FactType, type SnapshotAgent, type SnapshotContact } from '../domain/platform-events.ts'
import type { Instant } from '../domain/time.ts'
import { channels, directions, typeCodes } from './fact-codes.ts'

/** The parser of the log's rows: written by `encodeRow` alone and guarded by the entry's hash, so cells are trusted by their place. */

type Row = readonly unknown[]

const typesByCode: (FactType | undefined)[] = []
for (const [type, code] of Object.entries(typeCodes)) typesByCode[code] = type as FactType

const number = (cell: unknown): number | null => (cell ?? null) as number | null
const text = (cell: unknown): string | null => (cell ?? null) as string | null
const flag = (cell: unknown): boolean | null => (cell === undefined || cell === null ? null : cell === 1)

const ENVELOPE = 5
const CONTACT = ENVELOPE + 6

const snapshotContact = (row: Row, base: number, name: (cell: unknown) => string | null): SnapshotContact => ({
  contactId: row[0] as string,
  queueId: name(row[1]) ?? '',
  enqueuedAt: (base + (row[2] as number)) as Instant,
  position: number(row[3]),
})

/** Reads the rows of one entry; made once an entry, because functions made once a fact cost more than the reading. */
export const factReader = (base: number, strings: readonly string[]): ((row: Row) => Fact | null) => {
  const name = (cell: unknown): string | null => (cell ? (strings[(cell as number) - 1] ?? null) : null)
  const names = (cell: unknown): readonly string[] => (cell as readonly number[]).map((place) => strings[place - 1] ?? '')
  const instant = (cell: unknown): Instant | null => (cell === undefined || cell === null ? null : ((base + (cell as number)) as Instant))

  /** Null for a type that a later version wrote: it is skipped, the entry is kept. */
  return (row): Fact | null => {
    const type = typesByCode[row[0] as number]
    if (type === undefined) return null
    const id = row[1] as string
    const occurredAt = (base + (row[2] as number)) as Instant
    const source = name(row[3])
    const seq = number(row[4])

    switch (type) {
      case 'agent.state':
        return {
          type, id, occurredAt, source, seq,
          agent: row[5] as number,
          state: REPORTED_STATES[row[6] as number] ?? 'offline',
          reason: name(row[7]),
          since: instant(row[8]),
          queues: row[9] === undefined || row[9] === null ? null : names(row[9]),
          team: name(row[10]),
          plannedEndAt: instant(row[11]),
        }
      case 'agent.queue_joined':
      case 'agent.queue_left':
        return { type, id, occurredAt, source, seq, agent: row[5] as number, queueId: name(row[6]) ?? '' }
      case 'source.reset':
        return { type, id, occurredAt, source, seq, reason: name(row[5]) === 'restart' ? 'restart' : 'link' }
      case 'source.snapshot':
        return {
          type, id, occurredAt, source, seq,
          queues: names(row[5]),
          waiting: (row[6] as readonly Row[]).map((contact) => snapshotContact(contact, base, name)),
          agents: (row[7] as readonly Row[]).map((agent): SnapshotAgent => ({ agent: agent[0] as number, state: REPORTED_STATES[agent[1] as number] ?? 'offline', reason: name(agent[2]), since: instant(agent[3]), queues: names(agent[4]) })),
        }
    }

    const contact = {
      id, occurredAt, source, seq,
      contactId: row[ENVELOPE] as string,
      legId: text(row[6]),
      rootContactId: text(row[7]),
      queueId: name(row[8]),
      channel: channels[(row[9] ?? 0) as number] ?? null,
      direction: directions[(row[10] ?? 0) as number] ?? null,
    }
    const [a, b, c, d] = [row[CONTACT], row[CONTACT + 1], row[CONTACT + 2], row[CONTACT + 3]]
    switch (type) {
      case 'contact.created':
        return { type, ...contact, subject: text(a), previousEndAt: instant(b), priority: number(c) }
      case 'contact.queued':
        return { type, ...contact, subject: text(a), previousEndAt: instant(b), position: number(c), waitingInQueue: number(d) }
      case 'contact.refused':
        return { type, ...contact, reason: name(a) as 'closed' }
      case 'contact.failed':
        return { type, ...contact, reason: name(a) as 'trunk' }
      case 'contact.offered':
      case 'contact.callback_attempted':
        return { type, ...contact, agent: number(a), attempt: number(b) }
      case 'contact.offer_missed':
        return { type, ...contact, agent: number(a), ringMs: number(b), reason: name(c) as 'no_answer' }
      case 'contact.answered':
        return { type, ...contact, agent: number(a), waitMs: number(b), ringMs: number(c) }
      case 'contact.held':
      case 'contact.resumed':
        return { type, ...contact, agent: number(a), by: name(b) }
      case 'contact.transferred':
        return { type, ...contact, agent: number(a), kind: name(b) as 'blind' | null, toQueueId: name(c), toAgent: number(d), toExternal: row[15] === 1, talkMs: number(row[16]), holdMs: number(row[17]), waitMs: number(row[18]) }
      case 'contact.abandoned':
        return { type, ...contact, waitMs: number(a), position: number(b), uncertain: c === 1 }
      case 'contact.left_queue':
        return { type, ...contact, reason: name(a) as 'timeout', waitMs: number(b) }
      case 'contact.ended':
        return { type, ...contact, agent: number(a), by: name(b) as 'agent' | null, talkMs: number(c), holdMs: number(d), waitMs: number(row[15]), resolved: flag(row[16]) }
      case 'contact.wrapped':
        return { type, ...contact, agent: number(a), acwMs: number(b), code: name(c), resolved: flag(d) }
      case 'contact.reopened':
        return { type, ...contact, previousEndAt: instant(a) }
      case 'contact.callback_requested':
        return { type, ...contact, dueAt: instant(a), promisedUntil: instant(b) }
      case 'contact.callback_connected':
        return { type, ...contact, agent: number(a) }
      case 'contact.callback_failed':
        return { type, ...contact, attempt: number(a), final: b === 1 }
      case 'contact.message':
        return { type, ...contact, agent: number(a), from: WRITERS[b as number] ?? 'machine' }
      case 'survey.sent':
        return { type, ...contact }
      case 'survey.received':
        return { type, ...contact, score: number(a), scaleMin: b as number, scaleMax: c as number, comment: text(d), resolved: flag(row[15]) }
      default:
        return unread(type)
    }
  }
}

const unread = (type: never): never => {
  throw new Error(`fact type ${String(type)} has a code but no reader`)
}
