import { expect, it } from '@jest/globals'
import { tableStateOf } from '../../server/contract/changes.ts'
import type { Incident } from '../../server/contract/rows.ts'
import { instantOf } from '../../server/domain/time.ts'
import { openRooms, type Rooms, type Seat } from '../../server/live/rooms.ts'
import type { Scope } from '../../server/live/scope.ts'
import type { SiteFeed } from '../../server/live/feed.ts'
import { openSiteFeed } from '../../server/live/site-feed.ts'
import { planOf, snapshotOf } from '../../server/live/to-views.ts'
import { createLog } from '../../server/log.ts'
import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import { agentFigures, handReplica, incidentRecord, queueFigures, type HandReplica } from '../support/hand-replica.ts'
import { handTimers, type HandTimers } from '../support/hand-timers.ts'
import { freshSeed, seeded, type Random } from '../support/seeded.ts'
import { follower, handLine, type Follower, type HandLine } from '../support/viewers.ts'

/** Law 1: `applyChanges(view(before), changes) = view(after)`, for every scope, whatever viewers do meanwhile. */

const area = { id: 'desk', queues: ['q1', 'q2'], teams: null }
const scopes: readonly Scope[] = [
  { key: 'staff', fields: 'staff', area: null, person: 'p1' },
  { key: 'staff', fields: 'staff', area: null, person: 'p2' },
  { key: 'staff-desk', fields: 'staff', area, person: 'p1' },
  { key: 'display', fields: 'display', area: null, person: null },
  { key: 'display-desk', fields: 'display', area: { id: 'days', queues: null, teams: ['day'] }, person: null },
]
const viewsOf = (scope: Scope) => (scope.fields === 'staff' ? ['floor', 'agents', 'incidents', 'inbox', 'wall:a', 'incident:INC-1'] : ['floor', 'wall:a', 'wall:b'])
const states = ['open', 'acknowledged', 'in-progress', 'on-hold', 'resolved', 'closed'] as const

const rowOf = (record: IncidentRecord): Incident => ({
  ref: record.ref, type: record.type, category: record.category, title: `Title of ${record.ref}`, nature: 'n', channel: record.channel, location: 'l', service: record.service, reporter: 'r', callerId: '+441234567',
  callerSafe: record.callerSafe, impact: record.impact, urgency: record.urgency, priority: record.priority, state: record.state, owner: record.owner === null ? null : { id: record.owner, name: record.owner },
  level: 0, cycle: 1, ladder: 'idle', next: null, major: record.major, reportedAt: '2026-11-22T00:00:00.000Z', openedAt: null, acknowledgedAt: null, resolvedAt: null, snoozedUntil: null, clocks: [], revision: String(record.version),
  policy: 'default', completeness: 1, queue: record.queue,
})

const openFeed = (replica: HandReplica, timers: HandTimers): SiteFeed =>
  openSiteFeed({
    replica,
    sealed: { agents: { numbersOf: async () => [], find: async () => [], resolve: async (_site, numbers) => new Map(numbers.map((number) => [number, { id: `a${number}`, name: `Name ${number}`, team: null }])), known: () => null, erase: async () => false } },
    incidents: {
      rows: async (_site, records) => new Map(records.map((record) => [record.ref, rowOf(record)])),
      timeline: async (_site, ref) => Array.from({ length: replica.incidents.get(ref)?.version ?? 0 }, (_, seq) => ({ seq, at: '2026-11-22T00:00:00.000Z', type: 'noted', actor: null, text: null, data: {} })),
    },
    keeperAliveAt: async () => instantOf(timers.now()),
    now: () => instantOf(timers.now()),
    log: createLog('silent', 'test'),
    timers,
  })

interface Viewer {
  readonly scope: Scope
  readonly line: HandLine
  readonly follower: Follower
  readonly seat: Seat
}

const change = (random: Random, replica: HandReplica): void => {
  const queue = `q${random.int(1, 4)}`
  const agent = random.int(1, 6)
  const ref = `INC-${random.int(1, 4)}`
  switch (random.int(0, 4)) {
    case 0:
    case 1:
      if (random.chance(0.05)) replica.queues.delete(queue)
      else replica.queues.set(queue, queueFigures(queue, random.int(0, 5)))
      return replica.entry({ queues: [queue] })
    case 2:
      if (random.chance(0.1)) replica.agents.delete(agent)
      else replica.agents.set(agent, agentFigures(agent, { state: random.pick(['available', 'aux', 'offline', 'on-contact'] as const), team: random.pick(['day', 'night', null]), queues: [random.pick(['q1', 'q3'])] }))
      return replica.entry({ agents: [agent], queues: random.chance(0.5) ? [queue] : [], urgent: true })
    case 3: {
      const version = (replica.incidents.get(ref)?.version ?? 0) + 1
      if (random.chance(0.05)) replica.incidents.delete(ref)
      else replica.incidents.set(ref, incidentRecord(ref, { version, state: random.pick(states), owner: random.pick([null, 'p1', 'p2']), discreet: random.chance(0.3), queue: random.pick([null, 'q1', 'q3']) }))
      return replica.entry({ incidents: [ref] })
    }
    default:
      return replica.entry({})
  }
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve()
}
const watch = async (viewer: Viewer, timers: HandTimers, view: string, since: string | null): Promise<void> => {
  let asking = true
  void viewer.seat.watch(view, since, (answer) => viewer.line.deliver(() => viewer.follower.answer(view, answer))).finally(() => (asking = false))
  // The answer may wait for the beat of a room that others are in.
  for (await settle(); asking; await settle()) timers.advance(20)
}

