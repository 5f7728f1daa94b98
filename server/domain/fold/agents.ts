import { MINUTE } from '../time.ts'
import type { AgentState } from '../floor.ts'
import type { ReportedAgentState } from '../platform-events.ts'

export const AGENT_STATES = ['offline', 'available', 'ringing', 'on-contact', 'acw', 'aux', 'unreachable', 'not-queued'] as const satisfies readonly AgentState[]
export const PRIMARY = { offline: 0, available: 1, ringing: 2, onContact: 3, acw: 4, aux: 5, unreachable: 6, notQueued: 7 } as const
export const PRIMARY_STATES = 8

const REPORTED: Readonly<Record<ReportedAgentState, number>> = { offline: 0, available: 1, ringing: 2, 'on-contact': 3, acw: 4, aux: 5 }
/** Nothing was reported since the platform started: an agent who takes a contact is evidently there. */
const UNREPORTED = -1

/** Per-agent sums of the business day. */
export const AGENT_SUM = { handled: 0, handleMs: 1, surveys: 2, satisfied: 3, misses: 4, handlingMs: 5, availableMs: 6, signedInMs: 7 } as const
const SUMS = 8
const WINDOW = 30

export interface Agent {
  readonly number: number
  reported: number
  reason: string | null
  reportedAt: number
  /** When the reason began, and when AUX began: a new reason restarts only the first. */
  reasonSince: number
  auxSince: number
  source: number
  seenOnContact: boolean
  onContact: number
  inAcw: number
  ringing: number
  primary: number
  since: number
  lastHeard: number
  silent: boolean
  /** A heartbeat timer is set. */
  watched: boolean
  team: string | null
  queues: number[]
  queuesKnown: boolean
  legs: number[]
  touched: boolean
}

/** Agents of the site: reported state, what their contacts say, time in state, and clock time by kind for occupancy. */
export class AgentTable {
  readonly agents: Agent[] = []
  readonly #index = new Map<number, number>()
  #sums = new Float64Array(64 * SUMS)
  /** Running minute: handling, available, signed in; and up to when it is accounted. */
  #minute = new Float64Array(64 * 3)
  #until = new Float64Array(64)
  /** Last 30 whole minutes of handling and available time, ms. */
  #ring = new Uint16Array(64 * WINDOW * 2)
  #window = new Float64Array(64 * 2)
  dayFrom = 0
  dayTo = Infinity
  /** Agents by primary state: whole site, then per queue by the owner. */
  readonly counts = new Int32Array(PRIMARY_STATES)

  index(number: number, at: number): number {
    const known = this.#index.get(number)
    return known !== undefined ? known : this.#add(number, at)
  }

  find(number: number): number {
    return this.#index.get(number) ?? -1
  }

  #add(number: number, at: number): number {
    const index = this.agents.length
    if (index === this.#until.length) this.#grow()
    this.agents.push({ number, reported: UNREPORTED, reason: null, reportedAt: 0, reasonSince: at, auxSince: at, source: -1, seenOnContact: false, onContact: 0, inAcw: 0, ringing: 0, primary: PRIMARY.offline, since: at, lastHeard: at, silent: false, watched: false, team: null, queues: [], queuesKnown: false, legs: [], touched: false })
    this.#index.set(number, index)
    // What lay before the running minute is booked already.
    this.#until[index] = Math.max(at, this.minuteStart)
    this.counts[PRIMARY.offline]++
    return index
  }

  /** Exactly one state: contact before wrap-up before ringing before AUX before available. */
  primaryOf(agent: Agent): number {
    const said = agent.reported
    if (agent.onContact > 0 || said === REPORTED['on-contact']) return PRIMARY.onContact
    if (agent.inAcw > 0 && said !== REPORTED.offline) return PRIMARY.acw
    if (said === REPORTED.acw) return PRIMARY.acw
    if (said === REPORTED.offline || (said === UNREPORTED && !agent.seenOnContact)) return PRIMARY.offline
    if (agent.ringing > 0 || said === REPORTED.ringing) return PRIMARY.ringing
    if (said === REPORTED.aux) return PRIMARY.aux
    if (agent.silent) return PRIMARY.unreachable
    return agent.queuesKnown && agent.queues.length === 0 ? PRIMARY.notQueued : PRIMARY.available
  }

  report(index: number, state: ReportedAgentState, reason: string | null, at: number, since: number): void {
    const agent = this.agents[index]
    const code = REPORTED[state]
    if (code !== agent.reported || reason !== agent.reason) agent.reasonSince = since
    if (code === REPORTED.aux && agent.reported !== REPORTED.aux) agent.auxSince = since
    agent.reported = code
    agent.reason = reason
    agent.reportedAt = at
  }

  forget(index: number): void {
    const agent = this.agents[index]
    agent.reported = UNREPORTED
    agent.reason = null
    agent.seenOnContact = false
    agent.silent = false
  }

