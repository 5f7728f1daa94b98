import { LEG, LEG_STRIDE, NONE, type LegTable } from '../legs.ts'
import { Conversations } from './conversations.ts'
import type { Crew } from './crew.ts'
import { MARK } from './agent-stories.ts'
import { HANDLING, LIVE, type LegView } from './leg-view.ts'
import { tellLeg } from './leg-marks.ts'
import { GAUGE, GAUGES, type QueueTable } from './queue-table.ts'

/** Lists a leg can stand in. */
const LIST = { none: 0, waiting: 1, running: 2 } as const

/** What stands on the floor now: gauges of queues, waiting and running legs oldest first; agents hear of it. */
export class LiveState {
  readonly #legs: LegTable
  readonly #queues: QueueTable
  readonly #crew: Crew
  readonly conversations = new Conversations()
  /** Heads and tails of the two lists of each queue. */
  #heads = new Int32Array(64).fill(NONE)
  #tails = new Int32Array(64).fill(NONE)

  constructor(legs: LegTable, queues: QueueTable, crew: Crew) {
    this.#legs = legs
    this.#queues = queues
    this.#crew = crew
  }

  replace(leg: number, before: LegView, after: LegView): void {
    if (before.exists && before.queue >= 0) this.#gauge(before, -1)
    if (after.exists && after.queue >= 0) this.#gauge(after, 1)
    if (before.isOpen || after.isOpen) this.conversations.replace(leg, before, after)
    this.#relist(leg, after)
    this.#replaceAgents(leg, before, after)
    this.#tells = leg
    tellLeg(this.#tell, before, after)
  }

  #tells = NONE
  readonly #tell = (number: number, at: number, what: number, sign: number): void => this.#crew.tell(this.#tells, number, at, what, sign)

  /** The leg is forgotten with all that it told. */
  forget(leg: number, before: LegView, nothing: LegView): void {
    if (before.queue >= 0) this.#gauge(before, -1)
    if (before.isOpen) this.conversations.replace(leg, before, nothing)
    this.#relist(leg, nothing)
    this.#replaceAgents(leg, before, nothing)
    this.#crew.forget(leg, before)
  }

  #gauge(view: LegView, sign: number): void {
    const queues = this.#queues
    const gauges = queues.gauges
    const g = view.queue * GAUGES
    gauges[g + GAUGE.legs] += sign
    switch (view.live) {
      case LIVE.alerting:
      case LIVE.waiting:
        if (view.live === LIVE.alerting) gauges[g + GAUGE.alerting] += sign
        gauges[g + GAUGE.waiting] += sign
        if (view.overTarget) gauges[g + GAUGE.overTarget] += sign
        return
      case LIVE.inProgress:
        gauges[g + GAUGE.inProgress] += sign
        break
      case LIVE.inAcw:
        gauges[g + GAUGE.inAcw] += sign
        break
      default:
        return
    }
    for (let i = 0; i < view.handlings; i++) {
      if (!this.#runs(view, i)) continue
      gauges[g + GAUGE.running] += sign
      queues.runningStart[view.queue] += sign * view.answeredAt[i]
    }
  }

  #runs(view: LegView, i: number): boolean {
    return view.endedAt[i] === 0 || (view.flags[i] & HANDLING.awaitsWrap) !== 0
  }

  /** A leg came to the queue. */
  comes(leg: number, queue: number, queuedAt: number): void {
    const g = queue * GAUGES
    this.#queues.gauges[g + GAUGE.legs]++
    this.#queues.gauges[g + GAUGE.waiting]++
    this.#list(leg, queue, LIST.waiting, queuedAt)
  }

  /** A waiting leg begins (1) or stops (-1) to ring at an agent. */
  alerts(leg: number, queue: number, agent: number, at: number, sign: number): void {
    this.#queues.gauges[queue * GAUGES + GAUGE.alerting] += sign
    this.#crew.note(leg, this.#crew.ring(agent, sign), at, sign > 0 ? MARK.rings : MARK.ringsNoMore, 1)
  }

