import { describe, expect, it } from '@jest/globals'
import type { CanonicalEvent } from '../../../server/contract/events.ts'
import { createFloor } from '../../../server/domain/project-floor.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { checkEvent } from '../../../server/ingest/check-event.ts'
import { readConnect } from '../../../server/ingest/sources/amazon-connect.ts'
import { snapshotOf } from '../../../server/ingest/sources/connect-agents.ts'
import { entryOf, utcSettings } from '../../support/fact-builders.ts'
import { openFacts } from '../../support/facts-of.ts'
import { dataSet } from '../../support/recorded-data.ts'
import { seeded } from '../../support/seeded.ts'

const options = { source: 'aws', activities: { Coaching: 'paused' } } as const
const eventsOf = (message: unknown): readonly CanonicalEvent[] => {
  const result = readConnect(message, options)
  if (result.kind === 'rejected') throw new Error(result.detail)
  const events = result.kind === 'events' ? result.events : []
  for (const event of events) expect(checkEvent(event, instantOf(Date.parse('2026-11-23T12:00:00Z')), 'import')).toMatchObject({ ok: true })
  return events
}
const folded = (messages: readonly unknown[]) => {
  const floor = createFloor('aws', utcSettings({}, { sources: { aws: { platform: 'amazon-connect', acw: null, expectedEveryMs: null, agentHeartbeatMs: null } } }))
  const facts = openFacts()
  const events = messages.flatMap(eventsOf)
  const last = Math.max(...events.map(({ occurredAt }) => Date.parse(occurredAt)))
  for (const event of events) floor.apply(entryOf(last, facts.of([event])))
  return floor
}

const arn = (kind: string, id: string) => `arn:aws:connect:eu-west-2:111122223333:instance/i-1/${kind}/${id}`
const clock = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString()
let serial = 0
const contactEvent = (eventType: string, second: number, more: object = {}) => ({ version: '0', id: `e-${(serial += 1)}`, 'detail-type': 'Amazon Connect Contact Event', source: 'aws.connect', time: clock(second), detail: { eventType, contactId: 'c-1', channel: 'VOICE', initiationMethod: 'INBOUND', queueInfo: { queueArn: arn('queue', 'q-1'), enqueueTimestamp: clock(0) }, ...more } })
const agentInfo = (more: object = {}) => ({ agentInfo: { agentArn: arn('agent', 'a-1'), connectedToAgentTimestamp: clock(12), ...more } })
const contact = (State: string, second: number) => ({ ContactId: 'c-1', Channel: 'VOICE', InitiationMethod: 'INBOUND', State, StateStartTimestamp: clock(second), ConnectedToAgentTimestamp: clock(12), QueueTimestamp: clock(0), Queue: { ARN: arn('queue', 'q-1'), Name: 'Support' } })
const snapshot = (Name: string, Contacts: readonly object[], Type = 'ROUTABLE') => ({ AgentStatus: { Name, Type, StartTimestamp: clock(0) }, Configuration: { Username: 'night desk', RoutingProfile: { InboundQueues: [{ ARN: arn('queue', 'q-1'), Name: 'Support' }, { ARN: arn('queue', 'agent/a-1'), Name: null }] } }, Contacts })
const agentEvent = (EventType: string, second: number, CurrentAgentSnapshot: object | null, PreviousAgentSnapshot: object | null) => ({ EventType, EventId: `s-${(serial += 1)}`, EventTimestamp: clock(second), AgentARN: arn('agent', 'a-1'), CurrentAgentSnapshot, PreviousAgentSnapshot })

