import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { eventSchemas, eventTypes, type EventType } from '../../server/contract/events.ts'
import { parseRfc3339 } from '../../server/contract/rfc3339.ts'
import { checkEvent } from '../../server/ingest/check-event.ts'
import { cleanItem, cleanText } from '../../server/ingest/clean-item.ts'
import { toFact } from '../../server/ingest/to-fact.ts'
import { instantOf } from '../../server/domain/time.ts'

const now = instantOf(Date.parse('2026-11-22T10:00:00Z'))
const iso = '2026-11-22T09:00:00.000Z'
const queued = { id: 'q1-1', type: 'contact.queued', occurredAt: iso, contactId: 'c1', queueId: 'support', channel: 'voice' }
const code = (item: unknown, mode: 'live' | 'import' = 'live') => {
  const checked = checkEvent(item, now, mode)
  return checked.ok ? 'ok' : `${checked.code} ${checked.detail.split(':')[0]}`
}

describe('checking one event', () => {
  it.each([
    ['the examples of the contract', queued, 'ok'],
    ['null where a field may be absent', { ...queued, position: null, customer: null }, 'ok'],
    ['no type', { ...queued, type: undefined }, 'unknown_type type'],
    ['a type nobody knows', { ...queued, type: '__proto__' }, 'unknown_type type'],
    ['an empty id', { ...queued, id: '' }, 'bad_field id'],
    ['an id of 10 kB', { ...queued, id: 'x'.repeat(10_000) }, 'bad_field id'],
    ['an id with a colon', { ...queued, id: 'a:b' }, 'bad_field id'],
    ['an id with braces', { ...queued, id: '{a}' }, 'bad_field id'],
    ['an id with a space', { ...queued, id: 'a b' }, 'bad_field id'],
    ['an id with an asterisk', { ...queued, id: 'a*' }, 'bad_field id'],
    ['a negative duration', { ...queued, type: 'contact.answered', waitMs: -1 }, 'bad_field waitMs'],
    ['a call of ten years', { ...queued, type: 'contact.ended', talkMs: 315_360_000_000 }, 'bad_field talkMs'],
    ['a sum of fractions', { ...queued, type: 'contact.ended', talkMs: 0.1 + 0.2 }, 'bad_field talkMs'],
    ['an integer beyond 2^53', { ...queued, seq: 2 ** 53 + 2 }, 'bad_field seq'],
    ['infinity', { ...queued, seq: Infinity }, 'bad_field seq'],
    ['30 February', { ...queued, occurredAt: '2026-02-30T10:00:00Z' }, 'bad_field occurredAt'],
    ['24 o’clock', { ...queued, occurredAt: '2026-11-21T24:00:00Z' }, 'bad_field occurredAt'],
    ['a leap second', { ...queued, occurredAt: '2026-11-21T23:59:60Z' }, 'bad_field occurredAt'],
    ['no zone', { ...queued, occurredAt: '2026-11-22T09:00:00' }, 'bad_field occurredAt'],
    ['a year of six digits', { ...queued, occurredAt: '+275760-09-13T00:00:00Z' }, 'bad_field occurredAt'],
    ['an offset', { ...queued, occurredAt: '2026-11-22T10:00:00+01:00' }, 'ok'],
    ['1970', { ...queued, occurredAt: '1970-01-01T00:00:00Z' }, 'too_old occurredAt'],
    ['2100', { ...queued, occurredAt: '2100-01-01T00:00:00Z' }, 'in_future occurredAt'],
    ['exactly five minutes ahead', { ...queued, occurredAt: '2026-11-22T10:05:00Z' }, 'ok'],
    ['a millisecond more', { ...queued, occurredAt: '2026-11-22T10:05:00.001Z' }, 'in_future occurredAt'],
    ['exactly 48 hours ago', { ...queued, occurredAt: '2026-11-20T10:00:00Z' }, 'ok'],
    ['a millisecond earlier', { ...queued, occurredAt: '2026-11-20T09:59:59.999Z' }, 'too_old occurredAt'],
    ['a queue name of nothing visible', { ...queued, queueId: '\u200b\u0000' }, 'bad_field queueId'],
    ['a list', [queued], 'bad_field an event is a JSON object'],
    ['a prototype key', JSON.parse('{"id":"a","type":"contact.queued","__proto__":{"x":1}}'), 'bad_field the field name __proto__ is not accepted'],
    ['a prototype key inside', JSON.parse('{"id":"a","type":"contact.queued","customer":{"constructor":1}}'), 'bad_field the field name constructor is not accepted'],
  ])('%s', (_name, item, expected) => expect(code(item)).toBe(expected))

  it('names the unit of an epoch', () => {
    for (const [value, unit] of [[1_795_341_600, 'seconds'], [1_795_341_600_000, 'milliseconds'], ['1795341600000000', 'microseconds']] as const) {
      expect(checkEvent({ ...queued, occurredAt: value }, now, 'live')).toMatchObject({ code: 'bad_field', detail: expect.stringContaining(`time_unit: looks like an epoch in ${unit}`) })
    }
  })

  it('says what would be accepted', () => {
    const detail = (item: object) => checkEvent({ ...queued, ...item }, now, 'live')
    expect(detail({ id: undefined })).toMatchObject({ detail: 'id: is missing; 1 to 200 printable ASCII characters without space, quotes, backslash and : * { } is needed' })
    expect(detail({ occurredAt: undefined })).toMatchObject({ detail: 'occurredAt: is missing; an RFC 3339 instant with a zone, such as 2026-11-22T09:00:00.000Z is needed' })
    for (const waitMs of [2_678_400_001, 1e300, 0.5, -1, 'x']) expect(detail({ type: 'contact.answered', waitMs })).toMatchObject({ detail: 'waitMs: must be a whole number of milliseconds from 0 to 2678400000 (31 days)' })
    expect(detail({ channel: 'fax' })).toMatchObject({ detail: 'channel: must be one of voice, chat, email, task' })
    expect(detail({ id: 'x'.repeat(10_000) })).toMatchObject({ id: `${'x'.repeat(64)}… (10000 characters)` })
  })

  it('counts unknown fields and leaves them out', () => {
    const checked = checkEvent({ ...queued, colour: 'red', deep: { a: 1 } }, now, 'live')
    expect(checked).toMatchObject({ ok: true, unknownFields: 2 })
    expect(checked.ok && Object.keys(checked.event)).not.toContain('colour')
  })

  it('refuses depth and breadth before any schema sees them', () => {
    let deep: unknown = 1
    for (let i = 0; i < 50_000; i += 1) deep = [deep]
    expect(code({ ...queued, deep })).toBe('bad_field more than 32 levels of nesting')
    expect(code({ ...queued, wide: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])) })).toBe('bad_field more than 500 fields')
  })

  it('cleans text: one line, NFC, nothing invisible, no half characters, and minus zero is zero', () => {
    expect(cleanText('a\r\nb\u0000\u202ec\u200b\u2028d')).toBe('a bc d')
    expect(cleanText('Zu\u0308rich')).toBe('Z\u00fcrich')
    expect(cleanText('x\ud800y')).toBe('x\ufffdy')
    const cleaned = cleanItem({ waitMs: -0 })
    expect(cleaned.ok && Object.is(cleaned.value['waitMs'], 0)).toBe(true)
  })
})

