import { ContactTable } from './fold/contact-table.ts'
import { closesUnanswered, KIND } from './fold/fact-kinds.ts'
import type { SharedPart } from './fold/shared-part.ts'
import { withTold, type ToldTransfer } from './fold/transfer-words.ts'

/**
 * Legs (visits of a contact to a queue) of the last 50 hours as columns. A leg is the sorted set of its facts: whatever the order,
 * repetition or gaps of deliveries, the same facts give the same leg.
 */

/** Columns of a leg in `legs.cells`, two cache lines each. */
export const LEG_STRIDE = 32
export const LEG = {
  /** Next leg of the contact, or -1. */
  next: 0,
  /** Index of the queue, or -1 while no fact named one. */
  queue: 1,
  /** Minute that all `at` of the leg count from. */
  base: 2,
  head: 3,
  state: 4,
  /** Links of the waiting or running list of the queue. */
  before: 5,
  after: 6,
  list: 7,
  /** Sort key in that list, ms from base. */
  since: 8,
  outcomeAt: 9,
  firstAt: 10,
  lastAt: 11,
  /** The clock effects (a wait past its target, a wrap-up past its cap) applied so far, ms from base. */
  clock: 12,
  sources: 13,
  version: 14,
  used: 15,
  contact: 16,
  /** Newest fact. */
  tail: 17,
  /** How simple a life the leg has had so far (`newest-fact.ts`), and what its facts say; only valid while `phase` is not 0. */
  phase: 18,
  marks: 19,
  agent: 20,
  queuedAt: 21,
  answeredAt: 22,
  endedAt: 23,
  talk: 24,
  hold: 25,
  /** When the only agent rung began to ring. */
  rungAt: 26,
  /** Seconds, plus one, since another contact of the customer ended before it came: one that the fold holds, and one that it held; 0 for none. */
  gap: 27,
  keptGap: 28,
  /** 1 where an agent of it had other contacts at once: what is its part is in `legs.shared`. */
  shared: 29,
} as const

/** Bits of LEG.state. */
export const STATE_OUTCOME = 0xf
export const STATE_QUEUED = 1 << 4
export const STATE_EXPLICIT = 1 << 5
/** A fact says that the contact left the queue unanswered. */
export const STATE_CLOSED = 1 << 6
/** It waits, talks or wraps up: a timer may still move it. */
export const STATE_TIMED = 1 << 7

/** Columns of a fact in `legs.facts`. */
export const FACT_STRIDE = 8
export const FACT = { next: 0, meta: 1, at: 2, agent: 3, v1: 4, v2: 5, wait: 6, queue: 7 } as const

/** Bits of FACT.meta: kind 0-4, source 5-10, explicit 11, resolved 12-13, reason 14-18, channel 19-21, direction 22-23, then flags. */
export const META = { source: 5, explicit: 11, resolved: 12, reason: 14, channel: 19, direction: 22, uncertain: 24, subject: 25, bySystem: 26, transfer: 27, byAgent: 28, byCustomer: 29 } as const
export const MAX_SOURCES = 63
export const NONE = -1

/** One fact on its way in; numbers only, -1 where unknown. */
export class StagedFact {
  kind = 0
  meta = 0
  /** Epoch ms. */
  at = 0.5
  agent = NONE
  v1 = NONE
  v2 = NONE
  wait = NONE
  queue = NONE
}

const grown = (array: Int32Array, length: number): Int32Array<ArrayBuffer> => {
  const bigger = new Int32Array(length)
  bigger.set(array)
  return bigger
}

const MINUTE = 60_000

export class LegTable {
  cells = new Int32Array(1024 * LEG_STRIDE)
  facts = new Int32Array(4096 * FACT_STRIDE)
  readonly contacts = new ContactTable()
  readonly legIds = new Map<number, string>()
  readonly roots = new Map<number, string>()
  /** Legs that name a contact as their root, by that contact. */
  readonly rooted = new Map<string, Set<number>>()
  /** Newest comment of a survey of each contact that has one: when, and the id of its sealed text. */
  readonly comments = new Map<number, readonly [at: number, text: string]>()
  /** What was told of the transfers of each contact that was passed on, in order. */
  readonly transfers = new Map<number, readonly ToldTransfer[]>()
  /** Parts of legs whose agents had others at once. */
  readonly shared = new Map<number, readonly SharedPart[]>()
  /** Highest leg index ever used, plus one. */
  top = 0
  #factTop = 0
  #freeLeg = NONE
  #freeFact = NONE
  live = 0

