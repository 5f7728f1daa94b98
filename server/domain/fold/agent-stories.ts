import { NOBODY_YET, PRIMARY, primaryOf, UNREPORTED, type Standing } from './standing.ts'

/** What a mark of an agent's story says. Below `forgotten`: the state that was reported. */
export const MARK = { forgotten: 6, talks: 7, hangsUp: 8, wrapsUp: 9, wrapped: 10, rings: 11, ringsNoMore: 12, silent: 13, heard: 14, queueless: 15, inQueue: 16 } as const
const PLACES = 32

const apply = (standing: Standing, what: number): void => {
  switch (what) {
    case MARK.talks:
      standing.onContact++
      standing.seenOnContact = true
      return
    case MARK.hangsUp:
      standing.onContact--
      return
    case MARK.wrapsUp:
      standing.inAcw++
      return
    case MARK.wrapped:
      standing.inAcw--
      return
    case MARK.rings:
      standing.ringing++
      return
    case MARK.ringsNoMore:
      standing.ringing--
      return
    case MARK.silent:
    case MARK.heard:
      standing.silent = what === MARK.silent
      return
    case MARK.queueless:
    case MARK.inQueue:
      standing.queueless = what === MARK.queueless
      return
    case MARK.forgotten:
      standing.reported = UNREPORTED
      standing.seenOnContact = false
      standing.silent = false
      return
    default:
      standing.reported = what
  }
}

export interface Retold {
  /** Instant, state, instant, state, ... from the first change on. */
  readonly changes: readonly number[]
  readonly standing: Standing
  readonly primary: number
}

/** Calls for each mark that an agent's contacts make. */
export type ContactMarks = (mark: (at: number, what: number) => void) => void

interface Whole {
  readonly start: Standing
  readonly marks: number[]
}

const atOf = (mark: number): number => Math.floor(mark / PLACES)

