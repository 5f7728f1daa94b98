import { instantOf, HOUR, MINUTE, QUARTER_HOUR } from '../time.ts'
import { LEG, LEG_STRIDE, STATE_OUTCOME } from '../legs.ts'
import { MARK } from './agent-stories.ts'
import { isThere, PRIMARY_STATES } from './standing.ts'
import { BLOCK, COUNT, FIRST_OF_60 } from './counters.ts'
import { HORIZON_MS, type FloorState } from './floor-state.ts'
import { BASIS } from './interval-rows.ts'
import { LegView, OUTCOME } from './leg-view.ts'
import { GAUGE, GAUGES, HISTOGRAM, RING } from './queue-table.ts'

/** Contacts that never end are forgotten after this. */
export const OPEN_HORIZON_MS = 35 * 24 * HOUR
const NONE = -1
const SITE = 0

/** Moves the floor's clock to `at`: windows, intervals and days turn, and what fell due by time alone happens. */
export const advanceClock = (state: FloorState, at: number): void => {
  if (!state.started) start(state, at)
  if (at > state.asOf) {
    if (Math.floor(at / MINUTE) > state.book.minute || at >= state.timers.next || at >= state.queues.nextDayEnd) turn(state, at)
    state.asOf = at
  }
  state.book.asOf = state.asOf
  state.contacts.now = state.asOf
  state.crew.now = state.asOf
}

const start = (state: FloorState, at: number): void => {
  state.started = true
  state.asOf = at
  state.book.minute = Math.floor(at / MINUTE)
  state.agents.minuteStart = state.book.minute * MINUTE
  state.book.oldestInterval = state.oldestInterval()
  state.agents.stories.forget(state.lookBack())
  state.shared.start(state.lookBack())
  for (let queue = 0; queue < state.queues.ids.length; queue++) {
    state.queues.days[queue].advance(instantOf(at))
    state.queues.refreshDay(queue)
  }
  state.agents.startDay(state.queues.dayFrom[SITE], state.queues.dayTo[SITE])
}

/** Walks through all boundaries up to `at` in their order. */
const turn = (state: FloorState, at: number): void => {
  for (;;) {
    const minuteEnd = (state.book.minute + 1) * MINUTE
    const next = Math.min(minuteEnd, state.timers.next, state.queues.nextDayEnd)
    if (next > at) return
    if (next > state.asOf) state.asOf = next
    setClock(state)
    if (next === state.timers.next) ring(state)
    else if (next === minuteEnd) endMinute(state, minuteEnd)
    else endDays(state, next)
  }
}

const setClock = (state: FloorState): void => {
  state.book.asOf = state.asOf
  state.contacts.now = state.asOf
  state.crew.now = state.asOf
}

/** Timers of legs are their index; timers of agents count down from -1. */
export const agentTimer = (agent: number): number => -1 - agent

const ring = (state: FloorState): void => {
  const what = state.timers.first
  state.timers.drop()
  if (what >= 0) {
    if (state.contacts.mayBeDue(what) && state.contacts.isDue(what, state.asOf)) state.contacts.reclock(what)
  } else heartbeat(state, -1 - what)
  state.crew.settle(state.asOf)
  state.crew.catchUp()
  state.contacts.shareTime()
}

export const heartbeatOf = (state: FloorState, source: number): number | null => {
  const id = state.sourceIds[source]
  const sources = state.settings.current.sources
  return id !== undefined && id !== null && Object.hasOwn(sources, id) ? sources[id].agentHeartbeatMs : null
}

/** Twice its beat (METRICS check 7), or the agents' own interval where that is shorter: a source that is heard tells of some agent in it. */
export const isSilent = (state: FloorState, source: number, every: number): boolean => {
  const { id, lastEventAt, status } = state.sources[source]
  if (status !== null) return !status.connected
  const beat = id !== null && Object.hasOwn(state.settings.current.sources, id) ? state.settings.current.sources[id].expectedEveryMs : null
  return beat !== null && state.asOf - lastEventAt > Math.min(2 * beat, every)
}

