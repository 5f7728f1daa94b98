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

const keep = <K, V>(map: Map<K, V>, key: K, value: V) => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}

export const importedEnds = (): ImportedEnds => {
  const ended = new Map<SubjectToken, number>()
  const open = new Map<string, SubjectToken>()
  let lines: string[] = []

  const previous = (subject: SubjectToken, at: Instant): Instant | null => {
    const end = ended.get(subject)
    return end !== undefined && end < at && at - end <= WITHIN_MS ? instantOf(end) : null
  }
  const know = (learnt: Learnt) => {
    if (learnt[0] === 'open') keep(open, learnt[1], learnt[2])
    else keep(ended, learnt[1], learnt[2])
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
      const again = open.has(fact.contactId)
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