  baseOf(leg: number): number {
    return this.cells[leg * LEG_STRIDE + LEG.base] * MINUTE
  }

  contactOf(leg: number): number {
    return this.cells[leg * LEG_STRIDE + LEG.contact]
  }

  contactIdOf(leg: number): string {
    return this.contacts.ids[this.cells[leg * LEG_STRIDE + LEG.contact]]
  }

  open(contact: number, queue: number, at: number, version: number): number {
    const leg = this.#takeLeg()
    const o = leg * LEG_STRIDE
    const cells = this.cells
    cells.fill(0, o, o + LEG_STRIDE)
    cells[o + LEG.next] = NONE
    cells[o + LEG.queue] = queue
    cells[o + LEG.base] = Math.floor(at / MINUTE)
    cells[o + LEG.head] = NONE
    cells[o + LEG.before] = NONE
    cells[o + LEG.after] = NONE
    cells[o + LEG.version] = version
    cells[o + LEG.used] = 1
    cells[o + LEG.contact] = contact
    cells[o + LEG.tail] = NONE
    this.live++
    return leg
  }

  /** The newest comment counts, whatever the order of arrival. */
  comment(contact: number, at: number, text: string): void {
    const known = this.comments.get(contact)
    if (known === undefined || known[0] < at || (known[0] === at && known[1] < text)) this.comments.set(contact, [at, text])
  }

  setRoot(leg: number, root: string): void {
    this.#unroot(leg)
    this.roots.set(leg, root)
    const known = this.rooted.get(root)
    if (known === undefined) this.rooted.set(root, new Set([leg]))
    else known.add(leg)
  }

