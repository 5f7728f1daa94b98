import { FACT_STRIDE, LEG, LEG_STRIDE, META, NONE, type LegTable } from '../legs.ts'
import { Dials } from './dials.ts'
import { endsExchange, Exchange } from './exchange.ts'
import { KIND, provesQueue, VOICE } from './fact-kinds.ts'
import { Handlings, resolveIn } from './handlings.ts'
import { activeMsOf, contactEnd, HANDLING, LIVE, OUTCOME, type LegView } from './leg-view.ts'
import { Rings } from './rings.ts'
import type { SettingsHistory } from './settings-history.ts'
import { sharedPart, type SharedPart } from './shared-part.ts'

const NO_FACT = -1
const NOT_SHARED: readonly SharedPart[] = []
/** The scale of NPS, in hundredths. */
const NPS_MAX = 1_000

/** Reads a leg into `view`. A pure function of the leg's facts, its pinned settings and its clock. */
export class LegReader {
  readonly #legs: LegTable
  readonly #settings: SettingsHistory
  readonly #rings = new Rings()
  readonly #handlings: Handlings
  readonly #dials = new Dials()
  readonly #exchange: Exchange
  // Registers of the pass over the facts.
  #base = 0
  #terminal = NO_FACT
  #terminalRank = 0
  #terminalAt = 0
  #lostAt = 0
  #lostReason = 0
  #queued = false
  #refusedAt = 0
  #inQueue = false
  #dialled = false

  constructor(legs: LegTable, settings: SettingsHistory) {
    this.#legs = legs
    this.#settings = settings
    this.#handlings = new Handlings(settings)
    this.#exchange = new Exchange(settings)
  }

  read(leg: number, view: LegView): LegView {
    const o = leg * LEG_STRIDE
    const cells = this.#legs.cells
    const facts = this.#legs.facts
    view.clear()
    view.exists = true
    view.queue = cells[o + LEG.queue]
    view.channel = 0
    view.direction = NONE
    view.uncertain = false
    view.reason = 0
    view.waitMs = NONE
    view.previousGap = NONE
    view.surveyResolved = 0
    view.callbackDueAt = 0
    this.#base = cells[o + LEG.base] * 60_000
    this.#terminal = NO_FACT
    this.#terminalRank = 0
    this.#handlings.begin()
    this.#exchange.begin()
    this.#lostAt = 0
    this.#queued = false
    this.#refusedAt = 0
    this.#inQueue = false
    this.#dialled = false
    const version = cells[o + LEG.version]
    for (let fact = cells[o + LEG.head]; fact !== NONE; fact = facts[fact * FACT_STRIDE]) this.#take(facts, fact * FACT_STRIDE, view, version)
    const [gap, kept] = [cells[o + LEG.gap], cells[o + LEG.keptGap]]
    if (gap !== 0 || kept !== 0) follow(view, gap, kept)
    this.#conclude(view, version, this.#base + cells[o + LEG.clock], this.#base + cells[o + LEG.firstAt])
    if (view.channel !== VOICE || view.responses !== 0) this.#exchange.conclude(view, version)
    if (view.handlings > 0) this.#share(view, cells[o + LEG.shared] === 0 ? NOT_SHARED : this.#legs.shared.get(leg))
    return view
  }

