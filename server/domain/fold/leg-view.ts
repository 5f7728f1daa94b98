import { FACT_STRIDE, LEG, LEG_STRIDE, META, NONE, type LegTable } from '../legs.ts'
import { KIND, provesQueue, SAME_MOMENT_MS } from './fact-kinds.ts'
import type { SettingsHistory } from './settings-history.ts'

export const OUTCOME = { pending: 0, answered: 1, abandoned: 2, callback: 3, flowedOut: 4, system: 5, refused: 6, none: 7 } as const
export const LIVE = { none: 0, waiting: 1, alerting: 2, inProgress: 3, inAcw: 4 } as const

const MAX = 16

/** What the facts of one leg say, at the leg's own clock. One view is reused for every fact: instants and sums are numbers, NONE where unknown. */
export class LegView {
  exists = false
  queue = NONE
  channel = 0
  direction = NONE
  queuedAt = 0.5
  offered = false
  outcome: number = OUTCOME.none
  outcomeAt = 0.5
  reason = 0
  waitMs = 0.5
  inTarget = false
  short = false
  uncertain = false
  overTarget = false
  live: number = LIVE.none
  identified = false
  repeat = false
  /** Seconds between the end of the subject's previous contact and this one, NONE when unknown. */
  previousGap = NONE
  /** 0 none, 1 no, 2 yes. */
  resolved = 0
  resolvedAt = 0.5
  surveyAt = 0.5
  surveyScore = 0.5
  satisfied = false
  surveyed = false
  /** Of an answer from 0 to 10: 0 none, 1 detractor, 2 passive, 3 promoter. */
  nps = 0
  surveyResolved = 0
  /** When the customer left while on hold; 0 when they did not. */
  holdLeftAt = 0.5
  callbackDueAt = 0.5

  /** Handlings: one agent's part in the leg. */
  handlings = 0
  readonly agent = new Int32Array(MAX)
  readonly answeredAt = new Float64Array(MAX)
  /** 0 while the conversation runs. */
  readonly endedAt = new Float64Array(MAX)
  readonly wrappedAt = new Float64Array(MAX)
  readonly talk = new Float64Array(MAX)
  readonly hold = new Float64Array(MAX)
  readonly acw = new Float64Array(MAX)
  /** When the handling counted (END basis); 0 while it has not. */
  readonly countedAt = new Float64Array(MAX)
  readonly flags = new Int32Array(MAX)

  misses = 0
  missAt = new Float64Array(MAX)
  missAgent = new Int32Array(MAX)

  ringing = 0
  readonly ringAgent = new Int32Array(MAX)

  clear(): void {
    this.exists = false
    this.offered = false
    this.outcome = OUTCOME.none
    this.handlings = 0
    this.misses = 0
    this.ringing = 0
    this.queue = NONE
    this.live = LIVE.none
    this.identified = false
    this.surveyed = false
    this.nps = 0
    this.holdLeftAt = 0
    this.resolved = 0
  }
}

/** Bits of LegView.flags. */
export const HANDLING = { transferred: 1, holdKnown: 2, acwKnown: 4, capped: 8, lost: 16, awaitsWrap: 32 } as const

const NO_FACT = -1
/** An end that the agent, the system or a transfer made is no customer leaving. */
const LEFT_OTHERWISE = (1 << META.byAgent) | (1 << META.bySystem) | (1 << META.transfer)
/** The scale of NPS, in hundredths. */
const NPS_MAX = 1_000

/** Reads a leg into `view`. A pure function of the leg's facts, its pinned settings and its clock. */
export class LegReader {
  readonly #legs: LegTable
  readonly #settings: SettingsHistory
  // Registers of the pass over the facts.
  #base = 0
  #terminal = NO_FACT
  #terminalRank = 0
  #terminalAt = 0
  #waitHint = NONE
  #heldAt = 0
  #heldSum = 0
  #holds = 0
  #bareEnd = 0
  #bareBySystem = false
  #lostAt = 0
  #lostReason = 0
  #queued = false
  #refusedAt = 0
  #inQueue = false

