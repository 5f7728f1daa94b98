import { expect, it } from '@jest/globals'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import { endsWithin } from '../../server/ingest/ends-within.ts'

const at = (minute: number): string => `2026-11-28T18:${String(minute).padStart(2, '0')}:00.000Z`
const event = (type: 'contact.queued' | 'contact.ended', contactId: string, minute: number) => ({ id: `${contactId}${type}${minute}`, type, occurredAt: at(minute), contactId, queueId: 'support' }) as CanonicalEvent

it('a delivery tells of the contacts in it which of them follow which, in whatever order it comes, and of no further visit of the same contact', () => {
  const [first, again, visit, other, early] = [event('contact.queued', 'a', 0), event('contact.queued', 'b', 30), event('contact.queued', 'a', 20), event('contact.queued', 'c', 30), event('contact.queued', 'd', 5)]
  const events = [again, event('contact.ended', 'b', 40), event('contact.ended', 'a', 10), first, visit, other, early]
  const within = endsWithin(events, new Map([[first, 's1'], [again, 's1'], [visit, 's1'], [early, 's1'], [other, 's2']]))
  expect([within(first, 's1'), within(early, 's1'), within(again, 's1'), within(visit, 's1'), within(other, 's2')]).toEqual([null, null, Date.parse(at(10)), null, null])
})
