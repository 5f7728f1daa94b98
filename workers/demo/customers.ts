import type { Chance } from './chance.ts'

/** Who calls: mostly somebody new, sometimes one who called before. Phone numbers are of the range reserved for drama. */
export interface Customers {
  /** `repeat`: had an ended contact within the last week. Null ref: the number is withheld. */
  next(at: number): { readonly ref: string | null; readonly repeat: boolean }
  ended(ref: string | null, at: number, resolved: boolean): void
}

const WEEK = 604_800_000
/** Share of calls with a withheld number. */
const WITHHELD = 0.09
/** Share of identified contacts that follow an ended one of the last week: repeat FCR of about 74 %. */
const REPEATS = 0.26
const KEPT = 12_000

export const createCustomers = (chance: Chance, idPrefix: string): Customers => {
  let made = 0
  // Unresolved ones come back sooner than their share; both lists are rings of the last ended contacts.
  const open: { ref: string; at: number }[] = []
  const settled: { ref: string; at: number }[] = []
  const takeFrom = (list: { ref: string; at: number }[], at: number): string | null => {
    while (list.length > 0 && at - (list[0]?.at ?? at) > WEEK) list.shift()
    if (list.length === 0) return null
    const index = Math.floor(chance.uniform() * list.length)
    const [taken] = list.splice(index, 1)
    return taken?.ref ?? null
  }
  return {
    next: (at) => {
      if (chance.below(WITHHELD)) return { ref: null, repeat: false }
      if (chance.below(REPEATS)) {
        const back = chance.below(0.6) ? takeFrom(open, at) ?? takeFrom(settled, at) : takeFrom(settled, at) ?? takeFrom(open, at)
        if (back !== null) return { ref: back, repeat: true }
      }
      made += 1
      return { ref: `${idPrefix}-customer-${made}`, repeat: false }
    },
    ended: (ref, at, resolved) => {
      if (ref === null) return
      const list = resolved ? settled : open
      list.push({ ref, at })
      if (list.length > KEPT) list.shift()
    },
  }
}