  constructor(legs: LegTable, settings: SettingsHistory) {
    this.#legs = legs
    this.#settings = settings
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
    this.#waitHint = NONE
    this.#heldAt = 0
    this.#heldSum = 0
    this.#holds = 0
    this.#bareEnd = 0
    this.#lostAt = 0
    this.#queued = false
    this.#refusedAt = 0
    this.#inQueue = false
    const version = cells[o + LEG.version]
    for (let fact = cells[o + LEG.head]; fact !== NONE; fact = facts[fact * FACT_STRIDE]) this.#take(facts, fact * FACT_STRIDE, view, version)
    this.#conclude(view, version, this.#base + cells[o + LEG.clock], this.#base + cells[o + LEG.firstAt])
    return view
  }

  /** After `read`: nothing but its enqueueing, offers, misses, one answer and its end were told, in a plain way. */
  isPlain(): boolean {
    return this.#queued && this.#terminal === NO_FACT && this.#bareEnd === 0 && this.#lostAt === 0 && this.#refusedAt === 0 && this.#heldAt === 0 && this.#holds === 0
  }

  get waitTold(): boolean {
    return this.#waitHint !== NONE
  }

  channelTold = false

  #take(facts: Int32Array, f: number, view: LegView, version: number): void {
    const meta = facts[f + 1]
    const kind = meta & 31
    const at = this.#base + facts[f + 2]
    if (view.channel === 0) view.channel = (meta >> META.channel) & 7
    if (view.direction === NONE && (meta >> META.direction) & 3) view.direction = ((meta >> META.direction) & 3) - 1
    if (provesQueue(kind)) this.#inQueue = true
    switch (kind) {
      case KIND.queued:
        if (!this.#queued) {
          this.#queued = true
          view.queuedAt = at
        }
        this.#identify(facts, f, meta, view)
        return
      case KIND.created:
      case KIND.reopened:
        this.#identify(facts, f, meta, view)
        return
      case KIND.offered:
        this.#ring(view, facts[f + 3])
        return
      case KIND.missed:
        this.#miss(view, at, facts[f + 3], meta)
        return
      case KIND.answered:
        this.#answer(view, at, facts[f + 3])
        if (this.#waitHint === NONE) this.#waitHint = facts[f + 6]
        return
      case KIND.held:
        if (this.#heldAt === 0) this.#heldAt = at
        return
      case KIND.resumed:
        if (this.#heldAt !== 0) this.#closeHold(at)
        return
      case KIND.transferred:
      case KIND.ended:
        this.#end(facts, f, view, at, meta, version)
        return
      case KIND.wrapped:
        this.#wrap(facts, f, view, at)
        if (view.resolved === 0) this.#resolve(view, meta, at)
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
      case KIND.abandoned:
        this.#terminate(OUTCOME.abandoned, (meta >> META.uncertain) & 1 ? 1 : 2, f, at, meta, view)
        return
      case KIND.left:
        this.#terminate(OUTCOME.flowedOut, 2, f, at, meta, view)
        return
      case KIND.failed:
        this.#terminate(OUTCOME.system, 2, f, at, meta, view)
        this.#cut(view, at)
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

  #ring(view: LegView, agent: number): void {
    if (view.handlings > 0 || view.ringing >= MAX) return
    for (let i = 0; i < view.ringing; i++) if (view.ringAgent[i] === agent) return
    view.ringAgent[view.ringing++] = agent
  }

  #miss(view: LegView, at: number, agent: number, meta: number): void {
    for (let i = 0; i < view.ringing; i++) {
      if (view.ringAgent[i] !== agent) continue
      view.ringAgent[i] = view.ringAgent[--view.ringing]
      break
    }
    // 8 is 'withdrawn': the caller left or another agent won, nobody's miss.
    if (((meta >> META.reason) & 31) === 8) return
    const source = (meta >> META.source) & 63
    if (view.misses === view.missAt.length) this.#growMisses(view)
    // The same ring told by a second source is one ring.
    for (let i = 0; i < view.misses; i++) {
      if ((view.missAgent[i] & 0x3ffffff) === (agent & 0x3ffffff) && at - view.missAt[i] <= SAME_MOMENT_MS && this.#missSource[i] !== source && this.#missPaired[i] === 0) {
        this.#missPaired[i] = 1
        return
      }
    }
    this.#missSource[view.misses] = source
    this.#missPaired[view.misses] = 0
    view.missAt[view.misses] = at
    view.missAgent[view.misses++] = agent
  }

  #missSource: number[] = []
  #missPaired: number[] = []

  #growMisses(view: LegView): void {
    const at = new Float64Array(view.missAt.length * 2)
    at.set(view.missAt)
    view.missAt = at
    const agent = new Int32Array(view.missAgent.length * 2)
    agent.set(view.missAgent)
    view.missAgent = agent
  }

  #open(view: LegView, agent: number, at: number): number {
    const i = view.handlings < MAX ? view.handlings++ : MAX - 1
    view.agent[i] = agent
    view.answeredAt[i] = at
    view.endedAt[i] = 0
    view.wrappedAt[i] = 0
    view.talk[i] = NONE
    view.hold[i] = NONE
    view.acw[i] = NONE
    view.countedAt[i] = 0
    view.flags[i] = 0
    view.ringing = 0
    this.#heldAt = 0
    this.#heldSum = 0
    this.#holds = 0
    return i
  }

