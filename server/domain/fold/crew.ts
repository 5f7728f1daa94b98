import type { DirtyList } from '../floor-changes.ts'
import { MINUTE } from '../time.ts'
import type { Agent, AgentTable } from './agents.ts'
import { PRIMARY_STATES, primaryOf } from './standing.ts'
import { NONE } from '../legs.ts'
import { MARK, type ContactMarks } from './agent-stories.ts'
import type { ClockTime } from './clock-time.ts'
import { eachMark } from './leg-marks.ts'
import type { LegReader } from './leg-reader.ts'
import { LegView } from './leg-view.ts'

export interface CrewDirty {
  readonly queues: DirtyList
  readonly agents: DirtyList
}

/** A leg that others came between stands there more than once. */
const without = (legs: number[], leg: number): void => {
  let kept = legs.indexOf(leg)
  if (kept < 0) return
  for (let place = kept + 1; place < legs.length; place++) if (legs[place] !== leg) legs[kept++] = legs[place]
  legs.length = kept
}

/** What contacts and reports do to agents: their work, the queues they are in, and the states that follow. */
export class Crew {
  readonly #agents: AgentTable
  readonly #dirty: CrewDirty
  readonly #time: ClockTime
  readonly #touched: number[] = []
  /** Agents whose queues are others since their states were settled. */
  readonly #moved = new Set<number>()
  /** Of these, the first who are said to serve some queues: what their contacts let guess since is none. */
  readonly #named = new Set<number>()
  /** Agents of each queue by primary state. */
  #staff = new Int32Array(16 * PRIMARY_STATES)
  /** Agents whose states before now are to be corrected. */
  readonly #behind = new Set<number>()
  agentsChanged = false
  now = 0
  /** Instant of the fact that is applied; the clock's when time caused the change. Whoever it names first is known from then on. */
  at = 0

  readonly #reader: LegReader
  readonly #view = new LegView()

  constructor(agents: AgentTable, reader: LegReader, time: ClockTime, dirty: CrewDirty) {
    this.#agents = agents
    this.#reader = reader
    this.#time = time
    this.#dirty = dirty
  }

  /** A contact begins (1) or stops (-1) to ring at the agent. Gives their place, -1 for nobody. */
  ring(number: number, sign: number): number {
    if (number < 0) return NONE
    const index = this.#agents.index(number, this.#known())
    this.#agents.agents[index].ringing += sign
    this.touch(index)
    return index
  }

  /** An agent begins (1) or stops (-1) to have the leg; `runs`: it occupies them, talking or wrapping up. Gives their place, -1 for nobody. */
  work(leg: number, number: number, queue: number, runs: boolean, talks: boolean, sign: number): number {
    if (number < 0) return NONE
    const index = this.#agents.index(number, this.#known())
    const agent = this.#agents.agents[index]
    if (sign > 0 && !agent.seenOnContact) agent.seenOnContact = true
    if (sign > 0 && !agent.queuesKnown && queue >= 0 && !agent.queues.includes(queue)) this.join(index, queue)
    if (runs) {
      if (talks) agent.onContact += sign
      else agent.inAcw += sign
      if (sign > 0) agent.legs.push(leg)
      else if (agent.legs.length === 1) agent.legs.length = 0
      else agent.legs.splice(agent.legs.indexOf(leg), 1)
    }
    this.touch(index)
    return index
  }

  /** A contact says of an agent, by number, that something began or was over at `at`; or (`sign` -1) says so no more. */
  tell(leg: number, number: number, at: number, what: number, sign: number): void {
    if (number < 0) return
    const index = this.#agents.index(number, this.#known())
    this.touch(index)
    if (sign < 0) this.#agents.agents[index].outOfOrder = true
    this.note(leg, index, at, what, sign)
  }

  /** The same of one who was found already. */
  note(leg: number, index: number, at: number, what: number, sign: number): void {
    if (index < 0) return
    const agent = this.#agents.agents[index]
    const { pastLegs } = agent
    if (sign > 0 && (what === MARK.talks || what === MARK.rings) && pastLegs[pastLegs.length - 1] !== leg) pastLegs.push(leg)
    this.#agents.stories.tell(index, at, what, sign)
    this.#told(agent, at)
  }

