/** Less signed-in time than this says nothing. */
export const LEAST_SIGNED_IN_MS = 300_000

/** handling / (handling + available), of agents' wall-clock time; ringing and AUX are in neither. */
export const occupancy = (handlingMs: number, availableMs: number): number | null => (handlingMs + availableMs < LEAST_SIGNED_IN_MS ? null : handlingMs / (handlingMs + availableMs))

/** handling / signed-in time: AUX stands in the denominator. */
export const utilisation = (handlingMs: number, signedInMs: number): number | null => (signedInMs >= LEAST_SIGNED_IN_MS ? handlingMs / signedInMs : null)