/** An agent whose heartbeats stop is not there; while the source itself is silent that says nothing of its agents, and their time counts anew (METRICS R9). */
const heartbeat = (state: FloorState, index: number): void => {
  const agent = state.agents.agents[index]
  const every = heartbeatOf(state, agent.source)
  if (every === null) {
    agent.watched = false
    return
  }
  const due = agent.lastHeard + every * 2.5
  if (due > state.asOf) {
    state.timers.add(due, agentTimer(index))
    return
  }
  if (isSilent(state, agent.source, every)) {
    agent.lastHeard = state.asOf
    state.timers.add(agent.lastHeard + every * 2.5, agentTimer(index))
    return
  }
  agent.silent = true
  agent.watched = false
  state.crew.happen(index, state.asOf, MARK.silent, MARK.silent)
}

const endMinute = (state: FloorState, boundary: number): void => {
  const minute = boundary / MINUTE
  bookAgents(state, boundary)
  expire(state, minute)
  state.book.minute = minute
  state.agents.minuteStart = boundary
  if (boundary % QUARTER_HOUR === 0) endInterval(state, boundary)
}

let agentHandling = new Float64Array(0)
let agentAvailable = new Float64Array(0)
let agentSignedIn = new Float64Array(0)

/** Handling, available and signed-in time of the minute that ends, of every queue of the agent, and once for the site. */
const bookAgents = (state: FloorState, boundary: number): void => {
  const { agents, queues } = state
  if (!agents.runs) return
  const queueCount = queues.ids.length
  if (agentHandling.length < queueCount) {
    agentHandling = new Float64Array(queueCount * 2)
    agentAvailable = new Float64Array(queueCount * 2)
    agentSignedIn = new Float64Array(queueCount * 2)
  }
  agentHandling.fill(0)
  agentAvailable.fill(0)
  agentSignedIn.fill(0)
  agents.endMinute(boundary, agentHandling, agentAvailable, agentSignedIn)
  for (let queue = 0; queue < queueCount; queue++) if (agentSignedIn[queue] !== 0 || agentHandling[queue] !== 0 || agentAvailable[queue] !== 0) bookQueue(state, queue, boundary - MINUTE, [agentHandling[queue], agentAvailable[queue], agentSignedIn[queue]])
}

const bookQueue = (state: FloorState, queue: number, at: number, [handling, available, signedIn]: readonly [number, number, number]): void => {
  const { queues } = state
  const minute = Math.floor(at / MINUTE)
  const row = queue === SITE ? 0 : queues.rows.at(state.clockTime.laneOf(queue), BASIS.outcome, at, state.book.oldestInterval)
  const blocks = [queues.ringBlock(queue, minute), queues.windowBlock(queue), at >= queues.dayFrom[queue] && at < queues.dayTo[queue] ? queues.dayBlock(queue) : 0, queues.rows.block(row)]
  const values = queues.cells.values
  for (const block of blocks) {
    values[block + COUNT.handlingMs] += handling
    values[block + COUNT.availableMs] += available
    values[block + COUNT.signedInMs] += signedIn
  }
  queues.ringUsed[queue * RING + (minute % RING)] = 1
  state.dirtyQueues.mark(queue)
}

