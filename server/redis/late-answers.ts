import type { LateAnswer } from '../domain/contact-figures.ts'
import { DAY, instantOf, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** Answers whose contact was history when they came: books and floor do not have them together. */
export interface LateAnswers {
  /** Repeating one changes nothing. */
  readonly record: (site: string, answers: readonly LateAnswer[]) => Promise<void>
  /** That came in [from, to), the newest of each contact, oldest first. */
  readonly between: (site: string, from: Instant, to: Instant) => Promise<readonly LateAnswer[]>
  readonly dropOlder: (site: string, now: Instant) => Promise<void>
}

/** As long as raw events. */
const KEPT_MS = 90 * DAY

type Stored = readonly [contactId: string, queue: string | null, at: number, score: number, comment: string | null]

export const openLateAnswers = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): LateAnswers => ({
  record: async (site, answers) => {
    if (answers.length === 0) return
    await redis.zAdd(keys.site(site).lateAnswers, answers.map(({ contactId, queue, at, score, comment }) => ({ score: at, value: JSON.stringify([contactId, queue, at, score, comment] satisfies Stored) })))
  },
  between: async (site, from, to) => {
    const newest = new Map<string, LateAnswer>()
    for (const text of await redis.zRangeByScore(keys.site(site).lateAnswers, from, `(${to}`)) {
      const [contactId, queue, at, score, comment] = JSON.parse(text) as Stored
      newest.delete(contactId)
      newest.set(contactId, { contactId, queue, at: instantOf(at), score, comment })
    }
    return [...newest.values()]
  },
  dropOlder: async (site, now) => void (await redis.zRemRangeByScore(keys.site(site).lateAnswers, '-inf', now - KEPT_MS)),
})
