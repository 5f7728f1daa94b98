import type { DirtyList } from '../floor-changes.ts'
import { LEG, LEG_STRIDE, META, NONE, STATE_EXPLICIT, STATE_OUTCOME, STATE_TIMED, type LegTable, type StagedFact } from '../legs.ts'
import type { Booking } from './booking.ts'
import { KIND, VOICE } from './fact-kinds.ts'
import { endedBy } from './handlings.ts'
import type { LegReader } from './leg-reader.ts'
import { activeMsOf, HANDLING, mayRepeat, LIVE, OUTCOME, type LegView } from './leg-view.ts'
import type { LiveState } from './live-state.ts'
import type { QueueTable } from './queue-table.ts'
import type { SettingsHistory } from './settings-history.ts'
import type { SharedTime } from './shared-time.ts'
import type { Timers } from './timers.ts'

/** Where a leg with a simple life stands: the only visit of its contact, told by one source in order, one agent. 0 is any other leg. */
export const PHASE = { other: 0, waiting: 1, ringing: 2, talking: 3, wrapping: 4, done: 5 } as const

/** Bits of LEG.marks. The lowest two are the channel. */
const MARK = { channelTold: 1 << 2, directionTold: 1 << 3, repeat: 1 << 4, waitTold: 1 << 5, resolved: 6, holdKnown: 1 << 8, transferred: 1 << 9, awaitsWrap: 1 << 10, byAgent: 1 << 11, byCustomer: 1 << 12, mayRepeat: 1 << 13 } as const
const CHANNEL = 3

/** The clock column of a leg holds 24 days; what lies further off is read from its facts. */
const FAR_MS = 2_000_000_000
/** Further sources share a bit with earlier ones. */
const LAST_SOURCE = 30
/** `contact.offer_missed` with this reason is nobody's miss: the caller left or another agent won. */
const WITHDRAWN = 8

export interface NewestParts {
  readonly legs: LegTable
  readonly reader: LegReader
  readonly book: Booking
  readonly queues: QueueTable
  readonly live: LiveState
  readonly shared: SharedTime
  readonly timers: Timers
  readonly settings: SettingsHistory
  readonly dirtyQueues: DirtyList
}

/**
 * The short way for most facts: the newest of a leg with a simple life changes the sums by what is known beforehand, so the leg need not be
 * read. It does exactly what reading the leg before and after gives (`apply-contacts`); every doubt goes there.
 */
export class NewestFact {
  readonly #legs: LegTable
  readonly #reader: LegReader
  readonly #book: Booking
  readonly #queues: QueueTable
  readonly #live: LiveState
  readonly #shared: SharedTime
  readonly #timers: Timers
  readonly #settings: SettingsHistory
  readonly #dirtyQueues: DirtyList
  now = 0

  constructor(parts: NewestParts) {
    this.#legs = parts.legs
    this.#reader = parts.reader
    this.#book = parts.book
    this.#queues = parts.queues
    this.#live = parts.live
    this.#shared = parts.shared
    this.#timers = parts.timers
    this.#settings = parts.settings
    this.#dirtyQueues = parts.dirtyQueues
  }

  /** The first fact of a contact whose leg was just opened; false when the long way must take it. */
  begins(leg: number, staged: StagedFact): boolean {
    const { queue, at, meta } = staged
    if (staged.kind !== KIND.queued || queue < 0 || ((meta >> META.source) & 63) > LAST_SOURCE) return false
    const cells = this.#legs.cells
    const o = leg * LEG_STRIDE
    const version = cells[o + LEG.version]
    const within = this.#settings.withinMs(version, queue)
    if (this.now - at > within || at - this.now > FAR_MS) return false
    const told = (meta >> META.channel) & 7
    const channel = told === 0 ? this.#settings.channelIndex(version, queue) : told - 1
    // Who answers a written conversation, and how late, is read from the whole of it.
    if (channel !== VOICE) return false
    const direction = (meta >> META.direction) & 3
    const identified = ((meta >> META.subject) & 1) === 1
    const countsRepeat = identified && direction !== 2
    const repeat = identified && staged.v1 !== NONE && staged.v1 * 1000 <= this.#settings.repeatWithinMs(version, queue)
    const base = this.#legs.baseOf(leg)
    this.#legs.add(o, at - base, staged)
    this.#book.arrival(queue, this.#queues.lane(queue, channel), at, true, countsRepeat, repeat, 1, at)
    this.#live.comes(leg, queue, at)
    this.#timers.add(at + within + 1, leg)
    cells[o + LEG.phase] = PHASE.waiting
    cells[o + LEG.marks] = channel | (told === 0 ? 0 : MARK.channelTold) | (direction === 0 ? 0 : MARK.directionTold) | (repeat ? MARK.repeat : 0) | (countsRepeat ? MARK.mayRepeat : 0)
    cells[o + LEG.queuedAt] = at - base
    cells[o + LEG.agent] = NONE
    this.#stand(o, base, OUTCOME.pending, 0, true)
    this.#dirtyQueues.mark(queue)
    return true
  }

