declare const instant: unique symbol
declare const span: unique symbol

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [instant]: true }
/** A length of time in milliseconds. */
export type Span = number & { readonly [span]: true }

export const instantOf = (ms: number): Instant => ms as Instant
export const spanOf = (ms: number): Span => ms as Span
export const later = (at: Instant, by: Span | number): Instant => (at + by) as Instant
export const between = (from: Instant, to: Instant): Span => (to - from) as Span
export const isoOf = (at: Instant): string => new Date(at).toISOString()

export const SECOND = 1_000
export const MINUTE = 60_000
export const QUARTER_HOUR = 900_000
export const HOUR = 3_600_000
export const DAY = 86_400_000
