/** Readers for the few bodies that arrive by HTTP: shape is checked where a wrong one would break a screen. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

export const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {})
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Lists are `{items, next}`. */
export const itemsOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] => listOf(recordOf(value).items).filter(isRecord)