const call = [
  contactEvent('INITIATED', -30),
  contactEvent('QUEUED', 0),
  contactEvent('CONNECTED_TO_AGENT', 12, agentInfo()),
  contactEvent('DISCONNECTED', 132, { ...agentInfo({ agentInitiatedHoldDuration: 20 }), disconnectTimestamp: clock(132), disconnectReason: 'CUSTOMER_DISCONNECT' }),
  contactEvent('COMPLETED', 160, { ...agentInfo({ afterContactWorkStartTimestamp: clock(132), afterContactWorkEndTimestamp: clock(160), afterContactWorkDuration: 28 }), disconnectTimestamp: clock(132) }),
]
const stream = [
  agentEvent('STATE_CHANGE', 6, snapshot('Available', [contact('INCOMING', 6)]), snapshot('Available', [])),
  agentEvent('STATE_CHANGE', 12, snapshot('Available', [contact('CONNECTED', 12)]), snapshot('Available', [contact('INCOMING', 6)])),
  agentEvent('STATE_CHANGE', 50, snapshot('Available', [contact('CONNECTED_ONHOLD', 50)]), snapshot('Available', [contact('CONNECTED', 12)])),
  agentEvent('STATE_CHANGE', 70, snapshot('Available', [contact('CONNECTED', 70)]), snapshot('Available', [contact('CONNECTED_ONHOLD', 50)])),
  agentEvent('STATE_CHANGE', 132, snapshot('Available', [contact('ENDED', 132)]), snapshot('Available', [contact('CONNECTED', 70)])),
  agentEvent('STATE_CHANGE', 160, snapshot('Available', []), snapshot('Available', [contact('ENDED', 132)])),
]

describe('Amazon Connect', () => {
  it.each([['contact events alone', call], ['contact events and the agent stream', [...call, ...stream]]])('%s tell a call whole, in any order and told twice', (_name, messages) => {
    const figures = { offered: 1, answered: 1, handled: 1, asaMs: 12_000, talkMs: 100_000, holdMs: 20_000, acwMs: 28_000 }
    expect(folded(messages).queue('q-1')?.today).toMatchObject(figures)
    for (let seed = 1; seed <= 10; seed += 1) {
      const random = seeded(seed)
      expect({ seed, ...folded(random.shuffle([...messages, ...messages.slice(0, 4)])).queue('q-1')?.today }).toMatchObject({ seed, ...figures })
    }
  })

  it('the agent stream gives states by what the agent has, then by status, and steps of each contact', () => {
    expect(stream.flatMap(eventsOf).map((event) => (event.type === 'agent.state' ? `${event.state} ${event.queues?.join() ?? ''}` : event.type))).toEqual(['contact.offered', 'ringing q-1', 'contact.answered', 'busy q-1', 'contact.held', 'held q-1', 'contact.resumed', 'busy q-1', 'contact.ended', 'wrapup q-1', 'contact.wrapped', 'available q-1'])
    const states = [['Lunch', 'CUSTOM'], ['Offline', 'OFFLINE'], ['Coaching', 'ROUTABLE']].map(([name = '', type]) => eventsOf(agentEvent('STATE_CHANGE', 200, snapshot(name, [], type), null))[0])
    expect(states).toMatchObject([{ state: 'paused', reason: 'Lunch', agentName: 'night desk' }, { state: 'offline' }, { state: 'paused', reason: 'Coaching' }])
    expect(eventsOf(agentEvent('STATE_CHANGE', 20, snapshot('Available', [contact('MISSED', 20)]), snapshot('Available', [contact('INCOMING', 6)])))[0]).toMatchObject({ type: 'contact.offer_missed', reason: 'no_answer', ringMs: 14_000 })
    // Nobody comes back by a heartbeat after the logout.
    expect([eventsOf(agentEvent('LOGOUT', 300, null, snapshot('Available', []))), eventsOf(agentEvent('HEART_BEAT', 420, null, null))]).toMatchObject([[{ state: 'offline' }], []])
  })

  it('a customer whom nobody answered left by what the platform says of why', () => {
    const gone = (disconnectReason: string) => eventsOf(contactEvent('DISCONNECTED', 9, { disconnectTimestamp: clock(9), disconnectReason }))[0]
    expect(['CUSTOMER_DISCONNECT', 'TELECOM_PROBLEM', 'CONTACT_FLOW_DISCONNECT', 'EXPIRED', 'API'].map(gone)).toMatchObject([{ type: 'contact.abandoned', waitMs: 9_000 }, { type: 'contact.failed', reason: 'trunk' }, { type: 'contact.left_queue', reason: 'moved' }, { type: 'contact.left_queue', reason: 'timeout' }, { type: 'contact.failed', reason: 'forced' }])
  })

  it('a message inside a record of Kinesis is the same message; other things are told apart', () => {
    const record = { partitionKey: 'x', data: Buffer.from(JSON.stringify(stream[0])).toString('base64') }
    expect(eventsOf(record)).toEqual(eventsOf(stream[0]))
    expect([{ 'detail-type': 'Scheduled Event' }, contactEvent('CONTACT_DATA_UPDATED', 1)].map((message) => readConnect(message, options).kind)).toEqual(['ignored', 'ignored'])
    expect([{}, null, 7, { partitionKey: 'x', data: 'e30' }, contactEvent('QUEUED', 0, { contactId: '' })].map((message) => readConnect(message, options).kind)).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'rejected'])
    // "Not yet" is no time.
    expect(eventsOf(contactEvent('CONNECTED_TO_AGENT', 12, agentInfo({ connectedToAgentTimestamp: '1970-01-01T00:00:00.001Z' })))).toMatchObject([{ occurredAt: clock(12) }])
  })
})