  /** A further fact of a contact whose first leg this is; false when the long way must take it. */
  follows(leg: number, staged: StagedFact): boolean {
    const cells = this.#legs.cells
    const o = leg * LEG_STRIDE
    const phase = cells[o + LEG.phase]
    const meta = staged.meta
    if (phase === PHASE.other || cells[o + LEG.next] !== NONE || ((meta >> META.source) & 63) > LAST_SOURCE) return false
    const queue = cells[o + LEG.queue]
    if ((staged.queue !== queue && staged.queue !== NONE) || cells[o + LEG.sources] !== 1 << ((meta >> META.source) & 63)) return false
    const marks = cells[o + LEG.marks]
    if ((((meta >> META.channel) & 7) !== 0 && (marks & MARK.channelTold) === 0) || (((meta >> META.direction) & 3) !== 0 && (marks & MARK.directionTold) === 0)) return false
    const base = this.#legs.baseOf(leg)
    const at = staged.at - base
    if (at > FAR_MS || this.now - base > FAR_MS || !this.#legs.isNewest(o, at, staged)) return false
    switch (staged.kind) {
      case KIND.offered:
        return this.#offered(leg, o, base, at, phase, staged)
      case KIND.missed:
        return this.#missed(leg, o, base, at, phase, staged)
      case KIND.answered:
        return this.#answered(leg, o, base, at, phase, staged)
      case KIND.transferred:
      case KIND.ended:
        return this.#ended(leg, o, base, at, phase, staged)
      case KIND.wrapped:
        return this.#wrapped(leg, o, base, at, phase, staged)
      case KIND.abandoned:
        return this.#abandoned(leg, o, base, at, phase, staged)
      default:
        return false
    }
  }

  /** What every settled leg keeps: its clock and what may still move it. */
  #stand(o: number, base: number, outcome: number, outcomeAt: number, timed: boolean): void {
    const cells = this.#legs.cells
    cells[o + LEG.clock] = this.now - base
    cells[o + LEG.state] = (cells[o + LEG.state] & ~(STATE_OUTCOME | STATE_TIMED)) | outcome | (timed ? STATE_TIMED : 0)
    cells[o + LEG.outcomeAt] = outcomeAt
  }

  #offered(leg: number, o: number, base: number, at: number, phase: number, staged: StagedFact): boolean {
    const cells = this.#legs.cells
    // Several agents may ring at once: the long way keeps them.
    if (phase !== PHASE.waiting || staged.agent < 0 || this.#turnsOver(o, base)) return false
    const queue = cells[o + LEG.queue]
    this.#legs.add(o, at, staged)
    this.#live.alerts(leg, queue, staged.agent, staged.at, 1)
    cells[o + LEG.phase] = PHASE.ringing
    cells[o + LEG.agent] = staged.agent
    cells[o + LEG.rungAt] = at
    cells[o + LEG.clock] = this.now - base
    this.#dirtyQueues.mark(queue)
    return true
  }

