import { bucketOf } from '../kpi/percentile.ts'
import { MINUTE, QUARTER_HOUR } from '../time.ts'
import type { AgentTable } from './agents.ts'
import { COUNT } from './counters.ts'
import { BASIS, SETTLE_MS } from './interval-rows.ts'
import type { Response } from './response-sums.ts'
import { HANDLING } from './leg-view.ts'
import { AHEAD_MIN, HISTOGRAM, RING, type QueueTable } from './queue-table.ts'

const BIN = 0

/**
 * Books what legs give, or takes it back (`sign` -1): in the minute ring, the live window, the business day and the interval rows of both
 * bases. Where an instant lies outside of one of these, the bin takes it. `eventAt` is the instant of the fact, or the clock's when time caused it.
 */
export class Booking {
  readonly #queues: QueueTable
  readonly #agents: AgentTable
  /** Minute of the floor's clock; the window ends with it. */
  #minute = 0
  #minuteStart = 0
  /** Oldest quarter hour kept. */
  oldestInterval = 0
  #asOf = 0
  #running = 0
  #runningStart = 0
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
  #onlyDay = 0
  #agentsToo = true

  constructor(queues: QueueTable, agents: AgentTable) {
    this.#queues = queues
    this.#agents = agents
  }

  get minute(): number {
    return this.#minute
  }

  set minute(minute: number) {
    this.#minute = minute
    this.#minuteStart = minute * MINUTE
  }

  get asOf(): number {
    return this.#asOf
  }

  set asOf(at: number) {
    this.#asOf = at
    this.#running = Math.floor(at / QUARTER_HOUR)
    this.#runningStart = this.#running * QUARTER_HOUR
  }

  /** Until `everywhere`, only days take what lies at or after `from`: the queue's, the agents', or both. */
  intoDay(from: number, queueToo: boolean, agentsToo: boolean): void {
    this.#onlyDay = queueToo ? from : Infinity
    this.#agentsToo = agentsToo
  }

  everywhere(): void {
    this.#onlyDay = 0
    this.#agentsToo = true
  }

