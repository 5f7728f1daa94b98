import type { EntryId } from '../domain/log-entry.ts'
import type { AcceptedEntry, AcceptItem, EntryDraft, Outcome } from './accept-entry.ts'
import { factEncoder } from './log-codec.ts'
import { compareEntries } from './epoch.ts'

/** An entry's bounds: they keep one fold call and one write short. */
const MOST_FACTS = 256
const MOST_BYTES = 60_000
/** Entries of a site on their way at once; more wait here and travel together. */
const MOST_IN_FLIGHT = 8

interface Request {
  readonly items: readonly AcceptItem[]
  readonly outcomes: Outcome[]
  taken: number
  open: number
  last: EntryId
  epoch: string
  readonly resolve: (result: AcceptedEntry) => void
  readonly reject: (error: unknown) => void
}

/** Which items of which request lie in an entry, in order. */
interface Share {
  readonly request: Request
  readonly from: number
  readonly count: number
}

interface Lane {
  readonly waiting: Request[]
  facts: number
  inFlight: number
}

/** Fills one entry from the requests that wait, oldest first. */
const takeEntry = (lane: Lane): { readonly draft: EntryDraft; readonly shares: readonly Share[] } | null => {
  const first = lane.waiting[0]?.items[lane.waiting[0].taken]
  if (!first) return null
  const encoder = factEncoder(first.fact.occurredAt)
  const [items, shares]: [AcceptItem[], Share[]] = [[], []]
  let bytes = 0
  while (items.length < MOST_FACTS && bytes < MOST_BYTES) {
    const request = lane.waiting[0]
    if (!request) break
    const from = request.taken
    while (request.taken < request.items.length && items.length < MOST_FACTS && bytes < MOST_BYTES) {
      const item = request.items[request.taken]
      if (!item) break
      bytes += encoder.add(item.fact).length
      items.push(item)
      request.taken += 1
    }
    shares.push({ request, from, count: request.taken - from })
    request.open += 1
    if (request.taken === request.items.length) lane.waiting.shift()
  }
  lane.facts -= items.length
  return { draft: { items, encoder }, shares }
}

const settle = ({ request, from, count }: Share, accepted: AcceptedEntry, at: number): void => {
  for (let i = 0; i < count; i += 1) request.outcomes[from + i] = accepted.outcomes[at + i] ?? 'accepted'
  request.open -= 1
  if (compareEntries(accepted.id, request.last) > 0) request.last = accepted.id
  request.epoch = accepted.epoch
  if (request.open === 0 && request.taken === request.items.length) request.resolve({ id: request.last, epoch: request.epoch, outcomes: request.outcomes })
}

/**
 * Requests that meet share entries and script calls: while one entry is on its way, those that come wait and leave together.
 * A request that spans entries is answered when all of them are stored.
 */
export const groupCommit = (send: (site: string, draft: EntryDraft) => Promise<AcceptedEntry>) => {
  const lanes = new Map<string, Lane>()

  const sendEntry = async (site: string, lane: Lane, draft: EntryDraft, shares: readonly Share[]): Promise<void> => {
    lane.inFlight += 1
    try {
      const accepted = await send(site, draft)
      let at = 0
      for (const share of shares) {
        settle(share, accepted, at)
        at += share.count
      }
    } catch (error) {
      // The rest of these requests is not sent: their callers know nothing of the outcome and send all of it again.
      for (const { request } of shares) {
        const place = lane.waiting.indexOf(request)
        if (place >= 0) {
          lane.facts -= request.items.length - request.taken
          lane.waiting.splice(place, 1)
        }
        request.reject(error)
      }
    } finally {
      lane.inFlight -= 1
      pump(site, lane)
    }
  }

  const pump = (site: string, lane: Lane): void => {
    while (lane.waiting.length > 0 && lane.inFlight < MOST_IN_FLIGHT && (lane.inFlight === 0 || lane.facts >= MOST_FACTS)) {
      const taken = takeEntry(lane)
      if (taken) void sendEntry(site, lane, taken.draft, taken.shares)
    }
    if (lane.waiting.length === 0 && lane.inFlight === 0) lanes.delete(site)
  }

  return (site: string, items: readonly AcceptItem[]): Promise<AcceptedEntry> =>
    new Promise((resolve, reject) => {
      const lane = lanes.get(site) ?? { waiting: [], facts: 0, inFlight: 0 }
      lanes.set(site, lane)
      lane.waiting.push({ items, outcomes: new Array<Outcome>(items.length), taken: 0, open: 0, last: '0-0', epoch: '', resolve, reject })
      lane.facts += items.length
      pump(site, lane)
    })
}
