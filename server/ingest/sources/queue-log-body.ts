import { createHash } from 'node:crypto'
import type { IngestAnswer, Rejection } from '../../contract/events.ts'
import { problem } from '../../http/problem.ts'
import type { Keys } from '../../redis/keys.ts'
import type { Redis } from '../../redis/connect.ts'
import { UnreadableItem } from '../check-event.ts'
import type { TakeBody } from '../ingest.ts'
import type { Pipeline } from '../pipeline.ts'
import { bodyText, mediaType, MOST_EVENTS } from '../read-items.ts'
import { openQueueLog, type SavedQueueLog } from './asterisk-queue-log.ts'
import { acwRuleOf, chooseSource, type SourcesOf } from './source-choice.ts'

/**
 * Lines of queue_log as a body. What calls and agents were doing is kept between bodies; the state before the last body is
 * kept too, so that a body sent again is read as it was the first time and repeats nothing.
 */
interface Kept {
  readonly body: string
  readonly before: SavedQueueLog | null
  readonly after: SavedQueueLog
}

export interface QueueLogBodyDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly pipeline: Pipeline
  readonly sourcesOf: SourcesOf
}

const withoutLineIds = (saved: SavedQueueLog): SavedQueueLog => ({ ...saved, lineIds: [] })

export const queueLogBody = ({ redis, keys, pipeline, sourcesOf }: QueueLogBodyDeps): TakeBody => {
  /** Bodies of one source one after another: each begins where the one before ended. */
  const turns = new Map<string, Promise<unknown>>()
  const inTurn = async <T>(key: string, act: () => Promise<T>): Promise<T> => {
    const before = turns.get(key) ?? Promise.resolve()
    const mine = before.then(act, act)
    turns.set(key, mine)
    try {
      return await mine
    } finally {
      if (turns.get(key) === mine) turns.delete(key)
    }
  }

  return async (bytes, request, { site, credential }): Promise<IngestAnswer> => {
    const type = mediaType(request.headers['content-type'], ['text/plain'])
    if (!type.ok) throw problem(type.status, type.code, type.detail)
    const text = bodyText(bytes)
    if (text === null) throw problem(400, 'body_invalid', 'the body is not valid UTF-8')
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
    if (lines.length === 0) throw problem(400, 'body_invalid', 'the body is empty; expected lines of queue_log')
    if (lines.length > MOST_EVENTS) throw problem(413, 'too_many_events', `${lines.length} lines in one request; at most ${MOST_EVENTS}`)
    const source = chooseSource(await sourcesOf(site), 'asterisk-queue-log', new URL(request.url ?? '/', 'http://x').searchParams.get('source'))
    const key = keys.site(site).follower(`${source.id}:bodies`)

    return inTurn(key, async () => {
      const stored = await redis.get(key)
      const kept = stored === null ? null : (JSON.parse(stored) as Kept)
      const body = createHash('sha256').update(bytes).digest('base64url')
      const before = kept?.body === body ? kept.before : (kept?.after ?? null)
      // Line ids begin anew with every body: only then do the same lines have the same ids in a second sending.
      const reader = openQueueLog({ source: source.id, acw: acwRuleOf(source.section) }, before === null ? undefined : withoutLineIds(before))
      const read = lines.map((line, index) => ({ index, result: reader.read(line) }))
      const items = read.flatMap(({ index, result }) => (result.kind === 'events' ? result.events.map((item) => ({ index, item: item as unknown })) : result.kind === 'rejected' ? [{ index, item: new UnreadableItem(result.detail) }] : []))
      const answer = await pipeline.acceptEvents(site, items.map(({ item }) => item), { credentialId: credential.id })
      await redis.set(key, JSON.stringify({ body, before, after: withoutLineIds(reader.save()) } satisfies Kept))
      // Positions are those of the lines that were sent.
      return { ...answer, rejected: answer.rejected.map((rejection): Rejection => ({ ...rejection, index: items[rejection.index]?.index ?? rejection.index })) }
    })
  }
}