  #told(agent: Agent, at: number): void {
    if (at < agent.toldTo || (agent.toldFrom !== Infinity && agent.toldFrom !== at)) agent.outOfOrder = true
    if (at < agent.toldFrom) agent.toldFrom = at
    if (at > agent.toldTo) agent.toldTo = at
  }

  /** The fold forgets a leg. */
  forget(leg: number, view: LegView): void {
    eachMark(view, (number, at, what) => {
      const index = this.#agents.find(number)
      if (index < 0) return
      without(this.#agents.agents[index].pastLegs, leg)
      if (what === MARK.talks) this.#agents.stories.forgetTalk(index, at)
    })
  }

  /** A report of a state that held from `since` on; `newest`: none that is known was made after it. */
  say(index: number, code: number, at: number, since: number, newest: boolean): void {
    const { stories } = this.#agents
    const told = Math.floor(at)
    // What a later report says of the time since it began holds against an earlier one.
    const last = stories.lastOf(index, newest ? Infinity : told, 'report')
    const begun = Math.max(last, Math.min(Math.floor(since), told))
    this.touch(index)
    const known = newest ? stories.says(index, begun, code) : begun >= stories.lastOf(index, Infinity, 'report')
    if (!known) this.#told(this.#agents.agents[index], stories.add(index, begun, code))
  }

  /** A state that the clock or the arrival of a fact gives; one after the other, whatever instants facts name. */
  happen(index: number, at: number, what: number, pair: typeof MARK.silent | typeof MARK.queueless): void {
    const { stories } = this.#agents
    this.#told(this.#agents.agents[index], stories.add(index, Math.max(Math.floor(Math.min(at, this.now)), stories.lastOf(index, Infinity, pair)), what))
    this.touch(index)
  }

  #known(): number {
    return this.at === 0 ? this.now : Math.min(this.at, this.now)
  }

  touch(index: number): void {
    const agent = this.#agents.agents[index]
    if (agent.touched) return
    agent.touched = true
    this.#touched.push(index)
  }

  /** Settles the states of agents that facts touched; `at` is the instant of the fact. */
  settle(at: number): void {
    while (this.#touched.length > 0) {
      const index = this.#touched.pop()
      if (index === undefined) return
      const agent = this.#agents.agents[index]
      agent.touched = false
      this.#dirty.agents.mark(index)
      const queueless = agent.queuesKnown && agent.queues.length === 0
      if (queueless !== agent.queueless) {
        agent.queueless = queueless
        this.happen(index, at, queueless ? MARK.queueless : MARK.inQueue, MARK.queueless)
      }
      this.#follow(index, agent)
    }
    if (this.#moved.size > 0) this.#move(at)
  }

  /** The agent's states follow from what was told. */
  #follow(index: number, agent: Agent): void {
    if (agent.toldFrom === Infinity) return
    const from = Math.min(agent.toldFrom, this.now)
    if (agent.outOfOrder || from < this.#agents.accountedTo(index)) {
      this.#behind.add(index)
      return
    }
    const primary = primaryOf(agent)
    if (primary !== agent.primary) this.#enter(index, agent, primary, from)
    agent.toldFrom = Infinity
  }

  /** Corrects what came late: once for all facts of an entry, since a call that is told whole was no call without end meanwhile. */
  catchUp(): void {
    if (this.#behind.size === 0) return
    for (const index of this.#behind) {
      const agent = this.#agents.agents[index]
      const from = Math.min(agent.toldFrom, this.now)
      if (agent.outOfOrder) this.#retell(index, agent, from)
      else this.#reenter(index, agent, primaryOf(agent), from)
      agent.toldFrom = Infinity
      agent.outOfOrder = false
    }
    this.#behind.clear()
  }

  #enter(index: number, agent: Agent, primary: number, at: number): void {
    this.#agents.settle(index, at)
    this.#agents.bands.enter(index, primary, at)
    this.#hold(index, agent, primary)
  }

  /** The newest state began before what is accounted. */
  #reenter(index: number, agent: Agent, primary: number, at: number): void {
    if (primary === agent.primary) return
    this.#time.retell(index, at, () => this.#agents.bands.enter(index, primary, at))
    this.#hold(index, agent, primary)
  }

  /** A mark was set or taken back before others that stand: all that came after it is told again. */
  #retell(index: number, agent: Agent, from: number): void {
    const { bands, stories } = this.#agents
    const { changes, standing, primary } = stories.retell(index, from, bands.before(index, from), this.now, this.#ofContacts(agent))
    agent.seenOnContact = standing.seenOnContact
    this.#time.retell(index, from, () => bands.replace(index, from, changes))
    this.#hold(index, agent, primary)
  }

  #ofContacts(agent: Agent): ContactMarks {
    return (mark) => {
      for (const leg of new Set(agent.pastLegs)) {
        if (!this.#reader.isThere(leg)) continue
        eachMark(this.#reader.read(leg, this.#view), (number, at, what) => void (number === agent.number && mark(at, what)))
      }
    }
  }

  #hold(index: number, agent: Agent, primary: number): void {
    if (primary !== agent.primary) {
      for (const queue of agent.queues) {
        this.#staff[queue * PRIMARY_STATES + agent.primary]--
        this.#staff[queue * PRIMARY_STATES + primary]++
        this.#dirty.queues.mark(queue)
      }
      this.#agents.hold(index, primary)
      this.agentsChanged = true
    }
    const since = this.#agents.bands.since(index)
    if (since >= 0) agent.since = since
  }

  /** Whole minutes belong to the queues that were served at their end. */
  #move(at: number): void {
    for (const index of this.#moved) {
      const from = Math.floor(Math.min(at, this.now) / MINUTE) * MINUTE
      const anew = this.#named.has(index)
      this.#time.serve(index, anew ? from : Math.max(from, this.#agents.memberships.newest(index) ?? 0), [...this.#agents.agents[index].queues], anew)
    }
    this.#moved.clear()
    this.#named.clear()
  }

  /** Queues that a report names which others came after. */
  served(index: number, queues: readonly number[], at: number): void {
    this.#time.serve(index, Math.floor(at / MINUTE) * MINUTE, queues, false)
  }

  /** Whoever was never said to serve any queue is: settling tells it to their time. */
  named(index: number): void {
    this.#moved.add(index)
    this.#named.add(index)
    this.touch(index)
  }

  forgetTouched(): void {
    for (const index of this.#touched.splice(0)) {
      const agent = this.#agents.agents[index]
      agent.touched = false
      agent.toldFrom = Infinity
      agent.outOfOrder = false
    }
    this.#moved.clear()
    this.#named.clear()
    this.#behind.clear()
    this.agentsChanged = false
  }

  join(index: number, queue: number): void {
    const agent = this.#agents.agents[index]
    if (agent.queues.includes(queue)) return
    if ((queue + 1) * PRIMARY_STATES > this.#staff.length) {
      const staff = new Int32Array(Math.max((queue + 1) * PRIMARY_STATES, this.#staff.length * 2))
      staff.set(this.#staff)
      this.#staff = staff
    }
    agent.queues.push(queue)
    this.#agents.membersChanged = true
    this.#moved.add(index)
    this.#staff[queue * PRIMARY_STATES + agent.primary]++
    this.#dirty.queues.mark(queue)
    this.touch(index)
  }

  leave(index: number, queue: number): void {
    const agent = this.#agents.agents[index]
    const place = agent.queues.indexOf(queue)
    if (place < 0) return
    agent.queues.splice(place, 1)
    this.#agents.membersChanged = true
    this.#moved.add(index)
    this.#staff[queue * PRIMARY_STATES + agent.primary]--
    this.#dirty.queues.mark(queue)
    this.touch(index)
  }

  staff(queue: number, primary: number): number {
    return this.#staff[queue * PRIMARY_STATES + primary] ?? 0
  }
}
