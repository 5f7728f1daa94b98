import { bucketOf } from '../kpi/percentile.ts'
import { MINUTE, QUARTER_HOUR } from '../time.ts'
import type { AgentTable } from './agents.ts'
import { COUNT } from './counters.ts'
import { BASIS, SETTLE_MS } from './interval-rows.ts'
import { HANDLING, OUTCOME, type LegView } from './leg-view.ts'
import { AHEAD_MIN, HISTOGRAM, RING, type QueueTable } from './queue-table.ts'

const BIN = 0

/**
 * A counter is a sum of leg contributions: what a leg gave before a fact is taken back and what it gives after is added, in the minute ring,
 * the live window, the business day and the interval rows of both bases. Where the instant lies outside of one of these, the bin takes it.
 */
export class Contributions {
  readonly #queues: QueueTable
  readonly #agents: AgentTable
  /** Minute of the floor's clock; the window ends with it. */
  minute = 0
  /** Oldest quarter hour kept. */
  oldestInterval = 0
  asOf = 0
  /** While a base is loaded, old legs are booked again: nothing is revised by that. */
  replaying = false

  // Offsets of the destinations of one instant.
  #ring = BIN
  #window = BIN
  #day = BIN
  #out = BIN
  #arrival = BIN
  #outRow = 0
  #arrivalRow = 0
  #slot = 0
  #windowOpen = false
  #dayOpen = false

  constructor(queues: QueueTable, agents: AgentTable) {
    this.#queues = queues
    this.#agents = agents
  }

  /** Replaces what `before` gave by what `after` gives. `eventAt` is the instant of the fact, or the clock's when time caused the change. */
  replace(before: LegView, after: LegView, eventAt: number): void {
    if (!before.exists || !after.exists || before.queue !== after.queue || before.channel !== after.channel || before.offered !== after.offered || before.queuedAt !== after.queuedAt) {
      if (before.exists) this.#all(before, -1, eventAt)
      if (after.exists) this.#all(after, 1, eventAt)
      return
    }
    if (before.identified !== after.identified || before.repeat !== after.repeat) {
      this.#arriving(before, -1, eventAt)
      this.#arriving(after, 1, eventAt)
    }
    if (before.outcome !== after.outcome || before.outcomeAt !== after.outcomeAt || before.waitMs !== after.waitMs || before.inTarget !== after.inTarget || before.short !== after.short) {
      this.#ending(before, -1, eventAt)
      this.#ending(after, 1, eventAt)
    }
    const handlings = before.handlings > after.handlings ? before.handlings : after.handlings
    for (let i = 0; i < handlings; i++) {
      if (i < before.handlings && i < after.handlings && this.#sameHandling(before, after, i)) continue
      if (i < before.handlings) this.#handling(before, i, -1, eventAt)
      if (i < after.handlings) this.#handling(after, i, 1, eventAt)
    }
    const misses = before.misses > after.misses ? before.misses : after.misses
    for (let i = 0; i < misses; i++) {
      if (i < before.misses && i < after.misses && before.missAt[i] === after.missAt[i] && before.missAgent[i] === after.missAgent[i]) continue
      if (i < before.misses) this.#miss(before, i, -1, eventAt)
      if (i < after.misses) this.#miss(after, i, 1, eventAt)
    }
    if (before.surveyed !== after.surveyed || (after.surveyed && (before.surveyAt !== after.surveyAt || before.surveyScore !== after.surveyScore || before.nps !== after.nps || this.#surveyAgent(before) !== this.#surveyAgent(after)))) {
      if (before.surveyed) this.#survey(before, -1, eventAt)
      if (after.surveyed) this.#survey(after, 1, eventAt)
    }
    if (before.holdLeftAt !== after.holdLeftAt) {
      this.#holdLeft(before, -1, eventAt)
      this.#holdLeft(after, 1, eventAt)
    }
    if (before.resolved !== after.resolved || before.repeat !== after.repeat || (after.resolved !== 0 && before.resolvedAt !== after.resolvedAt)) {
      this.#disposition(before, -1, eventAt)
      this.#disposition(after, 1, eventAt)
    }
  }

  /** A leg that is dropped while it still waits no longer does. */
  forget(view: LegView): void {
    if (view.offered && view.outcome === OUTCOME.pending) this.#queues.lanePending[this.#queues.lane(view.queue, view.channel)]--
  }

  /** Books into a day that just began what a leg gave from `from` on: the queue's, the agents', or both. */
  intoDay(view: LegView, from: number, queueToo: boolean, agentsToo: boolean): void {
    this.#onlyDay = queueToo ? from : Infinity
    this.#agentsToo = agentsToo
    this.#all(view, 1, from)
    this.#onlyDay = 0
    this.#agentsToo = true
  }

  #onlyDay = 0
  #agentsToo = true

  #sameHandling(a: LegView, b: LegView, i: number): boolean {
    return (
      a.countedAt[i] === b.countedAt[i] &&
      (a.countedAt[i] === 0 || (a.talk[i] === b.talk[i] && a.hold[i] === b.hold[i] && a.acw[i] === b.acw[i] && a.agent[i] === b.agent[i] && a.flags[i] === b.flags[i]))
    )
  }

  #surveyAgent(view: LegView): number {
    return view.handlings > 0 ? view.agent[view.handlings - 1] : -1
  }

  #all(view: LegView, sign: number, eventAt: number): void {
    this.#arriving(view, sign, eventAt)
    this.#ending(view, sign, eventAt)
    for (let i = 0; i < view.handlings; i++) this.#handling(view, i, sign, eventAt)
    for (let i = 0; i < view.misses; i++) this.#miss(view, i, sign, eventAt)
    if (view.surveyed) this.#survey(view, sign, eventAt)
    this.#holdLeft(view, sign, eventAt)
    this.#disposition(view, sign, eventAt)
  }