  #unroot(leg: number): void {
    const root = this.roots.get(leg)
    if (root === undefined) return
    this.roots.delete(leg)
    const others = this.rooted.get(root)
    others?.delete(leg)
    if (others?.size === 0) this.rooted.delete(root)
  }

  tellTransfer(contact: number, told: ToldTransfer): void {
    this.transfers.set(contact, withTold(this.transfers.get(contact) ?? [], told))
  }

  /** What is the leg's of time that its agents shared; none of it any more where there are no parts. */
  share(leg: number, parts: readonly SharedPart[]): void {
    this.cells[leg * LEG_STRIDE + LEG.shared] = parts.length === 0 ? 0 : 1
    if (parts.length === 0) this.shared.delete(leg)
    else this.shared.set(leg, parts)
  }

  /** Adds `leg` as the newest of its contact. */
  append(first: number, leg: number): void {
    let last = first
    for (let next = first; next !== NONE; next = this.cells[next * LEG_STRIDE + LEG.next]) last = next
    this.cells[last * LEG_STRIDE + LEG.next] = leg
  }

  /** Frees the leg and its facts; the caller keeps the contact's chain and map right. */
  free(leg: number): void {
    this.clearFacts(leg)
    this.cells[leg * LEG_STRIDE + LEG.used] = 0
    this.cells[leg * LEG_STRIDE + LEG.next] = this.#freeLeg
    this.#freeLeg = leg
    this.legIds.delete(leg)
    this.shared.delete(leg)
    this.#unroot(leg)
    this.live--
  }

  clearFacts(leg: number): void {
    const o = leg * LEG_STRIDE
    for (let fact = this.cells[o + LEG.head]; fact !== NONE; ) {
      const next = this.facts[fact * FACT_STRIDE]
      this.facts[fact * FACT_STRIDE] = this.#freeFact
      this.#freeFact = fact
      fact = next
    }
    this.cells[o + LEG.head] = NONE
    this.cells[o + LEG.tail] = NONE
    this.cells[o + LEG.phase] = 0
  }

  /** Keeps the leg's facts sorted; false when the very same fact is there already. */
  insert(leg: number, staged: StagedFact): boolean {
    const o = leg * LEG_STRIDE
    const at = staged.at - this.cells[o + LEG.base] * MINUTE
    if (this.isNewest(o, at, staged)) {
      this.add(o, at, staged)
      return true
    }
    const facts = this.facts
    let previous = NONE
    let fact = this.cells[o + LEG.head]
    while (fact !== NONE) {
      const order = this.#compare(fact * FACT_STRIDE, at, staged)
      if (order === 0) return false
      if (order > 0) break
      previous = fact
      fact = facts[fact * FACT_STRIDE]
    }
    const added = this.#write(fact, at, staged)
    if (previous === NONE) this.cells[o + LEG.head] = added
    else this.facts[previous * FACT_STRIDE] = added
    this.#note(o, at, false, previous === NONE, staged)
    return true
  }

  /** True when the fact comes after all facts of the leg; `at` is ms from its base. */
  isNewest(o: number, at: number, staged: StagedFact): boolean {
    const tail = this.cells[o + LEG.tail]
    return tail === NONE || this.#compare(tail * FACT_STRIDE, at, staged) < 0
  }

  /** Adds a fact that `isNewest`. */
  add(o: number, at: number, staged: StagedFact): void {
    const added = this.#write(NONE, at, staged)
    const cells = this.cells
    const tail = cells[o + LEG.tail]
    if (tail === NONE) cells[o + LEG.head] = added
    else this.facts[tail * FACT_STRIDE] = added
    cells[o + LEG.tail] = added
    this.#note(o, at, true, tail === NONE, staged)
  }

  #write(next: number, at: number, staged: StagedFact): number {
    const added = this.#takeFact()
    const f = added * FACT_STRIDE
    const facts = this.facts
    facts[f] = next
    facts[f + 1] = staged.meta
    facts[f + 2] = at
    facts[f + 3] = staged.agent
    facts[f + 4] = staged.v1
    facts[f + 5] = staged.v2
    facts[f + 6] = staged.wait
    facts[f + 7] = staged.queue
    return added
  }

  #note(o: number, at: number, isLast: boolean, isFirst: boolean, staged: StagedFact): void {
    const cells = this.cells
    if (isFirst) cells[o + LEG.firstAt] = at
    if (isLast) cells[o + LEG.lastAt] = at
    if (staged.kind === KIND.queued) cells[o + LEG.state] |= STATE_QUEUED
    else if (closesUnanswered(staged.kind)) cells[o + LEG.state] |= STATE_CLOSED
    cells[o + LEG.sources] |= 1 << (((staged.meta >> META.source) & MAX_SOURCES) & 31)
  }

  #compare(f: number, at: number, staged: StagedFact): number {
    const facts = this.facts
    const byTime = (facts[f + 2]) - at
    if (byTime !== 0) return byTime
    const meta = facts[f + 1]
    return (
      (meta & 31) - staged.kind ||
      (facts[f + 3]) - staged.agent ||
      (facts[f + 4]) - staged.v1 ||
      (facts[f + 5]) - staged.v2 ||
      (facts[f + 6]) - staged.wait ||
      (facts[f + 7]) - staged.queue ||
      meta - staged.meta
    )
  }

  #takeLeg(): number {
    if (this.#freeLeg !== NONE) {
      const leg = this.#freeLeg
      this.#freeLeg = this.cells[leg * LEG_STRIDE + LEG.next]
      return leg
    }
    if ((this.top + 1) * LEG_STRIDE > this.cells.length) this.cells = grown(this.cells, this.cells.length * 2)
    return this.top++
  }

  #takeFact(): number {
    if (this.#freeFact !== NONE) {
      const fact = this.#freeFact
      this.#freeFact = this.facts[fact * FACT_STRIDE]
      return fact
    }
    if ((this.#factTop + 1) * FACT_STRIDE > this.facts.length) this.facts = grown(this.facts, this.facts.length * 2)
    return this.#factTop++
  }

  /** Bytes held in columns (not the contact ids). */
  bytes(): number {
    return this.cells.byteLength + this.facts.byteLength
  }
}
