import type { ContactFigures } from './contact-figures.ts'
import type { ServiceLevelVariant } from './settings.ts'
import type { Instant } from './time.ts'

/** What a figure is held against. */
export interface Limit {
  readonly side: 'below' | 'above'
  readonly value: number
}

/** What would bring it back: so many of these, one after the other and nothing else; `count` null: no number of them does. */
export interface Clears {
  readonly by: 'answers-in-time' | 'answers' | 'satisfied-answers' | 'resolved-contacts' | 'new-customers' | 'contacts-taken' | 'available-ms'
  readonly count: number | null
}

export interface Explanation {
  readonly metric: string
  readonly queue: string | null
  readonly window: string
  readonly variant: ServiceLevelVariant | string | null
  readonly formula: string
  readonly basis: 'outcome' | 'arrival' | 'now' | 'end' | 'clock'
  readonly from: Instant | null
  readonly to: Instant
  readonly numerator: number | null
  readonly denominator: number | null
  readonly value: number | null
  readonly threshold: number | null
  /** Of a level: within what its contacts had to be answered, in order of time; several where the target was changed meanwhile. Absent: `threshold` alone. */
  readonly thresholds?: readonly number[]
  /** Null where no limit is set. */
  readonly limit: Limit | null
  /** Since when the figure has been beyond its limit, looked for three hours back; null when it is not. */
  readonly since: Instant | null
  /** It was beyond its limit already where the looking back ends: `since` is no later than said, and may be earlier. */
  readonly sinceAtLeast?: boolean
  /** Null when nothing has to be cleared. */
  readonly clears: Clears | null
  /** The 95 % range of a share of answers. */
  readonly range: { readonly low: number; readonly high: number } | null
  readonly numeratorContacts: readonly ContactFigures[]
  readonly denominatorContacts: readonly ContactFigures[]
}
