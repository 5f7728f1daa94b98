/** Durations on the wire are whole milliseconds: every name that ends in `Ms`; means and percentiles are exact within. */
export const wholeMs = (ms: number | null): number | null => (ms === null ? null : Math.round(ms))
