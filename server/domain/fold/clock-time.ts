import { NO_TIME, type AgentTime } from '../agent-states.ts'
import { MINUTE, QUARTER_HOUR } from '../time.ts'
import type { DirtyList } from '../floor-changes.ts'
import type { AgentTable } from './agents.ts'
import { timeOf } from './standing.ts'
import type { Booking } from './booking.ts'
import { COUNT } from './counters.ts'
import { CHANNELS } from './fact-kinds.ts'
import { BASIS } from './interval-rows.ts'
import { RING, type QueueTable } from './queue-table.ts'
import type { SettingsHistory } from './settings-history.ts'
import type { StateBand } from './state-bands.ts'

const SITE = 0
const ALWAYS = { from: -Infinity, to: Infinity }

export interface ClockTimeParts {
  readonly agents: AgentTable
  readonly queues: QueueTable
  readonly settings: SettingsHistory
  readonly book: Booking
  readonly dirtyQueues: DirtyList
}

/**
 * Agents' time of minutes that are over: what their states in them give, booked to minutes, days and rows of the site and of the queues they
 * served. Where a state of then turns out to be another, the difference is booked, as the difference of a leg is.
 */
export class ClockTime {
  readonly #agents: AgentTable
  readonly #queues: QueueTable
  readonly #settings: SettingsHistory
  readonly #book: Booking
  readonly #dirty: DirtyList

  constructor({ agents, queues, settings, book, dirtyQueues }: ClockTimeParts) {
    this.#agents = agents
    this.#queues = queues
    this.#settings = settings
    this.#book = book
    this.#dirty = dirtyQueues
  }

  /** The agent's states from `from` on change: books the difference. */
  retell(index: number, from: number, change: () => void): void {
    const agents = this.#agents
    const to = agents.minuteStart
    if (from >= to) change()
    else {
      const before = agents.bands.of(index, from, to)
      change()
      this.#difference(index, before, agents.bands.of(index, from, to), from, to)
    }
    agents.recount(index, this.#book.asOf)
  }

  #difference(index: number, before: readonly StateBand[], after: readonly StateBand[], from: number, to: number): void {
    let [i, j] = [0, 0]
    for (let at = from; at < to; ) {
      while (i < before.length && before[i].to <= at) i++
      while (j < after.length && after[j].to <= at) j++
      const next = Math.min(to, edgeOf(before[i], at), edgeOf(after[j], at))
      const [was, is] = [timeAt(before[i], at), timeAt(after[j], at)]
      if (was !== is) this.#correct(index, [is[0] - was[0], is[1] - was[1], is[2] - was[2]], at, next)
      at = next
    }
  }

  #correct(index: number, time: AgentTime, from: number, to: number): void {
    if (time.every((part) => part === 0)) return
    this.#agents.correct(index, time, from, to)
    this.#put(SITE, time, from, to)
    this.#agents.memberships.each(index, from, to, (queues, begin, end) => {
      for (const queue of queues) this.#put(queue, time, begin, end)
    })
  }

  /** The queues that the agent served from `from` on are others; `anew`: nobody had named any, so that these hold for the time before and after as well. */
  serve(index: number, from: number, queues: readonly number[], anew: boolean): void {
    const { bands, memberships, minuteStart } = this.#agents
    const reach = anew ? ALWAYS : memberships.reach(index, from)
    const [begin, end] = [Math.max(reach.from, bands.begin(index)), Math.min(reach.to, minuteStart)]
    memberships.each(index, begin, end, (served, since, until) => {
      this.#putAll(index, served.filter((queue) => !queues.includes(queue)), since, until, -1)
      this.#putAll(index, queues.filter((queue) => !served.includes(queue)), since, until, 1)
    })
    if (memberships.newest(index) === null) this.#putAll(index, queues, begin, end, 1)
    memberships.set(index, from, queues, anew)
  }

  #putAll(index: number, queues: readonly number[], from: number, to: number, sign: number): void {
    if (queues.length === 0) return
    for (const band of this.#agents.bands.of(index, from, to)) {
      const [handling, available, signedIn] = timeOf(band.primary)
      if (signedIn !== 0) for (const queue of queues) this.#put(queue, [sign * handling, sign * available, sign * signedIn], band.from, band.to)
    }
  }

  #put(queue: number, time: AgentTime, from: number, to: number): void {
    const queues = this.#queues
    this.#add(queues.dayBlock(queue), time, Math.min(to, queues.dayTo[queue]) - Math.max(from, queues.dayFrom[queue]))
    this.#intoMinutes(queue, time, from, to)
    if (queue !== SITE) this.#intoRows(queue, time, from, to)
    this.#dirty.mark(queue)
  }

  #intoMinutes(queue: number, time: AgentTime, from: number, to: number): void {
    const running = this.#book.minute
    const queues = this.#queues
    for (let minute = Math.max(running - 59, Math.floor(from / MINUTE)); minute * MINUTE < to; minute++) {
      const ms = Math.min(to, (minute + 1) * MINUTE) - Math.max(from, minute * MINUTE)
      this.#add(queues.ringBlock(queue, minute), time, ms)
      queues.ringUsed[queue * RING + (minute % RING)] = 1
      if (minute > running - 30) this.#add(queues.windowBlock(queue), time, ms)
    }
  }

  #intoRows(queue: number, time: AgentTime, from: number, to: number): void {
    const { rows } = this.#queues
    for (let interval = Math.max(this.#book.oldestInterval, Math.floor(from / QUARTER_HOUR)); interval * QUARTER_HOUR < to; interval++) {
      const row = rows.of(this.#laneIn(queue, interval), BASIS.outcome, interval, this.#book.oldestInterval)
      this.#add(rows.block(row), time, Math.min(to, (interval + 1) * QUARTER_HOUR) - Math.max(from, interval * QUARTER_HOUR))
      this.#book.corrected(row, interval)
    }
  }

  #add(block: number, [handling, available, signedIn]: AgentTime, ms: number): void {
    if (ms <= 0) return
    const values = this.#queues.cells.values
    values[block + COUNT.handlingMs] += handling * ms
    values[block + COUNT.availableMs] += available * ms
    values[block + COUNT.signedInMs] += signedIn * ms
  }

  /** The row that has such time already: the queue's channel may have been another then. */
  #laneIn(queue: number, interval: number): number {
    const { laneOf, rows, cells } = this.#queues
    for (let channel = 0; channel < CHANNELS.length; channel++) {
      const lane = laneOf[queue * CHANNELS.length + channel]
      const row = lane < 0 ? 0 : rows.find(lane, BASIS.outcome, interval)
      if (row !== 0 && cells.values[rows.block(row) + COUNT.signedInMs] !== 0) return lane
    }
    return this.laneOf(queue)
  }

  /** Rows of a queue's agents stand with its main channel. */
  laneOf(queue: number): number {
    return this.#queues.lane(queue, Math.max(0, CHANNELS.indexOf(this.#settings.channelOf(this.#settings.latest, queue))))
  }
}

/** Where what holds at `at` ends, or what comes next begins. */
const edgeOf = (band: StateBand | undefined, at: number): number => (band === undefined ? Infinity : band.from > at ? band.from : band.to)
const timeAt = (band: StateBand | undefined, at: number): AgentTime => (band === undefined || band.from > at ? NO_TIME : timeOf(band.primary))
