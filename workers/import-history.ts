import type { Fact, SubjectToken } from '../server/domain/platform-events.ts'
import { DAY, instantOf, type Instant } from '../server/domain/time.ts'

/**
 * When a customer's last contact of an import ended, for the next one of the same customer: the figures of imported days
 * depend on the file alone, so the same file gives the same facts. Bounded: the oldest leave first.
 */
export interface ImportedEnds {
  /** The fact with `previousEndAt` from what was imported before it. */
  readonly told: (fact: Fact) => Fact
  readonly save: () => SavedEnds
}

export interface SavedEnds {
  readonly ended: readonly (readonly [SubjectToken, number])[]
  readonly open: readonly (readonly [contactId: string, SubjectToken])[]
}

const WITHIN_MS = 7 * DAY
const MOST = 100_000

const keep = <K, V>(map: Map<K, V>, key: K, value: V) => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}

export const importedEnds = (saved?: SavedEnds): ImportedEnds => {
  const ended = new Map<SubjectToken, number>(saved?.ended)
  const open = new Map<string, SubjectToken>(saved?.open)

  const previous = (subject: SubjectToken, at: Instant): Instant | null => {
    const end = ended.get(subject)
    return end !== undefined && end < at && at - end <= WITHIN_MS ? instantOf(end) : null
  }
  return {
    told: (fact) => {
      if (fact.type === 'contact.ended') {
        const subject = open.get(fact.contactId)
        if (subject !== undefined) keep(ended, subject, Math.max(fact.occurredAt, ended.get(subject) ?? 0))
        return fact
      }
      if (fact.type !== 'contact.created' && fact.type !== 'contact.queued') return fact
      if (fact.subject === null) return { ...fact, previousEndAt: null }
      // A further visit of the same contact follows nothing but itself.
      const again = open.has(fact.contactId)
      keep(open, fact.contactId, fact.subject)
      return { ...fact, previousEndAt: again ? null : previous(fact.subject, fact.occurredAt) }
    },
    save: () => ({ ended: [...ended], open: [...open] }),
  }
}
