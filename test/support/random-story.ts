import type { Fact } from '../../server/domain/platform-events.ts'
import { type Instant, instantOf } from '../../server/domain/time.ts'
import type { Random } from './seeded.ts'

const queues = ['support', 'sales', 'billing'] as const

/** One contact's facts in the order in which they happened: answered and wrapped, abandoned, or still open. */
export const contactStory = (random: Random, n: number, startsAt: Instant): readonly Fact[] => {
  const contact = { source: 'pbx', seq: null, contactId: `c${n}`, legId: null, rootContactId: null, queueId: random.pick(queues), channel: 'voice', direction: 'in' } as const
  const agent = random.int(1, 30)
  const waitMs = random.int(0, 90_000)
  const talkMs = random.int(10_000, 600_000)
  const acwMs = random.int(0, 60_000)
  const at = (ms: number) => instantOf(startsAt + ms)
  const facts: Fact[] = [{ ...contact, id: `${n}-q`, type: 'contact.queued', occurredAt: startsAt, subject: null, previousEndAt: null, position: null, waitingInQueue: null }]
  const end = random.next()
  if (end < 0.15) return [...facts, { ...contact, id: `${n}-x`, type: 'contact.abandoned', occurredAt: at(waitMs), waitMs, position: null, uncertain: false }]
  if (end < 0.18) return facts
  facts.push({ ...contact, id: `${n}-a`, type: 'contact.answered', occurredAt: at(waitMs), agent, waitMs, ringMs: null })
  facts.push({ ...contact, id: `${n}-e`, type: 'contact.ended', occurredAt: at(waitMs + talkMs), agent, by: 'customer', talkMs, holdMs: null, waitMs: null, resolved: random.chance(0.7) })
  facts.push({ ...contact, id: `${n}-w`, type: 'contact.wrapped', occurredAt: at(waitMs + talkMs + acwMs), agent, acwMs, code: null, resolved: null })
  return facts
}
