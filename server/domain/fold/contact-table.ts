import { NONE } from '../legs.ts'

/** FNV-1a over the UTF-16 units of an id, as a 32-bit number. */
export const hashOf = (id: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}

/** Contacts by id, open addressing: hash and place of a contact lie side by side. Numbers of forgotten contacts are used again. */
export class ContactTable {
  readonly ids: string[] = []
  /** First leg of each contact, -1 for a number that stands for none. */
  first = new Int32Array(1024)
  /** Token of the customer, null when unknown. */
  readonly subjects: (string | null)[] = []
  #slots = new Int32Array(4096)
  #mask = 2047
  #free: number[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  find(id: string, hash: number): number {
    const slots = this.#slots
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const contact = slots[slot * 2 + 1]
      if (contact === 0) return NONE
      if (slots[slot * 2] === hash && this.ids[contact - 1] === id) return contact - 1
    }
  }

  /** Number of the contact, or -1. */
  of(id: string): number {
    return this.find(id, hashOf(id))
  }

  /** First leg of the contact, or -1. */
  firstOf(id: string): number {
    const contact = this.of(id)
    return contact === NONE ? NONE : this.first[contact]
  }

  /** The caller knows that it is not there. */
  add(id: string, hash: number): number {
    const contact = this.#free.pop() ?? this.ids.length
    this.ids[contact] = id
    this.subjects[contact] = null
    if (contact >= this.first.length) {
      const first = new Int32Array(this.first.length * 2)
      first.set(this.first)
      this.first = first
    }
    this.#count++
    if (this.#count * 2 > this.#mask) this.#grow()
    this.#put(hash, contact)
    return contact
  }

  #put(hash: number, contact: number): void {
    let slot = hash & this.#mask
    while (this.#slots[slot * 2 + 1] !== 0) slot = (slot + 1) & this.#mask
    this.#slots[slot * 2] = hash
    this.#slots[slot * 2 + 1] = contact + 1
  }

  remove(contact: number): void {
    const slots = this.#slots
    let hole = hashOf(this.ids[contact]) & this.#mask
    while (slots[hole * 2 + 1] !== contact + 1) hole = (hole + 1) & this.#mask
    // Whoever was pushed behind the hole moves up, so that no search ends early.
    for (let next = (hole + 1) & this.#mask; slots[next * 2 + 1] !== 0; next = (next + 1) & this.#mask) {
      const home = slots[next * 2] & this.#mask
      if (((next - home) & this.#mask) < ((next - hole) & this.#mask)) continue
      slots[hole * 2] = slots[next * 2]
      slots[hole * 2 + 1] = slots[next * 2 + 1]
      hole = next
    }
    slots[hole * 2 + 1] = 0
    this.ids[contact] = ''
    this.first[contact] = NONE
    this.subjects[contact] = null
    this.#free.push(contact)
    this.#count--
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let slot = 0; slot < old.length; slot += 2) if (old[slot + 1] !== 0) this.#put(old[slot], old[slot + 1] - 1)
  }

  each(visit: (contact: number) => void): void {
    for (let contact = 0; contact < this.ids.length; contact++) if (this.first[contact] !== NONE) visit(contact)
  }

  bytes(): number {
    return this.#slots.byteLength + this.first.byteLength
  }
}
