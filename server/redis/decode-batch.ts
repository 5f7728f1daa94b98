import { FactBatch, hundredths, OTHER, reasonBits, secondsBetween, whole, yesNo } from '../domain/fold/fact-batch.ts'
import { kindOf } from '../domain/fold/fact-kinds.ts'
import { transferText } from '../domain/fold/transfer-words.ts'
import { META, NONE } from '../domain/legs.ts'
import type { AgentFact, Fact, FactType, SourceFact } from '../domain/platform-events.ts'
import { typeCodes } from './fact-codes.ts'

/** Rows of the log straight into the columns that the fold reads; `factReader` gives the same facts as objects. */

type Row = readonly unknown[]
type Cell = number | null | undefined

const CONTACT = 5
const EXTRA = CONTACT + 6

/** Kind in the fold of each type code, -1 for a type this version does not know. */
const kinds: number[] = []
const others: Readonly<Partial<Record<FactType, number>>> = { 'agent.state': OTHER.agentState, 'agent.queue_joined': OTHER.queueJoined, 'agent.queue_left': OTHER.queueLeft, 'source.reset': OTHER.reset, 'source.snapshot': OTHER.snapshot }
for (const [type, code] of Object.entries(typeCodes)) kinds[code] = kindOf.get(type) ?? others[type as FactType] ?? NONE

const number = (cell: unknown): number => (cell ?? NONE) as number
const flag = (cell: unknown): boolean | null => (cell === undefined || cell === null ? null : cell === 1)

/** `read` makes the whole fact of a row, for the few that the columns cannot hold. */
export const batchOfRows = (rows: readonly Row[], base: number, strings: readonly string[], read: (row: Row) => Fact | null): FactBatch => {
  const batch = new FactBatch(rows.length, strings)
  for (const row of rows) {
    const kind = kinds[row[0] as number] ?? NONE
    if (kind === NONE) continue
    const at = base + (row[2] as number)
    const source = (row[3] ?? 0) as number
    if (kind >= OTHER.agentState) putOther(batch, row, kind, at, source, read)
    else putContact(batch, row, kind, at, source, base, strings)
  }
  return batch
}

const putOther = (batch: FactBatch, row: Row, kind: number, at: number, source: number, read: (row: Row) => Fact | null): void => {
  const plain = kind === OTHER.agentState && !row[7] && (row[8] ?? null) === null && (row[9] ?? null) === null && !row[10] && (row[11] ?? null) === null
  const agent = kind === OTHER.reset || kind === OTHER.snapshot ? NONE : (row[5] as number)
  batch.other(at, kind, source, agent, kind === OTHER.agentState ? (row[6] as number) : NONE, plain ? null : (read(row) as AgentFact | SourceFact))
}

const putContact = (batch: FactBatch, row: Row, kind: number, at: number, source: number, base: number, strings: readonly string[]): void => {
  const [a, b, c, d] = [row[EXTRA], row[EXTRA + 1], row[EXTRA + 2], row[EXTRA + 3]]
  const meta = (((row[9] ?? 0) as number) << META.channel) | (((row[10] ?? 0) as number) << META.direction)
  const put = (token: string | null, more: number, agent: number, v1: number, v2: number, wait: number): void => {
    batch.contact(at, kind, source, (row[8] ?? 0) as number, row[CONTACT] as string, (row[6] ?? null) as string | null, (row[7] ?? null) as string | null, token, meta | more, agent, v1, v2, wait)
  }
  const previous = (cell: unknown): number => (cell === undefined || cell === null ? NONE : secondsBetween(base + (cell as number), at))
  const until = (cell: unknown): number => (cell === undefined || cell === null ? NONE : secondsBetween(at, base + (cell as number)))
  const text = (cell: unknown): string | null => (cell ? (strings[(cell as number) - 1] ?? null) : null)
  const reason = (cell: unknown): number => (cell ? reasonBits(strings[(cell as number) - 1] ?? null) : 0)
  const by = (cell: unknown): number => {
    const who = cell ? strings[(cell as number) - 1] : null
    return who === 'system' ? 1 << META.bySystem : who === 'agent' ? 1 << META.byAgent : who === 'customer' ? 1 << META.byCustomer : 0
  }
  switch (row[0]) {
    case typeCodes['contact.created']:
    case typeCodes['contact.queued']: {
      const subject = (a ?? null) as string | null
      put(subject, subject === null ? 0 : 1 << META.subject, NONE, previous(b), NONE, NONE)
      return
    }
    case typeCodes['contact.reopened']:
      put(null, 0, NONE, previous(a), NONE, NONE)
      return
    case typeCodes['contact.refused']:
    case typeCodes['contact.failed']:
      put(null, reason(a), NONE, NONE, NONE, NONE)
      return
    case typeCodes['contact.offered']:
    case typeCodes['contact.callback_attempted']:
      put(null, 0, number(a), whole(b as Cell), NONE, NONE)
      return
    case typeCodes['contact.offer_missed']:
      put(null, reason(c), number(a), whole(b as Cell), NONE, NONE)
      return
    case typeCodes['contact.answered']:
      put(null, 0, number(a), NONE, whole(c as Cell), whole(b as Cell))
      return
    case typeCodes['contact.held']:
    case typeCodes['contact.resumed']:
    case typeCodes['contact.callback_connected']:
      put(null, 0, number(a), NONE, NONE, NONE)
      return
    case typeCodes['contact.transferred']:
      put(transferText(text(b), text(c), (d ?? null) as number | null, row[15] === 1), 1 << META.transfer, number(a), whole(row[16] as Cell), whole(row[17] as Cell), whole(row[18] as Cell))
      return
    case typeCodes['contact.ended']:
      put(null, yesNo(flag(row[16])) | by(b), number(a), whole(c as Cell), whole(d as Cell), whole(row[15] as Cell))
      return
    case typeCodes['contact.wrapped']:
      put(null, yesNo(flag(d)), number(a), whole(b as Cell), NONE, NONE)
      return
    case typeCodes['contact.abandoned']:
      put(null, c === 1 ? 1 << META.uncertain : 0, NONE, NONE, NONE, whole(a as Cell))
      return
    case typeCodes['contact.left_queue']:
      put(null, reason(a), NONE, NONE, NONE, whole(b as Cell))
      return
    case typeCodes['contact.callback_requested']:
      put(null, 0, NONE, until(a), until(b), NONE)
      return
    case typeCodes['contact.callback_failed']:
      put(null, b === 1 ? 1 << META.uncertain : 0, NONE, whole(a as Cell), NONE, NONE)
      return
    case typeCodes['contact.message']:
      // Without its queue, as `batchOf` makes it: it belongs to the visit that was newest then.
      batch.contact(at, kind, source, 0, row[CONTACT] as string, (row[6] ?? null) as string | null, (row[7] ?? null) as string | null, null, meta, number(a), (b ?? NONE) as number, NONE, NONE)
      return
    case typeCodes['survey.sent']:
      put(null, 0, NONE, NONE, NONE, NONE)
      return
    case typeCodes['survey.received']:
      put((d ?? null) as string | null, yesNo(flag(row[15])), NONE, hundredths((a ?? null) as number | null), hundredths((b ?? null) as number | null), hundredths((c ?? null) as number | null))
      return
    default:
      throw new Error(`fact type code ${String(row[0])} has a kind but no columns`)
  }
}