  /** A waiting leg waits no more. */
  stopsWaiting(leg: number, queue: number, wasOverTarget: boolean): void {
    const g = queue * GAUGES
    this.#queues.gauges[g + GAUGE.waiting]--
    if (wasOverTarget) this.#queues.gauges[g + GAUGE.overTarget]--
    this.#unlink(leg * LEG_STRIDE)
  }

  talks(leg: number, queue: number, agent: number, answeredAt: number): void {
    const g = queue * GAUGES
    this.#queues.gauges[g + GAUGE.inProgress]++
    this.#queues.gauges[g + GAUGE.running]++
    this.#queues.runningStart[queue] += answeredAt
    this.#list(leg, queue, LIST.running, answeredAt)
    this.#crew.note(leg, this.#crew.work(leg, agent, queue, true, true, 1), answeredAt, MARK.talks, 1)
  }

  /** The conversation is over; `wraps`: the agent's wrap-up begins. */
  hangsUp(leg: number, queue: number, agent: number, answeredAt: number, at: number, wraps: boolean): void {
    const g = queue * GAUGES
    this.#queues.gauges[g + GAUGE.inProgress]--
    if (wraps) this.#queues.gauges[g + GAUGE.inAcw]++
    else {
      this.#queues.gauges[g + GAUGE.running]--
      this.#queues.runningStart[queue] -= answeredAt
    }
    this.#unlink(leg * LEG_STRIDE)
    this.#crew.work(leg, agent, queue, true, true, -1)
    const index = this.#crew.work(leg, agent, queue, wraps, false, 1)
    this.#crew.note(leg, index, at, MARK.hangsUp, 1)
    if (wraps) this.#crew.note(leg, index, at, MARK.wrapsUp, 1)
  }

  wrapsUp(leg: number, queue: number, agent: number, answeredAt: number, freeAt: number): void {
    const g = queue * GAUGES
    this.#queues.gauges[g + GAUGE.inAcw]--
    this.#queues.gauges[g + GAUGE.running]--
    this.#queues.runningStart[queue] -= answeredAt
    this.#crew.work(leg, agent, queue, true, false, -1)
    this.#crew.note(leg, this.#crew.work(leg, agent, queue, false, false, 1), freeAt, MARK.wrapped, 1)
  }

