import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { eventSchemas } from '../../../server/contract/events.ts'
import { recordedEvents } from '../../../workers/demo/recording.ts'

const start = Date.UTC(2026, 10, 22, 9)

describe('the recorded Asterisk', () => {
  it('is told as valid events from now on, in order, on queues of its own', async () => {
    const events = await recordedEvents(start, 'take-1')
    expect(Date.parse(events[0]?.occurredAt ?? '')).toBe(start)
    expect(events.map(({ occurredAt }) => occurredAt)).toEqual([...events.map(({ occurredAt }) => occurredAt)].sort())
    expect(events.filter((event) => !eventSchemas[event.type].safeParse(event).success)).toEqual([])
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    const queues = new Set(events.flatMap((event) => ('queueId' in event && event.queueId ? [event.queueId] : [])))
    expect([...queues].every((queue) => queue.startsWith('recorded-'))).toBe(true)
  })

  it('tells as many answered contacts as Asterisk wrote', async () => {
    const answered = (await recordedEvents(start, 'take-1')).filter(({ type }) => type === 'contact.answered').length
    const log = readFileSync(resolve(import.meta.dirname, '../../../server/ingest/samples/queue_log'), 'utf8')
    expect(answered).toBe(log.split('\n').filter((line) => line.split('|')[4] === 'CONNECT').length)
  })

  it('can be replayed again: another take shares no id with the first', async () => {
    const ids = new Set((await recordedEvents(start, 'take-1')).map(({ id }) => id))
    expect((await recordedEvents(start, 'take-2')).filter(({ id }) => ids.has(id))).toEqual([])
  })
})
