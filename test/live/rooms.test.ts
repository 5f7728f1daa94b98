import { describe, expect, it } from '@jest/globals'
import type { WatchAnswer } from '../../server/contract/messages.ts'
import { createLog } from '../../server/log.ts'
import { instantOf } from '../../server/domain/time.ts'
import { openRooms, type Seat } from '../../server/live/rooms.ts'
import type { Scope } from '../../server/live/scope.ts'
import type { SiteFeedDeps } from '../../server/live/feed.ts'
import { openSiteFeed } from '../../server/live/site-feed.ts'
import type { Incident } from '../../server/contract/rows.ts'
import { agentFigures, handReplica, incidentRecord, queueFigures } from '../support/hand-replica.ts'
import { handTimers } from '../support/hand-timers.ts'
import { follower, handLine } from '../support/viewers.ts'

const staff: Scope = { key: 'staff', fields: 'staff', area: null, person: 'p1' }
const display: Scope = { key: 'display', fields: 'display', area: null, person: null }

const open = (deps: Partial<SiteFeedDeps> = {}) => {
  const replica = handReplica()
  for (const id of ['support', 'billing']) replica.queues.set(id, queueFigures(id))
  const timers = handTimers()
  const feed = openSiteFeed({
    replica,
    sealed: { agents: { numbersOf: async () => [], find: async () => [], resolve: async (_site, numbers) => new Map(numbers.map((number) => [number, { id: `a${number}`, name: `Name ${number}`, team: null }])), known: () => null, erase: async () => false } },
    incidents: { rows: async () => new Map(), timeline: async () => [] },
    keeperAliveAt: async () => null,
    now: () => instantOf(timers.now()),
    log: createLog('silent', 'test'),
    timers,
    ...deps,
  })
  return { replica, timers, feed, rooms: openRooms(feed, timers) }
}
const watched = async (seat: Seat, view: string, since: string | null = null): Promise<WatchAnswer> => {
  const answers: WatchAnswer[] = []
  await seat.watch(view, since, (answer) => answers.push(answer))
  const [answer] = answers
  if (answer === undefined) throw new Error('no answer')
  return answer
}
const waitingIn = (answer: WatchAnswer, queue: string): unknown => {
  if (!answer.ok || !('snapshot' in answer)) throw new Error('no snapshot')
  return answer.snapshot.queues?.map((row) => [Reflect.get(row, 'queue'), Reflect.get(row, 'waiting')]).find(([id]) => id === queue)?.[1]
}

it('says nothing of queues outside the area of a viewer, not even that they are gone', async () => {
  const { replica, timers, rooms } = open()
  const line = handLine()
  await watched(rooms.seat(line, { key: 'desk', fields: 'staff', area: { id: 'desk', queues: ['support'], teams: null }, person: 'p1' }), 'floor')
  timers.advance(1_000)
  for (const id of ['support', 'billing']) replica.queues.set(id, queueFigures(id, 1))
  replica.entry({ queues: ['support', 'billing'] })
  const [frame] = line.frames
  expect(JSON.stringify(frame)).toContain('"queue":"support"')
  expect(JSON.stringify(frame)).not.toContain('billing')
})

