export type Trend = 'up' | 'down' | 'flat'

/** Within the dead band (a share of `before`, or an absolute step for ratios) nothing has moved. Null where either side has no figure. */
export const trendOf = (now: number | null, before: number | null, band: { readonly share: number } | { readonly step: number }): Trend | null => {
  if (now === null || before === null) return null
  const limit = 'share' in band ? Math.abs(before) * band.share : band.step
  const moved = now - before
  return Math.abs(moved) <= limit ? 'flat' : moved > 0 ? 'up' : 'down'
}

const mean = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

/** The last 5 minutes of a minute-by-minute line against the rest of it. */
export const trendOfLine = (line: readonly (number | null)[], step: number): Trend | null => trendOf(mean(line.slice(-5)), mean(line.slice(0, -5)), { step })