/** What leaves the live windows when the minute `minute` begins. */
const expire = (state: FloorState, minute: number): void => {
  const { queues } = state
  const values = queues.cells.values
  const of30 = (minute - 30) % RING
  const of60 = (minute - 60) % RING
  for (let queue = 0; queue < queues.ids.length; queue++) {
    const slot30 = queue * RING + of30
    if (queues.ringUsed[slot30] === 1) {
      const window = queues.windowBlock(queue)
      const ring = queues.ringBlock(queue, minute - 30)
      for (let c = 0; c < FIRST_OF_60; c++) values[window + c] -= values[ring + c]
      const head = queues.ringWaits[slot30]
      if (head !== NONE) {
        queues.samples.each(head, (bucket, times) => queues.histograms.add(queue * 4 + HISTOGRAM.windowWait, bucket, -times))
        queues.samples.release(head)
        queues.ringWaits[slot30] = NONE
      }
      state.dirtyQueues.mark(queue)
    }
    const slot60 = queue * RING + of60
    if (queues.ringUsed[slot60] === 1) {
      const window = queues.windowBlock(queue)
      const ring = queues.ringBlock(queue, minute - 60)
      for (let c = FIRST_OF_60; c < BLOCK; c++) values[window + c] -= values[ring + c]
      values.fill(0, ring, ring + BLOCK)
      const head = queues.ringHandles[slot60]
      if (head !== NONE) {
        queues.samples.each(head, (bucket, times) => queues.histograms.add(queue * 4 + HISTOGRAM.windowHandle, bucket, -times))
        queues.samples.release(head)
        queues.ringHandles[slot60] = NONE
      }
      queues.responses.forgetMinute(slot60)
      queues.ringUsed[slot60] = 0
      state.dirtyQueues.mark(queue)
    }
  }
}

const endInterval = (state: FloorState, boundary: number): void => {
  const { queues, book } = state
  const closed = boundary / QUARTER_HOUR - 1
  for (let lane = 0; lane < queues.laneQueue.length; lane++) {
    for (const basis of [BASIS.outcome, BASIS.arrival]) {
      const found = queues.rows.find(lane, basis, closed)
      if (found !== 0) queues.rows.touch(found)
      else if (basis === BASIS.outcome && queues.lanePending[lane] > 0) queues.rows.touch(queues.rows.at(lane, basis, boundary - 1, book.oldestInterval))
    }
  }
  book.oldestInterval = Math.floor((boundary - HORIZON_MS) / QUARTER_HOUR)
  if (closed % 4 === 3) sweep(state, boundary)
}

/** Forgets legs and rows out of the horizon, once an hour. */
const sweep = (state: FloorState, now: number): void => {
  const { legs } = state
  state.shared.keep(now - HORIZON_MS)
  for (let leg = 0; leg < legs.top; leg++) {
    const o = leg * LEG_STRIDE
    if (legs.cells[o + LEG.used] === 0) continue
    const last = legs.baseOf(leg) + legs.cells[o + LEG.lastAt]
    if (last >= now - HORIZON_MS) continue
    const open = legs.cells[o + LEG.list] !== 0 || (legs.cells[o + LEG.state] & STATE_OUTCOME) === OUTCOME.pending
    if (open && last >= now - OPEN_HORIZON_MS) continue
    state.contacts.drop(leg)
  }
  state.shared.forget()
  state.queues.rows.sweep(Math.floor((now - HORIZON_MS) / QUARTER_HOUR))
  state.agents.bands.forget(now - HORIZON_MS)
  state.agents.stories.forget(now - HORIZON_MS)
  state.agents.memberships.forget(now - HORIZON_MS)
  state.agents.auxReasons.forget(now - HORIZON_MS)
  const oldest = now - HORIZON_MS
  for (let i = state.gaps.length - 1; i >= 0; i--) if (state.gaps[i].to < oldest) state.gaps.splice(i, 1)
}

