import type { AgentTime } from '../agent-states.ts'
import type { DirtyList } from '../floor-changes.ts'
import { MINUTE } from '../time.ts'
import { AgentStories } from './agent-stories.ts'
import { Memberships } from './memberships.ts'
import { AuxReasons } from './aux-reasons.ts'
import { ResponseSums, type Response } from './response-sums.ts'
import { StateBands } from './state-bands.ts'
import { PRIMARY, PRIMARY_STATES, REPORTED, timeOf, UNREPORTED, type Standing } from './standing.ts'

/** Per-agent sums of the business day. */
export const AGENT_SUM = { handled: 0, handleMs: 1, surveys: 2, satisfied: 3, misses: 4, handlingMs: 5, availableMs: 6, signedInMs: 7, missedMs: 8, rings: 9, ringMs: 10, activeMs: 11 } as const
const SUMS = 12
const WINDOW = 30
/** Agent numbers below this are found by place. */
const NEAR_NUMBERS = 1 << 18

export interface Agent extends Standing {
  readonly number: number
  reason: string | null
  reportedAt: number
  /** When the reason began, and when AUX began: a new reason restarts only the first. */
  reasonSince: number
  auxSince: number
  /** When the reported state is meant to end; 0 when nobody said. */
  plannedEndAt: number
  source: number
  primary: number
  since: number
  lastHeard: number
  /** A heartbeat timer is set. */
  watched: boolean
  team: string | null
  queues: number[]
  queuesKnown: boolean
  legs: number[]
  /** Every leg that rang or talked with them, as far as the fold looks back; some more than once. */
  pastLegs: number[]
  touched: boolean
  /** Earliest instant at which their story changed since their states were settled; Infinity when it did not. */
  toldFrom: number
  /** Of that, some lies before what stands: the states must be told again. */
  outOfOrder: boolean
  /** Newest instant that the story names. */
  toldTo: number
}

/** Agents of the site: reported state, what their contacts say, time in state, and clock time by kind for occupancy. */
export class AgentTable {
  readonly agents: Agent[] = []
  readonly #dirty: DirtyList
  /** Index plus one by agent number: an array for the numbers that come from a count, a map for any other. */
  #near = new Int32Array(1024)
  readonly #far = new Map<number, number>()
  /** The primary states again, side by side: the end of a minute reads all of them. */
  #primaries = new Uint8Array(64)
  /** Queues of all agents in one run, and where each agent's begin; made again after someone joined or left. */
  #memberships = new Int32Array(0)
  #membershipsFrom = new Int32Array(0)
  membersChanged = true
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
  readonly bands = new StateBands()
  readonly stories = new AgentStories()
  readonly memberships = new Memberships()
  readonly auxReasons = new AuxReasons()

  constructor(dirty: DirtyList) {
    this.#dirty = dirty
  }

  index(number: number, at: number): number {
    const known = this.find(number)
    return known >= 0 ? known : this.#add(number, at)
  }

