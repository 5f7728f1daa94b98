import { META, NONE } from '../legs.ts'
import { SAME_MOMENT_MS } from './fact-kinds.ts'
import { MOST_PARTS, type LegView } from './leg-view.ts'

/** Reads whom a leg rang, and who did not answer. */
export class Rings {
  /** An agent's device rings for the contact. */
  ring(view: LegView, agent: number, at: number): void {
    if (view.handlings > 0 || view.ringing >= MOST_PARTS) return
    for (let i = 0; i < view.ringing; i++) if (view.ringAgent[i] === agent) return
    view.ringSince[view.ringing] = at
    view.ringAgent[view.ringing++] = agent
    if (view.rings === view.rungAt.length) this.#growRings(view)
    view.rungAgent[view.rings] = agent
    view.rungAt[view.rings] = at
    view.rungUntil[view.rings++] = 0
  }

  /** Whoever is still rung at `at` is so no more. */
  end(view: LegView, at: number): void {
    view.ringing = 0
    for (let i = 0; i < view.rings; i++) if (view.rungUntil[i] === 0) view.rungUntil[i] = Math.max(view.rungAt[i], at)
  }

  /** How long the agent has been rung until `at`; NONE when nobody told of a ring. */
  lastedFor(view: LegView, agent: number, at: number): number {
    for (let i = 0; i < view.ringing; i++) if (view.ringAgent[i] === agent) return at - view.ringSince[i]
    return NONE
  }

  /** The ring ended without an answer. */
  miss(view: LegView, at: number, agent: number, toldMs: number, meta: number): void {
    const ringMs = toldMs === NONE ? this.lastedFor(view, agent, at) : toldMs
    for (let i = 0; i < view.ringing; i++) {
      if (view.ringAgent[i] !== agent) continue
      view.ringAgent[i] = view.ringAgent[--view.ringing]
      view.ringSince[i] = view.ringSince[view.ringing]
      break
    }
    for (let i = 0; i < view.rings; i++) if (view.rungAgent[i] === agent && view.rungUntil[i] === 0) view.rungUntil[i] = at
    // 8 is 'withdrawn': the caller left or another agent won, nobody's miss.
    if (((meta >> META.reason) & 31) === 8) return
    const source = (meta >> META.source) & 63
    if (view.misses === view.missAt.length) this.#growMisses(view)
    // The same ring told by a second source is one ring.
    for (let i = 0; i < view.misses; i++) {
      if ((view.missAgent[i] & 0x3ffffff) === (agent & 0x3ffffff) && at - view.missAt[i] <= SAME_MOMENT_MS && this.#missSource[i] !== source && this.#missPaired[i] === 0) {
        this.#missPaired[i] = 1
        if (view.missRing[i] === NONE) view.missRing[i] = ringMs
        return
      }
    }
    this.#missSource[view.misses] = source
    this.#missPaired[view.misses] = 0
    view.missAt[view.misses] = at
    view.missRing[view.misses] = ringMs
    view.missAgent[view.misses++] = agent
  }

  #missSource: number[] = []
  #missPaired: number[] = []

  #growRings(view: LegView): void {
    const length = view.rungAt.length * 2
    const [agents, at, until] = [new Int32Array(length), new Float64Array(length), new Float64Array(length)]
    agents.set(view.rungAgent)
    at.set(view.rungAt)
    until.set(view.rungUntil)
    view.rungAgent = agents
    view.rungAt = at
    view.rungUntil = until
  }

  #growMisses(view: LegView): void {
    const at = new Float64Array(view.missAt.length * 2)
    at.set(view.missAt)
    view.missAt = at
    const ring = new Float64Array(view.missRing.length * 2)
    ring.set(view.missRing)
    view.missRing = ring
    const agent = new Int32Array(view.missAgent.length * 2)
    agent.set(view.missAgent)
    view.missAgent = agent
  }
}
