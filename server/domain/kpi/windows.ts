import { HOUR, instantOf, MINUTE, type Instant } from '../time.ts'

/** A window that a figure can be asked over: rolling minutes, the business day, or from a moment of one's own on. */
export interface NamedWindow {
  readonly name: string
  readonly from: Instant
  /** Rolling minutes; null for a window with a fixed begin. */
  readonly minutes: number | null
}

const ROLLING: Readonly<Record<string, number>> = { R15: 15, R30: 30, R60: 60 }
/** As far as the legs reach back, with a margin. */
export const LONGEST_WINDOW_MS = 48 * HOUR

/** `R15`, `R30`, `R60`, `today` (or `D`), or an instant as epoch milliseconds; null for anything else. Rolling windows are whole minutes, the running one among them. */
export const windowOf = (asked: string, asOf: number, dayStartedAt: number): NamedWindow | null => {
  if (asked === 'today' || asked === 'D') return { name: 'today', from: instantOf(dayStartedAt), minutes: null }
  const minutes = Object.hasOwn(ROLLING, asked) ? ROLLING[asked] : undefined
  if (minutes !== undefined) return { name: asked, from: instantOf((Math.floor(asOf / MINUTE) - minutes + 1) * MINUTE), minutes }
  const start = /^\d{12,14}$/.test(asked) ? Number(asked) : null
  return start === null || start > asOf || start < asOf - LONGEST_WINDOW_MS ? null : { name: 'since', from: instantOf(start), minutes: null }
}
