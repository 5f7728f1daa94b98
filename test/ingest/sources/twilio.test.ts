import { describe, expect, it } from '@jest/globals'
import { createFloor } from '../../../server/domain/project-floor.ts'
import { fieldsOfMessage } from '../../../server/ingest/sources/twilio-fields.ts'
import { readTwilio } from '../../../server/ingest/sources/twilio.ts'
import { entryOf, utcSettings } from '../../support/fact-builders.ts'
import { openFacts } from '../../support/facts-of.ts'
import { dataSet } from '../../support/recorded-data.ts'
import { seeded } from '../../support/seeded.ts'

const options = { source: 'flex', activities: { Lunch: 'paused', Ready2: 'available' } } as const
const start = Date.UTC(2026, 10, 23, 9, 0, 0)
let sid = 0

/** A callback as it comes: texts only. */
const callback = (EventType: string, afterMs: number, more: Readonly<Record<string, string>> = {}) => {
  sid += 1
  return new Map(Object.entries({ EventType, Sid: `EV${String(sid).padStart(32, '0')}`, TimestampMs: String(start + afterMs), Timestamp: String(Math.floor((start + afterMs) / 1_000)), TaskSid: 'WT1', TaskQueueSid: 'WQ1', TaskQueueName: 'Support', TaskQueueEnteredDate: String(start / 1_000), TaskChannelUniqueName: 'voice', TaskAttributes: '{"from":"+442079460041"}', ...more }))
}
const worker = { WorkerSid: 'WK1', WorkerName: 'Ada Byron' }
const call = () => [
  callback('task.created', 0),
  callback('task-queue.entered', 0),
  callback('reservation.created', 2_000, worker),
  callback('reservation.accepted', 8_400, worker),
  callback('task.wrapup', 128_400),
  callback('reservation.wrapup', 128_400, worker),
  callback('task.completed', 150_000),
  callback('reservation.completed', 150_000, worker),
]
const eventsOf = (fields: ReadonlyMap<string, string>) => {
  const result = readTwilio(fields, options)
  return result.kind === 'events' ? result.events : []
}
const folded = (callbacks: readonly ReadonlyMap<string, string>[]) => {
  const floor = createFloor('twilio', utcSettings({}, { sources: { flex: { platform: 'twilio', acw: null, expectedEveryMs: null, agentHeartbeatMs: null } } }))
  const facts = openFacts()
  for (const fields of callbacks) floor.apply(entryOf(start + 200_000, facts.of(eventsOf(fields))))
  return floor.queue('Support')
}

