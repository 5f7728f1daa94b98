/** One question to the server's clock, in ms: local clock before and after, server clock in the answer. */
export interface ClockSample {
  readonly sentAt: number
  readonly receivedAt: number
  readonly serverAt: number
}

const KEPT = 8

/**
 * Server clock minus local clock, from the quickest of the last answers: half a round trip bounds its error. A local clock
 * that was set anew makes old samples disagree by more than their round trips allow, and these are dropped.
 */
export const clockOffset = (): { readonly add: (sample: ClockSample) => number } => {
  let samples: readonly { readonly offset: number; readonly trip: number }[] = []
  return {
    add: ({ sentAt, receivedAt, serverAt }) => {
      const trip = Math.max(0, receivedAt - sentAt)
      const newest = { offset: serverAt - (sentAt + receivedAt) / 2, trip }
      const agreeing = samples.filter((sample) => Math.abs(sample.offset - newest.offset) <= (sample.trip + trip) / 2 + 50)
      samples = [...agreeing, newest].slice(-KEPT)
      return samples.reduce((best, sample) => (sample.trip < best.trip ? sample : best), newest).offset
    },
  }
}
