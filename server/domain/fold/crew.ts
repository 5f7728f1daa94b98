import type { DirtyList } from '../floor-changes.ts'
import { PRIMARY, PRIMARY_STATES, type AgentTable } from './agents.ts'

const isWork = (primary: number): boolean => primary === PRIMARY.onContact || primary === PRIMARY.acw

export interface CrewDirty {
  readonly queues: DirtyList
  readonly agents: DirtyList
}

/** What contacts and reports do to agents: their work, the queues they are in, and the states that follow. */
export class Crew {
  readonly #agents: AgentTable
  readonly #dirty: CrewDirty
  readonly #touched: number[] = []
  /** Agents of each queue by primary state. */
  #staff = new Int32Array(16 * PRIMARY_STATES)
  /** Until when agents worked, by the fact that is applied: no state that holds now is older than that. */
  readonly #worked = new Map<number, number>()
  agentsChanged = false
  now = 0
  /** Instant of the fact that is applied; the clock's when time caused the change. Whoever it names first is known from then on. */
  at = 0

  constructor(agents: AgentTable, dirty: CrewDirty) {
    this.#agents = agents
    this.#dirty = dirty
  }

  /** A contact begins (1) or stops (-1) to ring at the agent. */
  ring(number: number, sign: number): void {
    if (number < 0) return
    const index = this.#agents.index(number, this.#known())
    this.#agents.agents[index].ringing += sign
    this.touch(index)
  }

  /** An agent begins (1) or stops (-1) to have the leg; `runs`: it occupies them, talking or wrapping up. */
  work(leg: number, number: number, queue: number, runs: boolean, talks: boolean, sign: number): void {
    if (number < 0) return
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
  }

  /** A part of the agent in a contact is over, since `until`. */
  worked(number: number, until: number): void {
    const index = this.#agents.find(number)
    if (index >= 0 && until > (this.#worked.get(index) ?? 0)) this.#worked.set(index, until)
  }

  /** A report that came late says that the state that holds, and held before it too, began anew at `since`. */
  interrupted(index: number, since: number): void {
    const agent = this.#agents.agents[index]
    if (isWork(agent.primary) || since <= agent.since) return
    agent.since = Math.min(since, this.now)
    this.#dirty.agents.mark(index)
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
      const primary = this.#agents.primaryOf(agent)
      this.#dirty.agents.mark(index)
      const worked = this.#worked.get(index)
      if (worked !== undefined && primary === agent.primary) this.interrupted(index, worked)
      if (primary === agent.primary) continue
      this.#enter(index, primary, Math.max(agent.since, Math.min(Math.max(at, isWork(primary) ? 0 : (worked ?? 0)), this.now)))
    }
    if (this.#worked.size > 0) this.#worked.clear()
  }

  #enter(index: number, primary: number, at: number): void {
    const agent = this.#agents.agents[index]
    for (const queue of agent.queues) {
      this.#staff[queue * PRIMARY_STATES + agent.primary]--
      this.#staff[queue * PRIMARY_STATES + primary]++
      this.#dirty.queues.mark(queue)
    }
    this.#agents.change(index, primary, at)
    agent.since = at
    this.agentsChanged = true
  }

  forgetTouched(): void {
    for (const index of this.#touched.splice(0)) this.#agents.agents[index].touched = false
    if (this.#worked.size > 0) this.#worked.clear()
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
    this.#staff[queue * PRIMARY_STATES + agent.primary]--
    this.#dirty.queues.mark(queue)
    this.touch(index)
  }

  staff(queue: number, primary: number): number {
    return this.#staff[queue * PRIMARY_STATES + primary] ?? 0
  }
}
