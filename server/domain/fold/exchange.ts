import type { ResponseTargets } from '../settings.ts'
import { instantOf } from '../time.ts'
import { KIND, VOICE } from './fact-kinds.ts'
import { LIVE, MOST_RESPONSES, OUTCOME, type LegView } from './leg-view.ts'
import { ResolutionClock } from './resolution.ts'
import type { SettingsHistory } from './settings-history.ts'

/** Places in WRITERS. */
const CUSTOMER = 0
const PERSON = 1
/** Place in DIRECTIONS. */
const OUTBOUND = 1

/**
 * Reads who answered whom in a written conversation (METRICS section 3). A burst of messages begins with its first; a person's message answers
 * it, an automatic one does not; what ends the conversation ends the burst. Begun anew for each leg.
 */
export class Exchange {
  readonly #settings: SettingsHistory
  readonly #resolution = new ResolutionClock()
  /** Begin of the burst that nobody answered, 0 when there is none. */
  #askedAt = 0
  #told = false
  /** The first answer came before any message of the customer: the enqueue stands for it, unless we began. */
  #assumed = false
  #endedAt = 0
  /** The burst that the end cut off: a last answer of the same moment still answers it. */
  #askedAtEnd = 0
  #reopened = false
  /** Passed on to another agent: the end that is told with it is that agent's alone. */
  #passedOn = false

  constructor(settings: SettingsHistory) {
    this.#settings = settings
  }

  begin(): void {
    this.#askedAt = 0
    this.#told = false
    this.#assumed = false
    this.#endedAt = 0
    this.#askedAtEnd = 0
    this.#reopened = false
    this.#passedOn = false
    this.#resolution.begin()
  }

  /** Nothing but the outcome says whether the customer was answered. */
  get isSilent(): boolean {
    return !this.#told && !this.#reopened
  }

  /** `queuedAt` 0 while it was not enqueued. */
  message(view: LegView, at: number, writer: number, agent: number, queuedAt: number): void {
    this.#told = true
    if (writer === CUSTOMER) {
      if (this.#askedAt === 0) this.#askedAt = at
      this.#resolution.asks(at)
      return
    }
    if (writer !== PERSON) return
    const first = view.responses === 0
    const standing = this.#endedAt === 0 || this.#endedAt === at
    const asked = this.#askedAt === 0 && standing ? this.#askedAtEnd : this.#askedAt
    if (first && asked === 0) this.#assumed = queuedAt !== 0
    const since = asked === 0 && first && standing ? queuedAt : asked
    this.#askedAtEnd = 0
    this.#askedAt = 0
    if (since !== 0) this.#answer(view, since, at, agent)
  }

  #answer(view: LegView, since: number, at: number, agent: number): void {
    if (view.responses === MOST_RESPONSES) return
    const i = view.responses++
    view.askedAt[i] = since
    view.respondedAt[i] = at
    view.responder[i] = agent
  }

  passOn(): void {
    this.#passedOn = true
  }

  /** The conversation is over, answered or not; `resolved` where somebody ended it. */
  end(at: number, resolved: boolean): void {
    if (this.#passedOn) {
      this.#passedOn = false
      return
    }
    this.#resolution.end(at, resolved)
    if (this.#askedAt !== 0) this.#askedAtEnd = this.#askedAt
    this.#askedAt = 0
    this.#endedAt = at
    this.#reopened = false
  }

  reopen(at: number): void {
    this.#reopened = true
    this.#resolution.reopen(at)
  }

  answered(at: number): void {
    this.#resolution.answered(at)
  }

  hold(at: number): void {
    this.#resolution.hold(at)
  }

  resume(at: number): void {
    this.#resolution.resume(at)
  }

  /** After the outcome, the channel and the direction are known; a call has nothing to conclude but messages that are none. */
  conclude(view: LegView, version: number): void {
    if (view.channel === VOICE || !view.offered) {
      view.responses = 0
      return
    }
    const ours = view.direction === OUTBOUND
    if (ours && this.#assumed) this.#forgetFirst(view)
    // Where the platform tells of no messages, the person's connection is the first answer.
    if (!this.#told && !ours && view.outcome === OUTCOME.answered && view.agent[0] >= 0) this.#answer(view, view.queuedAt, view.outcomeAt, view.agent[0])
    view.firstResponded = !ours && view.responses > 0
    view.isOpen = view.live === LIVE.waiting || view.live === LIVE.alerting || view.live === LIVE.inProgress || this.#reopened
    if (view.isOpen) view.unansweredSince = this.#askedAt !== 0 ? this.#askedAt : view.responses === 0 && !ours && this.#endedAt === 0 && (this.#told || view.outcome === OUTCOME.pending) ? view.queuedAt : 0
    const targets = this.#settings.responseTargets(version, view.queue)
    this.#measure(view, version, targets)
    this.#resolution.conclude(view, { hours: this.#settings.hours(version, view.queue), pausesOnHold: targets.pausesOnHold, withinMs: targets.resolutionMs, ours })
  }

  #forgetFirst(view: LegView): void {
    view.responses--
    view.askedAt.copyWithin(0, 1, view.responses + 1)
    view.respondedAt.copyWithin(0, 1, view.responses + 1)
    view.responder.copyWithin(0, 1, view.responses + 1)
  }

  /** In the hours of the queue, by the settings that the leg is judged by. */
  #measure(view: LegView, version: number, { firstMs, nextMs }: ResponseTargets): void {
    if (view.responses === 0 && view.unansweredSince === 0) return
    const hours = this.#settings.hours(version, view.queue)
    for (let i = 0; i < view.responses; i++) {
      const ms = hours.workingBetween(instantOf(view.askedAt[i]), instantOf(view.respondedAt[i]))
      view.responseBusinessMs[i] = ms
      view.responseInTarget[i] = ms <= (i === 0 && view.firstResponded ? firstMs : nextMs) ? 1 : 0
    }
    const within = view.responses === 0 && view.direction !== OUTBOUND ? firstMs : nextMs
    if (view.unansweredSince !== 0) view.dueAt = hours.addWorking(instantOf(view.unansweredSince), within) ?? view.unansweredSince + within
  }
}

/** Kinds that end a conversation, whoever ended it. */
export const endsExchange = (kind: number): boolean => ((ENDS >> kind) & 1) === 1
const ENDS = [KIND.ended, KIND.abandoned, KIND.left, KIND.failed, KIND.lost, KIND.callbackRequested, KIND.refused].reduce((bits, kind) => bits | (1 << kind), 0)
