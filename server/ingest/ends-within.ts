import type { CanonicalEvent } from '../contract/events.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import type { SubjectToken } from '../domain/platform-events.ts'
import { instantOf, type Instant } from '../domain/time.ts'

/** When customers' earlier contacts ended, as one delivery tells it: what a source held back comes together, and the register of ends has heard none of it. */
export const endsWithin = (events: readonly CanonicalEvent[], subjects: ReadonlyMap<CanonicalEvent, SubjectToken>): ((event: CanonicalEvent, subject: SubjectToken) => Instant | null) => {
  const of = new Map<string, SubjectToken>()
  for (const [event, subject] of subjects) if ('contactId' in event) of.set(event.contactId, subject)
  const ends = new Map<SubjectToken, { readonly contactId: string; readonly at: number }[]>()
  for (const event of events) {
    if (event.type !== 'contact.ended' && event.type !== 'contact.wrapped') continue
    const subject = of.get(event.contactId)
    const at = parseRfc3339(event.occurredAt)
    if (subject === undefined || at === null) continue
    const known = ends.get(subject)
    if (known === undefined) ends.set(subject, [{ contactId: event.contactId, at }])
    else known.push({ contactId: event.contactId, at })
  }
  return (event, subject) => {
    const before = parseRfc3339(event.occurredAt) ?? 0
    let last = 0
    // Further visits of one contact follow nothing.
    for (const { contactId, at } of ends.get(subject) ?? []) if (at < before && at > last && (!('contactId' in event) || contactId !== event.contactId)) last = at
    return last === 0 ? null : instantOf(last)
  }
}