  /** Finds where a contribution at `at` goes. */
  #aim(view: LegView, at: number, windowMin: number, eventAt: number): void {
    if (this.#onlyDay !== 0) return this.#aimAtDay(view, at)
    const queues = this.#queues
    const queue = view.queue
    const minute = Math.floor(at / MINUTE)
    const kept = minute > this.minute - 60 && minute <= this.minute + AHEAD_MIN && minute >= 0
    this.#slot = queue * RING + (minute % RING)
    this.#windowOpen = kept && minute > this.minute - windowMin
    this.#ring = kept ? queues.ringBlock(queue, minute) : BIN
    if (kept) queues.ringUsed[this.#slot] = 1
    this.#window = this.#windowOpen ? queues.windowBlock(queue) : BIN
    this.#dayOpen = at >= queues.dayFrom[queue] && at < queues.dayTo[queue]
    this.#day = this.#dayOpen ? queues.dayBlock(queue) : BIN
    const lane = queues.lane(queue, view.channel)
    const rows = queues.rows
    this.#outRow = rows.at(lane, BASIS.outcome, at, this.oldestInterval)
    this.#arrivalRow = rows.at(lane, BASIS.arrival, view.queuedAt, this.oldestInterval)
    this.#out = rows.block(this.#outRow)
    this.#arrival = rows.block(this.#arrivalRow)
    if (this.replaying) return
    const closedBy = this.asOf
    if ((Math.floor(at / QUARTER_HOUR) + 1) * QUARTER_HOUR <= closedBy) {
      rows.touch(this.#outRow)
      if ((Math.floor(at / QUARTER_HOUR) + 1) * QUARTER_HOUR + SETTLE_MS <= closedBy) rows.setRevised(this.#outRow)
    }
    if ((Math.floor(view.queuedAt / QUARTER_HOUR) + 1) * QUARTER_HOUR <= closedBy) {
      rows.touch(this.#arrivalRow)
      // An outcome that comes in its own time completes its arrival row; only a late fact revises it.
      if ((Math.floor(eventAt / QUARTER_HOUR) + 1) * QUARTER_HOUR + SETTLE_MS <= closedBy) rows.setRevised(this.#arrivalRow)
    }
  }

  #aimAtDay(view: LegView, at: number): void {
    const queues = this.#queues
    this.#ring = BIN
    this.#window = BIN
    this.#out = BIN
    this.#arrival = BIN
    this.#outRow = 0
    this.#arrivalRow = 0
    this.#windowOpen = false
    this.#dayOpen = at >= this.#onlyDay && at >= queues.dayFrom[view.queue] && at < queues.dayTo[view.queue]
    this.#day = this.#dayOpen ? queues.dayBlock(view.queue) : BIN
  }

  #add(counter: number, amount: number): void {
    const values = this.#queues.cells.values
    values[this.#ring + counter] += amount
    values[this.#window + counter] += amount
    values[this.#day + counter] += amount
    values[this.#out + counter] += amount
    values[this.#arrival + counter] += amount
  }

  #arriving(view: LegView, sign: number, eventAt: number): void {
    if (view.queue < 0 || (!view.offered && !view.identified)) return
    this.#aim(view, view.queuedAt, 30, eventAt)
    if (view.offered) {
      this.#add(COUNT.offered, sign)
      if (this.#onlyDay === 0) this.#queues.lanePending[this.#queues.lane(view.queue, view.channel)] += sign
    }
    if (view.offered && view.identified && view.direction !== 1) {
      this.#add(COUNT.identified, sign)
      if (view.repeat) this.#add(COUNT.repeats, sign)
    }
  }

  #ending(view: LegView, sign: number, eventAt: number): void {
    const outcome = view.outcome
    if (view.queue < 0 || outcome === OUTCOME.pending || outcome === OUTCOME.none) return
    this.#aim(view, view.outcomeAt, 30, eventAt)
    if (outcome === OUTCOME.refused) {
      this.#add(COUNT.refused, sign)
      return
    }
    if (view.offered && this.#onlyDay === 0) this.#queues.lanePending[this.#queues.lane(view.queue, view.channel)] -= sign
    this.#longest(view, sign)
    const within = view.inTarget ? sign : 0
    switch (outcome) {
      case OUTCOME.answered: {
        this.#add(COUNT.answered, sign)
        if (within !== 0) this.#add(COUNT.answeredInTarget, within)
        this.#add(COUNT.waitMsTotal, sign * view.waitMs)
        this.#sampleWait(view, sign)
        return
      }
      case OUTCOME.abandoned:
        this.#add(COUNT.abandoned, sign)
        if (within !== 0) this.#add(COUNT.abandonedInTarget, within)
        this.#add(COUNT.abandonWaitMsTotal, sign * view.waitMs)
        if (view.short) {
          this.#add(COUNT.shortAbandoned, sign)
          this.#add(COUNT.shortAbandonWaitMsTotal, sign * view.waitMs)
        }
        return
      case OUTCOME.callback:
        this.#add(COUNT.callbacks, sign)
        if (within !== 0) this.#add(COUNT.callbacksInTarget, within)
        return
      case OUTCOME.flowedOut:
        this.#add(COUNT.flowedOut, sign)
        if (within !== 0) this.#add(COUNT.flowedOutInTarget, within)
        return
      case OUTCOME.system:
        this.#add(COUNT.systemEnded, sign)
        return
    }
  }

  #longest(view: LegView, sign: number): void {
    if (!this.#dayOpen) return
    const queues = this.#queues
    if (sign > 0) {
      if (view.waitMs > queues.maxWait[view.queue]) queues.maxWait[view.queue] = view.waitMs
    } else if (view.waitMs >= queues.maxWait[view.queue]) queues.maxWaitStale[view.queue] = 1
  }

  #sampleWait(view: LegView, sign: number): void {
    const queues = this.#queues
    const bucket = bucketOf(view.waitMs)
    if (this.#windowOpen) {
      queues.histograms.add(view.queue * 4 + HISTOGRAM.windowWait, bucket, sign)
      queues.ringWaits[this.#slot] = queues.samples.push(queues.ringWaits[this.#slot], bucket, sign)
    }
    if (this.#dayOpen) queues.histograms.add(view.queue * 4 + HISTOGRAM.dayWait, bucket, sign)
    queues.rows.addWait(this.#outRow, bucket, sign)
    queues.rows.addWait(this.#arrivalRow, bucket, sign)
  }

  #handling(view: LegView, i: number, sign: number, eventAt: number): void {
    const at = view.countedAt[i]
    if (at === 0) return
    const flags = view.flags[i]
    const talk = Math.max(0, view.talk[i])
    const hold = Math.max(0, view.hold[i])
    const acw = Math.max(0, view.acw[i])
    const spent = talk + hold + acw
    if (view.agent[i] >= 0 && this.#agentsToo) this.#agents.addHandled(view.agent[i], at, sign, spent)
    if (view.queue < 0) return
    this.#aim(view, at, 60, eventAt)
    this.#add(COUNT.handled, sign)
    this.#add(COUNT.talkMsTotal, sign * talk)
    if ((flags & HANDLING.holdKnown) !== 0) {
      this.#add(COUNT.holdMsTotal, sign * hold)
      this.#add(COUNT.holdKnown, sign)
    }
    if ((flags & HANDLING.acwKnown) !== 0) {
      this.#add(COUNT.acwMsTotal, sign * acw)
      this.#add(COUNT.acwKnown, sign)
      if ((flags & HANDLING.capped) !== 0) this.#add(COUNT.acwCapped, sign)
    }
    if ((flags & HANDLING.transferred) !== 0) this.#add(COUNT.transferred, sign)
    const queues = this.#queues
    const bucket = bucketOf(spent)
    if (this.#windowOpen) {
      queues.histograms.add(view.queue * 4 + HISTOGRAM.windowHandle, bucket, sign)
      queues.ringHandles[this.#slot] = queues.samples.push(queues.ringHandles[this.#slot], bucket, sign)
    }
    if (this.#dayOpen) queues.histograms.add(view.queue * 4 + HISTOGRAM.dayHandle, bucket, sign)
    queues.rows.addHandle(this.#outRow, bucket, sign)
    queues.rows.addHandle(this.#arrivalRow, bucket, sign)
  }

  #miss(view: LegView, i: number, sign: number, eventAt: number): void {
    if (view.missAgent[i] >= 0 && this.#agentsToo) this.#agents.addMiss(view.missAgent[i], view.missAt[i], sign)
    if (view.queue < 0) return
    this.#aim(view, view.missAt[i], 30, eventAt)
    this.#add(COUNT.ringNoAnswer, sign)
  }

  #survey(view: LegView, sign: number, eventAt: number): void {
    const agent = this.#surveyAgent(view)
    if (agent >= 0 && this.#agentsToo) this.#agents.addSurvey(agent, view.surveyAt, sign, view.satisfied)
    if (view.queue < 0) return
    this.#aim(view, view.surveyAt, 60, eventAt)
    this.#add(COUNT.surveys, sign)
    if (view.satisfied) this.#add(COUNT.surveysSatisfied, sign)
    this.#add(COUNT.surveyScoreTotal, sign * view.surveyScore)
    if (view.nps === 0) return
    this.#add(COUNT.npsAnswers, sign)
    if (view.nps !== 2) this.#add(view.nps === 3 ? COUNT.npsPromoters : COUNT.npsDetractors, sign)
  }

  #holdLeft(view: LegView, sign: number, eventAt: number): void {
    if (view.holdLeftAt === 0 || view.queue < 0) return
    this.#aim(view, view.holdLeftAt, 60, eventAt)
    this.#add(COUNT.holdAbandoned, sign)
  }

  /** First contacts only: a repeat that is resolved was not resolved on first contact. */
  #disposition(view: LegView, sign: number, eventAt: number): void {
    if (view.resolved === 0 || view.repeat || view.queue < 0) return
    this.#aim(view, view.resolvedAt, 60, eventAt)
    this.#add(COUNT.resolutionsAsked, sign)
    if (view.resolved === 2) this.#add(COUNT.resolved, sign)
  }
}
