import type { Booking } from './booking.ts'
import { COUNT } from './counters.ts'
import { answeredSurvey, mayRepeat, OUTCOME, resolutionOf, resolverOf, responseOf, surveyCountsAt, surveyedAgent, type LegView } from './leg-view.ts'
import type { QueueTable } from './queue-table.ts'

const NEVER = -1

/** A counter is a sum of leg contributions: what a leg gave before a fact is taken back and what it gives after is added. */
export class Contributions {
  readonly #queues: QueueTable
  readonly #book: Booking

  constructor(queues: QueueTable, book: Booking) {
    this.#queues = queues
    this.#book = book
  }

  /** Replaces what `before` gave by what `after` gives. `eventAt` is the instant of the fact, or the clock's when time caused the change. */
  replace(before: LegView, after: LegView, eventAt: number): void {
    if (!before.exists || !after.exists || before.queue !== after.queue || before.channel !== after.channel || before.offered !== after.offered || before.queuedAt !== after.queuedAt) {
      if (before.exists) this.#all(before, -1, eventAt)
      if (after.exists) this.#all(after, 1, eventAt)
      return
    }
    const other = before.identified !== after.identified || before.repeat !== after.repeat || before.direction !== after.direction
    if (other) {
      this.#arriving(before, -1, eventAt)
      this.#arriving(after, 1, eventAt)
    }
    if (other || before.outcome !== after.outcome || before.outcomeAt !== after.outcomeAt || before.waitMs !== after.waitMs || before.ringMs !== after.ringMs || (before.handlings > 0 && after.handlings > 0 && before.agent[0] !== after.agent[0]) || before.inTarget !== after.inTarget || before.short !== after.short) {
      this.#ending(before, -1, eventAt)
      this.#ending(after, 1, eventAt)
    }
    const handlings = before.handlings > after.handlings ? before.handlings : after.handlings
    for (let i = 0; i < handlings; i++) {
      if (i < before.handlings && i < after.handlings && this.#sameHandling(before, after, i)) {
        if (after.countedAt[i] !== 0 && before.active[i] !== after.active[i]) this.#shared(after, i, after.active[i] - before.active[i], eventAt)
        continue
      }
      if (i < before.handlings) this.#handling(before, i, -1, eventAt)
      if (i < after.handlings) this.#handling(after, i, 1, eventAt)
    }
    const misses = before.misses > after.misses ? before.misses : after.misses
    for (let i = 0; i < misses; i++) {
      if (i < before.misses && i < after.misses && before.missAt[i] === after.missAt[i] && before.missAgent[i] === after.missAgent[i] && before.missRing[i] === after.missRing[i]) continue
      if (i < before.misses) this.#miss(before, i, -1, eventAt)
      if (i < after.misses) this.#miss(after, i, 1, eventAt)
    }
    if (before.surveyed !== after.surveyed || (after.surveyed && (before.surveyAt !== after.surveyAt || before.surveyScore !== after.surveyScore || before.nps !== after.nps || surveyedAgent(before) !== surveyedAgent(after) || surveyCountsAt(before) !== surveyCountsAt(after)))) {
      if (before.surveyed) this.#survey(before, -1, eventAt)
      if (after.surveyed) this.#survey(after, 1, eventAt)
    }
    if (before.surveySentAt !== after.surveySentAt || answeredSurvey(before) !== answeredSurvey(after)) {
      this.#invited(before, -1, eventAt)
      this.#invited(after, 1, eventAt)
    }
    if (before.responses !== 0 || after.responses !== 0) this.#responses(before, after, eventAt)
    if (before.resolvedConversationAt !== after.resolvedConversationAt || (after.resolvedConversationAt !== 0 && (before.resolutionMs !== after.resolutionMs || before.resolutionBusinessMs !== after.resolutionBusinessMs || resolverOf(before) !== resolverOf(after)))) {
      this.#resolution(before, -1, eventAt)
      this.#resolution(after, 1, eventAt)
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
    if (view.offered && view.outcome === OUTCOME.pending) this.#queues.lanePending[this.#lane(view)]--
  }

  /** Books into a day that just began what a leg gave from `from` on: the queue's, the agents', or both. */
  intoDay(view: LegView, from: number, queueToo: boolean, agentsToo: boolean): void {
    this.#book.intoDay(from, queueToo, agentsToo)
    this.#all(view, 1, from)
    this.#book.everywhere()
  }

  #lane(view: LegView): number {
    return this.#queues.lane(view.queue, view.channel)
  }

