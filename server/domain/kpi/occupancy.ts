/** Less signed-in time than this says nothing. */
export const LEAST_SIGNED_IN_MS = 300_000

/** handling / (handling + available), of agents' wall-clock time; ringing and AUX are in neither. `signedInMs` NaN: a row kept before it was counted. */
export const occupancy = (handlingMs: number, availableMs: number, signedInMs: number): number | null => {
  const time = handlingMs + availableMs
  return (Number.isNaN(signedInMs) ? time : signedInMs) < LEAST_SIGNED_IN_MS || !(time > 0) ? null : handlingMs / time
}

/** handling / signed-in time: AUX stands in the denominator. */
export const utilisation = (handlingMs: number, signedInMs: number): number | null => (signedInMs >= LEAST_SIGNED_IN_MS ? handlingMs / signedInMs : null)