  #share(view: LegView, parts: readonly SharedPart[] = NOT_SHARED): void {
    for (let i = 0; i < view.handlings; i++) {
      const handleMs = Math.max(0, view.talk[i]) + Math.max(0, view.hold[i]) + Math.max(0, view.acw[i])
      view.active[i] = parts.length === 0 ? handleMs : activeMsOf(handleMs, sharedPart(parts, view.agent[i], view.answeredAt[i], contactEnd(view, i)))
    }
  }

  /** The leg was not forgotten. */
  isThere(leg: number): boolean {
    return this.#legs.cells[leg * LEG_STRIDE + LEG.used] === 1
  }

  /** After `read`: nothing but its enqueueing, offers, misses, one answer and its end were told, in a plain way. */
  isPlain(): boolean {
    return this.#queued && this.#terminal === NO_FACT && this.#handlings.bareEnd === 0 && this.#lostAt === 0 && this.#refusedAt === 0 && this.#handlings.heldAt === 0 && this.#handlings.holds === 0 && !this.#dialled && this.#exchange.isSilent
  }

  get waitTold(): boolean {
    return this.#handlings.waitHint !== NONE
  }

  channelTold = false

  #take(facts: Int32Array, f: number, view: LegView, version: number): void {
    const meta = facts[f + 1]
    const kind = meta & 31
    const at = this.#base + facts[f + 2]
    if (view.channel === 0) view.channel = (meta >> META.channel) & 7
    if (view.direction === NONE && (meta >> META.direction) & 3) view.direction = ((meta >> META.direction) & 3) - 1
    if (provesQueue(kind)) this.#inQueue = true
    if (endsExchange(kind)) this.#exchange.end(at, kind === KIND.ended)
    if (endsDial(kind)) this.#dials.end(view, at)
    switch (kind) {
      case KIND.queued:
        if (!this.#queued) {
          this.#queued = true
          view.queuedAt = at
        }
        this.#identify(facts, f, meta, view)
        return
      case KIND.reopened:
        this.#exchange.reopen(at)
        this.#identify(facts, f, meta, view)
        return
      case KIND.created:
        this.#identify(facts, f, meta, view)
        return
      case KIND.offered:
        this.#rings.ring(view, facts[f + 3], at)
        return
      case KIND.missed:
        this.#rings.miss(view, at, facts[f + 3], facts[f + 4], meta)
        return
      case KIND.answered:
        if (view.ringMs === NONE) view.ringMs = facts[f + 5] !== NONE ? facts[f + 5] : this.#rings.lastedFor(view, facts[f + 3], at)
        this.#handlings.answer(view, at, facts[f + 3])
        this.#exchange.answered(at)
        if (this.#handlings.waitHint === NONE) this.#handlings.waitHint = facts[f + 6]
        return
      case KIND.held:
        this.#handlings.hold(at)
        this.#exchange.hold(at)
        return
      case KIND.resumed:
        this.#handlings.resume(at)
        this.#exchange.resume(at)
        return
      case KIND.transferred:
        this.#exchange.passOn()
        this.#handlings.end(facts, f, view, at, meta, version)
        return
      case KIND.ended:
        this.#handlings.end(facts, f, view, at, meta, version)
        return
      case KIND.wrapped:
        this.#handlings.wrap(facts, f, view, at)
        if (view.resolved === 0) resolveIn(view, meta, at)
        return
      case KIND.message:
        this.#exchange.message(view, at, facts[f + 4], facts[f + 3], this.#queued ? view.queuedAt : 0)
        return
      case KIND.surveySent:
        if (view.surveySentAt === 0) view.surveySentAt = at
        return
      case KIND.survey:
        this.#survey(facts, f, view, at, meta)
        return
      case KIND.refused:
        if (this.#refusedAt === 0) {
          this.#refusedAt = at
          view.reason = (meta >> META.reason) & 31
        }
        return
      case KIND.callbackRequested:
        view.callbackDueAt = facts[f + 4] === NONE ? 0 : at + facts[f + 4] * 1000
        this.#terminate(OUTCOME.callback, 3, f, at, meta, view)
        return
      case KIND.callbackAttempted:
        this.#dialled = true
        this.#dials.begin(view, at, facts[f + 3])
        return
      case KIND.callbackConnected:
        // Where no answer is told beside it, this is the one: the agent talks from now on.
        if (this.#terminal === OUTCOME.callback) this.#handlings.answer(view, at, facts[f + 3] === NONE && view.dials > 0 ? view.dialAgent[view.dials - 1] : facts[f + 3])
        return
      case KIND.abandoned:
        this.#terminate(OUTCOME.abandoned, (meta >> META.uncertain) & 1 ? 1 : 2, f, at, meta, view)
        return
      case KIND.left:
        this.#terminate(OUTCOME.flowedOut, 2, f, at, meta, view)
        return
      case KIND.failed:
        this.#terminate(OUTCOME.system, 2, f, at, meta, view)
        this.#handlings.cut(view, at)
        return
      case KIND.lost:
        if (this.#lostAt === 0) {
          this.#lostAt = at
          this.#lostReason = (meta >> META.reason) & 31
        }
        return
      default:
        return
    }
  }

  #identify(facts: Int32Array, f: number, meta: number, view: LegView): void {
    if ((meta >> META.subject) & 1) view.identified = true
    if (facts[f + 4] !== NONE && (view.previousGap === NONE || facts[f + 4] < view.previousGap)) view.previousGap = facts[f + 4]
  }

  /** An answer can be edited later: the last one counts. */
  #survey(facts: Int32Array, f: number, view: LegView, at: number, meta: number): void {
    if ((meta >> META.resolved) & 3) view.surveyResolved = (meta >> META.resolved) & 3
    const span = facts[f + 6] - facts[f + 5]
    if (facts[f + 4] === NONE || span <= 0) return
    const share = Math.min(1, Math.max(0, (facts[f + 4] - facts[f + 5]) / span))
    view.surveyed = true
    view.surveyAt = at
    // A multiple of 1/1024, so that sums taken back are exact.
    view.surveyScore = Math.round((1 + 4 * share) * 1024) / 1024
    view.satisfied = share >= 0.75
    view.nps = facts[f + 5] !== 0 || facts[f + 6] !== NPS_MAX ? 0 : facts[f + 4] >= 900 ? 3 : facts[f + 4] > 600 ? 2 : 1
  }

  #terminate(outcome: number, rank: number, f: number, at: number, meta: number, view: LegView): void {
    const wait = this.#legs.facts[f + 6]
    if (rank <= this.#terminalRank) {
      if (this.#terminalWait === NONE && wait !== NONE && outcome === this.#terminal) this.#terminalWait = wait
      return
    }
    this.#terminal = outcome
    this.#terminalRank = rank
    this.#terminalAt = at
    this.#terminalWait = wait
    view.uncertain = rank === 1
    view.reason = (meta >> META.reason) & 31
  }

  #terminalWait = NONE

  #conclude(view: LegView, version: number, clock: number, firstAt: number): void {
    this.channelTold = view.channel !== 0
    if (this.#lostAt !== 0) this.#lose(view)
    if (view.queue < 0) {
      view.channel = Math.max(0, view.channel - 1)
      this.#live(view, version, clock, false)
      view.outcome = OUTCOME.none
      view.queuedAt = firstAt
      return
    }
    if (view.channel === 0) view.channel = this.#settings.channelIndex(version, view.queue)
    else view.channel--
    this.#decide(view, firstAt)
    view.waitMs = view.waitMs < 0 ? view.waitMs : Math.round(view.waitMs)
    const within = this.#settings.withinMs(version, view.queue)
    view.offered = view.outcome !== OUTCOME.refused && this.#inQueue
    view.inTarget = view.outcome !== OUTCOME.pending && view.waitMs >= 0 && view.waitMs <= within
    view.short = view.outcome === OUTCOME.abandoned && view.waitMs <= this.#settings.shortAbandonMs(version, view.queue)
    view.repeat = view.identified && view.previousGap !== NONE && view.previousGap * 1000 <= this.#settings.repeatWithinMs(version, view.queue)
    if (!this.#inQueue) view.outcome = OUTCOME.none
    this.#live(view, version, clock, view.outcome === OUTCOME.pending)
    view.overTarget = view.outcome === OUTCOME.pending && clock - view.queuedAt > within
  }

  /** Lost contacts: a running conversation ended nobody knows when, so it does not count as handled. */
  #lose(view: LegView): void {
    for (let i = 0; i < view.handlings; i++) {
      if (view.endedAt[i] !== 0 || view.answeredAt[i] > this.#lostAt) continue
      view.endedAt[i] = this.#lostAt
      this.#handlings.measure(view, i, NONE, NONE)
      view.flags[i] |= HANDLING.lost
    }
    if (this.#terminal === NO_FACT && view.handlings === 0) {
      // 17 is 'superseded': the contact came back to the queue, so it had left it.
      this.#terminal = this.#lostReason === 17 ? OUTCOME.flowedOut : OUTCOME.system
      this.#terminalAt = this.#lostAt
      this.#terminalWait = NONE
      view.uncertain = true
      view.reason = this.#lostReason
    }
  }

  /** Outcomes are exclusive: an agent's connection is the strongest word, then what a source is certain of, then the earliest. Whoever took a callback is connected by it, not answered. */
  #decide(view: LegView, firstAt: number): void {
    let wait: number = NONE
    const calledBack = view.handlings > 0 && this.#terminal === OUTCOME.callback && view.answeredAt[0] > this.#terminalAt
    if (view.handlings > 0 && !calledBack) {
      view.outcome = OUTCOME.answered
      view.outcomeAt = view.answeredAt[0]
      view.uncertain = false
      view.reason = 0
      wait = this.#handlings.waitHint
    } else if (this.#terminal !== NO_FACT) {
      view.outcome = this.#terminal
      view.outcomeAt = this.#terminalAt
      wait = this.#terminalWait
    } else if (this.#handlings.bareEnd !== 0) {
      view.outcome = this.#handlings.bareBySystem ? OUTCOME.system : OUTCOME.abandoned
      view.outcomeAt = this.#handlings.bareEnd
    } else if (this.#refusedAt !== 0 && !this.#queued) {
      view.outcome = OUTCOME.refused
      view.outcomeAt = this.#refusedAt
    } else if (this.#refusedAt !== 0) {
      view.outcome = OUTCOME.flowedOut
      view.outcomeAt = this.#refusedAt
    } else {
      view.outcome = OUTCOME.pending
      view.outcomeAt = 0
    }
    if (!this.#queued) view.queuedAt = view.outcome === OUTCOME.pending || wait === NONE ? firstAt : Math.min(firstAt, view.outcomeAt - wait)
    if (view.outcome === OUTCOME.pending || view.outcome === OUTCOME.refused) return
    // Clocks that differ must not let a contact leave before it came: it counts where it was enqueued.
    if (view.outcomeAt < view.queuedAt) view.outcomeAt = view.queuedAt
    view.waitMs = wait === NONE ? Math.max(0, view.outcomeAt - view.queuedAt) : wait
  }

  #live(view: LegView, version: number, clock: number, pending: boolean): void {
    if (this.#dialled) this.#dials.conclude(view, clock)
    if (pending) {
      view.live = view.ringing > 0 ? LIVE.alerting : LIVE.waiting
      return
    }
    this.#rings.end(view, view.outcome === OUTCOME.answered ? view.answeredAt[0] : view.outcome === OUTCOME.none ? 0 : view.outcomeAt)
    view.live = LIVE.none
    const cap = this.#settings.acwCapMs(version, view.queue)
    for (let i = 0; i < view.handlings; i++) {
      view.freeAt[i] = 0
      if (view.endedAt[i] === 0) {
        view.live = LIVE.inProgress
        continue
      }
      view.freeAt[i] = view.endedAt[i]
      if (view.wrappedAt[i] !== 0) {
        view.freeAt[i] = Math.max(view.endedAt[i], Math.min(view.wrappedAt[i], view.endedAt[i] + cap))
        view.countedAt[i] = Math.max(view.endedAt[i], view.wrappedAt[i])
        if (view.acw[i] > cap) {
          view.acw[i] = cap
          view.flags[i] |= HANDLING.capped
        }
        view.flags[i] &= ~HANDLING.awaitsWrap
      } else if ((view.flags[i] & HANDLING.awaitsWrap) === 0 || view.endedAt[i] + cap <= clock) {
        view.countedAt[i] = view.endedAt[i]
        if ((view.flags[i] & HANDLING.awaitsWrap) !== 0) view.freeAt[i] = view.endedAt[i] + cap
        view.flags[i] &= ~HANDLING.awaitsWrap
      } else {
        view.freeAt[i] = 0
        if (view.live === LIVE.none) view.live = LIVE.inAcw
      }
      if ((view.flags[i] & HANDLING.lost) !== 0) view.countedAt[i] = 0
    }
  }
}

/** The fold knows of contacts before it besides those that the door told of. */
const follow = (view: LegView, gap: number, kept: number): void => {
  for (const known of [gap, kept]) if (known !== 0 && (view.previousGap === NONE || known - 1 < view.previousGap)) view.previousGap = known - 1
}

/** Kinds that end an attempt to call back. */
const endsDial = (kind: number): boolean => ((DIAL_ENDS >> kind) & 1) === 1
const DIAL_ENDS = [KIND.answered, KIND.callbackConnected, KIND.callbackFailed, KIND.transferred, KIND.ended, KIND.wrapped, KIND.failed, KIND.lost].reduce((bits, kind) => bits | (1 << kind), 0)
