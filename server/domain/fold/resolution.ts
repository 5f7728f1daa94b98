import type { Calendar } from '../clock/calendar.ts'
import { instantOf } from '../time.ts'
import { SAME_MOMENT_MS } from './fact-kinds.ts'
import { OUTCOME, type LegView } from './leg-view.ts'

/** Why the clock of a resolution stands still. */
const HELD = 1
const OVER = 2
/** Turns of it that are kept: more than any conversation has. */
const MOST_TURNS = 256

/**
 * How long a written conversation took to be resolved (METRICS section 3): from its beginning to its last end, without the time between an
 * end and what opened it again, and without what it was on hold for where the queue says so. Begun anew for each leg.
 */
export class ResolutionClock {
  #state = 0
  #turns = 0
  readonly #turnedAt = new Float64Array(MOST_TURNS)
  readonly #turnedTo = new Uint8Array(MOST_TURNS)
  #askedAt = 0
  #resolvedAt = 0
  #reopened = 0

  begin(): void {
    this.#state = 0
    this.#turns = 0
    this.#askedAt = 0
    this.#resolvedAt = 0
    this.#reopened = 0
  }

  #turn(at: number, state: number): void {
    if (this.#state === state || this.#turns === MOST_TURNS) return
    this.#state = state
    this.#turnedAt[this.#turns] = at
    this.#turnedTo[this.#turns++] = state
  }

  /** What the customer writes ends the wait for them. */
  asks(at: number): void {
    if (this.#askedAt === 0) this.#askedAt = at
    if (this.#state === HELD) this.#turn(at, 0)
  }

  hold(at: number): void {
    if (this.#state === 0) this.#turn(at, HELD)
  }

  resume(at: number): void {
    if (this.#state === HELD) this.#turn(at, 0)
  }

  /** `resolved`: ended by somebody, not given up, lost or passed on. The first word of an end counts. */
  end(at: number, resolved: boolean): void {
    if (this.#state === OVER && (this.#resolvedAt !== 0 || !resolved)) return
    this.#resolvedAt = resolved ? at : 0
    this.#turn(at, OVER)
  }

  reopen(at: number): void {
    if (this.#state !== OVER) return
    this.#resolvedAt = 0
    this.#reopened++
    this.#turn(at, 0)
  }

  /** Somebody takes it up again without a word of its being opened; an answer of the same moment is the one that was ended. */
  answered(at: number): void {
    if (this.#state === OVER && at - this.#lastTurn() > SAME_MOMENT_MS) this.reopen(at)
  }

  #lastTurn(): number {
    return this.#turns === 0 ? 0 : (this.#turnedAt[this.#turns - 1] ?? 0)
  }

  /** After the outcome and whether it stands open are known. `ours`: a thread that we began has none. */
  conclude(view: LegView, { hours, pausesOnHold, withinMs, ours }: { readonly hours: Calendar; readonly pausesOnHold: boolean; readonly withinMs: number | null; readonly ours: boolean }): void {
    const resolved = this.#resolvedAt !== 0 && view.outcome === OUTCOME.answered && !view.isOpen
    if (ours || (!resolved && !view.isOpen)) return
    let since = this.#askedAt === 0 ? view.queuedAt : Math.min(this.#askedAt, view.queuedAt)
    view.resolutionMs = 0
    view.resolutionBusinessMs = 0
    for (let i = 0; i < this.#turns; i++) {
      const [at, state] = [this.#turnedAt[i] ?? 0, this.#turnedTo[i] ?? 0]
      const runs = state === 0 || (state === HELD && !pausesOnHold)
      if (runs && since === 0) since = at
      if (runs || since === 0) continue
      view.resolutionMs += Math.max(0, at - since)
      view.resolutionBusinessMs += hours.workingBetween(instantOf(since), instantOf(at))
      since = 0
    }
    view.reopened = this.#reopened
    view.resolvedConversationAt = resolved ? this.#resolvedAt : 0
    view.resolutionSince = resolved ? 0 : since
    view.resolutionJudged = resolved && withinMs !== null
    view.resolutionInTarget = resolved && withinMs !== null && view.resolutionBusinessMs <= withinMs
  }
}
