import { expect, it } from '@jest/globals'
import { instantOf } from '../../server/domain/time.ts'
import { openRooms } from '../../server/live/rooms.ts'
import type { Scope } from '../../server/live/scope.ts'
import { openSiteFeed } from '../../server/live/site-feed.ts'
import { createLog } from '../../server/log.ts'
import { handReplica, queueFigures } from '../support/hand-replica.ts'
import { handTimers } from '../support/hand-timers.ts'
import { follower, handLine, type Follower } from '../support/viewers.ts'

/** METRICS check 9: a browser in a background tab for thirty minutes. Chromium lets its socket read nothing, or ends it. */
const staff: Scope = { key: 'staff', fields: 'staff', area: null, person: 'p1' }
const HALF_HOUR = 1_800_000

it.each(['its socket read nothing', 'its socket was closed'])('a tab that was in the background for thirty minutes (%s) shows with its first frame what a fresh client shows', async (how) => {
  const replica = handReplica()
  for (const id of ['support', 'billing']) replica.queues.set(id, queueFigures(id))
  const timers = handTimers()
  const sealed = { agents: { numbersOf: async () => [], find: async () => [], resolve: async () => new Map(), known: () => null, erase: async () => false } }
  const feed = openSiteFeed({ replica, sealed, incidents: { rows: async () => new Map(), timeline: async () => [] }, keeperAliveAt: async () => null, now: () => instantOf(timers.now()), log: createLog('silent', 'test'), timers })
  const rooms = openRooms(feed, timers)
  const watch = async (who: Follower, since: string | null, line = handLine(who.take)) => {
    const seat = rooms.seat(line, staff)
    await seat.watch('floor', since, (answer) => who.answer('floor', answer))
    return { line, seat }
  }
  const tab = follower()
  const { line, seat } = await watch(tab, null)
  const other = follower()
  await watch(other, null)
  line.stall()
  const written = line.frames.length
  for (let second = 0; second < HALF_HOUR / 1_000; second += 1) {
    timers.advance(1_000)
    const queue = second % 2 === 0 ? 'support' : 'billing'
    replica.queues.set(queue, queueFigures(queue, second))
    replica.entry({ queues: [queue] })
  }
  // The tab holds one frame at most, whatever happened meanwhile.
  expect(line.frames.length - written).toBeLessThanOrEqual(1)

  if (how === 'its socket was closed') {
    seat.leave()
    await watch(tab, tab.revision('floor'))
  } else {
    line.drain()
    if (tab.lost().length > 0) await seat.watch('floor', tab.revision('floor'), (answer) => tab.answer('floor', answer))
  }
  const fresh = follower()
  await watch(fresh, null)
  expect(tab.lost()).toEqual([])
  expect(tab.revision('floor')).toBe(fresh.revision('floor'))
  expect(tab.states.get('floor')).toEqual(fresh.states.get('floor'))
  expect(tab.states.get('floor')).toEqual(other.states.get('floor'))
  feed.close()
})
