import { HOUR, MINUTE } from './time.ts'

/** The live floor answers for its last 48 hours itself, and facts of them that come late correct it (METRICS R8); what lies before is history: books of closed days, and imports. */
export const HOT_MS = 48 * HOUR

/** A source's clock may run ahead of the floor's by so much, the door's five minutes and what the log adds: what it tells lies in the windows that run. Later instants are taken as now. */
export const AHEAD_MS = 10 * MINUTE
