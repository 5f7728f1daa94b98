/** 95 % of a normal distribution lie within this many standard deviations. */
const Z = 1.959964

/** Wilson's interval of a share: honest where few answered, and never beyond 0 and 1. Null without answers. */
export const shareInterval = (positive: number, n: number): { readonly low: number; readonly high: number } | null => {
  if (!(n > 0)) return null
  const share = positive / n
  const middle = share + (Z * Z) / (2 * n)
  const half = Z * Math.sqrt((share * (1 - share) + (Z * Z) / (4 * n)) / n)
  const whole = 1 + (Z * Z) / n
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) }
}
