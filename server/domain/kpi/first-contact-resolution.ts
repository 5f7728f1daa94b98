import { shareOf } from './service-level.ts'

export type FcrMethod = 'disposition' | 'repeat'

/** First contacts that agents marked resolved, of those marked at all. */
export const fcrByDisposition = (resolved: number, asked: number): number | null => shareOf({ numerator: resolved, denominator: asked })

/** Identified contacts that follow an ended contact of the same customer. */
export const repeatRate = (repeats: number, identified: number): number | null => shareOf({ numerator: repeats, denominator: identified })

/** Live proxy of the repeat method, of answered contacts: whoever was not answered was not resolved either. Its cohorts are final only when the window has passed. */
export const fcrByRepeat = (repeats: number, identified: number): number | null => shareOf({ numerator: identified - repeats, denominator: identified })

/** The method with data, disposition first; its name always goes with the figure. */
export const firstContactResolution = (sums: { readonly resolved: number; readonly resolutionsAsked: number; readonly repeatsAnswered: number; readonly identifiedAnswered: number }): { readonly fcr: number | null; readonly fcrMethod: FcrMethod | null } => {
  if (sums.resolutionsAsked > 0) return { fcr: fcrByDisposition(sums.resolved, sums.resolutionsAsked), fcrMethod: 'disposition' }
  if (sums.identifiedAnswered > 0) return { fcr: fcrByRepeat(sums.repeatsAnswered, sums.identifiedAnswered), fcrMethod: 'repeat' }
  return { fcr: null, fcrMethod: null }
}
