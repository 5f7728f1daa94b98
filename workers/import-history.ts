import type { Fact, SubjectToken } from '../server/domain/platform-events.ts'
import { DAY, instantOf, type Instant } from '../server/domain/time.ts'

/**
 * When a customer's last contact of an import ended, for the next one of the same customer: the figures of imported days
 * depend on the file alone, so the same file gives the same facts. Bounded: the oldest leave first.
 */
export interface ImportedEnds {
  /** The fact with `previousEndAt` from what was imported before it. */
  readonly told: (fact: Fact) => Fact
  /** What was learnt since the last call, as lines of a journal: to save all of it each time would cost more than the import. */
  readonly takeLines: () => string
  /** Learns a line of the journal again. */
  readonly learn: (line: string) => void
}

const WITHIN_MS = 7 * DAY
const MOST = 100_000

type Learnt = readonly ['open', contactId: string, SubjectToken] | readonly ['ended', SubjectToken, number]

/** The newest of what was put in, between half and all of `most`: letting go of one at a time would cost a walk over the gaps of all that went before. */
const newest = <K, V>(most: number) => {
  let [young, old] = [new Map<K, V>(), new Map<K, V>()]
  return {
    get: (key: K): V | undefined => young.get(key) ?? old.get(key),
    put: (key: K, value: V): void => {
      if (young.size >= most / 2) [young, old] = [new Map(), young]
      young.set(key, value)
    },
  }
}

export const importedEnds = (): ImportedEnds => {
  const ended = newest<SubjectToken, number>(MOST)
  const open = newest<string, SubjectToken>(MOST)
  let lines: string[] = []

  const previous = (subject: SubjectToken, at: Instant): Instant | null => {
    const end = ended.get(subject)
    return end !== undefined && end < at && at - end <= WITHIN_MS ? instantOf(end) : null
  }
  const know = (learnt: Learnt) => {
    if (learnt[0] === 'open') open.put(learnt[1], learnt[2])
    else ended.put(learnt[1], learnt[2])
  }
  const learn = (learnt: Learnt) => {
    know(learnt)
    lines.push(`${JSON.stringify(learnt)}\n`)
  }
  return {
    told: (fact) => {
      if (fact.type === 'contact.ended') {
        const subject = open.get(fact.contactId)
        if (subject !== undefined) learn(['ended', subject, Math.max(fact.occurredAt, ended.get(subject) ?? 0)])
        return fact
      }
      if (fact.type !== 'contact.created' && fact.type !== 'contact.queued') return fact
      if (fact.subject === null) return { ...fact, previousEndAt: null }
      // A further visit of the same contact follows nothing but itself.
      const again = open.get(fact.contactId) !== undefined
      learn(['open', fact.contactId, fact.subject])
      return { ...fact, previousEndAt: again ? null : previous(fact.subject, fact.occurredAt) }
    },
    takeLines: () => {
      const taken = lines.join('')
      lines = []
      return taken
    },
    learn: (line) => know(JSON.parse(line) as Learnt),
  }
}
