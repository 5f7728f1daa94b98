import type { DirtyList } from '../floor-changes.ts'
import { FACT, FACT_STRIDE, LEG, LEG_STRIDE, META, NONE, STATE_CLOSED, STATE_EXPLICIT, STATE_OUTCOME, STATE_QUEUED, STATE_TIMED, StagedFact, type LegTable } from '../legs.ts'
import type { Booking } from './booking.ts'
import type { Contributions } from './contributions.ts'
import { dialsUntil } from './dials.ts'
import { closesUnanswered, followsContact, KIND, provesVisit, SAME_MOMENT_MS } from './fact-kinds.ts'
import type { LegReader } from './leg-reader.ts'
import { HANDLING, LegView, LIVE, OUTCOME } from './leg-view.ts'
import type { LiveState } from './live-state.ts'
import type { SettingsHistory } from './settings-history.ts'
import { NewestFact } from './newest-fact.ts'
import type { QueueTable } from './queue-table.ts'
import { stageLost } from './stage-fact.ts'
import { Repeats } from './repeats.ts'
import type { SharedTime } from './shared-time.ts'
import type { Timers } from './timers.ts'
import { visitsOf, type LooseFact } from './visits.ts'
import type { Names } from './fact-batch.ts'

/** Highest time a leg's clock column can hold, ms from its base: 24 days. */
const CLOCK_MAX = 2_147_000_000
const SLOW = -2

const NOTHING = new LegView()

export interface ContactParts {
  readonly legs: LegTable
  readonly reader: LegReader
  readonly book: Booking
  readonly queues: QueueTable
  readonly contributions: Contributions
  readonly live: LiveState
  readonly shared: SharedTime
  readonly timers: Timers
  readonly settings: SettingsHistory
  readonly dirtyQueues: DirtyList
}

/** Puts facts into legs and lets the difference flow into every sum. */
export class ContactFold {
  readonly #legs: LegTable
  readonly #reader: LegReader
  readonly #contributions: Contributions
  readonly #live: LiveState
  readonly #shared: SharedTime
  readonly #timers: Timers
  readonly #settings: SettingsHistory
  readonly #dirtyQueues: DirtyList
  readonly #before = new LegView()
  readonly #after = new LegView()
  readonly #lost = new StagedFact()
  readonly #newest: NewestFact
  readonly repeats: Repeats
  /** The contact of the fact that is applied was cut into visits anew. */
  #cut = false
  #now = 0

  constructor(parts: ContactParts) {
    this.#legs = parts.legs
    this.#reader = parts.reader
    this.#contributions = parts.contributions
    this.#live = parts.live
    this.#shared = parts.shared
    this.#timers = parts.timers
    this.#settings = parts.settings
    this.#dirtyQueues = parts.dirtyQueues
    this.#newest = new NewestFact(parts)
    this.repeats = new Repeats(parts.legs, parts.reader)
  }

  get now(): number {
    return this.#now
  }

  set now(at: number) {
    this.#now = at
    this.#newest.now = at
  }

  /** The contact is this customer's. */
  identify(contact: number, subject: string): void {
    this.repeats.link(contact, subject)
  }

  /** After a fact of that kind: contacts of the customer that follow one, or follow none any more, are judged again. */
  follow(contact: number, kind: number, at: number): void {
    const cut = this.#cut
    this.#cut = false
    if (!this.repeats.mayChange(contact, kind, cut)) return
    this.repeats.judge(contact, (leg, gap) => {
      const before = this.#reader.read(leg, this.#before)
      this.#legs.cells[leg * LEG_STRIDE + LEG.gap] = gap
      this.#settle(leg, before, at)
    })
  }