  #intervalOf(at: number): number {
    return at >= this.#runningStart && at < this.#runningStart + QUARTER_HOUR ? this.#running : Math.floor(at / QUARTER_HOUR)
  }

  /** Finds where a contribution at `at` of a leg that came at `arrivedAt` goes. */
  #aim(queue: number, lane: number, at: number, arrivedAt: number, windowMin: number, eventAt: number, outcomeEventAt = at): void {
    if (this.#onlyDay !== 0) {
      this.#aimAtDay(queue, at)
      return
    }
    const queues = this.#queues
    const running = this.#minute
    const minute = at >= this.#minuteStart && at < this.#minuteStart + MINUTE ? running : Math.floor(at / MINUTE)
    const kept = minute > running - 60 && minute <= running + AHEAD_MIN && minute >= 0
    const place = minute % RING
    this.#slot = queue * RING + place
    this.#windowOpen = kept && minute > running - windowMin
    const base = queues.base[queue]
    this.#ring = kept ? queues.ringPlace(base, place) : BIN
    if (kept) queues.ringUsed[this.#slot] = 1
    this.#window = this.#windowOpen ? base : BIN
    this.#dayOpen = at >= queues.dayFrom[queue] && at < queues.dayTo[queue]
    this.#day = this.#dayOpen ? queues.dayBlock(queue) : BIN
    const rows = queues.rows
    const interval = this.#intervalOf(at)
    const arrived = this.#intervalOf(arrivedAt)
    this.#outRow = rows.of(lane, BASIS.outcome, interval, this.oldestInterval)
    this.#arrivalRow = rows.of(lane, BASIS.arrival, arrived, this.oldestInterval)
    this.#out = rows.block(this.#outRow)
    this.#arrival = rows.block(this.#arrivalRow)
    if (this.replaying) return
    if (interval < this.#running) {
      rows.touch(this.#outRow)
      if (this.#closedFor(outcomeEventAt)) rows.setRevised(this.#outRow)
    }
    if (arrived < this.#running) {
      rows.touch(this.#arrivalRow)
      // An outcome that comes in its own time completes its arrival row; only a late fact revises it.
      if (this.#closedFor(eventAt)) rows.setRevised(this.#arrivalRow)
    }
  }

  /** The interval of `at` closed so long ago that the transport's lag does not explain it. */
  #closedFor(at: number): boolean {
    return (Math.floor(at / QUARTER_HOUR) + 1) * QUARTER_HOUR + SETTLE_MS <= this.#asOf
  }

  /** A closed row is another one than before. */
  corrected(row: number, interval: number): void {
    if (interval >= this.#running) return
    this.#queues.rows.touch(row)
    if (this.#closedFor(interval * QUARTER_HOUR)) this.#queues.rows.setRevised(row)
  }

  #aimAtDay(queue: number, at: number): void {
    const queues = this.#queues
    this.#ring = BIN
    this.#window = BIN
    this.#out = BIN
    this.#arrival = BIN
    this.#outRow = 0
    this.#arrivalRow = 0
    this.#windowOpen = false
    this.#dayOpen = at >= this.#onlyDay && at >= queues.dayFrom[queue] && at < queues.dayTo[queue]
    this.#day = this.#dayOpen ? queues.dayBlock(queue) : BIN
  }

  #add(counter: number, amount: number): void {
    const values = this.#queues.cells.values
    values[this.#ring + counter] += amount
    values[this.#window + counter] += amount
    values[this.#day + counter] += amount
    values[this.#out + counter] += amount
    values[this.#arrival + counter] += amount
  }

  #pend(lane: number, by: number): void {
    if (this.#onlyDay === 0) this.#queues.lanePending[lane] += by
  }

  /** A leg came; `identified`: its customer is known and it may count for the repeat rate. */
  arrival(queue: number, lane: number, queuedAt: number, offered: boolean, identified: boolean, repeat: boolean, sign: number, eventAt: number): void {
    this.#aim(queue, lane, queuedAt, queuedAt, 30, eventAt)
    if (!offered) return
    this.#add(COUNT.offered, sign)
    this.#pend(lane, sign)
    if (!identified) return
    this.#add(COUNT.identified, sign)
    if (repeat) this.#add(COUNT.repeats, sign)
  }

  refused(queue: number, lane: number, queuedAt: number, at: number, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 30, eventAt)
    this.#add(COUNT.refused, sign)
  }

  answered(queue: number, lane: number, queuedAt: number, at: number, waitMs: number, ringMs: number, inTarget: boolean, offered: boolean, identified: boolean, repeat: boolean, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 30, eventAt)
    if (offered) this.#pend(lane, -sign)
    this.#longest(queue, waitMs, sign)
    this.#add(COUNT.answered, sign)
    if (identified) this.#add(COUNT.identifiedAnswered, sign)
    if (identified && repeat) this.#add(COUNT.repeatsAnswered, sign)
    if (ringMs >= 0) {
      this.#add(COUNT.ringMsTotal, sign * ringMs)
      this.#add(COUNT.ringKnown, sign)
    }
    if (inTarget) this.#add(COUNT.answeredInTarget, sign)
    this.#add(COUNT.waitMsTotal, sign * waitMs)
    const queues = this.#queues
    const bucket = bucketOf(waitMs)
    if (this.#windowOpen) {
      queues.histograms.add(queue * 4 + HISTOGRAM.windowWait, bucket, sign)
      queues.ringWaits[this.#slot] = queues.samples.push(queues.ringWaits[this.#slot], bucket, sign)
    }
    if (this.#dayOpen) queues.histograms.add(queue * 4 + HISTOGRAM.dayWait, bucket, sign)
    queues.rows.addWait(this.#outRow, bucket, sign)
    queues.rows.addWait(this.#arrivalRow, bucket, sign)
  }

  abandoned(queue: number, lane: number, queuedAt: number, at: number, waitMs: number, inTarget: boolean, short: boolean, offered: boolean, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 30, eventAt)
    if (offered) this.#pend(lane, -sign)
    this.#longest(queue, waitMs, sign)
    this.#add(COUNT.abandoned, sign)
    if (inTarget) this.#add(COUNT.abandonedInTarget, sign)
    this.#add(COUNT.abandonWaitMsTotal, sign * waitMs)
    if (!short) return
    this.#add(COUNT.shortAbandoned, sign)
    this.#add(COUNT.shortAbandonWaitMsTotal, sign * waitMs)
  }

  /** An outcome that counts once, and once more where it came in the target time; `within` -1 when it never does. */
  ended(queue: number, lane: number, queuedAt: number, at: number, waitMs: number, counter: number, within: number, offered: boolean, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 30, eventAt)
    if (offered) this.#pend(lane, -sign)
    this.#longest(queue, waitMs, sign)
    this.#add(counter, sign)
    if (within >= 0) this.#add(within, sign)
  }

  #longest(queue: number, waitMs: number, sign: number): void {
    if (!this.#dayOpen) return
    const queues = this.#queues
    if (sign > 0) {
      if (waitMs > queues.maxWait[queue]) queues.maxWait[queue] = waitMs
    } else if (waitMs >= queues.maxWait[queue]) queues.maxWaitStale[queue] = 1
  }

  /** The first to answer, and how long they let it ring. */
  answeredBy(agent: number, at: number, ringMs: number, sign: number): void {
    if (agent >= 0 && ringMs >= 0 && this.#agentsToo) this.#agents.addRing(agent, at, ringMs, sign)
  }

  /** What an agent did, whatever the queue. */
  handledBy(agent: number, at: number, spentMs: number, activeMs: number, sign: number): void {
    if (agent >= 0 && this.#agentsToo) this.#agents.addHandled(agent, at, sign, spentMs, activeMs)
  }

  /** Of a handling that is booked, other time is its own than was said. */
  sharedBy(agent: number, at: number, moreMs: number): void {
    if (agent >= 0 && this.#agentsToo) this.#agents.addActive(agent, at, moreMs)
  }

  shared(queue: number, lane: number, queuedAt: number, at: number, moreMs: number, eventAt: number): void {
    // What another conversation takes of it in its own time completes the row; only a late fact revises it.
    this.#aim(queue, lane, at, queuedAt, 60, eventAt, eventAt)
    this.#add(COUNT.activeMsTotal, moreMs)
  }

  /** One handling; times that are not known are -1 and count as none. */
  handled(queue: number, lane: number, queuedAt: number, at: number, talkMs: number, holdMs: number, acwMs: number, activeMs: number, flags: number, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 60, eventAt)
    const talk = talkMs < 0 ? 0 : talkMs
    const hold = holdMs < 0 ? 0 : holdMs
    const acw = acwMs < 0 ? 0 : acwMs
    this.#add(COUNT.handled, sign)
    this.#add(COUNT.talkMsTotal, sign * talk)
    this.#add(COUNT.activeMsTotal, sign * activeMs)
    if ((flags & HANDLING.holdKnown) !== 0) {
      this.#add(COUNT.holdMsTotal, sign * hold)
      this.#add(COUNT.holdKnown, sign)
      if (hold > 0) this.#add(COUNT.held, sign)
    }
    if ((flags & HANDLING.acwKnown) !== 0) {
      this.#add(COUNT.acwMsTotal, sign * acw)
      this.#add(COUNT.acwKnown, sign)
      if (acw > 0) this.#add(COUNT.wrapped, sign)
      if ((flags & HANDLING.capped) !== 0) this.#add(COUNT.acwCapped, sign)
    }
    if ((flags & HANDLING.transferred) !== 0) this.#add(COUNT.transferred, sign)
    if ((flags & HANDLING.byAgent) !== 0) this.#add(COUNT.endedByAgent, sign)
    if ((flags & HANDLING.byCustomer) !== 0) this.#add(COUNT.endedByCustomer, sign)
    const queues = this.#queues
    const bucket = bucketOf(talk + hold + acw)
    if (this.#windowOpen) {
      queues.histograms.add(queue * 4 + HISTOGRAM.windowHandle, bucket, sign)
      queues.ringHandles[this.#slot] = queues.samples.push(queues.ringHandles[this.#slot], bucket, sign)
    }
    if (this.#dayOpen) queues.histograms.add(queue * 4 + HISTOGRAM.dayHandle, bucket, sign)
    queues.rows.addHandle(this.#outRow, bucket, sign)
    queues.rows.addHandle(this.#arrivalRow, bucket, sign)
  }

  missedBy(agent: number, at: number, ringMs: number, sign: number): void {
    if (agent >= 0 && this.#agentsToo) this.#agents.addMiss(agent, at, ringMs, sign)
  }

  missed(queue: number, lane: number, queuedAt: number, at: number, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 30, eventAt)
    this.#add(COUNT.ringNoAnswer, sign)
  }

  surveyOf(agent: number, at: number, satisfied: boolean, sign: number): void {
    if (agent >= 0 && this.#agentsToo) this.#agents.addSurvey(agent, at, sign, satisfied)
  }

  surveyed(queue: number, lane: number, queuedAt: number, at: number, score: number, satisfied: boolean, nps: number, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 60, eventAt)
    this.#add(COUNT.surveys, sign)
    if (satisfied) this.#add(COUNT.surveysSatisfied, sign)
    this.#add(COUNT.surveyScoreTotal, sign * score)
    if (nps === 0) return
    this.#add(COUNT.npsAnswers, sign)
    if (nps !== 2) this.#add(nps === 3 ? COUNT.npsPromoters : COUNT.npsDetractors, sign)
  }

  invited(queue: number, lane: number, queuedAt: number, at: number, answered: boolean, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 60, eventAt)
    this.#add(COUNT.surveysSent, sign)
    if (answered) this.#add(COUNT.surveysAnswered, sign)
  }

  leftOnHold(queue: number, lane: number, queuedAt: number, at: number, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 60, eventAt)
    this.#add(COUNT.holdAbandoned, sign)
  }

  /** Whoever wrote the answer, whatever the queue. */
  respondedBy(agent: number, at: number, response: Response, sign: number): void {
    if (agent >= 0 && this.#agentsToo) this.#agents.addResponse(agent, at, response, sign)
  }

  /** One answer in a written conversation. */
  responded(queue: number, lane: number, queuedAt: number, at: number, response: Response, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 60, eventAt)
    const { responses, rows } = this.#queues
    if (this.#windowOpen) responses.addToMinute(this.#slot, response, sign)
    if (this.#dayOpen) responses.addToDay(queue, response, sign)
    rows.responsesFor(this.#outRow)?.add(response, sign)
    rows.responsesFor(this.#arrivalRow)?.add(response, sign)
  }

  disposed(queue: number, lane: number, queuedAt: number, at: number, resolved: boolean, sign: number, eventAt: number): void {
    this.#aim(queue, lane, at, queuedAt, 60, eventAt)
    this.#add(COUNT.resolutionsAsked, sign)
    if (resolved) this.#add(COUNT.resolved, sign)
  }
}