  #list(leg: number, queue: number, list: number, since: number): void {
    const cells = this.#legs.cells
    const o = leg * LEG_STRIDE
    cells[o + LEG.list] = list * 65536 + queue + 1
    cells[o + LEG.since] = since - this.#legs.baseOf(leg)
    this.#link(leg, o, queue * 2 + list - 1, since)
  }

  #relist(leg: number, after: LegView): void {
    const cells = this.#legs.cells
    const o = leg * LEG_STRIDE
    const list = !after.exists || after.queue < 0 ? LIST.none : after.live === LIVE.waiting || after.live === LIVE.alerting ? LIST.waiting : after.live === LIVE.inProgress ? LIST.running : LIST.none
    const since = list === LIST.none ? 0 : (list === LIST.waiting ? after.queuedAt : this.#runningSince(after)) - this.#legs.baseOf(leg)
    if (cells[o + LEG.list] === list * 65536 + after.queue + 1 && cells[o + LEG.since] === since) return
    if (cells[o + LEG.list] !== 0) this.#unlink(o)
    if (list === LIST.none) return
    cells[o + LEG.list] = list * 65536 + after.queue + 1
    cells[o + LEG.since] = since
    this.#link(leg, o, (after.queue * 2 + list - 1), since + this.#legs.baseOf(leg))
  }

  #runningSince(view: LegView): number {
    for (let i = 0; i < view.handlings; i++) if (view.endedAt[i] === 0) return view.answeredAt[i]
    return view.answeredAt[0]
  }

  #link(leg: number, o: number, list: number, since: number): void {
    if (list >= this.#heads.length) this.#growLists(list)
    const cells = this.#legs.cells
    let before = this.#tails[list]
    while (before !== NONE && this.sinceOf(before) > since) before = cells[before * LEG_STRIDE + LEG.before]
    const after = before === NONE ? this.#heads[list] : cells[before * LEG_STRIDE + LEG.after]
    cells[o + LEG.before] = before
    cells[o + LEG.after] = after
    if (before === NONE) this.#heads[list] = leg
    else cells[before * LEG_STRIDE + LEG.after] = leg
    if (after === NONE) this.#tails[list] = leg
    else cells[after * LEG_STRIDE + LEG.before] = leg
  }

  #unlink(o: number): void {
    const cells = this.#legs.cells
    const list = ((cells[o + LEG.list] & 65535) - 1) * 2 + (cells[o + LEG.list] >> 16) - 1
    const before = cells[o + LEG.before]
    const after = cells[o + LEG.after]
    if (before === NONE) this.#heads[list] = after
    else cells[before * LEG_STRIDE + LEG.after] = after
    if (after === NONE) this.#tails[list] = before
    else cells[after * LEG_STRIDE + LEG.before] = before
    cells[o + LEG.before] = NONE
    cells[o + LEG.after] = NONE
    cells[o + LEG.list] = 0
  }

  #growLists(list: number): void {
    const length = Math.max(list + 1, this.#heads.length * 2)
    const heads = new Int32Array(length).fill(NONE)
    heads.set(this.#heads)
    this.#heads = heads
    const tails = new Int32Array(length).fill(NONE)
    tails.set(this.#tails)
    this.#tails = tails
  }

  sinceOf(leg: number): number {
    return this.#legs.baseOf(leg) + this.#legs.cells[leg * LEG_STRIDE + LEG.since]
  }

  /** Leg that waits longest in the queue, or -1. */
  oldestWaiting(queue: number): number {
    return this.#heads[queue * 2] ?? NONE
  }

  longestRunning(queue: number): number {
    return this.#heads[queue * 2 + 1] ?? NONE
  }

  /** Waiting legs, oldest first. */
  waiting(queue: number): readonly number[] {
    const waiting: number[] = []
    for (let leg = this.oldestWaiting(queue); leg !== NONE; leg = this.#legs.cells[leg * LEG_STRIDE + LEG.after]) waiting.push(leg)
    return waiting
  }

  #replaceAgents(leg: number, before: LegView, after: LegView): void {
    const ringSame = before.ringing === 0 && after.ringing === 0
    if (!ringSame) {
      for (let i = 0; i < before.ringing; i++) this.#crew.ring(before.ringAgent[i], -1)
      for (let i = 0; i < after.ringing; i++) this.#crew.ring(after.ringAgent[i], 1)
    }
    if (before.dials !== 0 || after.dials !== 0) this.#replaceDials(leg, before, after)
    for (let i = 0; i < before.handlings; i++) {
      if (i < after.handlings && this.#sameForAgent(before, after, i)) continue
      this.#work(leg, before, i, -1)
    }
    for (let i = 0; i < after.handlings; i++) {
      if (i < before.handlings && this.#sameForAgent(before, after, i)) continue
      this.#work(leg, after, i, 1)
    }
  }

  /** Whoever dials is at work for the contact. */
  #replaceDials(leg: number, before: LegView, after: LegView): void {
    for (let i = 0; i < before.dials; i++) this.#crew.work(leg, before.dialAgent[i], before.queue, before.dialUntil[i] === 0, true, -1)
    for (let i = 0; i < after.dials; i++) this.#crew.work(leg, after.dialAgent[i], after.queue, after.dialUntil[i] === 0, true, 1)
  }

  #sameForAgent(before: LegView, after: LegView, i: number): boolean {
    return before.agent[i] === after.agent[i] && (before.endedAt[i] === 0) === (after.endedAt[i] === 0) && this.#runs(before, i) === this.#runs(after, i) && before.queue === after.queue
  }

  #work(leg: number, view: LegView, i: number, sign: number): void {
    const runs = this.#runs(view, i)
    this.#crew.work(leg, view.agent[i], view.queue, runs, view.endedAt[i] === 0, sign)
  }
}
