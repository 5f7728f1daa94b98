import { LEG, LEG_STRIDE, MAX_SOURCES, NONE } from '../legs.ts'
import type { SourceStatus } from '../log-entry.ts'
import type { FloorSettings } from '../settings.ts'
import type { SnapshotContact, SourceFact } from '../platform-events.ts'
import { MARK } from './agent-stories.ts'
import type { Agent } from './agents.ts'
import { applySnapshotAgent } from './apply-agents.ts'
import { heartbeatOf, isSilent } from './clock.ts'
import { hashOf } from './contact-table.ts'
import { KIND } from './fact-kinds.ts'
import type { FloorState, Gap } from './floor-state.ts'
import { BASIS } from './interval-rows.ts'
import { LegView, LIVE } from './leg-view.ts'
import { META } from '../legs.ts'
import { QUARTER_HOUR } from '../time.ts'

export const applySourceFact = (state: FloorState, fact: SourceFact, at: number, source: number): void => {
  state.urgent = true
  if (fact.type === 'source.reset') reset(state, fact.reason, at, source)
  else snapshot(state, fact, at, source)
}

const view = new LegView()

const reset = (state: FloorState, reason: 'restart' | 'link', at: number, source: number): void => {
  if (reason === 'link') {
    openGap(state, source, Math.min(at, state.sources[source]?.lastEventAt || at))
    return
  }
  for (const leg of openLegs(state)) {
    if (!isOf(state, leg, source) || state.legs.baseOf(leg) + state.legs.cells[leg * LEG_STRIDE + LEG.lastAt] > at) continue
    state.contacts.lose(leg, at, 'restart', source)
  }
  state.agents.agents.forEach((agent, index) => {
    if (!isAgentOf(state, agent, source) || agent.reportedAt > at) return
    state.agents.forget(index)
    state.crew.say(index, MARK.forgotten, at, at, true)
  })
  state.crew.settle(at)
}

/** The source that speaks of the agent; of one known from contacts alone, the source that feeds all their queues. */
const isAgentOf = (state: FloorState, agent: Agent, source: number): boolean =>
  agent.source === source || (agent.source === NONE && agent.queues.every((queue) => (state.queues.sources[queue] & ~(1 << (source & 31))) === 0))

const isOf = (state: FloorState, leg: number, source: number): boolean => ((state.legs.cells[leg * LEG_STRIDE + LEG.sources] >> (source & 31)) & 1) === 1

const openLegs = (state: FloorState): readonly number[] => {
  const open: number[] = []
  for (let leg = 0; leg < state.legs.top; leg++) {
    if (state.legs.cells[leg * LEG_STRIDE + LEG.used] === 0) continue
    if (state.legs.cells[leg * LEG_STRIDE + LEG.list] !== 0 || state.legs.cells[leg * LEG_STRIDE + LEG.queue] === NONE) open.push(leg)
  }
  return open
}

/** The platform's word on who waits and what agents do repairs what was missed. */
const snapshot = (state: FloorState, fact: Extract<SourceFact, { type: 'source.snapshot' }>, at: number, source: number): void => {
  closeGap(state, source, at)
  const named = new Set(fact.queues.map((id) => state.queue(id)))
  const waiting = new Set(fact.waiting.map((contact) => `${contact.contactId}\n${contact.queueId}`))
  const idle = new Set(fact.agents.filter((agent) => agent.state === 'available' || agent.state === 'aux' || agent.state === 'offline').map((agent) => agent.agent as number))
  for (const leg of openLegs(state)) {
    const o = leg * LEG_STRIDE
    if (!named.has(state.legs.cells[o + LEG.queue]) || state.legs.baseOf(leg) + state.legs.cells[o + LEG.lastAt] > at) continue
    state.reader.read(leg, view)
    const missing = (view.live === LIVE.waiting || view.live === LIVE.alerting) && !waiting.has(`${state.legs.contactIdOf(leg)}\n${state.queues.ids[view.queue]}`)
    if (missing || (view.live === LIVE.inProgress && endedUnheard(idle))) state.contacts.lose(leg, at, 'snapshot', source)
  }
  for (const contact of fact.waiting) enqueue(state, contact, source)
  for (const agent of fact.agents) applySnapshotAgent(state, agent, fact.queues, at, source)
  state.crew.settle(at)
}

/** All agents who talk in this leg are idle by the snapshot. */
const endedUnheard = (idle: ReadonlySet<number>): boolean => {
  let talking = 0
  for (let i = 0; i < view.handlings; i++) {
    if (view.endedAt[i] !== 0) continue
    talking++
    if (!idle.has(view.agent[i])) return false
  }
  return talking > 0
}

const enqueue = (state: FloorState, contact: SnapshotContact, source: number): void => {
  const queue = state.queue(contact.queueId)
  const first = state.legs.contacts.firstOf(contact.contactId)
  for (let leg = first; leg !== NONE; leg = state.legs.cells[leg * LEG_STRIDE + LEG.next]) {
    if (state.legs.cells[leg * LEG_STRIDE + LEG.queue] !== queue) continue
    state.reader.read(leg, view)
    if (view.live === LIVE.waiting || view.live === LIVE.alerting) return
  }
  const { staged } = state
  staged.kind = KIND.queued
  staged.at = contact.enqueuedAt
  staged.queue = queue
  staged.agent = NONE
  staged.v1 = NONE
  staged.v2 = NONE
  staged.wait = NONE
  staged.meta = KIND.queued | (Math.min(source, MAX_SOURCES) << META.source)
  state.contacts.apply(contact.contactId, hashOf(contact.contactId), null, staged)
}