/** Place of the first mark later than `at`. */
const placeAfter = (marks: readonly number[], at: number): number => {
  const bound = (at + 1) * PLACES
  let [low, high] = [0, marks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (marks[middle] < bound) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * What was said of each agent and what their contacts make of them, in order of time, for as long as the fold looks back: an agent's states are
 * a function of these marks, whatever came first. Each is one number, its instant and what it says. Marks of contacts are read from the contacts
 * when a story has to be told again, and kept until the fold forgets; while all comes in order nobody needs them.
 */
export class AgentStories {
  /** Reports, and what the clock and the arrival of facts say. */
  readonly #own: number[][] = []
  /** What holds before the first of these. */
  readonly #starts: (Standing & { forgottenAt: number })[] = []
  /** Stories with the marks of contacts. */
  readonly #wholes = new Map<number, Whole>()
  /** What lies before is told by the start alone. */
  #oldest = 0

  open(index: number): void {
    this.#own[index] = []
    this.#starts[index] = { ...NOBODY_YET, forgottenAt: 0 }
  }

  isWhole(index: number): boolean {
    return this.#wholes.has(index)
  }

  /** Sets a mark that no contact makes; one at the instant of others comes after them. Answers where it stands. */
  add(index: number, told: number, what: number): number {
    const at = Math.max(told, this.#oldest)
    const own = this.#own[index]
    const mark = at * PLACES + what
    if (own.length === 0 || (at + 1) * PLACES > own[own.length - 1]) own.push(mark)
    else own.splice(placeAfter(own, at), 0, mark)
    if (this.#wholes.size > 0) this.#put(index, at, what)
    return at
  }

  /** A contact sets a mark (1) or takes it back (-1). */
  tell(index: number, at: number, what: number, sign: number): void {
    if (this.#wholes.size === 0) return
    if (sign > 0) this.#put(index, at, what)
    else this.#take(index, at, what)
  }

  #put(index: number, at: number, what: number): void {
    const whole = this.#wholes.get(index)
    if (whole === undefined) return
    if (at < this.#oldest) apply(whole.start, what)
    else whole.marks.splice(placeAfter(whole.marks, at), 0, at * PLACES + what)
  }

  #take(index: number, at: number, what: number): void {
    const whole = this.#wholes.get(index)
    if (whole === undefined) return
    // The mark that undoes what this one did stands beside it.
    if (at < this.#oldest) apply(whole.start, what % 2 === 1 ? what + 1 : what - 1)
    else {
      const place = whole.marks.lastIndexOf(at * PLACES + what)
      if (place >= 0) whole.marks.splice(place, 1)
    }
  }

  /** A contact of the agent is forgotten: that they were seen in it is not. */
  forgetTalk(index: number, at: number): void {
    const start = this.#starts[index]
    if (at > start.forgottenAt) start.seenOnContact = true
  }

  /** Instant of the last mark of that sort at or before `at`, 0 when there is none. */
  lastOf(index: number, at: number, sort: 'report' | typeof MARK.silent | typeof MARK.queueless): number {
    const own = this.#own[index]
    for (let place = at === Infinity ? own.length - 1 : placeAfter(own, at) - 1; place >= 0; place--) {
      const what = own[place] % PLACES
      if (sort === 'report' ? what <= MARK.forgotten : what === sort || what === sort + 1) return atOf(own[place])
    }
    return 0
  }

  /** Whether the last word says this, since that instant. */
  says(index: number, at: number, report: number): boolean {
    const own = this.#own[index]
    return own.length > 0 && own[own.length - 1] === at * PLACES + report
  }

  #wholeOf(index: number, ofContacts: ContactMarks): Whole {
    const known = this.#wholes.get(index)
    if (known !== undefined) return known
    const { forgottenAt, ...start } = this.#starts[index]
    const marks = [...this.#own[index]]
    ofContacts((at, what) => {
      if (at >= this.#oldest) marks.push(at * PLACES + what)
      else if (what !== MARK.talks || at > forgottenAt) apply(start, what)
      else start.onContact++
    })
    const whole = { start, marks: marks.sort((a, b) => atOf(a) - atOf(b)) }
    this.#wholes.set(index, whole)
    return whole
  }

  /** What the agent was from `from` on, where `held` was their state before; marks of clocks that run ahead count as of `now`. */
  retell(index: number, from: number, held: number, now: number, ofContacts: ContactMarks): Retold {
    const { start, marks } = this.#wholeOf(index, ofContacts)
    const standing = { ...start }
    const changes: number[] = []
    let primary = held
    let begun = 0
    const enter = (at: number): void => {
      const next = primaryOf(standing)
      if (at < from || next === primary) return
      changes.push(at, next)
      primary = next
    }
    for (const mark of marks) {
      const at = Math.min(atOf(mark), now)
      if (at !== begun) {
        // What the start says may have changed as well, or a mark that stood here is gone.
        enter(begun < from && at > from ? from : begun)
        begun = at
      }
      apply(standing, mark % PLACES)
    }
    enter(Math.max(begun, from))
    return { changes, standing, primary }
  }

  /** The fold looks back to `oldest`: what lies before becomes the start. */
  forget(oldest: number): void {
    this.#oldest = oldest
    this.#wholes.clear()
    const bound = oldest * PLACES
    this.#own.forEach((own, index) => {
      const start = this.#starts[index]
      let past = 0
      for (; past < own.length && own[past] < bound; past++) {
        if (own[past] % PLACES === MARK.forgotten) start.forgottenAt = atOf(own[past])
        apply(start, own[past] % PLACES)
      }
      if (past > 0) own.splice(0, past)
    })
  }

  /** For a base, which holds the contacts beside it: the start, then what and when as distances from `origin`. */
  save(index: number, origin: number): readonly number[] {
    const { reported, seenOnContact, silent, queueless, forgottenAt } = this.#starts[index]
    return [reported, (seenOnContact ? 1 : 0) | (silent ? 2 : 0) | (queueless ? 4 : 0), forgottenAt - origin, ...this.#own[index].flatMap((mark) => [mark % PLACES, atOf(mark) - origin])]
  }

  restore(index: number, [reported, flags, forgottenAt, ...saved]: readonly number[], origin: number): void {
    this.#starts[index] = { ...NOBODY_YET, reported, seenOnContact: (flags & 1) !== 0, silent: (flags & 2) !== 0, queueless: (flags & 4) !== 0, forgottenAt: forgottenAt + origin }
    for (let i = 0; i + 1 < saved.length; i += 2) this.#own[index].push((saved[i + 1] + origin) * PLACES + saved[i])
  }

  /** Of a base that an earlier version wrote: its states stand for what was reported. */
  restoreStates(index: number, states: readonly number[]): void {
    for (let i = 0; i + 1 < states.length; i += 2) {
      const what = REPORTED_BY[states[i + 1]]
      if (what !== undefined) this.#own[index].push(states[i] * PLACES + what)
    }
  }

  /** Instant of the newest mark that no contact made. */
  newest(index: number): number {
    const own = this.#own[index]
    return own.length === 0 ? 0 : atOf(own[own.length - 1])
  }
}

const REPORTED_BY: Readonly<Record<number, number>> = { [PRIMARY.offline]: 0, [PRIMARY.available]: 1, [PRIMARY.notQueued]: 1, [PRIMARY.aux]: 5 }
