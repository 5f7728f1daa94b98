import type { CanonicalEvent, Rejection } from '../../contract/events.ts'
import type { Logger } from '../../log.ts'
import { asUnavailable, RedisUnavailable } from '../../redis/unavailable.ts'
import type { Pipeline } from '../pipeline.ts'

/** Brings a source's events to the log, again and again while Redis is away: ids make repetition harmless. */
export type Deliver = (events: readonly CanonicalEvent[]) => Promise<void>

export interface DeliverDeps {
  readonly pipeline: Pick<Pipeline, 'acceptEvents'>
  readonly log: Logger
  /** False: give up, the source is being stopped. */
  readonly running: () => boolean
  /** Told after each batch: what was refused first, or null when nothing was lost. */
  readonly refused: (first: Rejection | null) => void
}

const BATCH = 1_000
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

export const openDeliver = ({ pipeline, log, running, refused }: DeliverDeps, site: string, source: string): Deliver => {
  const deliverBatch = async (events: readonly CanonicalEvent[]): Promise<void> => {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        const { rejected } = await pipeline.acceptEvents(site, events, { credentialId: `source:${source}` })
        if (rejected.length > 0) log.warn({ site, source, rejected: rejected.length, first: `${rejected[0]?.code} ${rejected[0]?.detail}` }, 'events of a source rejected')
        // Of a conflict the event is there already, under the same id: nothing is missing.
        refused(rejected.find(({ code }) => code === 'too_many') ?? rejected.find(({ code }) => code !== 'id_conflict') ?? null)
        return
      } catch (error) {
        if (!(asUnavailable(error) instanceof RedisUnavailable) || !running()) throw error
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
  }
  return async (events) => {
    for (let from = 0; from < events.length; from += BATCH) await deliverBatch(events.slice(from, from + BATCH))
  }
}