  #missed(leg: number, o: number, base: number, at: number, phase: number, staged: StagedFact): boolean {
    const cells = this.#legs.cells
    if (phase !== PHASE.ringing || cells[o + LEG.agent] !== staged.agent || this.#turnsOver(o, base)) return false
    const queue = cells[o + LEG.queue]
    this.#legs.add(o, at, staged)
    if (((staged.meta >> META.reason) & 31) !== WITHDRAWN) {
      this.#book.missedBy(staged.agent, staged.at, staged.v1 === NONE ? at - cells[o + LEG.rungAt] : staged.v1, 1)
      this.#book.missed(queue, this.#laneOf(o), base + cells[o + LEG.queuedAt], staged.at, 1, staged.at)
    }
    this.#live.alerts(leg, queue, staged.agent, staged.at, -1)
    cells[o + LEG.phase] = PHASE.waiting
    cells[o + LEG.agent] = NONE
    cells[o + LEG.clock] = this.now - base
    this.#dirtyQueues.mark(queue)
    return true
  }

  #answered(leg: number, o: number, base: number, at: number, phase: number, staged: StagedFact): boolean {
    const cells = this.#legs.cells
    // What others had ended later would be shared otherwise: the long way.
    if (phase > PHASE.ringing || staged.agent < 0 || !this.#shared.isInOrder(staged.agent, staged.at)) return false
    const queue = cells[o + LEG.queue]
    const queuedAt = base + cells[o + LEG.queuedAt]
    const waitMs = staged.wait === NONE ? staged.at - queuedAt : staged.wait
    const ringMs = staged.v2 !== NONE ? staged.v2 : phase === PHASE.ringing && cells[o + LEG.agent] === staged.agent ? at - cells[o + LEG.rungAt] : NONE
    this.#legs.add(o, at, staged)
    this.#book.answeredBy(staged.agent, staged.at, ringMs, 1)
    this.#book.answered(queue, this.#laneOf(o), queuedAt, staged.at, waitMs, ringMs, waitMs <= this.#settings.withinMs(cells[o + LEG.version], queue), true, (cells[o + LEG.marks] & MARK.mayRepeat) !== 0, (cells[o + LEG.marks] & MARK.repeat) !== 0, 1, staged.at)
    this.#stopWaiting(leg, o, phase, queue, staged.at)
    this.#live.talks(leg, queue, staged.agent, staged.at)
    this.#shared.begins(leg, staged.agent, staged.at)
    cells[o + LEG.phase] = PHASE.talking
    cells[o + LEG.agent] = staged.agent
    cells[o + LEG.answeredAt] = at
    if (staged.wait !== NONE) cells[o + LEG.marks] |= MARK.waitTold
    this.#stand(o, base, OUTCOME.answered, at, true)
    this.#dirtyQueues.mark(queue)
    return true
  }

