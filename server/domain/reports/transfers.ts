import type { ContactFigures, ContactTransfer } from '../contact-figures.ts'
import { shareOf } from '../kpi/service-level.ts'
import { DAY, type Instant } from '../time.ts'

/** Who passed contacts on, how and where to (METRICS section 4), each part of an agent booked where it was wrapped up (R3, END basis). */

export interface TransferRow {
  readonly queue: string
  /** Agents' parts whose handling ended. */
  readonly handled: number
  readonly transferred: number
  readonly rate: number | null
  readonly blind: number
  readonly attended: number
  readonly toQueue: number
  readonly toAgent: number
  readonly external: number
  /** Of which nobody says how, and of which nobody says where to. */
  readonly unknownKind: number
  readonly unknownDestination: number
  /** Where to most often, and how often. */
  readonly mostTo: 'queue' | 'agent' | 'external' | null
  readonly mostToQueue: string | null
  readonly mostToTransfers: number
}

/** Of the whole range a contact counts once, however many queues it went through. */
export interface TransferTotal {
  readonly interactions: number
  readonly transferred: number
  readonly rate: number | null
}

/** Parts of agents in a visit whose handling ended. */
export const handledOf = ({ handled, agents, answeredAt, endedAt }: ContactFigures): number => handled ?? (answeredAt === null || endedAt === null ? 0 : (agents?.length ?? 1))

/** When each of them was; of records that do not say it, when the visit was over. */
const handledEnds = (contact: ContactFigures): readonly Instant[] => {
  const ended = contact.wrappedAt ?? contact.endedAt
  return contact.handledAt ?? (ended === null ? [] : Array.from({ length: handledOf(contact) }, () => ended))
}

type Counted = Omit<TransferRow, 'queue' | 'rate' | 'mostTo' | 'mostToQueue' | 'mostToTransfers'>
type Counts = { -readonly [Name in keyof Counted]: number } & { readonly destinations: Map<string, number> }
const none = (): Counts => ({ handled: 0, transferred: 0, blind: 0, attended: 0, toQueue: 0, toAgent: 0, external: 0, unknownKind: 0, unknownDestination: 0, destinations: new Map() })

const destinationIn = (key: string | null): Pick<TransferRow, 'mostTo' | 'mostToQueue'> =>
  key === null ? { mostTo: null, mostToQueue: null } : key === 'agent' || key === 'external' ? { mostTo: key, mostToQueue: null } : { mostTo: 'queue', mostToQueue: key.slice('queue '.length) }

/** What a contact record says of it in columns; null where it was passed on and nobody kept how. */
export const transferCounts = ({ transferred, transfers }: ContactFigures) => {
  const count = (of: (transfer: ContactTransfer) => boolean): number | null => (transfers === undefined ? (transferred ? null : 0) : transfers.filter(of).length)
  return {
    transfersBlind: count(({ kind }) => kind === 'blind'),
    transfersAttended: count(({ kind }) => kind === 'attended'),
    transfersInternal: count(({ to }) => to === 'queue' || to === 'agent'),
    transfersExternal: count(({ to }) => to === 'external'),
    transferredToQueue: transfers?.findLast(({ toQueue }) => toQueue !== null)?.toQueue ?? null,
  }
}

/** A further visit of an interaction comes at most so long after the one before was over; the fold itself forgets a contact after 50 hours. */
const FOLLOWS_MS = 3 * DAY

/** Handling ends in [from, to); contacts come oldest first, those from before it too, and one at a time, so any range fits. */
export const transferTally = ({ from, to }: { readonly from: Instant; readonly to: Instant }) => {
  const queues = new Map<string, Counts>()
  /** Interactions that were passed on, and until when their further visits are no new ones. */
  const passedOn = new Map<string, number>()
  let sweptAt = 0
  let [interactions, transferred] = [0, 0]

  const sweep = (at: number): void => {
    if (at - sweptAt < DAY) return
    for (const [root, until] of passedOn) if (until < at) passedOn.delete(root)
    sweptAt = at
  }

  const count = (counts: Counts, transfers: readonly ContactTransfer[] | undefined): void => {
    if (transfers === undefined) {
      counts.transferred += 1
      counts.unknownKind += 1
      counts.unknownDestination += 1
      return
    }
    for (const { kind, to: where, toQueue } of transfers) {
      counts.transferred += 1
      counts[kind ?? 'unknownKind'] += 1
      counts[where === null ? 'unknownDestination' : where === 'external' ? 'external' : where === 'queue' ? 'toQueue' : 'toAgent'] += 1
      if (where === null) continue
      const key = where === 'queue' ? `queue ${toQueue ?? ''}` : where
      counts.destinations.set(key, (counts.destinations.get(key) ?? 0) + 1)
    }
  }

  return {
    add: (contact: ContactFigures): void => {
      sweep(contact.queuedAt)
      const ends = handledEnds(contact)
      const last = ends.at(-1)
      const own = ends.filter((at) => at >= from && at < to)
      if (last === undefined || own.length === 0) return
      const counts = queues.get(contact.queue) ?? none()
      queues.set(contact.queue, counts)
      counts.handled += own.length
      const root = contact.rootContactId ?? contact.contactId
      const isNew = (passedOn.get(root) ?? -Infinity) < contact.queuedAt
      if (isNew) interactions += 1
      const passed = contact.transfers?.filter(({ handledAt = last }) => handledAt !== null && handledAt >= from && handledAt < to)
      if (!contact.transferred || passed?.length === 0) return
      if (isNew) transferred += 1
      passedOn.set(root, Math.max(contact.queuedAt, ...ends) + FOLLOWS_MS)
      count(counts, passed)
    },
    total: (): TransferTotal => ({ interactions, transferred, rate: shareOf({ numerator: transferred, denominator: interactions }) }),
    rows: (): readonly TransferRow[] =>
      [...queues]
        .map(([queue, { destinations, ...counts }]) => {
          const [most, often] = [...destinations].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? [null, 0]
          return { queue, ...counts, rate: shareOf({ numerator: counts.transferred, denominator: counts.handled }), ...destinationIn(most), mostToTransfers: often }
        })
        .sort((a, b) => b.transferred - a.transferred || (a.queue < b.queue ? -1 : 1)),
  }
}