/** Values that fit a field or nearly do, so that both answers come up often. */
const value = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, '', 'a', 'voice', 'in', 'out', 'available', 'timeout', 'closed', 'blind', 'agent', 'restart', iso, '2026-02-30T00:00:00Z', 0, -1, 1, 1.5, 5, 2 ** 53, true, false, 'x'.repeat(201)),
  fc.array(fc.constantFrom('a', 'b', 1), { maxLength: 3 }),
  fc.record({ phone: fc.constantFrom<unknown>('+44', '', 5), ref: fc.constantFrom<unknown>('r', undefined) }),
  fc.anything({ maxDepth: 2 }),
)
const item = fc.constantFrom(...eventTypes).chain((type: EventType) => {
  const fields = Object.keys(eventSchemas[type].shape).filter((field) => field !== 'type')
  const good: Record<string, fc.Arbitrary<unknown>> = { id: fc.constant('e-1'), occurredAt: fc.constant(iso), contactId: fc.constant('c'), queueId: fc.constant('q'), agentId: fc.constant('a'), state: fc.constantFrom('busy', 'paused'), reason: fc.constantFrom('timeout', 'closed', 'forced', 'restart', 'no_answer'), queues: fc.constant(['q']), waiting: fc.constant([{ contactId: 'c', queueId: 'q', enqueuedAt: iso }]), agents: fc.constant([{ agentId: 'a', state: 'held' }]), waitMs: fc.constant(5), resolved: fc.boolean() }
  return fc.record({ type: fc.constant(type), ...Object.fromEntries(fields.map((field) => [field, fc.oneof({ weight: 40, arbitrary: good[field] ?? fc.constant(undefined) }, { weight: 1, arbitrary: value })])) }, { requiredKeys: ['type', 'id', 'occurredAt', ...fields.filter((field) => good[field] !== undefined)] as never })
})

describe('laws of the door', () => {
  it('compiled and plain schema agree on every value, and every event they pass becomes a fact', () => {
    let passed = 0
    fc.assert(
      fc.property(item, (raw) => {
        const cleaned = cleanItem(raw)
        if (!cleaned.ok) return
        const plain = eventSchemas[raw.type as EventType].safeParse(cleaned.value)
        const checked = checkEvent(raw, now, 'live')
        if (!plain.success) expect(checked).toMatchObject({ ok: false })
        else if (checked.ok) {
          passed += 1
          expect(checked.event).toEqual(plain.data)
          const fact = toFact(checked.event, { agent: () => 1, subject: () => ({ subject: null, previousEndAt: null }), comment: () => null })
          expect(Number.isFinite(fact.occurredAt)).toBe(true)
          expect(fact.type).toBe(raw.type)
        }
      }),
      { numRuns: 2_000 },
    )
    expect(passed).toBeGreaterThan(500)
  })

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withSparseArray: true }), (anything) => void checkEvent(anything, now, 'live')), { numRuns: 2_000 })
  })

  it('reads instants as the standard library does, where that one is right', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }), fc.integer({ min: -23 * 60, max: 23 * 60 }), (date, offset) => {
        const sign = offset < 0 ? '-' : '+'
        const zone = `${sign}${String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')}:${String(Math.abs(offset) % 60).padStart(2, '0')}`
        const local = new Date(date.getTime() + offset * 60_000).toISOString().replace('Z', zone)
        expect(parseRfc3339(date.toISOString())).toBe(date.getTime())
        expect(parseRfc3339(local)).toBe(date.getTime())
      }),
    )
  })
})
