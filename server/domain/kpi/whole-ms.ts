/** Durations on the wire are whole milliseconds: every name that ends in `Ms`; means and percentiles are exact within. */
export const wholeMs = (ms: number | null): number | null => (ms === null ? null : Math.round(ms))

/** Whether a field is a duration, by its name. */
export const isDuration = (name: string): boolean => /Ms(P\d+)?$/.test(name)

/** A figure as the wire has it, by its name. */
export const asTold = (metric: string, value: number | null): number | null => (isDuration(metric) ? wholeMs(value) : value)