  /** Once for all facts of an entry: what agents had at once shares their time, and what that gives to other contacts than was booked is put right. */
  shareTime(): void {
    this.#shared.share((leg, parts, at) => {
      const before = this.#reader.read(leg, this.#before)
      this.#legs.share(leg, parts)
      const after = this.#reader.read(leg, this.#after)
      this.#contributions.replace(before, after, at)
      if (after.queue >= 0) this.#dirtyQueues.mark(after.queue)
    })
  }

  /** Gives the number of the contact. */
  apply(contactId: string, hash: number, names: Names | null, staged: StagedFact): number {
    const legs = this.#legs
    const { contacts } = legs
    let contact = contacts.find(contactId, hash)
    if (contact === NONE) {
      contact = contacts.add(contactId, hash)
      const leg = legs.open(contact, staged.queue, staged.at, this.#settings.versionAt(staged.at))
      contacts.first[contact] = leg
      if (names === null && this.#newest.begins(leg, staged)) {
        if (legs.rooted.size !== 0) this.#markKin(leg)
        return contact
      }
      if (names !== null) this.#name(leg, names.legId, names.rootId)
      legs.insert(leg, staged)
      this.#settle(leg, NOTHING, staged.at)
      return contact
    }
    const first = contacts.first[contact]
    if (names === null) {
      if (!this.#newest.follows(first, staged)) this.#place(first, this.#pick(first, staged), staged)
      return contact
    }
    if (names.rootId !== null && legs.roots.get(first) === undefined) legs.setRoot(first, names.rootId)
    if (names.legId === null) this.#place(first, this.#pick(first, staged), staged)
    else this.#placeNumbered(first, this.#explicit(first, contact, names.legId, staged), staged)
    return contact
  }

  /** What told of an instant that was still to come, which settings hold that were saved meanwhile, is judged by these. */
  judgeFrom(at: number): void {
    const { cells, top } = this.#legs
    for (let leg = 0; leg < top; leg++) {
      const o = leg * LEG_STRIDE
      if (cells[o + LEG.used] === 0 || this.#startOf(leg) < at) continue
      const before = this.#reader.read(leg, this.#before)
      cells[o + LEG.version] = this.#settings.versionAt(this.#startOf(leg))
      this.#settle(leg, before, this.#now)
      this.#watch(leg, NOTHING, this.#after)
    }
  }

  #place(first: number, leg: number, staged: StagedFact): void {
    if (leg === SLOW) this.#recut(first, staged, staged.at)
    else this.#into(leg, staged)
  }

  /** A numbered visit that is new, or began earlier than known, may take from another what no number was told of (law 3). */
  #placeNumbered(first: number, leg: number, staged: StagedFact): void {
    const cells = this.#legs.cells
    const o = leg * LEG_STRIDE
    const parts = cells[first * LEG_STRIDE + LEG.next] !== NONE && (cells[o + LEG.head] === NONE || staged.at - this.#legs.baseOf(leg) < cells[o + LEG.firstAt])
    this.#into(leg, staged)
    if (parts && this.#hasLoose(first)) this.#recut(first, null, staged.at)
  }

  #hasLoose(first: number): boolean {
    for (let leg = first; leg !== NONE; leg = this.#legs.cells[leg * LEG_STRIDE + LEG.next]) if (this.#factsOf(leg).some((fact) => ((fact.meta >> META.explicit) & 1) === 0)) return true
    return false
  }

  #name(leg: number, legId: string | null, rootId: string | null): void {
    if (rootId !== null) this.#legs.setRoot(leg, rootId)
    if (legId === null) return
    this.#legs.legIds.set(leg, legId)
    this.#legs.cells[leg * LEG_STRIDE + LEG.state] |= STATE_EXPLICIT
  }

  #into(leg: number, staged: StagedFact): void {
    const o = leg * LEG_STRIDE
    const before = this.#reader.read(leg, this.#before)
    const { cells } = this.#legs
    const begins = staged.at - this.#legs.baseOf(leg) < cells[o + LEG.firstAt]
    if (!this.#legs.insert(leg, staged)) return
    const version = begins ? this.#settings.versionAt(staged.at) : cells[o + LEG.version]
    const judgedAnew = version !== cells[o + LEG.version]
    cells[o + LEG.version] = version
    if (cells[o + LEG.queue] !== staged.queue) cells[o + LEG.queue] = this.#queueOf(leg, staged)
    this.#settle(leg, before, staged.at)
    if (judgedAnew) this.#watch(leg, NOTHING, this.#after)
  }

  /** Where a leg was enqueued; while that is not known, what its earliest fact says. A later fact may name another queue. */
  #queueOf(leg: number, staged: StagedFact): number {
    const { cells, facts } = this.#legs
    const o = leg * LEG_STRIDE
    if ((cells[o + LEG.state] & STATE_EXPLICIT) === 0) return cells[o + LEG.queue] === NONE ? staged.queue : cells[o + LEG.queue]
    let earliest = NONE
    for (let fact = cells[o + LEG.head]; fact !== NONE; fact = facts[fact * FACT_STRIDE]) {
      const queue = facts[fact * FACT_STRIDE + FACT.queue]
      if (queue === NONE) continue
      if ((facts[fact * FACT_STRIDE + FACT.meta] & 31) === KIND.queued) return queue
      if (earliest === NONE) earliest = queue
    }
    return earliest
  }

  /** Reads the leg again at the floor's clock and replaces what it gave. */
  #settle(leg: number, before: LegView, eventAt: number): void {
    const cells = this.#legs.cells
    const o = leg * LEG_STRIDE
    const base = this.#legs.baseOf(leg)
    cells[o + LEG.clock] = Math.max(-CLOCK_MAX, Math.min(CLOCK_MAX, this.now - base))
    const after = this.#reader.read(leg, this.#after)
    const timed = after.live === LIVE.none && after.handlings < 2 && dialsUntil(after) === 0 ? 0 : STATE_TIMED
    cells[o + LEG.state] = (cells[o + LEG.state] & ~(STATE_OUTCOME | STATE_TIMED)) | after.outcome | timed
    cells[o + LEG.outcomeAt] = after.outcome === OUTCOME.pending || after.outcome === OUTCOME.none ? 0 : after.outcomeAt - base
    this.#contributions.replace(before, after, eventAt)
    this.#live.replace(leg, before, after)
    this.#shared.replace(leg, before, after, eventAt)
    if (after.queue >= 0) this.#dirtyQueues.mark(after.queue)
    if (before.exists && before.queue >= 0 && before.queue !== after.queue) this.#dirtyQueues.mark(before.queue)
    this.#markKin(leg)
    this.#watch(leg, before, after)
    this.#newest.noteAfter(leg, after)
  }

  /** Where the contact, or one that it was passed on as, stands too: since when its customer is on the way may be told anew. */
  #markKin(leg: number): void {
    const { cells, contacts, rooted } = this.#legs
    for (let other = contacts.first[this.#legs.contactOf(leg)]; other !== NONE; other = cells[other * LEG_STRIDE + LEG.next]) if (other !== leg) this.#markQueueOf(other)
    if (rooted.size === 0) return
    for (const other of rooted.get(this.#legs.contactIdOf(leg)) ?? []) this.#markQueueOf(other)
  }

  #markQueueOf(leg: number): void {
    const o = leg * LEG_STRIDE
    if (this.#legs.cells[o + LEG.list] !== 0 && this.#legs.cells[o + LEG.queue] >= 0) this.#dirtyQueues.mark(this.#legs.cells[o + LEG.queue])
  }

  #watch(leg: number, before: LegView, after: LegView): void {
    const waits = after.live === LIVE.waiting || after.live === LIVE.alerting
    if (waits && !after.overTarget && !(before.exists && before.outcome === OUTCOME.pending && before.queuedAt === after.queuedAt)) this.#timers.add(after.queuedAt + this.#settings.withinMs(this.#legs.cells[leg * LEG_STRIDE + LEG.version], after.queue) + 1, leg)
    // Who waits may be dialled already: the promise of a callback is told after the first try.
    const dialled = dialsUntil(after)
    if (dialled !== 0 && (!before.exists || dialsUntil(before) !== dialled)) this.#timers.add(dialled, leg)
    for (let i = 0; i < after.handlings; i++) {
      if ((after.flags[i] & HANDLING.awaitsWrap) === 0) continue
      if (i < before.handlings && before.endedAt[i] === after.endedAt[i]) continue
      this.#timers.add(after.endedAt[i] + this.#settings.acwCapMs(this.#legs.cells[leg * LEG_STRIDE + LEG.version], after.queue), leg)
    }
  }

  /** Time alone may have moved this leg: its wait passed the target or its wrap-up the cap. */
  reclock(leg: number): void {
    if (this.#legs.cells[leg * LEG_STRIDE + LEG.used] === 0) return
    this.#settle(leg, this.#reader.read(leg, this.#before), this.now)
  }

  /** Cheap: false for legs that neither wait nor wrap up. */
  mayBeDue(leg: number): boolean {
    return (this.#legs.cells[leg * LEG_STRIDE + LEG.state] & STATE_TIMED) !== 0
  }

  /** Whether a timer of this leg would still change something at `at`. */
  isDue(leg: number, at: number): boolean {
    if (this.#legs.cells[leg * LEG_STRIDE + LEG.used] === 0) return false
    const view = this.#reader.read(leg, this.#before)
    const version = this.#legs.cells[leg * LEG_STRIDE + LEG.version]
    if ((view.live === LIVE.waiting || view.live === LIVE.alerting) && !view.overTarget && at - view.queuedAt > this.#settings.withinMs(version, view.queue)) return true
    const dialled = dialsUntil(view)
    if (dialled !== 0 && dialled <= at) return true
    for (let i = 0; i < view.handlings; i++) if ((view.flags[i] & HANDLING.awaitsWrap) !== 0 && view.endedAt[i] + this.#settings.acwCapMs(version, view.queue) <= at) return true
    return false
  }

  /** The leg as a session numbered it; opened when new. */
  #explicit(first: number, contact: number, legId: string, staged: StagedFact): number {
    const cells = this.#legs.cells
    for (let leg = first; leg !== NONE; leg = cells[leg * LEG_STRIDE + LEG.next]) if (this.#legs.legIds.get(leg) === legId) return leg
    if (cells[first * LEG_STRIDE + LEG.next] === NONE && (cells[first * LEG_STRIDE + LEG.state] & STATE_EXPLICIT) === 0 && cells[first * LEG_STRIDE + LEG.queue] === NONE) {
      // Only the contact's creation was known: it belongs to the first visit.
      this.#name(first, legId, null)
      return first
    }
    const leg = this.#legs.open(contact, staged.queue, staged.at, this.#settings.versionAt(staged.at))
    this.#name(leg, legId, null)
    this.#legs.append(first, leg)
    return leg
  }

  /** The leg a fact without a visit number belongs to, where that is plain; SLOW where the contact must be cut anew. */
  #pick(first: number, staged: StagedFact): number {
    const cells = this.#legs.cells
    const o = first * LEG_STRIDE
    if (cells[o + LEG.next] !== NONE) return this.#pickNewest(first, staged)
    const queue = cells[o + LEG.queue]
    const at = staged.at - this.#legs.baseOf(first)
    if (staged.kind === KIND.queued) {
      if (queue === NONE) return first
      return queue === staged.queue && (cells[o + LEG.state] & STATE_QUEUED) === 0 && at - cells[o + LEG.firstAt] <= SAME_MOMENT_MS && (at < cells[o + LEG.firstAt] || (cells[o + LEG.state] & STATE_CLOSED) === 0) ? first : SLOW
    }
    if (at < this.#namedAt(first)) return SLOW
    // What came later than an end may belong to another visit.
    if (closesUnanswered(staged.kind) && at + SAME_MOMENT_MS < cells[o + LEG.lastAt]) return SLOW
    if (queue === NONE || staged.queue === NONE || queue === staged.queue) return provesVisit(staged.kind) && this.#isOver(cells, o, at) ? SLOW : first
    return followsContact(staged.kind) ? first : SLOW
  }

  /** When the leg's queue was first named, ms from its base: what is older may have named another. */
  #namedAt(leg: number): number {
    const { cells, facts } = this.#legs
    const o = leg * LEG_STRIDE
    for (let fact = cells[o + LEG.head]; fact !== NONE; fact = facts[fact * FACT_STRIDE]) if (facts[fact * FACT_STRIDE + FACT.queue] !== NONE) return facts[fact * FACT_STRIDE + FACT.at]
    return cells[o + LEG.firstAt]
  }

  /** The visit was left unanswered, perhaps before this fact: it may prove another visit. */
  #isOver(cells: Int32Array, o: number, at: number): boolean {
    const state = cells[o + LEG.state]
    if ((state & STATE_CLOSED) === 0) return false
    const outcome = state & STATE_OUTCOME
    return outcome <= OUTCOME.answered || outcome === OUTCOME.none || at - cells[o + LEG.outcomeAt] > SAME_MOMENT_MS
  }

  /** Facts that are newer than all the contact's others belong to its newest visit in their queue. */
  #pickNewest(first: number, staged: StagedFact): number {
    const cells = this.#legs.cells
    let inQueue = NONE
    let newest = NONE
    for (let leg = first; leg !== NONE; leg = cells[leg * LEG_STRIDE + LEG.next]) {
      const o = leg * LEG_STRIDE
      if (cells[o + LEG.queue] === NONE || staged.at < this.#legs.baseOf(leg) + cells[o + LEG.lastAt]) return SLOW
      // Numbered visits stand in the order in which they were heard of.
      if (cells[o + LEG.queue] === staged.queue && (inQueue === NONE || this.#startOf(leg) >= this.#startOf(inQueue))) inQueue = leg
      if (newest === NONE || this.#startOf(leg) >= this.#startOf(newest)) newest = leg
    }
    if (staged.kind === KIND.queued || newest === NONE) return SLOW
    if (staged.queue === NONE) return newest
    if (inQueue === NONE) return followsContact(staged.kind) ? newest : SLOW
    const o = inQueue * LEG_STRIDE
    return provesVisit(staged.kind) && (this.#isOver(cells, o, staged.at - this.#legs.baseOf(inQueue)) || cells[o + LEG.firstAt] + 1_000 >= staged.at - this.#legs.baseOf(inQueue)) ? SLOW : inQueue
  }

  #startOf(leg: number): number {
    return this.#legs.baseOf(leg) + this.#legs.cells[leg * LEG_STRIDE + LEG.firstAt]
  }

  /** Takes the contact's facts out, cuts them into visits again and puts them back. */
  #recut(first: number, staged: StagedFact | null, eventAt: number): void {
    this.#cut = true
    const legs = this.#legs
    const contact = legs.contactOf(first)
    const olds: number[] = []
    for (let leg = first; leg !== NONE; leg = legs.cells[leg * LEG_STRIDE + LEG.next]) olds.push(leg)
    const root = legs.roots.get(first)
    const loose: LooseFact[] = staged === null ? [] : [{ kind: staged.kind, meta: staged.meta, at: staged.at, agent: staged.agent, v1: staged.v1, v2: staged.v2, wait: staged.wait, queue: staged.queue }]
    const kept = new Map<number, LooseFact[]>()
    for (const leg of olds) {
      this.#withdraw(leg, eventAt)
      const own = this.#factsOf(leg)
      kept.set(leg, own.filter((fact) => (fact.meta >> META.explicit) & 1))
      loose.push(...own.filter((fact) => ((fact.meta >> META.explicit) & 1) === 0 && !(fact.kind === KIND.lost && ((fact.meta >> META.reason) & 31) === 17)))
      legs.clearFacts(leg)
    }
    const explicit = olds.filter((leg) => legs.cells[leg * LEG_STRIDE + LEG.state] & STATE_EXPLICIT)
    const visits = visitsOf(dedupe(loose), explicit.map((leg) => ({ leg, queue: legs.cells[leg * LEG_STRIDE + LEG.queue], start: Math.min(...(kept.get(leg) ?? []).map((fact) => fact.at)) })))
    const free = olds.filter((leg) => !explicit.includes(leg))
    const news = visits.map((visit) => {
      const leg = visit.explicitLeg !== NONE ? visit.explicitLeg : (free.shift() ?? legs.open(contact, visit.queue, visit.start, this.#settings.latest))
      const o = leg * LEG_STRIDE
      if (visit.explicitLeg === NONE) {
        legs.cells[o + LEG.queue] = visit.queue
        legs.cells[o + LEG.base] = Math.floor(visit.start / 60_000)
        legs.cells[o + LEG.state] = 0
      }
      legs.cells[o + LEG.next] = NONE
      legs.cells[o + LEG.sources] = 0
      for (const fact of [...(visit.explicitLeg === NONE ? [] : (kept.get(leg) ?? [])), ...visit.facts]) this.#put(leg, fact)
      if (visit.supersededAt !== 0) {
        stageLost(visit.supersededAt, 'superseded', 63, this.#lost)
        legs.insert(leg, this.#lost)
      }
      legs.cells[o + LEG.version] = this.#settings.versionAt(this.#startOf(leg))
      return leg
    })
    for (const leg of free) legs.free(leg)
    news.forEach((leg, index) => {
      legs.cells[leg * LEG_STRIDE + LEG.next] = news[index + 1] ?? NONE
    })
    legs.contacts.first[contact] = news[0]
    if (root !== undefined) legs.setRoot(news[0], root)
    for (const leg of news) this.#settle(leg, NOTHING, eventAt)
  }

  #put(leg: number, fact: LooseFact): void {
    const staged = this.#lost
    Object.assign(staged, fact)
    this.#legs.insert(leg, staged)
  }

  #factsOf(leg: number): LooseFact[] {
    const { cells, facts } = this.#legs
    const base = this.#legs.baseOf(leg)
    const found: LooseFact[] = []
    for (let fact = cells[leg * LEG_STRIDE + LEG.head]; fact !== NONE; fact = facts[fact * FACT_STRIDE]) {
      const f = fact * FACT_STRIDE
      found.push({ kind: facts[f + 1] & 31, meta: facts[f + 1], at: base + facts[f + 2], agent: facts[f + 3], v1: facts[f + 4], v2: facts[f + 5], wait: facts[f + 6], queue: facts[f + 7] })
    }
    return found
  }

  /** Takes all that the leg gave out of every sum. */
  #withdraw(leg: number, eventAt: number): void {
    const before = this.#reader.read(leg, this.#before)
    this.#contributions.replace(before, NOTHING, eventAt)
    this.#live.replace(leg, before, NOTHING)
    this.#shared.replace(leg, before, NOTHING, eventAt)
    if (before.queue >= 0) this.#dirtyQueues.mark(before.queue)
  }

  /** Books a leg that a base brought, as it stood at its own clock. */
  load(leg: number, clock: number): void {
    const now = this.now
    this.now = clock
    this.#settle(leg, NOTHING, clock)
    this.now = now
  }

  /** Marks a leg as gone without a word: `why` and when. */
  lose(leg: number, at: number, why: 'restart' | 'snapshot', source: number): void {
    stageLost(at, why, source, this.#lost)
    this.#into(leg, this.#lost)
  }

  /** Forgets a leg that is out of the horizon; its sums are forgotten with their rows. */
  drop(leg: number): void {
    const before = this.#reader.read(leg, this.#before)
    this.#live.forget(leg, before, NOTHING)
    this.#contributions.forget(before)
    this.#shared.drop(before)
    this.#markKin(leg)
    const legs = this.#legs
    const contact = legs.contactOf(leg)
    const next = legs.cells[leg * LEG_STRIDE + LEG.next]
    const first = legs.contacts.first[contact]
    this.repeats.keep(contact)
    if (first === leg && next === NONE) this.repeats.unlink(contact)
    if (first === leg) {
      if (next === NONE) {
        legs.contacts.remove(contact)
        legs.comments.delete(contact)
        legs.transfers.delete(contact)
      }
      else legs.contacts.first[contact] = next
    } else {
      for (let other = first; other !== NONE; other = legs.cells[other * LEG_STRIDE + LEG.next]) {
        if (legs.cells[other * LEG_STRIDE + LEG.next] === leg) legs.cells[other * LEG_STRIDE + LEG.next] = next
      }
    }
    legs.free(leg)
  }
}

const dedupe = (facts: readonly LooseFact[]): readonly LooseFact[] => {
  const seen = new Set<string>()
  return facts.filter((fact) => {
    const key = `${fact.meta},${fact.at},${fact.agent},${fact.v1},${fact.v2},${fact.wait},${fact.queue}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
