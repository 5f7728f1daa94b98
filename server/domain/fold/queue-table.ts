import { DayClock } from '../business-day.ts'
import { Histograms } from '../kpi/percentile.ts'
import { instantOf } from '../time.ts'
import { BLOCK } from './counters.ts'
import { Cells } from './cells.ts'
import { IntervalRows, SampleChains } from './interval-rows.ts'
import { QueueResponses } from './queue-responses.ts'
import type { SettingsHistory } from './settings-history.ts'

/** Minutes in the ring: 60 behind, the running one, and room for sources whose clock runs ahead. */
export const RING = 72
export const AHEAD_MIN = 11
const NONE = -1

/** Live gauges of a queue. */
export const GAUGE = { waiting: 0, alerting: 1, inProgress: 2, inAcw: 3, overTarget: 4, pending: 5, running: 6, legs: 7 } as const
export const GAUGES = 8

/** Sums, windows, days and gauges of queues. Index 0 is the site itself: agents' clock time counted once. */
export class QueueTable {
  readonly ids: string[] = []
  readonly #index = new Map<string, number>()
  readonly cells = new Cells()
  readonly samples = new SampleChains()
  readonly rows = new IntervalRows(this.cells, this.samples)
  readonly histograms = new Histograms(8)
  readonly responses = new QueueResponses()
  readonly days: DayClock[] = []
  /** Offset of a queue's blocks: window, day, then the ring. */
  base = new Int32Array(16)
  gauges = new Int32Array(16 * GAUGES)
  /** Sum of the starts of running and wrapping handlings, for the handle time so far. */
  runningStart = new Float64Array(16)
  dayFrom = new Float64Array(16)
  dayTo = new Float64Array(16)
  maxWait = new Float64Array(16)
  maxWaitStale = new Uint8Array(16)
  ringUsed = new Uint8Array(16 * RING)
  ringWaits = new Int32Array(16 * RING).fill(NONE)
  ringHandles = new Int32Array(16 * RING).fill(NONE)
  /** Lane of each of a queue's four channels, -1 while it had nothing. */
  laneOf = new Int32Array(16 * 4).fill(NONE)
  readonly laneQueue: number[] = []
  readonly laneChannel: number[] = []
  lanePending = new Int32Array(16)
  /** Bit of every source that spoke of the queue. */
  sources = new Int32Array(16)
  nextDayEnd = Infinity

  index(id: string): number {
    return this.#index.get(id) ?? NONE
  }

  add(id: string, settings: SettingsHistory, at: number): number {
    const queue = this.ids.length
    if (queue === this.base.length) this.#grow()
    this.ids.push(id)
    this.#index.set(id, queue)
    this.base[queue] = this.cells.take(2 + RING)
    this.histograms.reserve((queue + 1) * 4)
    const clock = new DayClock(settings.queue(settings.latest, queue).day, instantOf(at))
    this.days.push(clock)
    this.#setDay(queue)
    return queue
  }

  lane(queue: number, channel: number): number {
    const lane = this.laneOf[queue * 4 + channel]
    if (lane !== NONE) return lane
    const added = this.laneQueue.length
    this.laneQueue.push(queue)
    this.laneChannel.push(channel)
    this.laneOf[queue * 4 + channel] = added
    this.rows.reserve(added + 1)
    if (added >= this.lanePending.length) {
      const pending = new Int32Array(this.lanePending.length * 2)
      pending.set(this.lanePending)
      this.lanePending = pending
    }
    return added
  }

  /** Nothing was ever booked to it. */
  isFresh(queue: number): boolean {
    return this.gauges[queue * GAUGES + GAUGE.legs] === 0
  }

  windowBlock(queue: number): number {
    return this.base[queue]
  }

  dayBlock(queue: number): number {
    return this.base[queue] + BLOCK
  }

  ringBlock(queue: number, minute: number): number {
    return this.ringPlace(this.base[queue], minute % RING)
  }

  ringPlace(base: number, place: number): number {
    return base + (2 + place) * BLOCK
  }

  /** Takes over the bounds of the queue's day clock. */
  refreshDay(queue: number): void {
    this.#setDay(queue)
    let next = Infinity
    for (let other = 0; other < this.ids.length; other++) next = Math.min(next, this.dayTo[other])
    this.nextDayEnd = next
  }

  #setDay(queue: number): void {
    this.dayFrom[queue] = this.days[queue].from
    this.dayTo[queue] = this.days[queue].to
    this.nextDayEnd = Math.min(this.nextDayEnd, this.dayTo[queue])
  }

  #grow(): void {
    const length = this.base.length * 2
    const ints = (from: Int32Array, per: number, fill = 0): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(length * per).fill(fill)
      to.set(from)
      return to
    }
    const doubles = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(length)
      to.set(from)
      return to
    }
    const bytes = (from: Uint8Array, per: number): Uint8Array<ArrayBuffer> => {
      const to = new Uint8Array(length * per)
      to.set(from)
      return to
    }
    this.base = ints(this.base, 1)
    this.gauges = ints(this.gauges, GAUGES)
    this.runningStart = doubles(this.runningStart)
    this.dayFrom = doubles(this.dayFrom)
    this.dayTo = doubles(this.dayTo)
    this.maxWait = doubles(this.maxWait)
    this.maxWaitStale = bytes(this.maxWaitStale, 1)
    this.ringUsed = bytes(this.ringUsed, RING)
    this.ringWaits = ints(this.ringWaits, RING, NONE)
    this.ringHandles = ints(this.ringHandles, RING, NONE)
    this.laneOf = ints(this.laneOf, 4, NONE)
    this.sources = ints(this.sources, 1)
  }

  bytes(): number {
    return this.cells.values.byteLength + this.rows.bytes() + this.histograms.bytes() + this.ringWaits.byteLength * 2 + this.ringUsed.byteLength
  }
}

/** Histograms of a queue. */
export const HISTOGRAM = { windowWait: 0, windowHandle: 1, dayWait: 2, dayHandle: 3 } as const
