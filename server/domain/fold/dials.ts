import { MINUTE } from '../time.ts'
import { MOST_PARTS, type LegView } from './leg-view.ts'

/** Nobody lets it ring for longer: an attempt of which no more is told is over then. */
export const DIAL_MS = 2 * MINUTE

/** Reads when agents dialled a customer who was promised a call; the first sixteen attempts of a leg. */
export class Dials {
  begin(view: LegView, at: number, agent: number): void {
    this.end(view, at)
    if (view.dials === MOST_PARTS) return
    view.dialAgent[view.dials] = agent
    view.dialAt[view.dials] = at
    view.dialUntil[view.dials++] = 0
  }

  /** It was taken, it failed, or the contact went on without it. */
  end(view: LegView, at: number): void {
    const last = view.dials - 1
    if (last >= 0 && view.dialUntil[last] === 0) view.dialUntil[last] = Math.min(at, view.dialAt[last] + DIAL_MS)
  }

  /** As it stands at the leg's clock. */
  conclude(view: LegView, clock: number): void {
    const last = view.dials - 1
    if (last >= 0 && view.dialUntil[last] === 0 && view.dialAt[last] + DIAL_MS <= clock) view.dialUntil[last] = view.dialAt[last] + DIAL_MS
  }
}

/** When the attempt that runs is over unless something is told of it; 0 when none runs. */
export const dialsUntil = (view: LegView): number => (view.dials > 0 && view.dialUntil[view.dials - 1] === 0 ? view.dialAt[view.dials - 1] + DIAL_MS : 0)
