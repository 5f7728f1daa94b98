import type { ContactFigures } from '../contact-figures.ts'
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

/** When somebody of ours talked to the customer: their contact was answered, or the call that they were promised came through. */
const throughAtOf = ({ outcome, answeredAt, callback }: ContactFigures): Instant | null => (outcome === 'answered' ? answeredAt : (callback?.connectedAt ?? null))

interface Known extends LostCaller {
  readonly gaveUpAt: Instant
}

/** Those who gave up and have not been through since: of a known customer the newest attempt, of unknown ones each. Contacts come oldest first, by when they were queued. */
export const lostCallers = () => {
  const bySubject = new Map<SubjectToken, Known>()
  /** Who is through later than contacts have come so far: whoever stands in two queues may give up in one before the other answers. */
  const through = new Map<SubjectToken, Instant>()
  const unknown: LostCaller[] = []
  let pruned = MOST

  const prune = (queuedAt: Instant): void => {
    if (through.size < pruned) return
    for (const [subject, at] of through) if (at < queuedAt) through.delete(subject)
    pruned = Math.max(MOST, 2 * through.size)
  }
  /** The contact of somebody who may have been lost. */
  const hear = (contact: ContactFigures): void => {
    const { subject } = contact
    const at = throughAtOf(contact)
    if (subject === null || at === null) return
    const lost = bySubject.get(subject)
    if (lost !== undefined && at >= lost.gaveUpAt) bySubject.delete(subject)
    if (at < contact.queuedAt) return
    const known = through.get(subject)
    if (known === undefined || known < at) through.set(subject, at)
    prune(contact.queuedAt)
  }

  return {
    hear,
    add: (contact: ContactFigures): void => {
      hear(contact)
      if (contact.outcome !== 'abandoned') return
      const { subject } = contact
      const caller = { contactId: contact.contactId, queue: contact.queue, queuedAt: contact.queuedAt, waitMs: contact.waitMs, attempts: 1, identified: subject !== null }
      if (subject === null) {
        unknown.push(caller)
        if (unknown.length > MOST) unknown.shift()
        return
      }
      const gaveUpAt = contact.outcomeAt ?? contact.queuedAt
      const throughAt = through.get(subject)
      if (throughAt !== undefined && throughAt >= gaveUpAt) return
      bySubject.set(subject, { ...caller, attempts: (bySubject.get(subject)?.attempts ?? 0) + 1, gaveUpAt })
    },
    /** Known customers who are lost so far. */
    subjects: (): ReadonlySet<SubjectToken> => new Set(bySubject.keys()),
    rows: (): readonly LostCaller[] => [...[...bySubject.values()].map(({ gaveUpAt: _, ...caller }) => caller), ...unknown].sort((a, b) => b.queuedAt - a.queuedAt),
  }
}
