/** Lets `burst` things pass at once and `perSecond` from then on. */
export interface TokenBucket {
  /** False when there is none left. */
  readonly take: (nowMs: number) => boolean
}

export const tokenBucket = ({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }): TokenBucket => {
  let tokens = burst
  let at: number | null = null
  return {
    take: (now) => {
      tokens = Math.min(burst, tokens + ((now - (at ?? now)) / 1_000) * perSecond)
      at = now
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
