import { LEG, LEG_STRIDE, NONE, type LegTable } from '../legs.ts'
import { KIND } from './fact-kinds.ts'
import type { LegReader } from './leg-reader.ts'
import { HANDLING, LegView } from './leg-view.ts'

/** A customer of more visits within what the fold looks back to is a line that many share: what the door knows of it is all that is said. */
const MOST_VISITS = 32

/** Kinds that may change when a contact came or ended. */
const MOVES = [KIND.created, KIND.queued, KIND.answered, KIND.transferred, KIND.ended, KIND.wrapped, KIND.callbackRequested, KIND.callbackConnected].reduce<number>((bits, kind) => bits | (1 << kind), 0)

/** One visit of a contact: when it came, and when its conversations ended. */
interface Came {
  readonly contact: number
  readonly interaction: string
  readonly leg: number
  readonly at: number
  readonly ends: readonly number[]
}

/**
 * Which contacts follow one of the same customer: a function of the contacts that the fold holds and of what the door told of those before them,
 * whatever came first. Contacts of one customer are a chain.
 */
export class Repeats {
  readonly #legs: LegTable
  readonly #reader: LegReader
  readonly #view = new LegView()
  readonly #heads = new Map<string, number>()
  #next = new Int32Array(1024).fill(NONE)
  #before = new Int32Array(1024).fill(NONE)
  /** 1 for contacts of customers with others. */
  #several = new Uint8Array(1024)
  /** Customers of too many visits, none of which is said to follow another. */
  readonly #crowded = new Set<string>()

  constructor(legs: LegTable, reader: LegReader) {
    this.#legs = legs
    this.#reader = reader
  }

  /** The contact is this customer's. */
  link(contact: number, subject: string): void {
    const { subjects } = this.#legs.contacts
    if (subjects[contact] === subject) return
    this.unlink(contact)
    subjects[contact] = subject
    if (contact >= this.#next.length) this.#grow(contact)
    const head = this.#heads.get(subject) ?? NONE
    this.#next[contact] = head
    this.#before[contact] = NONE
    this.#heads.set(subject, contact)
    if (head === NONE) return
    this.#before[head] = contact
    this.#several[contact] = 1
    this.#several[head] = 1
  }

  unlink(contact: number): void {
    const { subjects } = this.#legs.contacts
    const subject = subjects[contact]
    if (subject === null || subject === undefined) return
    const next = this.#next[contact]
    const before = this.#before[contact]
    if (next !== NONE) this.#before[next] = before
    if (before !== NONE) this.#next[before] = next
    else if (next !== NONE) this.#heads.set(subject, next)
    else {
      this.#heads.delete(subject)
      this.#crowded.delete(subject)
    }
    this.#next[contact] = NONE
    this.#before[contact] = NONE
    this.#several[contact] = 0
    subjects[contact] = null
  }

  /** Whether a fact of that kind, or one for which the contact was `cut` into visits anew, may make the contact, or another of its customer, follow one. */
  mayChange(contact: number, kind: number, cut: boolean): boolean {
    return contact < this.#several.length && this.#several[contact] === 1 && (cut || ((MOVES >> kind) & 1) === 1)
  }

  /** Calls for each visit of the customer of which another contact is now known to have ended before it, or no more; seconds plus one, 0 for none. */
  judge(contact: number, other: (leg: number, gap: number) => void): void {
    const subject = this.#legs.contacts.subjects[contact] ?? ''
    if (this.#isCrowd(subject)) return this.#part(contact, subject, other)
    this.#crowded.delete(subject)
    const came = this.#came(contact)
    for (const visit of came) this.#tell(visit.leg, gapOf(visit, came), other)
  }

  /** Once for all visits when there are too many, then for those of the contact alone: whoever shares a line with thousands costs no more than others. */
  #part(contact: number, subject: string, other: (leg: number, gap: number) => void): void {
    if (this.#crowded.has(subject)) return this.#each(contact, (leg) => this.#tell(leg, 0, other))
    this.#crowded.add(subject)
    for (let of = this.#heads.get(subject) ?? NONE; of !== NONE; of = this.#next[of]) this.#each(of, (leg) => this.#tell(leg, 0, other))
  }

  #tell(leg: number, gap: number, other: (leg: number, gap: number) => void): void {
    if (this.#legs.cells[leg * LEG_STRIDE + LEG.gap] !== gap) other(leg, gap)
  }

  #each(contact: number, take: (leg: number) => void): void {
    const { contacts, cells } = this.#legs
    for (let leg = contacts.first[contact]; leg !== NONE; leg = cells[leg * LEG_STRIDE + LEG.next]) take(leg)
  }

  /** Counted no further than the answer needs. */
  #isCrowd(subject: string): boolean {
    let visits = 0
    for (let of = this.#heads.get(subject) ?? NONE; of !== NONE && visits <= MOST_VISITS; of = this.#next[of]) this.#each(of, () => void visits++)
    return visits > MOST_VISITS
  }

  /** What follows this contact goes on following it when a visit of it is forgotten. */
  keep(contact: number): void {
    if (contact >= this.#several.length || this.#several[contact] === 0) return
    if (this.#isCrowd(this.#legs.contacts.subjects[contact] ?? '')) return
    const came = this.#came(contact)
    const own = came.filter((visit) => visit.contact === contact)
    const { cells } = this.#legs
    for (const visit of came) {
      const gap = gapOf(visit, own)
      const kept = visit.leg * LEG_STRIDE + LEG.keptGap
      if (gap !== 0 && (cells[kept] === 0 || gap < cells[kept])) cells[kept] = gap
    }
  }

  #came(contact: number): readonly Came[] {
    const { contacts, cells, roots } = this.#legs
    const came: Came[] = []
    for (let of = this.#heads.get(contacts.subjects[contact] ?? '') ?? NONE; of !== NONE; of = this.#next[of]) {
      const first = contacts.first[of]
      const interaction = roots.get(first) ?? contacts.ids[of]
      for (let leg = first; leg !== NONE; leg = cells[leg * LEG_STRIDE + LEG.next]) came.push({ contact: of, interaction, leg, ...this.#times(leg) })
    }
    return came
  }

  /** Our own calls end nothing that a customer could come back for, and neither does a conversation of which nobody tells the end. */
  #times(leg: number): { readonly at: number; readonly ends: readonly number[] } {
    const view = this.#reader.read(leg, this.#view)
    const ends: number[] = []
    for (let i = 0; i < view.handlings && view.direction !== 1; i++) {
      if (view.endedAt[i] !== 0 && (view.flags[i] & HANDLING.lost) === 0) ends.push(view.endedAt[i])
      if (view.wrappedAt[i] !== 0) ends.push(view.wrappedAt[i])
    }
    return { at: view.queuedAt, ends }
  }

  #grow(contact: number): void {
    const length = Math.max(contact + 1, this.#next.length * 2)
    this.#next = longer(this.#next, length)
    this.#before = longer(this.#before, length)
    const several = new Uint8Array(length)
    several.set(this.#several)
    this.#several = several
  }
}

const longer = (array: Int32Array, length: number): Int32Array<ArrayBuffer> => {
  const grown = new Int32Array(length).fill(NONE)
  grown.set(array)
  return grown
}

const gapOf = (visit: Came, came: readonly Came[]): number => {
  let last = 0
  for (const { contact, interaction, ends } of came) {
    if (contact === visit.contact || interaction === visit.interaction) continue
    for (const end of ends) if (end < visit.at && end > last) last = end
  }
  return last === 0 ? 0 : 1 + Math.floor((visit.at - last) / 1000)
}
