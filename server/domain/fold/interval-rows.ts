import type { Cells } from './cells.ts'
import { sketchOf, type Sketch } from '../kpi/percentile.ts'
import { ResponseSums } from './response-sums.ts'
import { QUARTER_HOUR } from '../time.ts'

/** Quarter hours a lane remembers: 64 hours, more than the hot log holds. */
const SLOTS = 256
const NONE = -1

/** Late by more than this is a correction of a closed interval, not the transport's own lag. */
export const SETTLE_MS = 5_000

export const BASIS = { outcome: 0, arrival: 1 } as const

/** Samples in chains: the row or minute that owns a chain keeps its head. A correction is a sample taken back. */
export class SampleChains {
  #next = new Int32Array(1024)
  #value = new Int32Array(1024)
  #top = 0
  #free = NONE

  /** Returns the new head. */
  push(head: number, bucket: number, times: number): number {
    let cell = this.#free
    if (cell !== NONE) this.#free = this.#next[cell]
    else {
      if (this.#top === this.#next.length) this.#grow()
      cell = this.#top++
    }
    this.#next[cell] = head
    this.#value[cell] = times > 0 ? bucket : -1 - bucket
    return cell
  }

  each(head: number, visit: (bucket: number, times: number) => void): void {
    for (let cell = head; cell !== NONE; cell = this.#next[cell]) {
      const value = this.#value[cell]
      if (value >= 0) visit(value, 1)
      else visit(-1 - value, -1)
    }
  }

  release(head: number): void {
    if (head === NONE) return
    let last = head
    while (this.#next[last] !== NONE) last = this.#next[last]
    this.#next[last] = this.#free
    this.#free = head
  }

  sketch(head: number): Sketch {
    const counts = new Map<number, number>()
    this.each(head, (bucket, times) => counts.set(bucket, (counts.get(bucket) ?? 0) + times))
    return sketchOf(counts)
  }

  #grow(): void {
    const next = new Int32Array(this.#next.length * 2)
    next.set(this.#next)
    this.#next = next
    const value = new Int32Array(this.#value.length * 2)
    value.set(this.#value)
    this.#value = value
  }

  bytes(): number {
    return this.#next.byteLength + this.#value.byteLength
  }
}

/** A closed row that closed or changed since the last take. */
export interface ChangedInterval {
  readonly lane: number
  readonly basis: number
  readonly interval: number
}

/** Interval rows of all lanes (a queue's channel) on both bases, as blocks of `cells`. */
export class IntervalRows {
  readonly #cells: Cells
  readonly samples: SampleChains
  #slots = new Int32Array(0)
  #interval = new Int32Array(256)
  #block = new Int32Array(256)
  #revised = new Uint8Array(256)
  #wait = new Int32Array(256)
  #handle = new Int32Array(256)
  /** Of the few rows in which somebody was answered in writing. */
  readonly #responses = new Map<number, ResponseSums>()
  #changed = new Set<number>()
  #lane = new Int32Array(256)
  #basis = new Uint8Array(256)
  #top = 1
  #free: number[] = []

  constructor(cells: Cells, samples: SampleChains) {
    this.#cells = cells
    this.samples = samples
  }

  reserve(lanes: number): void {
    const length = lanes * 2 * SLOTS
    if (length <= this.#slots.length) return
    const slots = new Int32Array(length * 2)
    slots.set(this.#slots)
    this.#slots = slots
  }

  /** Row of the quarter hour that holds `at`; 0, the bin, for what is older than the rows kept. */
  at(lane: number, basis: number, at: number, oldest: number): number {
    return this.of(lane, basis, Math.floor(at / QUARTER_HOUR), oldest)
  }

  /** Row of a quarter hour, counted from the epoch. */
  of(lane: number, basis: number, interval: number, oldest: number): number {
    if (interval < oldest) return 0
    const slot = (lane * 2 + basis) * SLOTS + (interval & (SLOTS - 1))
    const row = this.#slots[slot]
    if (row !== 0 && this.#interval[row] === interval) return row
    return this.#open(slot, lane, basis, interval)
  }

  find(lane: number, basis: number, interval: number): number {
    const row = this.#slots[(lane * 2 + basis) * SLOTS + (interval & (SLOTS - 1))]
    return row !== undefined && row !== 0 && this.#interval[row] === interval ? row : 0
  }

  /** Offset of the row's counters; the bin has a block of its own. */
  block(row: number): number {
    return this.#block[row]
  }

  isRevised(row: number): boolean {
    return this.#revised[row] === 1
  }

  setRevised(row: number): void {
    if (row !== 0) this.#revised[row] = 1
  }

  /** Tells the keeper that a closed row is another one now. */
  touch(row: number): void {
    if (row !== 0) this.#changed.add(row)
  }

  addWait(row: number, bucket: number, times: number): void {
    if (row !== 0) this.#wait[row] = this.samples.push(this.#wait[row], bucket, times)
  }

  addHandle(row: number, bucket: number, times: number): void {
    if (row !== 0) this.#handle[row] = this.samples.push(this.#handle[row], bucket, times)
  }

  /** Sums of answers of the row, made when first asked for; the bin has none. */
  responsesFor(row: number): ResponseSums | null {
    if (row === 0) return null
    const known = this.#responses.get(row)
    if (known !== undefined) return known
    const sums = new ResponseSums()
    this.#responses.set(row, sums)
    return sums
  }

  responses(row: number): ResponseSums | undefined {
    return this.#responses.get(row)
  }

  waits(row: number): Sketch {
    return row === 0 ? [] : this.samples.sketch(this.#wait[row])
  }

  handles(row: number): Sketch {
    return row === 0 ? [] : this.samples.sketch(this.#handle[row])
  }

  takeChanged(): readonly ChangedInterval[] {
    if (this.#changed.size === 0) return []
    const changed = [...this.#changed].map((row) => ({ lane: this.#lane[row], basis: this.#basis[row], interval: this.#interval[row] }))
    this.#changed = new Set()
    return changed
  }

  /** Frees rows older than `oldest`. */
  sweep(oldest: number): void {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const row = this.#slots[slot]
      if (row === 0 || this.#interval[row] >= oldest) continue
      this.#slots[slot] = 0
      this.#close(row)
    }
  }

  each(visit: (row: number, lane: number, basis: number, interval: number) => void): void {
    for (const row of this.#slots) if (row !== 0) visit(row, this.#lane[row], this.#basis[row], this.#interval[row])
  }

  #close(row: number): void {
    this.#changed.delete(row)
    this.#responses.delete(row)
    this.#cells.free(this.#block[row])
    this.samples.release(this.#wait[row])
    this.samples.release(this.#handle[row])
    this.#free.push(row)
  }

  #open(slot: number, lane: number, basis: number, interval: number): number {
    const stale = this.#slots[slot]
    if (stale !== 0) {
      if (this.#interval[stale] > interval) return 0
      this.#close(stale)
    }
    const row = this.#free.pop() ?? this.#top++
    if (row >= this.#interval.length) this.#grow()
    this.#slots[slot] = row
    this.#interval[row] = interval
    this.#lane[row] = lane
    this.#basis[row] = basis
    this.#block[row] = this.#cells.take(1)
    this.#revised[row] = 0
    this.#wait[row] = NONE
    this.#handle[row] = NONE
    return row
  }

  #grow(): void {
    const length = this.#interval.length * 2
    const wider = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(length)
      to.set(from)
      return to
    }
    this.#interval = wider(this.#interval)
    this.#block = wider(this.#block)
    this.#wait = wider(this.#wait)
    this.#handle = wider(this.#handle)
    this.#lane = wider(this.#lane)
    const revised = new Uint8Array(length)
    revised.set(this.#revised)
    this.#revised = revised
    const bases = new Uint8Array(length)
    bases.set(this.#basis)
    this.#basis = bases
  }

  bytes(): number {
    return this.#slots.byteLength + this.#interval.byteLength * 5 + this.samples.bytes()
  }
}