describe('events of TaskRouter', () => {
  it('tell a call whole: wait, ring, conversation and after-call work', () => {
    expect(call().flatMap(eventsOf).map(({ type }) => type)).toEqual(['contact.created', 'contact.queued', 'contact.offered', 'contact.answered', 'contact.ended', 'contact.ended', 'contact.wrapped', 'contact.wrapped'])
    const answered = eventsOf(callback('reservation.accepted', 8_400, worker))[0]
    expect(answered).toMatchObject({ source: 'flex', contactId: 'WT1', queueId: 'Support', channel: 'voice', agentId: 'WK1', agentName: 'Ada Byron', waitMs: 8_400, occurredAt: '2026-11-23T09:00:08.400Z' })
    expect(folded(call())?.today).toMatchObject({ offered: 1, answered: 1, handled: 1, asaMs: 8_400, talkMs: 120_000, acwMs: 21_600 })
  })

  it('give the same floor in any order and however often they come', () => {
    const expected = JSON.stringify(folded(call())?.today)
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = seeded(seed)
      const deliveries = call()
      expect(`${seed} ${JSON.stringify(folded(random.shuffle([...deliveries, ...deliveries.slice(0, 4)]))?.today)}`).toBe(`${seed} ${expected}`)
    }
  })

  it('part a caller who hung up from one whose time was up, and a queue from the next', () => {
    const gone = eventsOf(callback('task.canceled', 9_000, { TaskCanceledReason: 'hangup' }))
    const late = eventsOf(callback('task.canceled', 9_000, { TaskCanceledReason: 'Task TTL Exceeded' }))
    expect([gone[0], late[0]]).toMatchObject([{ type: 'contact.abandoned', waitMs: 9_000 }, { type: 'contact.left_queue', reason: 'timeout' }])
    const visits = [callback('task-queue.entered', 0), callback('task-queue.timeout', 30_000), callback('task-queue.entered', 30_000, { TaskQueueSid: 'WQ2', TaskQueueName: 'Overflow', TaskQueueEnteredDate: String(start / 1_000 + 30) })].flatMap(eventsOf)
    expect(visits).toMatchObject([{ type: 'contact.queued', legId: 'WT1#WQ1-1795424400' }, { type: 'contact.left_queue', legId: 'WT1#WQ1-1795424400', reason: 'timeout', waitMs: 30_000 }, { type: 'contact.queued', legId: 'WT1#WQ2-1795424430', queueId: 'Overflow' }])
  })

  it('tell offers that came to nothing by why', () => {
    expect(['timeout', 'rejected', 'canceled', 'rescinded', 'failed'].flatMap((why) => eventsOf(callback(`reservation.${why}`, 5_000, worker)))).toMatchObject([{ reason: 'no_answer' }, { reason: 'rejected' }, { reason: 'withdrawn' }, { reason: 'withdrawn' }, { reason: 'failed' }])
  })

  it('take activities by the operator’s map, then by plain names, then as a pause with its name', () => {
    const state = (WorkerActivityName: string) => eventsOf(callback('worker.activity.update', 0, { ...worker, WorkerActivityName })).map((event) => (event.type === 'agent.state' ? [event.state, event.reason ?? null] : []))[0]
    expect(['Lunch', 'Ready2', 'Available', 'Offline', 'Coaching', 'constructor'].map(state)).toEqual([['paused', 'Lunch'], ['available', null], ['available', null], ['offline', null], ['paused', 'Coaching'], ['paused', 'constructor']])
  })

  it('that say nothing about the floor are ignored, and broken ones say what is missing', () => {
    expect(['workflow.entered', 'activity.created', 'task.updated', 'worker.capacity.update'].map((type) => readTwilio(callback(type, 0), options).kind)).toEqual(['ignored', 'ignored', 'ignored', 'ignored'])
    const broken = [callback('task-queue.entered', 0, { TaskQueueName: '', TaskQueueSid: '' }), callback('reservation.accepted', 0, { TaskSid: '' }), callback('task.created', 0, { TimestampMs: 'x', Timestamp: '' }), callback('task.created', 0, { Sid: 'a b' }), callback('worker.activity.update', 0)]
    expect(broken.map((fields) => readTwilio(fields, options).kind)).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'rejected'])
    expect(eventsOf(callback('task.created', 0, { TaskAttributes: '{"from":' }))).toMatchObject([{ type: 'contact.created' }])
  })

  const catalogue = dataSet('twilio_taskrouter_catalogue')
  const itWithData = catalogue.present ? it : it.skip
  itWithData('of every type in the catalogue are read with the fields it lists, and the example of Event Streams too', () => {
    const { events, event_streams: streams } = catalogue.json('catalogue.json') as { events: Record<string, { types: string[]; fields: string[] }>; event_streams: { documented_example_fragment: unknown } }
    for (const { types, fields } of Object.values(events)) {
      for (const type of types) {
        const all = callback(type, 0, worker)
        const given = new Map([...all].filter(([name]) => ['Sid', 'EventType', 'Timestamp', 'TimestampMs'].includes(name) || fields.includes(name)))
        if (fields.includes('WorkerActivityName')) given.set('WorkerActivityName', 'Available')
        expect([type, readTwilio(given, options).kind]).not.toEqual([type, 'rejected'])
      }
    }
    const example = fieldsOfMessage(streams.documented_example_fragment)
    expect(example && eventsOf(example)).toMatchObject([{ type: 'contact.offered', contactId: 'WT0000000000000000000000000000001', id: 'tw-EV0000000000000000000000000000001', occurredAt: '2025-01-01T00:00:00.000Z' }])
  })
})
