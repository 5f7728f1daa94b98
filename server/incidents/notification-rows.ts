import type { DeadLetterRow, NotificationRow } from '../contract/notifications.ts'
import type { Delivery } from '../domain/escalation/delivery.ts'
import type { PersonId } from '../domain/incident/incident.ts'
import { isoOf } from '../domain/time.ts'
import type { DeliveryState } from '../redis/incident-log.ts'
import type { DeadLetter } from '../redis/incident-outbox.ts'
import type { Notification, NotedStep } from '../redis/notifications.ts'

type Names = ReadonlyMap<PersonId, string>

/** Keys hold slashes; in a path they go by this. */
export const idOfKey = (key: string): string => Buffer.from(key).toString('base64url')
export const keyOfId = (id: string): string => Buffer.from(id, 'base64url').toString()

const personOf = ({ person }: Pick<Delivery, 'person'>, names: Names) => (person === null ? null : { id: person, name: names.get(person) ?? null })
const firstAt = (steps: readonly NotedStep[], state: DeliveryState): string | null => {
  const step = steps.find((one) => one.state === state)
  return step === undefined ? null : isoOf(step.at)
}

export const toNotificationRow = ({ delivery, steps }: Notification, names: Names): NotificationRow => {
  const { id, ref, type, channel, target, urgent, level, happenedAt } = delivery
  const [acceptedAt, deliveredAt] = [firstAt(steps, 'accepted'), firstAt(steps, 'delivered')]
  return {
    id: idOfKey(id),
    key: id,
    ref: ref === '' ? null : ref,
    type,
    channel,
    person: personOf(delivery, names),
    target,
    urgent,
    ladder: level?.ladder ?? null,
    level: level?.level ?? null,
    cycle: level?.cycle ?? null,
    state: steps.at(-1)?.state ?? 'queued',
    plannedAt: isoOf(happenedAt),
    sentAt: firstAt(steps, 'sending'),
    acceptedAt,
    deliveredAt,
    proof: deliveredAt !== null ? 'receipt' : acceptedAt !== null ? 'taken' : 'none',
    steps: steps.map(({ at, state, detail }) => ({ at: isoOf(at), state, detail })),
  }
}

export const toDeadLetterRow = (letter: DeadLetter, names: Names): DeadLetterRow => {
  const { id, ref, type, channel, target, attempts, lastError, happenedAt, diedAt } = letter
  return { id: idOfKey(id), key: id, ref: ref === '' ? null : ref, type, channel, person: personOf(letter, names), target, attempts, reason: lastError, plannedAt: isoOf(happenedAt), diedAt: isoOf(diedAt) }
}
