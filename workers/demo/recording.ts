import { readFile } from 'node:fs/promises'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import { openQueueLog } from '../../server/ingest/sources/asterisk-queue-log.ts'

/** From `workers/demo` and from `dist/workers/demo`. */
const samples = (): string => import.meta.dirname.replace(/([\\/])(?:dist[\\/])?workers[\\/]demo$/, '$1server$1ingest$1samples')

/** Queues of the recording stand apart from those of the demo that have the same name. */
const apart = (queue: string): string => `recorded-${queue}`

const moved = (event: CanonicalEvent, by: number, take: string): CanonicalEvent => {
  const at = new Date(Date.parse(event.occurredAt) + by).toISOString()
  const base = { ...event, id: `${take}-${event.id}`.replaceAll(':', '.'), occurredAt: at, source: 'recording' }
  return {
    ...base,
    ...('contactId' in event ? { contactId: `${take}-${event.contactId}` } : {}),
    ...('legId' in event && typeof event.legId === 'string' ? { legId: `${take}-${event.legId}` } : {}),
    ...('queueId' in event && typeof event.queueId === 'string' ? { queueId: apart(event.queueId) } : {}),
    ...('queues' in event && Array.isArray(event.queues) ? { queues: event.queues.map(apart) } : {}),
    ...('since' in event && typeof event.since === 'string' ? { since: new Date(Date.parse(event.since) + by).toISOString() } : {}),
    // One member of the union with other values in the same fields.
  } as CanonicalEvent
}

/** The recorded queue_log as events that begin at `start`, in order; `take` keeps several replays apart. */
export const recordedEvents = async (start: number, take: string): Promise<readonly CanonicalEvent[]> => {
  const reader = openQueueLog({ source: 'recording', acw: 'none' })
  const events = (await readFile(`${samples()}/queue_log`, 'utf8')).split('\n').flatMap((line) => {
    const result = line === '' ? null : reader.read(line)
    return result?.kind === 'events' ? result.events : []
  })
  const first = events.reduce((least, { occurredAt }) => Math.min(least, Date.parse(occurredAt)), Infinity)
  return events.map((event) => moved(event, start - first, take)).sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : 0))
}
