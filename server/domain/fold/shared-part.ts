/** An agent's part in a leg of which the wall time was shared with other conversations: what of [from, to) is this one's, ms. */
export interface SharedPart {
  readonly agent: number
  readonly from: number
  /** KEPT: what the time before the fold looks back to gave, of a conversation that went on then. */
  readonly to: number
  readonly ms: number
}

export const KEPT = -1

export const sharedPart = (parts: readonly SharedPart[], agent: number, from: number, to: number): SharedPart | undefined => parts.find((part) => part.agent === agent && part.from === from && part.to === to)

export const sameParts = (some: readonly SharedPart[], others: readonly SharedPart[]): boolean => some.length === others.length && others.every(({ agent, from, to, ms }) => sharedPart(some, agent, from, to)?.ms === ms)
