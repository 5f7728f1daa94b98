import type { PersonId } from '../incident/incident.ts'
import { later, MINUTE, type Instant } from '../time.ts'
import type { Delivery } from './delivery.ts'

/** One paced message a minute and person (INCIDENTS 2.9). */
export const PACE: number = MINUTE

/** Until when a paced row that is due waits; null: it is sent now. */
export const heldUntil = (last: Instant | null, now: Instant, pace: number = PACE): Instant | null => (last !== null && now - last < pace ? later(last, pace) : null)

/** When each person was last told by a paced message. */
export type LastTold = ReadonlyMap<PersonId, Instant>

/**
 * When rows are sent that fall due one after the other: what waits for its minute is told together with whatever falls due until then.
 * `rows`: by the instant of their making; the answer keeps their order.
 */
export const pacedAt = (rows: readonly Pick<Delivery, 'person' | 'paced' | 'notBefore'>[], lastTold: LastTold): readonly Instant[] => {
  const times: Instant[] = rows.map(({ notBefore }) => notBefore)
  const due = rows.flatMap(({ person, paced, notBefore }, index) => (person !== null && paced ? [{ person, notBefore, index }] : [])).sort((a, b) => a.notBefore - b.notBefore)
  const last = new Map<PersonId, Instant>(lastTold)
  /** The message that somebody is to get next, or gets in this instant. */
  const open = new Map<PersonId, Instant>()
  for (const { person, notBefore, index } of due) {
    const next = open.get(person)
    const at = next !== undefined && notBefore <= next ? next : (heldUntil(last.get(person) ?? null, notBefore) ?? notBefore)
    open.set(person, at)
    last.set(person, at)
    times[index] = at
  }
  return times
}