  find(number: number): number {
    if (number >= 0 && number < this.#near.length) return this.#near[number] - 1
    return this.#far.get(number) ?? -1
  }

  #remember(number: number, index: number): void {
    if (number < 0 || number >= NEAR_NUMBERS) {
      this.#far.set(number, index)
      return
    }
    if (number >= this.#near.length) {
      const near = new Int32Array(Math.min(NEAR_NUMBERS, Math.max(number + 1, this.#near.length * 2)))
      near.set(this.#near)
      this.#near = near
    }
    this.#near[number] = index + 1
  }

  #add(number: number, at: number): number {
    const index = this.agents.length
    if (index === this.#until.length) this.#grow()
    this.agents.push({ number, reported: UNREPORTED, reason: null, reportedAt: 0, reasonSince: at, auxSince: at, plannedEndAt: 0, source: -1, seenOnContact: false, onContact: 0, inAcw: 0, ringing: 0, primary: PRIMARY.offline, since: at, lastHeard: at, silent: false, queueless: false, watched: false, team: null, queues: [], queuesKnown: false, legs: [], pastLegs: [], touched: false, outOfOrder: false, toldFrom: Infinity, toldTo: 0.5 })
    this.stories.open(index)
    this.#remember(number, index)
    this.membersChanged = true
    // What lay before the running minute is booked already.
    this.#until[index] = Math.max(at, this.minuteStart)
    this.counts[PRIMARY.offline]++
    return index
  }

  report(index: number, code: number, reason: string | null, at: number, since: number): void {
    const agent = this.agents[index]
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

  /** Up to when the agent's time is accounted: a change from then on adds to it, an earlier one corrects it. */
  accountedTo(index: number): number {
    return Math.max(this.#until[index], this.minuteStart)
  }

  /** The state that holds now, without a word on the time before. */
  hold(index: number, primary: number): void {
    this.counts[this.agents[index].primary]--
    this.counts[primary]++
    this.agents[index].primary = primary
    this.#primaries[index] = primary
  }

  settle(index: number, at: number): void {
    // Minutes that ended while nobody was there were not gone through: what lay before the running one is over.
    const from = Math.max(this.#until[index], this.minuteStart)
    this.#until[index] = Math.max(from, at)
    const spent = at - from
    if (spent > 0) this.#spend(index, this.#primaries[index], spent)
  }

  #spend(index: number, primary: number, spent: number): void {
    const time = timeOf(primary)
    if (time[2] === 0) return
    const m = index * 3
    if (this.#minute[m + 2] === 0) this.#minutesOpen++
    this.#minute[m] += time[0] * spent
    this.#minute[m + 1] += time[1] * spent
    this.#minute[m + 2] += spent
  }

  /** Accounts the running minute anew from what the agent was in it. */
  recount(index: number, now: number): void {
    if (this.#minute[index * 3 + 2] !== 0) this.#minutesOpen--
    this.#minute.fill(0, index * 3, index * 3 + 3)
    this.#until[index] = Math.max(now, this.minuteStart)
    for (const band of this.bands.of(index, this.minuteStart, this.#until[index])) this.#spend(index, band.primary, band.to - band.from)
  }

  /** Corrects what whole minutes before the running one came to: the agent's day and, minute by minute, their live window. */
  correct(index: number, [handling, available, signedIn]: AgentTime, from: number, to: number): void {
    const ofDay = Math.min(to, this.dayTo) - Math.max(from, this.dayFrom)
    if (ofDay > 0) {
      const s = index * SUMS
      this.#sums[s + AGENT_SUM.handlingMs] += handling * ofDay
      this.#sums[s + AGENT_SUM.availableMs] += available * ofDay
      this.#sums[s + AGENT_SUM.signedInMs] += signedIn * ofDay
    }
    const open = this.hasWindow(index)
    for (let start = Math.max(this.minuteStart - WINDOW * MINUTE, Math.floor(from / MINUTE) * MINUTE); start < to; start += MINUTE) {
      const ms = Math.min(to, start + MINUTE) - Math.max(from, start)
      const slot = (index * WINDOW + ((start / MINUTE) % WINDOW)) * 2
      this.#ring[slot] += handling * ms
      this.#ring[slot + 1] += available * ms
      this.#window[index * 2] += handling * ms
      this.#window[index * 2 + 1] += available * ms
    }
    if (this.hasWindow(index) !== open) this.#windowsOpen += open ? -1 : 1
  }

  /** Ends the running minute of every agent at `boundary`: adds handling, available and signed-in ms to the queues they are in and, once, to the site's place 0. */
  endMinute(boundary: number, handlingOf: Float64Array, availableOf: Float64Array, signedInOf: Float64Array): void {
    this.#gatherMembers()
    const [minutes, window, sums, ring, memberships, from] = [this.#minute, this.#window, this.#sums, this.#ring, this.#memberships, this.#membershipsFrom]
    const place = (boundary / MINUTE - 1) % WINDOW
    let open = 0
    for (let index = 0; index < this.agents.length; index++) {
      this.settle(index, boundary)
      const m = index * 3
      const w = index * 2
      const slot = (index * WINDOW + place) * 2
      const handling = minutes[m]
      const available = minutes[m + 1]
      window[w] += handling - ring[slot]
      window[w + 1] += available - ring[slot + 1]
      if (window[w] !== 0 || window[w + 1] !== 0) open++
      ring[slot] = handling
      ring[slot + 1] = available
      const signedIn = minutes[m + 2]
      if (signedIn === 0 && handling === 0 && available === 0) continue
      const s = index * SUMS
      sums[s + AGENT_SUM.handlingMs] += handling
      sums[s + AGENT_SUM.availableMs] += available
      sums[s + AGENT_SUM.signedInMs] += signedIn
      minutes[m] = 0
      minutes[m + 1] = 0
      minutes[m + 2] = 0
      handlingOf[0] += handling
      availableOf[0] += available
      signedInOf[0] += signedIn
      for (let i = from[index]; i < from[index + 1]; i++) {
        handlingOf[memberships[i]] += handling
        availableOf[memberships[i]] += available
        signedInOf[memberships[i]] += signedIn
      }
    }
    this.#windowsOpen = open
    this.#minutesOpen = 0
  }

  #gatherMembers(): void {
    if (!this.membersChanged) return
    this.membersChanged = false
    let length = 0
    for (const agent of this.agents) length += agent.queues.length
    this.#memberships = new Int32Array(length)
    this.#membershipsFrom = new Int32Array(this.agents.length + 1)
    let next = 0
    this.agents.forEach((agent, index) => {
      for (const queue of agent.queues) this.#memberships[next++] = queue
      this.#membershipsFrom[index + 1] = next
    })
  }

  minuteStart = 0
  /** Agents with time in the live window. */
  #windowsOpen = 0
  /** Agents with time in the running minute that is not booked yet: whoever had it may have left since. */
  #minutesOpen = 0

  /** The end of the running minute books something or takes something out of the window. */
  get runs(): boolean {
    return this.#windowsOpen > 0 || this.#minutesOpen > 0 || this.agents.length > this.counts[PRIMARY.offline] + this.counts[PRIMARY.unreachable]
  }

  /** Something is still in the agent's window although nothing may run. */
  hasWindow(index: number): boolean {
    return this.#window[index * 2] !== 0 || this.#window[index * 2 + 1] !== 0
  }

  sum(index: number, sum: number): number {
    return this.#sums[index * SUMS + sum]
  }

  startDay(from: number, to: number): void {
    this.dayFrom = from
    this.dayTo = to
    this.#sums.fill(0)
    this.#responses.clear()
  }

  addHandled(number: number, at: number, sign: number, spent: number, active: number): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    const o = this.index(number, at) * SUMS
    this.#sums[o] += sign
    this.#sums[o + 1] += sign * spent
    this.#sums[o + AGENT_SUM.activeMs] += sign * active
  }

  /** Of what was handled, so much more is the agent's active time. */
  addActive(number: number, at: number, more: number): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    const index = this.index(number, at)
    this.#dirty.mark(index)
    this.#sums[index * SUMS + AGENT_SUM.activeMs] += more
  }

  addSurvey(number: number, at: number, sign: number, satisfied: boolean): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    const index = this.index(number, at)
    const o = index * SUMS
    this.#dirty.mark(index)
    this.#sums[o + 2] += sign
    if (satisfied) this.#sums[o + 3] += sign
  }

  addMiss(number: number, at: number, ringMs: number, sign: number): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    const o = this.index(number, at) * SUMS
    this.#sums[o + AGENT_SUM.misses] += sign
    if (ringMs > 0) this.#sums[o + AGENT_SUM.missedMs] += sign * ringMs
  }

  /** Answers in writing of the business day, by whoever gave any. */
  readonly #responses = new Map<number, ResponseSums>()

  addResponse(number: number, at: number, response: Response, sign: number): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    const index = this.index(number, at)
    const known = this.#responses.get(index) ?? new ResponseSums()
    known.add(response, sign)
    this.#dirty.mark(index)
    this.#responses.set(index, known)
  }

  responses(index: number): ResponseSums | null {
    const known = this.#responses.get(index)
    return known === undefined || known.isEmpty ? null : known
  }

  addRing(number: number, at: number, ringMs: number, sign: number): void {
    if (at < this.dayFrom || at >= this.dayTo) return
    const o = this.index(number, at) * SUMS
    this.#sums[o + AGENT_SUM.rings] += sign
    this.#sums[o + AGENT_SUM.ringMs] += sign * ringMs
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
    const primaries = new Uint8Array(length)
    primaries.set(this.#primaries)
    this.#primaries = primaries
  }

  /** Clock-time state of one agent for a base; `restoreTime` takes the window as runs of equal minutes. */
  saveTime(index: number): { readonly until: number; readonly minuteAndDay: readonly number[]; readonly window: Uint16Array } {
    const window = new Uint16Array(WINDOW * 2)
    for (let place = 0; place < WINDOW; place++) {
      window[place] = this.#ring[(index * WINDOW + place) * 2]
      window[WINDOW + place] = this.#ring[(index * WINDOW + place) * 2 + 1]
    }
    const minuteAndDay = [...this.#minute.subarray(index * 3, index * 3 + 3), this.sum(index, AGENT_SUM.handlingMs), this.sum(index, AGENT_SUM.availableMs), this.sum(index, AGENT_SUM.signedInMs)]
    return { until: this.#until[index], minuteAndDay, window }
  }

  restoreTime(index: number, until: number, minuteAndDay: readonly number[], runs: readonly number[]): void {
    this.#until[index] = until
    for (let i = 0; i < 3; i++) this.#minute[index * 3 + i] = minuteAndDay[i]
    if (minuteAndDay[2] !== 0) this.#minutesOpen++
    this.#sums[index * SUMS + AGENT_SUM.handlingMs] = minuteAndDay[3]
    this.#sums[index * SUMS + AGENT_SUM.availableMs] = minuteAndDay[4]
    this.#sums[index * SUMS + AGENT_SUM.signedInMs] = minuteAndDay[5]
    let place = 0
    for (let i = 0; i + 1 < runs.length; i += 2) {
      for (let times = runs[i + 1]; times > 0; times--, place++) {
        const available = place < WINDOW ? 0 : 1
        this.#ring[(index * WINDOW + (place % WINDOW)) * 2 + available] = runs[i]
        this.#window[index * 2 + available] += runs[i]
      }
    }
    if (this.hasWindow(index)) this.#windowsOpen++
  }
}
