import type { TextId } from '../platform-events.ts'
import { DAY, later, type Instant } from '../time.ts'

/** Logged, analysed, known with a workaround, with a fix proposed, fixed and watched, closed (INCIDENTS 2.13). */
export const problemStages = ['logged', 'analysing', 'known-error', 'fix-proposed', 'fixed', 'closed'] as const
export type ProblemStage = (typeof problemStages)[number]

/** Where a problem stands; only records of type `problem` have one. Its watch ends at `confirmUntil` of the record. */
export interface ProblemCourse {
  readonly stage: ProblemStage
  readonly cause: TextId | null
  readonly workaround: TextId | null
  /** The fix that was proposed, or that was made. */
  readonly fix: TextId | null
  readonly fixedAt: Instant | null
  /** Incidents that it causes, newest last; of very many the newest. */
  readonly incidents: readonly string[]
  /** How many there are of them. */
  readonly linked: number
  readonly recurrences: number
}

export const loggedProblem: ProblemCourse = { stage: 'logged', cause: null, workaround: null, fix: null, fixedAt: null, incidents: [], linked: 0, recurrences: 0 }

/** Records of older versions have none. */
export const courseOf = ({ problem }: { readonly problem: ProblemCourse | null }): ProblemCourse => problem ?? loggedProblem

/** So many references a record carries. */
export const MOST_LINKED = 200

/** A fix is watched for so many days, unless whoever made it says otherwise. */
export const WATCH_DAYS = 14
export const MOST_WATCH_DAYS = 90
export const watchedUntil = (fixedAt: Instant, days: number): Instant => later(fixedAt, days * DAY)