const openGap = (state: FloorState, source: number, from: number): void => {
  if (state.gaps.some((gap) => gap.source === source && gap.to === Infinity)) return
  state.gaps.push({ source, from, to: Infinity, told: new Map() })
  for (let queue = 1; queue < state.queues.ids.length; queue++) state.dirtyQueues.mark(queue)
}

/** The source speaks again. */
export const closeGap = (state: FloorState, source: number, at: number): void => {
  for (const gap of state.gaps) if (gap.source === source && gap.to === Infinity) gap.to = Math.max(gap.from, at)
}

/** Nothing was missed since `since`: the source was away, and has read what was said meanwhile, be it nothing. */
const dropGaps = (state: FloorState, source: number, since: number): void => {
  for (let i = state.gaps.length - 1; i >= 0; i--) {
    const { source: of, from, to } = state.gaps[i]
    if (of !== source || from < since) continue
    state.gaps.splice(i, 1)
    touchRows(state, from, Math.min(to, state.asOf))
    for (let queue = 1; queue < state.queues.ids.length; queue++) state.dirtyQueues.mark(queue)
  }
}

export const applySourceStatus = (state: FloorState, status: SourceStatus): void => {
  const index = state.source(status.source)
  if (index >= state.sources.length) return
  const record = state.sources[index]
  // The last word of a link that was just taken down.
  if (record.removedAt !== 0) return
  if (record.status?.connected === true && !status.connected) openGap(state, index, Math.min(state.asOf, status.lastAliveAt))
  if (status.connected && status.wholeSince !== undefined) dropGaps(state, index, status.wholeSince)
  if (status.connected) awaitAgents(state, index)
  record.status = status
  state.dirtySources.mark(index)
  state.urgent = true
}

/** Sources that the settings named and name no more are gone from every screen; those named again are back. */
export const dropSources = (state: FloorState, before: FloorSettings, after: FloorSettings): void => {
  state.sources.forEach((record, index) => {
    if (record.id === null) return
    if (Object.hasOwn(after.sources, record.id)) record.removedAt = 0
    else if (Object.hasOwn(before.sources, record.id)) {
      record.removedAt = state.asOf
      record.status = null
      closeGap(state, index, state.asOf)
      state.dirtySources.mark(index)
      state.urgent = true
    }
  })
}

/** What a dropped source still had on its way when it was dropped. */
const ON_ITS_WAY_MS = 60_000

/** A source that was silent could not tell of its agents: the time of each to be heard counts from now. */
const awaitAgents = (state: FloorState, source: number): void => {
  const every = heartbeatOf(state, source)
  if (every === null || !isSilent(state, source, every)) return
  for (const agent of state.agents.agents) if (agent.source === source) agent.lastHeard = Math.max(agent.lastHeard, state.asOf)
}

/** A source spoke. One that was dropped and goes on sending is shown again. */
export const hearSource = (state: FloorState, source: number): void => {
  const record = state.sources[source]
  if (record.removedAt !== 0 && state.asOf > record.removedAt + ON_ITS_WAY_MS) record.removedAt = 0
  awaitAgents(state, source)
  record.lastEventAt = state.asOf
  state.dirtySources.mark(source)
}

/** Another source tells of the time of a gap, now or from a file later: what it has passed is known again. */
export const tellGaps = (state: FloorState, source: number, at: number): void => {
  for (const gap of state.gaps) {
    if (gap.source === source || at < gap.from) continue
    const before = gap.told.get(source) ?? gap.from
    if (at <= before && gap.told.has(source)) continue
    gap.told.set(source, at)
    const filled = at >= gap.to && before < gap.to
    if (filled || Math.floor(before / QUARTER_HOUR) !== Math.floor(at / QUARTER_HOUR)) touchRows(state, gap.from, Math.min(at, gap.to))
  }
}

/** Whoever keeps closed rows looks at them again: whether they are complete is read, not booked. */
const touchRows = (state: FloorState, from: number, to: number): void => {
  const { rows, laneQueue } = state.queues
  for (let interval = Math.floor(from / QUARTER_HOUR); interval <= Math.floor(to / QUARTER_HOUR); interval++) {
    if ((interval + 1) * QUARTER_HOUR > state.asOf) return
    for (let lane = 0; lane < laneQueue.length; lane++) for (const basis of [BASIS.outcome, BASIS.arrival]) rows.touch(rows.find(lane, basis, interval))
  }
}

/** True when a source that feeds the queue did not hear all of the time from `from` to `to`, and no other one did or has told of it since. */
export const hasGap = (state: FloorState, queue: number, from: number, to: number): boolean => {
  if (state.gaps.length === 0) return false
  const feeding = state.queues.sources[queue]
  return state.gaps.some((gap) => gap.from < to && gap.to > from && feeds(feeding, gap.source) && !isFilled(state, feeding, gap, Math.max(gap.from, from), Math.min(gap.to, to)))
}

const feeds = (feeding: number, source: number): boolean => ((feeding >> (source & 31)) & 1) === 1

const isFilled = (state: FloorState, feeding: number, gap: Gap, from: number, to: number): boolean =>
  state.sources.some((record, source) => {
    if (source === gap.source || !feeds(feeding, source)) return false
    if (state.gaps.some((own) => own.source === source && own.from < to && own.to > from)) return false
    return record.status?.connected === true || (gap.told.get(source) ?? 0) >= Math.min(to, state.asOf)
  })