  #abandoned(leg: number, o: number, base: number, at: number, phase: number, staged: StagedFact): boolean {
    const cells = this.#legs.cells
    if (phase > PHASE.ringing) return false
    const queue = cells[o + LEG.queue]
    const version = cells[o + LEG.version]
    const queuedAt = base + cells[o + LEG.queuedAt]
    const waitMs = staged.wait === NONE ? staged.at - queuedAt : staged.wait
    this.#legs.add(o, at, staged)
    this.#book.abandoned(queue, this.#laneOf(o), queuedAt, staged.at, waitMs, waitMs <= this.#settings.withinMs(version, queue), waitMs <= this.#settings.shortAbandonMs(version, queue), true, 1, staged.at)
    this.#stopWaiting(leg, o, phase, queue, staged.at)
    cells[o + LEG.phase] = PHASE.other
    this.#stand(o, base, OUTCOME.abandoned, at, false)
    this.#dirtyQueues.mark(queue)
    return true
  }

  #ended(leg: number, o: number, base: number, at: number, phase: number, staged: StagedFact): boolean {
    const cells = this.#legs.cells
    const agent = cells[o + LEG.agent]
    if (phase !== PHASE.talking || (staged.agent !== agent && staged.agent !== NONE) || !this.#shared.isInOrder(agent, staged.at)) return false
    const marks = cells[o + LEG.marks]
    if (staged.wait !== NONE && (marks & MARK.waitTold) === 0) return false
    const { v1: talk, v2: hold, meta } = staged
    const queue = cells[o + LEG.queue]
    const version = cells[o + LEG.version]
    const wraps = !this.#settings.endsAtOnce(version, (meta >> META.source) & 63)
    if (wraps && staged.at + this.#settings.acwCapMs(version, queue) <= this.now) return false
    const answeredAt = base + cells[o + LEG.answeredAt]
    const talkMs = talk === NONE ? Math.max(0, staged.at - answeredAt - Math.max(0, hold)) : talk
    const transferred = ((meta >> META.transfer) & 1) === 1
    const by = endedBy(meta)
    const flags = (hold === NONE ? 0 : HANDLING.holdKnown) | (transferred ? HANDLING.transferred : 0) | by
    this.#legs.add(o, at, staged)
    const part = this.#shared.ends(leg, agent, answeredAt, Infinity, staged.at)
    if (!wraps) {
      const handleMs = talkMs + Math.max(0, hold)
      const activeMs = activeMsOf(handleMs, part)
      this.#book.handledBy(agent, staged.at, handleMs, activeMs, 1)
      this.#book.handled(queue, this.#laneOf(o), base + cells[o + LEG.queuedAt], staged.at, talkMs, hold, NONE, activeMs, flags, 1, staged.at)
    }
    this.#resolve(o, base, staged)
    this.#live.hangsUp(leg, queue, agent, answeredAt, staged.at, wraps)
    cells[o + LEG.phase] = wraps ? PHASE.wrapping : PHASE.done
    cells[o + LEG.marks] |= marksOf(flags)
    cells[o + LEG.endedAt] = at
    cells[o + LEG.talk] = talkMs
    cells[o + LEG.hold] = hold
    if (wraps) this.#timers.add(staged.at + this.#settings.acwCapMs(version, queue), leg)
    this.#stand(o, base, OUTCOME.answered, cells[o + LEG.outcomeAt], wraps)
    this.#dirtyQueues.mark(queue)
    return true
  }

  #wrapped(leg: number, o: number, base: number, at: number, phase: number, staged: StagedFact): boolean {
    const cells = this.#legs.cells
    const agent = cells[o + LEG.agent]
    if (phase !== PHASE.wrapping || (staged.agent !== agent && staged.agent !== NONE) || !this.#shared.isInOrder(agent, base + cells[o + LEG.endedAt])) return false
    const queue = cells[o + LEG.queue]
    const cap = this.#settings.acwCapMs(cells[o + LEG.version], queue)
    const told = staged.v1 === NONE ? at - cells[o + LEG.endedAt] : staged.v1
    const acwMs = told > cap ? cap : told
    const marks = cells[o + LEG.marks]
    const flags = HANDLING.acwKnown | (told > cap ? HANDLING.capped : 0) | ((marks & MARK.holdKnown) === 0 ? 0 : HANDLING.holdKnown) | ((marks & MARK.transferred) === 0 ? 0 : HANDLING.transferred) | ((marks & MARK.byAgent) === 0 ? 0 : HANDLING.byAgent) | ((marks & MARK.byCustomer) === 0 ? 0 : HANDLING.byCustomer)
    const [talkMs, holdMs] = [cells[o + LEG.talk], cells[o + LEG.hold]]
    this.#legs.add(o, at, staged)
    const handleMs = talkMs + Math.max(0, holdMs) + acwMs
    const endedAt = base + cells[o + LEG.endedAt]
    const freeAt = Math.min(staged.at, endedAt + cap)
    const activeMs = activeMsOf(handleMs, this.#shared.ends(leg, agent, base + cells[o + LEG.answeredAt], endedAt, freeAt))
    this.#book.handledBy(agent, staged.at, handleMs, activeMs, 1)
    this.#book.handled(queue, this.#laneOf(o), base + cells[o + LEG.queuedAt], staged.at, talkMs, holdMs, acwMs, activeMs, flags, 1, staged.at)
    this.#resolve(o, base, staged)
    this.#live.wrapsUp(leg, queue, agent, base + cells[o + LEG.answeredAt], freeAt)
    cells[o + LEG.phase] = PHASE.done
    this.#stand(o, base, OUTCOME.answered, cells[o + LEG.outcomeAt], false)
    this.#dirtyQueues.mark(queue)
    return true
  }

  /** The first word on whether it was resolved; a repeat is not asked. */
  #resolve(o: number, base: number, staged: StagedFact): void {
    const cells = this.#legs.cells
    const said = (staged.meta >> META.resolved) & 3
    const marks = cells[o + LEG.marks]
    if (said === 0 || ((marks >> MARK.resolved) & 3) !== 0) return
    cells[o + LEG.marks] = marks | (said << MARK.resolved)
    if ((marks & MARK.repeat) === 0) this.#book.disposed(cells[o + LEG.queue], this.#laneOf(o), base + cells[o + LEG.queuedAt], staged.at, said === 2, 1, staged.at)
  }

  #laneOf(o: number): number {
    const cells = this.#legs.cells
    return this.#queues.lane(cells[o + LEG.queue], cells[o + LEG.marks] & CHANNEL)
  }

  /** Whether the leg waits past its target now but did not when it was last settled. */
  #turnsOver(o: number, base: number): boolean {
    const cells = this.#legs.cells
    const within = this.#settings.withinMs(cells[o + LEG.version], cells[o + LEG.queue])
    return this.now - base - cells[o + LEG.queuedAt] > within !== cells[o + LEG.clock] - cells[o + LEG.queuedAt] > within
  }

  #stopWaiting(leg: number, o: number, phase: number, queue: number, at: number): void {
    const cells = this.#legs.cells
    const over = cells[o + LEG.clock] - cells[o + LEG.queuedAt] > this.#settings.withinMs(cells[o + LEG.version], queue)
    this.#live.stopsWaiting(leg, queue, over)
    if (phase === PHASE.ringing) this.#live.alerts(leg, queue, cells[o + LEG.agent], at, -1)
  }

  /** After the long way took a fact: whether the next one may go the short way. `view` is the leg as the reader just read it. */
  noteAfter(leg: number, view: LegView): void {
    const cells = this.#legs.cells
    const o = leg * LEG_STRIDE
    const sources = cells[o + LEG.sources]
    const single = cells[o + LEG.next] === NONE && this.#legs.contacts.first[cells[o + LEG.contact]] === leg
    cells[o + LEG.phase] = PHASE.other
    if (!single || view.queue < 0 || view.channel !== VOICE || !view.offered || (cells[o + LEG.state] & STATE_EXPLICIT) !== 0 || (sources & (sources - 1)) !== 0 || !this.#reader.isPlain() || view.surveyed) return
    const phase = phaseOf(view)
    if (phase === PHASE.other) return
    const base = this.#legs.baseOf(leg)
    cells[o + LEG.phase] = phase
    cells[o + LEG.marks] = view.channel | (this.#reader.channelTold ? MARK.channelTold : 0) | (view.direction < 0 ? 0 : MARK.directionTold) | (view.repeat ? MARK.repeat : 0) | (mayRepeat(view) ? MARK.mayRepeat : 0) | (this.#reader.waitTold ? MARK.waitTold : 0) | (view.resolved << MARK.resolved) | (phase === PHASE.wrapping ? marksOf(view.flags[0]) : 0)
    cells[o + LEG.agent] = phase === PHASE.waiting ? NONE : phase === PHASE.ringing ? view.ringAgent[0] : view.agent[0]
    cells[o + LEG.queuedAt] = view.queuedAt - base
    if (phase === PHASE.ringing) cells[o + LEG.rungAt] = view.ringSince[0] - base
    if (phase < PHASE.talking) return
    cells[o + LEG.answeredAt] = view.answeredAt[0] - base
    cells[o + LEG.endedAt] = view.endedAt[0] - base
    cells[o + LEG.talk] = view.talk[0]
    cells[o + LEG.hold] = view.hold[0]
  }
}

/** What the flags of a handling say of its end, for the wrap-up that follows. */
const marksOf = (flags: number): number => ((flags & HANDLING.holdKnown) === 0 ? 0 : MARK.holdKnown) | ((flags & HANDLING.transferred) === 0 ? 0 : MARK.transferred) | ((flags & HANDLING.byAgent) === 0 ? 0 : MARK.byAgent) | ((flags & HANDLING.byCustomer) === 0 ? 0 : MARK.byCustomer)

const phaseOf = (view: LegView): number => {
  if (view.outcome === OUTCOME.pending && view.handlings === 0) return view.ringing === 0 ? PHASE.waiting : view.ringing === 1 ? PHASE.ringing : PHASE.other
  if (view.outcome !== OUTCOME.answered || view.handlings !== 1 || view.agent[0] < 0) return PHASE.other
  if (view.live === LIVE.inProgress) return PHASE.talking
  return view.live === LIVE.inAcw ? PHASE.wrapping : PHASE.other
}