const run = async (seed: number): Promise<void> => {
  const random = seeded(seed)
  const timers = handTimers()
  const replica = handReplica()
  for (const queue of ['q1', 'q2', 'q3']) replica.queues.set(queue, queueFigures(queue))
  replica.incidents.set('INC-1', incidentRecord('INC-1'))
  // Two servers over one log: a viewer may leave one and resume on the other.
  const feeds = [openFeed(replica, timers), openFeed(replica, timers)] as const
  const servers: readonly Rooms[] = feeds.map((feed) => openRooms(feed, timers))
  const sit = (scope: Scope, server: Rooms, ours = follower()): Viewer => {
    const line = handLine(ours.take)
    return { scope, line, follower: ours, seat: server.seat(line, scope) }
  }
  let viewers: readonly Viewer[] = scopes.map((scope) => sit(scope, random.pick(servers)))
  const again = async (viewer: Viewer) => {
    for (const view of viewer.follower.lost()) await watch(viewer, timers, view, viewer.follower.revision(view))
  }

  for (let stepNo = 0; stepNo < 60; stepNo += 1) {
    const viewer = random.pick(viewers)
    switch (random.int(0, 9)) {
      case 0: {
        const view = random.pick(viewsOf(viewer.scope))
        viewer.line.drain()
        await watch(viewer, timers, view, viewer.follower.revision(view))
        break
      }
      case 1: {
        const [view] = viewer.seat.views()
        if (view !== undefined && random.chance(0.3)) {
          viewer.seat.unwatch(view)
          viewer.follower.forget(view)
        }
        break
      }
      case 2:
        viewer.line.stall()
        break
      case 3:
        viewer.line.drain()
        break
      case 4: {
        // The connection drops and comes back, to this server or the other, with what it knows.
        viewer.seat.leave()
        const back = sit(viewer.scope, random.pick(servers), viewer.follower)
        viewers = viewers.map((one) => (one === viewer ? back : one))
        for (const view of viewer.follower.states.keys()) await watch(back, timers, view, viewer.follower.revision(view))
        break
      }
      case 5:
        if (random.chance(0.1)) replica.reload(`e${stepNo}f1`)
        break
      default:
        change(random, replica)
    }
    if (random.chance(0.5)) timers.advance(random.int(1, 400))
    await settle()
  }

  for (const viewer of viewers) viewer.line.drain()
  timers.advance(2_000)
  await settle()
  await Promise.all(feeds.map((feed) => feed.ready()))
  for (const viewer of viewers) await again(viewer)
  timers.advance(2_000)
  await settle()
  const fresh = openFeed(replica, timers)
  fresh.watched(false)
  await fresh.current()
  for (const { scope } of viewers) fresh.keepArea(scope)
  await fresh.holdTimeline('INC-1')
  for (const { scope, follower: ours } of viewers) {
    expect(ours.lost()).toEqual([])
    for (const [view, state] of ours.states) {
      // Sources' signs of life are not of the log: each server tells them when it saw them.
      const { sources: _sources, ...rows } = tableStateOf(snapshotOf(planOf(view, scope), fresh.read))
      const { sources: _theirs, ...held } = state
      expect({ seed, view, scope: scope.key, rows: sorted(held) }).toEqual({ seed, view, scope: scope.key, rows: sorted(rows) })
    }
  }
  for (const feed of [...feeds, fresh]) feed.close()
}

const sorted = (tables: Readonly<Record<string, ReadonlyMap<string, object>>>): unknown =>
  Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, [...rows].sort(([a], [b]) => (a < b ? -1 : 1))]))

/** Seeds that failed once: a row that went and came back between two flushes of one server while the other showed it; an agent of an area under the id that stood before the name was known. */
const remembered = [1_355_632_261, 1_779_471_187]

/** `LAW_ONE_RUNS=10000` for the recorded run; a few in CI. */
const runs = Number(process.env.LAW_ONE_RUNS ?? 60)

it('whatever viewers of any scope do on two servers, they end with the rows that a new viewer gets', async () => {
  const first = Number(process.env.LAW_ONE_SEED ?? freshSeed())
  for (const seed of [...remembered, ...Array.from({ length: runs }, (_, i) => first + i)]) {
    try {
      await run(seed)
    } catch (error) {
      throw new Error(`law 1 fails with seed ${seed}`, { cause: error })
    }
  }
}, 60_000 + runs * 200)
