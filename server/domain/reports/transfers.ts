import type { ContactFigures, ContactTransfer } from '../floor.ts'
import { shareOf } from '../kpi/service-level.ts'
import type { Instant } from '../time.ts'

/** Who passed contacts on, how and where to (METRICS section 4), booked where the contact's handling ended. */

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

/** Handling ends in [from, to); contacts come oldest first, those from before it too. */
export const transferTally = ({ from, to }: { readonly from: Instant; readonly to: Instant }) => {
  const queues = new Map<string, Counts>()
  /** Interactions that were passed on: their further visits are no new ones. */
  const passedOn = new Set<string>()
  let [interactions, transferred] = [0, 0]

  const count = (counts: Counts, { transfers }: ContactFigures): void => {
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
      const ended = contact.wrappedAt ?? contact.endedAt
      const handled = handledOf(contact)
      if (handled === 0 || ended === null || ended < from || ended >= to) return
      const counts = queues.get(contact.queue) ?? none()
      queues.set(contact.queue, counts)
      counts.handled += handled
      const root = contact.rootContactId ?? contact.contactId
      const isNew = !passedOn.has(root)
      if (isNew) interactions += 1
      if (!contact.transferred) return
      if (isNew) transferred += 1
      passedOn.add(root)
      count(counts, contact)
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
