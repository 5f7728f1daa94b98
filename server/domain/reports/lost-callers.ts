import type { ContactFigures } from '../floor.ts'
import type { SubjectToken } from '../platform-events.ts'
import type { Instant } from '../time.ts'

export interface LostCaller {
  readonly contactId: string
  readonly queue: string
  readonly queuedAt: Instant
  readonly waitMs: number | null
  /** How often this customer gave up in the range; 1 for unknown customers. */
  readonly attempts: number
  readonly identified: boolean
}

const MOST = 10_000

/** Those who gave up and have not been through since: of a known customer the newest attempt, of unknown ones each. Contacts come oldest first. */
export const lostCallers = () => {
  const bySubject = new Map<SubjectToken, LostCaller>()
  const unknown: LostCaller[] = []
  return {
    add: (contact: ContactFigures): void => {
      const { subject } = contact
      if (contact.outcome === 'answered' && subject !== null) bySubject.delete(subject)
      if (contact.outcome !== 'abandoned') return
      const caller = { contactId: contact.contactId, queue: contact.queue, queuedAt: contact.queuedAt, waitMs: contact.waitMs, attempts: 1, identified: subject !== null }
      if (subject === null) {
        unknown.push(caller)
        if (unknown.length > MOST) unknown.shift()
        return
      }
      bySubject.set(subject, { ...caller, attempts: (bySubject.get(subject)?.attempts ?? 0) + 1 })
    },
    /** Known customers who are lost so far. */
    subjects: (): ReadonlySet<SubjectToken> => new Set(bySubject.keys()),
    rows: (): readonly LostCaller[] => [...bySubject.values(), ...unknown].sort((a, b) => b.queuedAt - a.queuedAt),
  }
}
