import { HOT_MS } from '../server/domain/hot-hours.ts'
import { HOUR, instantOf, QUARTER_HOUR, type Instant } from '../server/domain/time.ts'
import type { Fact } from '../server/domain/platform-events.ts'

/** Which of an import's facts the live floor is given, which history, and which of them both: decision 0306. */
export interface ImportAges {
  /** Older ones the floor is not given. */
  readonly floorFrom: Instant
  /** Younger ones are not laid beside the archive. */
  readonly historyTo: Instant
}

/** A contact that began so long before is whole on the floor, which remembers 50 hours. */
const WHOLE_MS = HOUR
/** An import may take so long until its days are folded: what the floor stops answering for meanwhile is in history by then. */
const AHEAD_MS = 2 * HOUR

export const agesOf = (liveFrom: number): ImportAges => ({
  floorFrom: instantOf(Math.floor(liveFrom / QUARTER_HOUR) * QUARTER_HOUR - WHOLE_MS),
  historyTo: instantOf(liveFrom + AHEAD_MS),
})

export const liveFromAt = (now: Instant): Instant => instantOf(now - HOT_MS)

const endBefore = (fact: Fact): Instant | null => ('previousEndAt' in fact ? fact.previousEndAt : null)
const following = (fact: Fact, previousEndAt: Instant | null): Fact => ('previousEndAt' in fact ? { ...fact, previousEndAt } : fact)

/** One fact on both sides must say the same of who called before: what it was told first holds. The door may know of a later end than the file. */
export const toldOnce = (told: (fact: Fact) => Fact) => {
  const before = new Map<string, Instant | null>()
  return {
    first: (fact: Fact): Fact => {
      const known = told(fact)
      before.set(fact.id, endBefore(known))
      return known
    },
    again: (fact: Fact): Fact => {
      const known = before.get(fact.id)
      if (known !== undefined) return following(fact, known)
      const [ofFile, ofDoor] = [endBefore(told(fact)), endBefore(fact)]
      return following(fact, ofFile === null || (ofDoor !== null && ofDoor > ofFile) ? ofDoor : ofFile)
    },
  }
}
