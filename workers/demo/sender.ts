import { setTimeout as pause } from 'node:timers/promises'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import { instantOf, type Instant } from '../../server/domain/time.ts'
import type { Pipeline } from '../../server/ingest/pipeline.ts'
import type { Logger } from '../../server/log.ts'
import type { Ends } from '../../server/redis/ends.ts'
import type { Sealed } from '../../server/redis/sealed.ts'
import { RedisUnavailable } from '../../server/redis/unavailable.ts'
import type { Returning } from './returning.ts'

export interface Sender {
  /** Sends through the events door, in order; waits while Redis is away. False when the player ended meanwhile. */
  readonly send: (events: readonly CanonicalEvent[]) => Promise<boolean>
}

export interface SenderDeps {
  readonly site: string
  readonly pipeline: Pick<Pipeline, 'acceptEvents'>
  readonly sealed: Pick<Sealed, 'subjects'>
  readonly ends: Pick<Ends, 'record'>
  readonly returning: Returning
  readonly playing: () => boolean
  readonly log: Logger
  /** Default `live`. */
  readonly mode?: 'live' | 'import'
}

const CHUNK = 500
const RETRY_MS = 500

export const createSender = ({ site, pipeline, sealed, ends, returning, playing, log, mode = 'live' }: SenderDeps): Sender => {
  /** The keeper writes ends half a second later; a morning sent in two seconds would be a morning of strangers. */
  const recall = async (back: ReadonlyMap<string, number>): Promise<void> => {
    if (back.size === 0) return
    const refs = [...back.keys()]
    const tokens = await sealed.subjects.tokensOf(site, refs.map((ref) => ({ ref })))
    await ends.record(site, new Map(refs.map((ref, i): [string, Instant] => [tokens[i] ?? '', instantOf(back.get(ref) ?? 0)])))
  }
  const sendChunk = async (events: readonly CanonicalEvent[], back: ReadonlyMap<string, number>): Promise<void> => {
    await recall(back)
    const { rejected } = await pipeline.acceptEvents(site, events, { credentialId: 'demo', mode })
    for (const { code, detail } of rejected) log.warn({ site, code, detail }, 'the door refused an event of the demo')
  }
  return {
    send: async (events) => {
      for (let at = 0; at < events.length; at += CHUNK) {
        const chunk = events.slice(at, at + CHUNK)
        const back = returning.follow(chunk)
        for (;;) {
          if (!playing()) return false
          try {
            await sendChunk(chunk, back)
            break
          } catch (error) {
            if (!(error instanceof RedisUnavailable)) throw error
            await pause(RETRY_MS)
          }
        }
      }
      return true
    },
  }
}
