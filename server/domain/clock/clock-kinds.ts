import type { ClockKind } from '../incident/incident.ts'

/** What sets kinds of clocks apart besides target and calendar. Whatever treats kinds differently asks this table, so that another kind is another row. */
export interface ClockNature {
  /** Set by law: neither a resolution, planned work nor another type of record ends or moves it. */
  readonly ofTheLaw: boolean
  /** A promise of words: begins anew with what is told, is warned of once and to the owner alone, and ends with the closing message. */
  readonly ofWords: boolean
  /** Whose target is its own, not that of its priority. */
  readonly ownTarget: boolean
}

const natures: Readonly<Record<ClockKind, ClockNature>> = {
  response: { ofTheLaw: false, ofWords: false, ownTarget: false },
  update: { ofTheLaw: false, ofWords: true, ownTarget: false },
  resolution: { ofTheLaw: false, ofWords: false, ownTarget: false },
  regulatory: { ofTheLaw: true, ofWords: false, ownTarget: true },
  audience: { ofTheLaw: false, ofWords: true, ownTarget: true },
}

export const natureOf = ({ kind }: { readonly kind: ClockKind }): ClockNature => natures[kind]