describe('the pace of a room', () => {
  it('sends the first change after a quiet moment at once and gathers what follows until the beat', async () => {
    const { replica, timers, rooms } = open()
    const line = handLine()
    await watched(rooms.seat(line, staff), 'floor')
    timers.advance(1_000)
    replica.queues.set('support', queueFigures('support', 1))
    replica.entry({ queues: ['support'] })
    expect(line.frames).toHaveLength(1)
    for (const waiting of [2, 3, 4]) {
      timers.advance(50)
      replica.queues.set('support', queueFigures('support', waiting))
      replica.entry({ queues: ['support'] })
    }
    expect(line.frames).toHaveLength(1)
    timers.advance(100)
    expect(line.frames).toHaveLength(2)
    expect(line.frames[1]?.views[0]?.put.queues?.map((row) => Reflect.get(row, 'waiting'))).toEqual([4])
  })

  it.each([[false, 42], [true, 43]])('keeps a busy room at four frames a second (states of agents: %s)', async (urgent, most) => {
    const { replica, timers, rooms } = open()
    const line = handLine()
    await watched(rooms.seat(line, staff), 'floor')
    timers.advance(1_000)
    for (let i = 0; i < 2_000; i += 1) {
      replica.queues.set('support', queueFigures('support', i + 1))
      replica.entry({ queues: ['support'], urgent })
      timers.advance(5)
    }
    expect(line.frames.length).toBeLessThanOrEqual(most)
    expect(line.frames.length).toBeGreaterThanOrEqual(40)
  })

  it('keeps the beat although every fact touches its source', async () => {
    const { replica, timers, rooms } = open()
    replica.sources.push({ source: 'pbx', platform: 'asterisk-ami', connected: true, beatMs: null, lastAliveAt: instantOf(0), detail: null })
    const line = handLine()
    await watched(rooms.seat(line, staff), 'floor')
    timers.advance(1_000)
    for (let i = 0; i < 200; i += 1) {
      replica.queues.set('support', queueFigures('support', i + 1))
      replica.entry({ queues: ['support'], sources: ['pbx'] })
      timers.advance(5)
    }
    expect(line.frames.length).toBeLessThanOrEqual(6)
  })

  it('asks for the row of an incident again, but after a while: asked at once, a Redis that is away would never come back', async () => {
    let asked = 0
    const rows = async (): Promise<ReadonlyMap<string, Incident>> => {
      asked += 1
      // Without an end the loop would not let this test fail.
      if (asked < 60) throw new Error('The client is offline')
      return new Map()
    }
    const { replica, timers, rooms } = open({ incidents: { rows, timeline: async () => [] } })
    await watched(rooms.seat(handLine(follower().take), staff), 'incidents')
    replica.incidents.set('INC-2026-000001', incidentRecord('INC-2026-000001'))
    replica.entry({ incidents: ['INC-2026-000001'] })
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve()
    expect(asked).toBe(1)
    timers.advance(1_000)
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve()
    expect(asked).toBe(2)
  })

  it('lets an incident wait for nothing', async () => {
    const { replica, timers, rooms } = open()
    const line = handLine()
    await watched(rooms.seat(line, staff), 'floor')
    timers.advance(1_000)
    replica.queues.set('support', queueFigures('support', 1))
    replica.entry({ queues: ['support'] })
    replica.queues.set('support', queueFigures('support', 2))
    replica.entry({ queues: ['support'], incidents: ['INC-1'] })
    expect(line.frames).toHaveLength(2)
  })

  it('sends nothing when nothing looks different, and the new revision every ten seconds', async () => {
    const { replica, timers, rooms, feed } = open()
    const line = handLine()
    await watched(rooms.seat(line, staff), 'floor')
    replica.entry({ queues: ['support'] })
    replica.entry({})
    timers.advance(9_000)
    expect(line.frames).toHaveLength(0)
    timers.advance(2_000)
    expect(line.frames.map(({ views }) => views.map(({ to, put, gone }) => ({ to, put, gone })))).toEqual([[{ to: feed.revision(), put: {}, gone: {} }]])
  })
})

describe('one frame a room', () => {
  it('carries all views of a viewer, in the bytes that everybody of that room gets', async () => {
    const { replica, timers, rooms } = open()
    replica.agents.set(7, agentFigures(7))
    const [a, b, wall] = [handLine(), handLine(), handLine()]
    for (const line of [a, b]) {
      const seat = rooms.seat(line, staff)
      await watched(seat, 'agents')
      await watched(seat, 'floor')
    }
    await watched(rooms.seat(wall, display), 'wall:main')
    const before = [a, b, wall].map(({ frames }) => frames.length)
    timers.advance(1_000)
    replica.queues.set('support', queueFigures('support', 5))
    replica.agents.set(7, agentFigures(7, { state: 'aux', reason: 'Break' }))
    replica.entry({ queues: ['support'], agents: [7] })
    expect([a, b, wall].map(({ frames }, i) => frames.length - (before[i] ?? 0))).toEqual([1, 1, 1])
    expect(a.texts.at(-1)).toBe(b.texts.at(-1))
    expect(a.frames.at(-1)?.views.map(({ view }) => view)).toEqual(['agents', 'floor'])
    expect(wall.frames.at(-1)?.views.map(({ view }) => view)).toEqual(['wall:main'])
    expect(rooms.figures()).toMatchObject({ rooms: expect.any(Number), members: 3, behind: 0 })
  })
})

describe('joining', () => {
  it('gives a joiner the state of the room, and both go on from one revision', async () => {
    const { replica, timers, rooms } = open()
    const early = handLine()
    await watched(rooms.seat(early, staff), 'floor')
    timers.advance(1_000)
    replica.queues.set('support', queueFigures('support', 1))
    replica.entry({ queues: ['support'] })
    replica.queues.set('support', queueFigures('support', 2))
    replica.entry({ queues: ['support'] })
    const late = handLine()
    const answer = await watched(rooms.seat(late, staff), 'floor')
    expect(waitingIn(answer, 'support')).toBe(1)
    timers.advance(300)
    expect(late.frames).toHaveLength(1)
    expect(late.frames[0]).toEqual(early.frames.at(-1))
    expect(late.frames[0]?.views[0]?.from).toBe(answer.ok && answer.revision)
  })
})

