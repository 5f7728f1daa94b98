/** Durations on the wire are whole milliseconds (docs/api: every name that ends in `Ms`). */
export const wholeMs = (ms: number | null): number | null => (ms === null ? null : Math.round(ms))

/** A figure as the wire has it, by its name. */
export const asTold = (metric: string, value: number | null): number | null => (metric.endsWith('Ms') ? wholeMs(value) : value)
