import { HOUR } from './time.ts'

/** The live floor answers for its last 48 hours itself, and facts of them that come late correct it (METRICS R8); what lies before is history: books of closed days, and imports. */
export const HOT_MS = 48 * HOUR