const endDays = (state: FloorState, at: number): void => {
  const { queues } = state
  const turned: number[] = []
  for (let queue = 0; queue < queues.ids.length; queue++) {
    if (!queues.days[queue].advance(instantOf(at))) continue
    queues.refreshDay(queue)
    turned.push(queue)
    const day = queues.dayBlock(queue)
    queues.cells.values.fill(0, day, day + BLOCK)
    queues.histograms.clear(queue * 4 + HISTOGRAM.dayWait)
    queues.histograms.clear(queue * 4 + HISTOGRAM.dayHandle)
    queues.responses.forgetDay(queue)
    queues.maxWait[queue] = 0
    queues.maxWaitStale[queue] = 0
    state.dirtyQueues.mark(queue)
  }
  if (turned.includes(SITE)) {
    state.agents.startDay(queues.dayFrom[SITE], queues.dayTo[SITE])
    for (let index = 0; index < state.agents.agents.length; index++) state.dirtyAgents.mark(index)
  }
  carryOver(state, turned, at)
}

/** Facts of sources whose clock runs ahead may already lie in the new day. */
const carryOver = (state: FloorState, turned: readonly number[], at: number): void => {
  const { legs } = state
  const fresh = new Uint8Array(state.queues.ids.length)
  for (const queue of turned) fresh[queue] = 1
  const view = new LegView()
  for (let leg = 0; leg < legs.top; leg++) {
    const o = leg * LEG_STRIDE
    if (legs.cells[o + LEG.used] === 0 || legs.baseOf(leg) + legs.cells[o + LEG.lastAt] < at) continue
    const queue = legs.cells[o + LEG.queue]
    const queueToo = queue >= 0 && fresh[queue] === 1
    if (queueToo || fresh[SITE] === 1) state.contributions.intoDay(state.reader.read(leg, view), at, queueToo, fresh[SITE] === 1)
  }
}

/** The next instant at which time alone changes a figure; null when nothing will. */
export const nextTick = (state: FloorState): number | null => {
  if (!state.started) return null
  while (Number.isFinite(state.timers.next) && state.timers.first >= 0 && !state.contacts.isDue(state.timers.first, state.timers.next)) state.timers.drop()
  const next = Math.min(state.timers.next, nextMinute(state), state.queues.ids.length > 1 ? state.queues.nextDayEnd : Infinity)
  return Number.isFinite(next) ? next : null
}

const nextMinute = (state: FloorState): number => {
  const { queues, agents, book } = state
  const following = book.minute + 1
  if (agents.runs) return following * MINUTE
  let first = Infinity
  for (let queue = 0; queue < queues.ids.length && first > following; queue++) {
    for (let ahead = 0; ahead < 60 && following + ahead < first; ahead++) {
      const minute = following + ahead
      if (queues.ringUsed[queue * RING + ((minute - 60) % RING)] === 1 || (queues.ringUsed[queue * RING + ((minute - 30) % RING)] === 1 && holdsOf30(state, queue, minute - 30))) first = minute
    }
  }
  const intervalEnd = (Math.floor(state.asOf / QUARTER_HOUR) + 1) * QUARTER_HOUR
  return Math.min(first * MINUTE, closesSomething(state) ? intervalEnd : Infinity)
}

const holdsOf30 = (state: FloorState, queue: number, minute: number): boolean => {
  const ring = state.queues.ringBlock(queue, minute)
  for (let c = 0; c < FIRST_OF_60; c++) if (state.queues.cells.values[ring + c] !== 0) return true
  return false
}

const closesSomething = (state: FloorState): boolean => {
  const { queues } = state
  const running = Math.floor(state.asOf / QUARTER_HOUR)
  for (let lane = 0; lane < queues.laneQueue.length; lane++) if (queues.lanePending[lane] > 0 || queues.rows.find(lane, BASIS.outcome, running) !== 0 || queues.rows.find(lane, BASIS.arrival, running) !== 0) return true
  return false
}

export const signedIn = (counts: (primary: number) => number): number => {
  let sum = 0
  for (let primary = 0; primary < PRIMARY_STATES; primary++) if (isThere(primary)) sum += counts(primary)
  return sum
}

export const gaugeOf = (state: FloorState, queue: number, gauge: keyof typeof GAUGE): number => state.queues.gauges[queue * GAUGES + GAUGE[gauge]]