const data = dataSet('amazon_connect_samples')
;(data.present ? describe : describe.skip)('Amazon Connect’s published samples', () => {
  const lines = (file: string): readonly unknown[] => data.text(file).split('\n').filter((line) => line !== '').map((line): unknown => JSON.parse(line))
  const expected = data.present ? (data.json('expected.json') as { readonly contact_trace_records: Readonly<Record<string, number>>; readonly contact_events: readonly { readonly type: string; readonly queue_wait_s?: number }[]; readonly agent_events: readonly { readonly agent_state: string; readonly next_state: string; readonly slots: unknown; readonly contacts: number }[] }) : null

  it('three deliveries of a contact record are one contact with the vendor’s own durations, whatever their order', () => {
    const wanted = expected?.contact_trace_records
    for (const records of [lines('contact_trace_records.jsonl'), [...lines('contact_trace_records.jsonl')].reverse()]) {
      expect(records).toHaveLength(wanted?.['deliveries'] ?? 0)
      const floor = folded(records)
      const contacts = floor.contacts({ from: instantOf(0), to: instantOf(Date.parse('2030-01-01T00:00:00Z')) })
      expect(contacts).toHaveLength(wanted?.['distinct_contacts'] ?? 0)
      const [row] = floor.intervals({ from: instantOf(Date.parse('2022-01-05T00:00:00Z')), to: instantOf(Date.parse('2022-01-06T00:00:00Z')), basis: 'arrival' })
      const S = 1_000
      expect({ wait: row?.waitMsTotal, talk: row?.talkMsTotal, hold: row?.holdMsTotal, acw: row?.acwMsTotal, handle: row?.ahtMs, moved: row?.transferred === 1 }).toEqual({ wait: (wanted?.['queue_wait_s'] ?? 0) * S, talk: (wanted?.['agent_interaction_s'] ?? 0) * S, hold: (wanted?.['hold_s'] ?? 0) * S, acw: (wanted?.['acw_s'] ?? 0) * S, handle: (wanted?.['handle_time_s'] ?? 0) * S, moved: wanted?.['transferred_externally'] })
      expect((contacts[0]?.endedAt ?? 0) - (contacts[0]?.answeredAt ?? 0)).toBe((wanted?.['agent_leg_seconds'] ?? 0) * S)
    }
  })

  it('contact events are read without an envelope and with keys of either case, and no duration is below zero', () => {
    const [answered, ended] = lines('contact_events.jsonl').flatMap(eventsOf)
    expect(answered).toMatchObject({ type: 'contact.answered', waitMs: (expected?.contact_events[0]?.queue_wait_s ?? -1) * 1_000 })
    expect(ended).toMatchObject({ type: 'contact.ended', talkMs: 0, direction: 'out', agentId: 'arn' })
  })

  it('a heartbeat tells state, next status, slots and contacts of its agent', () => {
    const [wanted] = expected?.agent_events ?? []
    const [event] = lines('agent_events.jsonl')
    const snapshotNow = snapshotOf((event as { readonly CurrentAgentSnapshot: unknown }).CurrentAgentSnapshot)
    expect(snapshotNow).toMatchObject({ status: wanted?.agent_state, next: wanted?.next_state, slots: wanted?.slots })
    expect(snapshotNow?.contacts).toHaveLength(wanted?.contacts ?? -1)
    expect(eventsOf(event)).toMatchObject([{ type: 'agent.state', state: 'available', since: '2019-08-13T20:52:30.704Z', queues: ['queue-ARN'], agentName: 'aestest' }])
  })
})
