import { META, NONE } from '../legs.ts'
import { SAME_MOMENT_MS } from './fact-kinds.ts'
import { HANDLING, MOST_PARTS, type LegView } from './leg-view.ts'
import type { SettingsHistory } from './settings-history.ts'

const NO_HANDLING = -1
/** An end that the agent, the system or a transfer made is no customer leaving. */
const LEFT_OTHERWISE = (1 << META.byAgent) | (1 << META.bySystem) | (1 << META.transfer)

/** The bits of HANDLING that say who ended the conversation. */
export const endedBy = (meta: number): number => ((meta >> META.transfer) & 1 ? 0 : (meta >> META.byAgent) & 1 ? HANDLING.byAgent : (meta >> META.byCustomer) & 1 ? HANDLING.byCustomer : 0)
const ENDED_BY = HANDLING.byAgent | HANDLING.byCustomer

/** The first word on whether the contact was resolved counts. */
export const resolveIn = (view: LegView, meta: number, at: number): void => {
  const resolved = (meta >> META.resolved) & 3
  if (resolved === 0) return
  view.resolved = resolved
  view.resolvedAt = at
}

/** Reads agents' parts in a leg: conversations, holds, wrap-ups. Begun anew for each leg. */
export class Handlings {
  readonly #settings: SettingsHistory
  /** Wait as a source told it, -1 when none did. */
  waitHint = NONE
  heldAt = 0
  #heldSum = 0
  holds = 0
  /** When the contact ended without an agent ever having been named, 0 when it did not. */
  bareEnd = 0
  bareBySystem = false

  constructor(settings: SettingsHistory) {
    this.#settings = settings
  }

  begin(): void {
    this.waitHint = NONE
    this.heldAt = 0
    this.#heldSum = 0
    this.holds = 0
    this.bareEnd = 0
  }

  hold(at: number): void {
    if (this.heldAt === 0) this.heldAt = at
  }

  resume(at: number): void {
    if (this.heldAt !== 0) this.#closeHold(at)
  }

  #open(view: LegView, agent: number, at: number): number {
    const i = view.handlings < MOST_PARTS ? view.handlings++ : MOST_PARTS - 1
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
    this.heldAt = 0
    this.#heldSum = 0
    this.holds = 0
    return i
  }

  answer(view: LegView, at: number, agent: number): void {
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
    this.#heldSum += at - this.heldAt
    this.holds++
    this.heldAt = 0
  }

  /** The handling that an end or a wrap-up of `agent` speaks of; NO_HANDLING when none fits. */
  #handlingOf(view: LegView, agent: number, ended: boolean): number {
    for (let i = view.handlings - 1; i >= 0; i--) {
      if ((view.agent[i] === agent || agent === NONE || view.agent[i] === NONE) && view.endedAt[i] !== 0 === ended) return i
    }
    return NO_HANDLING
  }

  end(facts: Int32Array, f: number, view: LegView, at: number, meta: number, version: number): void {
    const agent = facts[f + 3]
    const talk = facts[f + 4]
    const hold = facts[f + 5]
    if (view.resolved === 0) resolveIn(view, meta, at)
    let i = this.#handlingOf(view, agent, false)
    if (i === NO_HANDLING) {
      const told = this.#handlingOf(view, agent, true)
      if (told !== NO_HANDLING) return this.#endAgain(facts, f, view, told, at, meta)
      if (agent === NONE && talk === NONE) {
        if (this.bareEnd === 0) {
          this.bareEnd = at
          this.bareBySystem = ((meta >> META.bySystem) & 1) === 1
        }
        return
      }
      // The answer was lost: the end's own figures tell when it was.
      i = this.#open(view, agent, at - Math.max(0, talk) - Math.max(0, hold))
    }
    if (view.agent[i] === NONE) view.agent[i] = agent
    if (this.waitHint === NONE) this.waitHint = facts[f + 6]
    view.endedAt[i] = at
    if (this.heldAt !== 0) {
      if ((meta & LEFT_OTHERWISE) === 0) view.holdLeftAt = at
      this.#closeHold(at)
    }
    this.measure(view, i, talk, hold)
    if ((meta >> META.transfer) & 1) view.flags[i] |= HANDLING.transferred
    view.flags[i] |= endedBy(meta)
    if (!this.#settings.endsAtOnce(version, (meta >> META.source) & 63)) view.flags[i] |= HANDLING.awaitsWrap
    this.#heldSum = 0
    this.holds = 0
  }

  /** A transfer and its end, or two sources: the first end counts, what it did not know is filled in. */
  #endAgain(facts: Int32Array, f: number, view: LegView, i: number, at: number, meta: number): void {
    // Whoever passes a contact on does not end it.
    if ((meta >> META.transfer) & 1) view.flags[i] = (view.flags[i] & ~ENDED_BY) | HANDLING.transferred
    if ((view.flags[i] & (ENDED_BY | HANDLING.transferred)) === 0) view.flags[i] |= endedBy(meta)
    if (this.waitHint === NONE) this.waitHint = facts[f + 6]
    if ((view.flags[i] & HANDLING.lost) !== 0) return
    if (at - view.endedAt[i] > SAME_MOMENT_MS && view.agent[i] !== facts[f + 3]) return
    if ((view.flags[i] & HANDLING.holdKnown) === 0 && facts[f + 5] !== NONE) this.measure(view, i, facts[f + 4], facts[f + 5])
  }

  /** `talkMs` excludes hold where `holdMs` is told; told without it, it includes the hold seen meanwhile. */
  measure(view: LegView, i: number, talk: number, hold: number): void {
    const seen = this.holds > 0 ? Math.max(0, this.#heldSum) : NONE
    const held = hold !== NONE ? hold : seen
    const spent = Math.max(0, view.endedAt[i] - view.answeredAt[i])
    if (held !== NONE) view.flags[i] |= HANDLING.holdKnown
    view.hold[i] = held
    view.talk[i] = talk === NONE ? Math.max(0, spent - Math.max(0, held)) : hold !== NONE ? talk : Math.max(0, talk - Math.max(0, held))
  }

  wrap(facts: Int32Array, f: number, view: LegView, at: number): void {
    const agent = facts[f + 3]
    let i = this.#handlingOf(view, agent, true)
    if (i === NO_HANDLING) {
      i = this.#handlingOf(view, agent, false)
      if (i === NO_HANDLING) return
      // The end was lost: the conversation ended where the wrap-up began.
      view.endedAt[i] = Math.max(view.answeredAt[i], at - Math.max(0, facts[f + 4]))
      if (this.heldAt !== 0) this.#closeHold(view.endedAt[i])
      this.measure(view, i, NONE, NONE)
    }
    if (view.wrappedAt[i] !== 0) return
    view.wrappedAt[i] = at
    view.acw[i] = facts[f + 4] === NONE ? Math.max(0, at - view.endedAt[i]) : facts[f + 4]
    view.flags[i] |= HANDLING.acwKnown
  }

  /** The server failed or the platform restarted: conversations that ran are over. */
  cut(view: LegView, at: number): void {
    for (let i = 0; i < view.handlings; i++) {
      if (view.endedAt[i] !== 0 || view.answeredAt[i] > at) continue
      view.endedAt[i] = at
      if (this.heldAt !== 0) this.#closeHold(at)
      this.measure(view, i, NONE, NONE)
    }
  }
}