describe('a slow viewer', () => {
  it('holds one frame, never a backlog, and gets the latest state in one catch-up when it drains', async () => {
    const { replica, timers, rooms, feed } = open()
    const ours = follower()
    const slow = handLine(ours.take)
    const quick = handLine()
    ours.answer('floor', await watched(rooms.seat(slow, staff), 'floor'))
    await watched(rooms.seat(quick, staff), 'floor')
    slow.stall()
    for (let i = 1; i <= 40; i += 1) {
      timers.advance(250)
      replica.queues.set('support', queueFigures('support', i))
      replica.entry({ queues: ['support'] })
    }
    expect(slow.inFlight()).toBe(1)
    expect(quick.frames.length).toBeGreaterThanOrEqual(39)
    expect(rooms.figures()).toMatchObject({ members: 2, behind: 1 })
    slow.drain()
    expect(slow.frames).toHaveLength(2)
    expect(ours.lost()).toEqual([])
    expect(ours.revision('floor')).toBe(feed.revision())
    expect(Reflect.get(ours.states.get('floor')?.queues?.get('support') ?? {}, 'waiting')).toBe(40)
    timers.advance(250)
    replica.queues.set('support', queueFigures('support', 41))
    replica.entry({ queues: ['support'] })
    expect(slow.frames).toHaveLength(3)
    expect(slow.texts.at(-1)).toBe(quick.texts.at(-1))
  })

  it('that was away longer than the ring remembers is told to watch again', async () => {
    const { replica, timers, rooms } = open()
    const ours = follower()
    const slow = handLine(ours.take)
    const seat = rooms.seat(slow, staff)
    ours.answer('floor', await watched(seat, 'floor'))
    slow.stall()
    for (let i = 1; i <= 50; i += 1) {
      timers.advance(1_000)
      replica.queues.set('support', queueFigures('support', i))
      replica.entry({ queues: ['support'] })
    }
    slow.drain()
    expect(ours.lost()).toEqual(['floor'])
    ours.answer('floor', await watched(seat, 'floor', ours.revision('floor')))
    expect(Reflect.get(ours.states.get('floor')?.queues?.get('support') ?? {}, 'waiting')).toBe(50)
  })
})

describe('resuming', () => {
  it('gives what changed since, and a snapshot for a revision that nobody knows', async () => {
    const { replica, timers, rooms } = open()
    const keep = handLine()
    await watched(rooms.seat(keep, staff), 'floor')
    const first = await watched(rooms.seat(handLine(), staff), 'floor')
    timers.advance(1_000)
    replica.queues.set('support', queueFigures('support', 9))
    replica.entry({ queues: ['support'] })
    const resumed = await watched(rooms.seat(handLine(), staff), 'floor', first.ok ? first.revision : null)
    expect(resumed).toMatchObject({ ok: true, changes: { put: { queues: [{ queue: 'support', waiting: 9 }] }, gone: {} } })
    for (const since of ['abc', 'e1f1.0-0', 'other.2-0', '0-0', '.', 'e1f1.1e30-0', '__proto__.1-1']) {
      expect(await watched(rooms.seat(handLine(), staff), 'floor', since)).toHaveProperty('snapshot.queues')
    }
  })

  it('from the future waits for this server to arrive there, and gives a snapshot when it does not', async () => {
    const { replica, timers, rooms, feed } = open()
    await feed.ready()
    await watched(rooms.seat(handLine(), staff), 'floor')
    const [epoch] = feed.revision().split('.')
    const asked = watched(rooms.seat(handLine(), staff), 'floor', `${epoch}.3-0`)
    await feed.ready()
    replica.queues.set('billing', queueFigures('billing', 4))
    replica.entry({ queues: ['billing'] })
    replica.entry({})
    timers.advance(300)
    expect(await asked).toHaveProperty('changes')
  })

  it('after a new epoch every view is watched again and given whole', async () => {
    const { replica, timers, rooms, feed } = open()
    const ours = follower()
    const line = handLine(ours.take)
    const seat = rooms.seat(line, staff)
    ours.answer('floor', await watched(seat, 'floor'))
    timers.advance(1_000)
    replica.queues.set('support', queueFigures('support', 3))
    replica.reload('e2f1')
    await feed.ready()
    expect(ours.lost()).toEqual(['floor'])
    const again = await watched(seat, 'floor', ours.revision('floor'))
    expect(waitingIn(again, 'support')).toBe(3)
  })
})