  /** Books the time since the last change to the state that held, then holds the new one. */
  change(index: number, primary: number, at: number): void {
    const agent = this.agents[index]
    this.settle(index, at)
    this.counts[agent.primary]--
    this.counts[primary]++
    agent.primary = primary
  }

  settle(index: number, at: number): void {
    const spent = at - this.#until[index]
    if (spent <= 0) return
    this.#until[index] = at
    const primary = this.agents[index].primary
    if (primary === PRIMARY.offline || primary === PRIMARY.unreachable) return
    this.#minute[index * 3 + 2] += spent
    if (primary === PRIMARY.onContact || primary === PRIMARY.acw) this.#minute[index * 3] += spent
    else if (primary === PRIMARY.available || primary === PRIMARY.notQueued) this.#minute[index * 3 + 1] += spent
  }

  /** Ends the running minute of one agent at `boundary`; answers handling and available ms through `handling` and `available`. */
  endMinute(index: number, boundary: number): void {
    this.settle(index, boundary)
    const handling = this.#minute[index * 3]
    const available = this.#minute[index * 3 + 1]
    const slot = (index * WINDOW + (((boundary / MINUTE - 1) % WINDOW) | 0)) * 2
    this.#window[index * 2] += handling - this.#ring[slot]
    this.#window[index * 2 + 1] += available - this.#ring[slot + 1]
    this.#ring[slot] = handling
    this.#ring[slot + 1] = available
    const sums = this.#sums
    sums[index * SUMS + AGENT_SUM.handlingMs] += handling
    sums[index * SUMS + AGENT_SUM.availableMs] += available
    sums[index * SUMS + AGENT_SUM.signedInMs] += this.#minute[index * 3 + 2]
    this.#minute[index * 3] = 0
    this.#minute[index * 3 + 1] = 0
    this.#minute[index * 3 + 2] = 0
    this.handling = handling
    this.available = available
  }

  handling = 0
  available = 0
  minuteStart = 0
  /** False when no agent has time in the live window. */
  windowOpen = false

  /** Something is still in the agent's window although nothing may run. */
  hasWindow(index: number): boolean {
    return this.#window[index * 2] !== 0 || this.#window[index * 2 + 1] !== 0
  }

  /** Handling and available ms of the last 30 whole minutes. */
  windowOf(index: number): readonly [number, number] {
    return [this.#window[index * 2], this.#window[index * 2 + 1]]
  }

  sum(index: number, sum: number): number {
    return this.#sums[index * SUMS + sum]
  }

  startDay(from: number, to: number): void {
    this.dayFrom = from
    this.dayTo = to
    this.#sums.fill(0)
  }

  addHandled(number: number, at: number, sign: number, spent: number): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    const o = this.index(number, at) * SUMS
    this.#sums[o] += sign
    this.#sums[o + 1] += sign * spent
  }

  addSurvey(number: number, at: number, sign: number, satisfied: boolean): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    const o = this.index(number, at) * SUMS
    this.#sums[o + 2] += sign
    if (satisfied) this.#sums[o + 3] += sign
  }

  addMiss(number: number, at: number, sign: number): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    this.#sums[this.index(number, at) * SUMS + AGENT_SUM.misses] += sign
  }

  #grow(): void {
    const length = this.#until.length * 2
    const doubles = (from: Float64Array, per: number): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(length * per)
      to.set(from)
      return to
    }
    this.#sums = doubles(this.#sums, SUMS)
    this.#minute = doubles(this.#minute, 3)
    this.#until = doubles(this.#until, 1)
    this.#window = doubles(this.#window, 2)
    const ring = new Uint16Array(length * WINDOW * 2)
    ring.set(this.#ring)
    this.#ring = ring
  }

  /** Clock-time state of one agent for a base; `restoreTime` is its inverse. */
  saveTime(index: number): readonly number[] {
    return [
      this.#until[index],
      ...this.#minute.subarray(index * 3, index * 3 + 3),
      this.sum(index, AGENT_SUM.handlingMs),
      this.sum(index, AGENT_SUM.availableMs),
      this.sum(index, AGENT_SUM.signedInMs),
      ...this.#ring.subarray(index * WINDOW * 2, (index + 1) * WINDOW * 2),
    ]
  }

  restoreTime(index: number, saved: readonly number[]): void {
    this.#until[index] = saved[0]
    this.#minute.set(saved.slice(1, 4), index * 3)
    this.#sums[index * SUMS + AGENT_SUM.handlingMs] = saved[4]
    this.#sums[index * SUMS + AGENT_SUM.availableMs] = saved[5]
    this.#sums[index * SUMS + AGENT_SUM.signedInMs] = saved[6]
    const ring = saved.slice(7)
    this.#ring.set(ring, index * WINDOW * 2)
    let handling = 0
    let available = 0
    for (let i = 0; i + 1 < ring.length; i += 2) {
      handling += ring[i]
      available += ring[i + 1]
    }
    this.#window[index * 2] = handling
    this.#window[index * 2 + 1] = available
  }
}