  #sameHandling(a: LegView, b: LegView, i: number): boolean {
    return (
      a.countedAt[i] === b.countedAt[i] &&
      (a.countedAt[i] === 0 || (a.talk[i] === b.talk[i] && a.hold[i] === b.hold[i] && a.acw[i] === b.acw[i] && a.agent[i] === b.agent[i] && a.flags[i] === b.flags[i]))
    )
  }

  #all(view: LegView, sign: number, eventAt: number): void {
    this.#arriving(view, sign, eventAt)
    this.#ending(view, sign, eventAt)
    for (let i = 0; i < view.handlings; i++) this.#handling(view, i, sign, eventAt)
    for (let i = 0; i < view.misses; i++) this.#miss(view, i, sign, eventAt)
    if (view.surveyed) this.#survey(view, sign, eventAt)
    for (let i = 0; i < view.responses; i++) this.#response(view, i, sign, eventAt)
    this.#resolution(view, sign, eventAt)
    this.#invited(view, sign, eventAt)
    this.#holdLeft(view, sign, eventAt)
    this.#disposition(view, sign, eventAt)
  }

  #arriving(view: LegView, sign: number, eventAt: number): void {
    if (view.queue < 0 || (!view.offered && !view.identified)) return
    this.#book.arrival(view.queue, this.#lane(view), view.queuedAt, view.offered, mayRepeat(view), view.repeat, sign, eventAt)
  }

  #ending(view: LegView, sign: number, eventAt: number): void {
    const { queue, queuedAt, outcomeAt, waitMs, offered, inTarget } = view
    if (queue < 0 || view.outcome === OUTCOME.pending || view.outcome === OUTCOME.none) return
    const book = this.#book
    const lane = this.#lane(view)
    switch (view.outcome) {
      case OUTCOME.refused:
        book.refused(queue, lane, queuedAt, outcomeAt, sign, eventAt)
        return
      case OUTCOME.answered:
        book.answeredBy(view.handlings > 0 ? view.agent[0] : NEVER, outcomeAt, view.ringMs, sign)
        book.answered(queue, lane, queuedAt, outcomeAt, waitMs, view.ringMs, inTarget, offered, mayRepeat(view), view.repeat, sign, eventAt)
        return
      case OUTCOME.abandoned:
        book.abandoned(queue, lane, queuedAt, outcomeAt, waitMs, inTarget, view.short, offered, sign, eventAt)
        return
      case OUTCOME.callback:
        book.ended(queue, lane, queuedAt, outcomeAt, waitMs, COUNT.callbacks, inTarget ? COUNT.callbacksInTarget : NEVER, offered, sign, eventAt)
        return
      case OUTCOME.flowedOut:
        book.ended(queue, lane, queuedAt, outcomeAt, waitMs, COUNT.flowedOut, inTarget ? COUNT.flowedOutInTarget : NEVER, offered, sign, eventAt)
        return
      case OUTCOME.system:
        book.ended(queue, lane, queuedAt, outcomeAt, waitMs, COUNT.systemEnded, NEVER, offered, sign, eventAt)
        return
    }
  }

  #handling(view: LegView, i: number, sign: number, eventAt: number): void {
    const at = view.countedAt[i]
    if (at === 0) return
    this.#book.handledBy(view.agent[i], at, Math.max(0, view.talk[i]) + Math.max(0, view.hold[i]) + Math.max(0, view.acw[i]), view.active[i], sign)
    if (view.queue >= 0) this.#book.handled(view.queue, this.#lane(view), view.queuedAt, at, view.talk[i], view.hold[i], view.acw[i], view.active[i], view.flags[i], sign, eventAt)
  }

  #shared(view: LegView, i: number, moreMs: number, eventAt: number): void {
    this.#book.sharedBy(view.agent[i], view.countedAt[i], moreMs)
    if (view.queue >= 0) this.#book.shared(view.queue, this.#lane(view), view.queuedAt, view.countedAt[i], moreMs, eventAt)
  }

  #miss(view: LegView, i: number, sign: number, eventAt: number): void {
    this.#book.missedBy(view.missAgent[i], view.missAt[i], view.missRing[i], sign)
    if (view.queue >= 0) this.#book.missed(view.queue, this.#lane(view), view.queuedAt, view.missAt[i], sign, eventAt)
  }

  #survey(view: LegView, sign: number, eventAt: number): void {
    this.#book.surveyOf(surveyedAgent(view), surveyCountsAt(view), view.satisfied, sign)
    if (view.queue >= 0) this.#book.surveyed(view.queue, this.#lane(view), view.queuedAt, view.surveyAt, view.surveyScore, view.satisfied, view.nps, sign, eventAt)
  }

  /** Invitations count where they were sent, so the share of those answered rises later. */
  #invited(view: LegView, sign: number, eventAt: number): void {
    if (view.surveySentAt !== 0 && view.queue >= 0) this.#book.invited(view.queue, this.#lane(view), view.queuedAt, view.surveySentAt, answeredSurvey(view), sign, eventAt)
  }

  #responses(before: LegView, after: LegView, eventAt: number): void {
    const most = Math.max(before.responses, after.responses)
    for (let i = 0; i < most; i++) {
      if (i < before.responses && i < after.responses && before.askedAt[i] === after.askedAt[i] && before.respondedAt[i] === after.respondedAt[i] && before.responder[i] === after.responder[i] && (i > 0 || before.firstResponded === after.firstResponded)) continue
      if (i < before.responses) this.#response(before, i, -1, eventAt)
      if (i < after.responses) this.#response(after, i, 1, eventAt)
    }
  }

  #response(view: LegView, i: number, sign: number, eventAt: number): void {
    const response = responseOf(view, i)
    this.#book.respondedBy(view.responder[i], view.respondedAt[i], response, sign)
    this.#book.responded(view.queue, this.#lane(view), view.queuedAt, view.respondedAt[i], response, sign, eventAt)
  }

  #resolution(view: LegView, sign: number, eventAt: number): void {
    if (view.resolvedConversationAt === 0) return
    const resolution = resolutionOf(view)
    this.#book.respondedBy(resolverOf(view), view.resolvedConversationAt, resolution, sign)
    this.#book.responded(view.queue, this.#lane(view), view.queuedAt, view.resolvedConversationAt, resolution, sign, eventAt)
  }

  #holdLeft(view: LegView, sign: number, eventAt: number): void {
    if (view.holdLeftAt !== 0 && view.queue >= 0) this.#book.leftOnHold(view.queue, this.#lane(view), view.queuedAt, view.holdLeftAt, sign, eventAt)
  }

  /** First contacts only: a repeat that is resolved was not resolved on first contact. */
  #disposition(view: LegView, sign: number, eventAt: number): void {
    if (view.resolved === 0 || view.repeat || view.queue < 0) return
    this.#book.disposed(view.queue, this.#lane(view), view.queuedAt, view.resolvedAt, view.resolved === 2, sign, eventAt)
  }
}
