import type { ContactFigures } from '../contact-figures.ts'
import type { Instant } from '../time.ts'

/** One customer's way through the house, oldest first: what happened, each with its instant, on one line. */
export type JourneyStep =
  | { readonly kind: 'contact'; readonly at: Instant; readonly contactId: string; readonly legId: string; readonly queue: string; readonly channel: string; readonly outcome: ContactFigures['outcome']; readonly waitMs: number | null; readonly handleMs: number | null; readonly activeMs: number | null; readonly repeat: boolean | null }
  | { readonly kind: 'transfer'; readonly at: Instant; readonly contactId: string; readonly queue: string; readonly toQueue: string | null }
  | { readonly kind: 'survey'; readonly at: Instant; readonly contactId: string; readonly queue: string; readonly score: number }
  | { readonly kind: 'incident'; readonly at: Instant; readonly ref: string; readonly title: string; readonly state: string; readonly priority: string | null }

const handleOf = ({ talkMs, holdMs, acwMs }: ContactFigures): number | null => (talkMs === null && acwMs === null ? null : (talkMs ?? 0) + (holdMs ?? 0) + (acwMs ?? 0))

/** Visits of one customer as steps. A transfer leads to the next visit of the same contact, or out of the house. */
export const journeyOf = (contacts: readonly ContactFigures[]): readonly JourneyStep[] => {
  const sorted = [...contacts].sort((a, b) => a.queuedAt - b.queuedAt)
  const steps = sorted.flatMap((contact, index): readonly JourneyStep[] => {
    const { contactId, legId, queue, channel, outcome, waitMs, repeat } = contact
    const root = contact.rootContactId ?? contactId
    const next = sorted.slice(index + 1).find((other) => (other.rootContactId ?? other.contactId) === root)
    const end = contact.endedAt ?? contact.outcomeAt ?? contact.queuedAt
    return [
      { kind: 'contact', at: contact.queuedAt, contactId, legId, queue, channel, outcome, waitMs, handleMs: handleOf(contact), activeMs: contact.activeMs ?? null, repeat },
      ...(contact.transferred ? [{ kind: 'transfer' as const, at: end, contactId, queue, toQueue: contact.transfers?.findLast(({ toQueue }) => toQueue !== null)?.toQueue ?? next?.queue ?? null }] : []),
      ...(contact.surveyScore === null ? [] : [{ kind: 'survey' as const, at: contact.wrappedAt ?? end, contactId, queue, score: contact.surveyScore }]),
    ]
  })
  return inOrder(steps)
}

const order: Readonly<Record<JourneyStep['kind'], number>> = { contact: 0, transfer: 1, survey: 2, incident: 3 }
export const inOrder = (steps: readonly JourneyStep[]): readonly JourneyStep[] => [...steps].sort((a, b) => a.at - b.at || order[a.kind] - order[b.kind])