  #answer(view: LegView, at: number, agent: number): void {
    for (let i = view.handlings - 1; i >= 0; i--) {
      if (view.agent[i] !== agent && view.agent[i] !== NONE && agent !== NONE) continue
      // Told twice: still talking, or a second source's word for a conversation that was over at once.
      if (view.endedAt[i] === 0 || at - view.endedAt[i] <= SAME_MOMENT_MS) {
        if (view.agent[i] === NONE) view.agent[i] = agent
        return
      }
    }
    this.#open(view, agent, at)
  }

  #closeHold(at: number): void {
    this.#heldSum += at - this.#heldAt
    this.#holds++
    this.#heldAt = 0
  }

  /** The handling that an end or a wrap-up of `agent` speaks of; NO_FACT when none fits. */
  #handlingOf(view: LegView, agent: number, ended: boolean): number {
    for (let i = view.handlings - 1; i >= 0; i--) {
      if ((view.agent[i] === agent || agent === NONE || view.agent[i] === NONE) && view.endedAt[i] !== 0 === ended) return i
    }
    return NO_FACT
  }

  #end(facts: Int32Array, f: number, view: LegView, at: number, meta: number, version: number): void {
    const agent = facts[f + 3]
    const talk = facts[f + 4]
    const hold = facts[f + 5]
    if (view.resolved === 0) this.#resolve(view, meta, at)
    let i = this.#handlingOf(view, agent, false)
    if (i === NO_FACT) {
      const told = this.#handlingOf(view, agent, true)
      if (told !== NO_FACT) return this.#endAgain(facts, f, view, told, at, meta)
      if (agent === NONE && talk === NONE) {
        if (this.#bareEnd === 0) {
          this.#bareEnd = at
          this.#bareBySystem = ((meta >> META.bySystem) & 1) === 1
        }
        return
      }
      // The answer was lost: the end's own figures tell when it was.
      i = this.#open(view, agent, at - Math.max(0, talk) - Math.max(0, hold))
    }
    if (view.agent[i] === NONE) view.agent[i] = agent
    if (this.#waitHint === NONE) this.#waitHint = facts[f + 6]
    view.endedAt[i] = at
    if (this.#heldAt !== 0) {
      if ((meta & LEFT_OTHERWISE) === 0) view.holdLeftAt = at
      this.#closeHold(at)
    }
    this.#measure(view, i, talk, hold)
    if ((meta >> META.transfer) & 1) view.flags[i] |= HANDLING.transferred
    if (!this.#settings.endsAtOnce(version, (meta >> META.source) & 63)) view.flags[i] |= HANDLING.awaitsWrap
    this.#heldSum = 0
    this.#holds = 0
  }

  /** A transfer and its end, or two sources: the first end counts, what it did not know is filled in. */
  #endAgain(facts: Int32Array, f: number, view: LegView, i: number, at: number, meta: number): void {
    if ((meta >> META.transfer) & 1) view.flags[i] |= HANDLING.transferred
    if (this.#waitHint === NONE) this.#waitHint = facts[f + 6]
    if ((view.flags[i] & HANDLING.lost) !== 0) return
    if (at - view.endedAt[i] > SAME_MOMENT_MS && view.agent[i] !== facts[f + 3]) return
    if ((view.flags[i] & HANDLING.holdKnown) === 0 && facts[f + 5] !== NONE) this.#measure(view, i, facts[f + 4], facts[f + 5])
  }

  /** `talkMs` excludes hold where `holdMs` is told; told without it, it includes the hold seen meanwhile. */
  #measure(view: LegView, i: number, talk: number, hold: number): void {
    const seen = this.#holds > 0 ? Math.max(0, this.#heldSum) : NONE
    const held = hold !== NONE ? hold : seen
    const spent = Math.max(0, view.endedAt[i] - view.answeredAt[i])
    if (held !== NONE) view.flags[i] |= HANDLING.holdKnown
    view.hold[i] = held
    view.talk[i] = talk === NONE ? Math.max(0, spent - Math.max(0, held)) : hold !== NONE ? talk : Math.max(0, talk - Math.max(0, held))
  }

  #wrap(facts: Int32Array, f: number, view: LegView, at: number): void {
    const agent = facts[f + 3]
    let i = this.#handlingOf(view, agent, true)
    if (i === NO_FACT) {
      i = this.#handlingOf(view, agent, false)
      if (i === NO_FACT) return
      // The end was lost: the conversation ended where the wrap-up began.
      view.endedAt[i] = Math.max(view.answeredAt[i], at - Math.max(0, facts[f + 4]))
      if (this.#heldAt !== 0) this.#closeHold(view.endedAt[i])
      this.#measure(view, i, NONE, NONE)
    }
    if (view.wrappedAt[i] !== 0) return
    view.wrappedAt[i] = at
    view.acw[i] = facts[f + 4] === NONE ? Math.max(0, at - view.endedAt[i]) : facts[f + 4]
    view.flags[i] |= HANDLING.acwKnown
  }

  #resolve(view: LegView, meta: number, at: number): void {
    const resolved = (meta >> META.resolved) & 3
    if (resolved === 0) return
    view.resolved = resolved
    view.resolvedAt = at
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

  /** The server failed or the platform restarted: conversations that ran are over. */
  #cut(view: LegView, at: number): void {
    for (let i = 0; i < view.handlings; i++) {
      if (view.endedAt[i] !== 0 || view.answeredAt[i] > at) continue
      view.endedAt[i] = at
      if (this.#heldAt !== 0) this.#closeHold(at)
      this.#measure(view, i, NONE, NONE)
    }
  }

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
      this.#measure(view, i, NONE, NONE)
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

  /** Outcomes are exclusive: an agent's connection is the strongest word, then what a source is certain of, then the earliest. */
  #decide(view: LegView, firstAt: number): void {
    let wait: number = NONE
    if (view.handlings > 0) {
      view.outcome = OUTCOME.answered
      view.outcomeAt = view.answeredAt[0]
      view.uncertain = false
      view.reason = 0
      wait = this.#waitHint
    } else if (this.#terminal !== NO_FACT) {
      view.outcome = this.#terminal
      view.outcomeAt = this.#terminalAt
      wait = this.#terminalWait
    } else if (this.#bareEnd !== 0) {
      view.outcome = this.#bareBySystem ? OUTCOME.system : OUTCOME.abandoned
      view.outcomeAt = this.#bareEnd
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
    if (pending) {
      view.live = view.ringing > 0 ? LIVE.alerting : LIVE.waiting
      return
    }
    view.ringing = 0
    view.live = LIVE.none
    const cap = this.#settings.acwCapMs(version, view.queue)
    for (let i = 0; i < view.handlings; i++) {
      if (view.endedAt[i] === 0) {
        view.live = LIVE.inProgress
        continue
      }
      if (view.wrappedAt[i] !== 0) {
        view.countedAt[i] = Math.max(view.endedAt[i], view.wrappedAt[i])
        if (view.acw[i] > cap) {
          view.acw[i] = cap
          view.flags[i] |= HANDLING.capped
        }
        view.flags[i] &= ~HANDLING.awaitsWrap
      } else if ((view.flags[i] & HANDLING.awaitsWrap) === 0 || view.endedAt[i] + cap <= clock) {
        view.countedAt[i] = view.endedAt[i]
        view.flags[i] &= ~HANDLING.awaitsWrap
      } else if (view.live === LIVE.none) view.live = LIVE.inAcw
      if ((view.flags[i] & HANDLING.lost) !== 0) view.countedAt[i] = 0
    }
  }
}
