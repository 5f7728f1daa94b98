import type { ServiceLevelVariant, ServiceTarget } from '../settings.ts'

/** Counts of one window. `offered` is what V6 and V7 divide by: on the outcome basis A + B + C + F, on the arrival basis the enqueues. */
export interface ServiceCounts {
  readonly offered: number
  readonly answered: number
  readonly answeredInTarget: number
  readonly abandoned: number
  readonly shortAbandoned: number
  readonly abandonedInTarget: number
  readonly callbacksInTarget: number
  readonly flowedOut: number
  readonly flowedOutInTarget: number
}

export interface Ratio {
  readonly numerator: number
  readonly denominator: number
}

export const SERVICE_LEVEL_VARIANTS = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7'] as const satisfies readonly ServiceLevelVariant[]

/** The two sides of a service level; a wait of exactly the target counts as within. */
export const serviceLevelOf = (variant: ServiceLevelVariant, c: ServiceCounts): Ratio => {
  switch (variant) {
    case 'V1':
      return { numerator: c.answeredInTarget, denominator: c.answered }
    case 'V2':
      return { numerator: c.answeredInTarget, denominator: c.answered + c.abandoned }
    case 'V3':
      return { numerator: c.answeredInTarget, denominator: c.answered + c.abandoned - c.shortAbandoned }
    case 'V4':
      return { numerator: c.answeredInTarget, denominator: c.answered + c.abandoned - c.abandonedInTarget }
    case 'V5':
      return { numerator: c.answeredInTarget + c.abandonedInTarget + c.flowedOutInTarget, denominator: c.answered + c.abandoned + c.flowedOut }
    case 'V6':
      return { numerator: c.answeredInTarget + c.abandonedInTarget + c.callbacksInTarget, denominator: c.offered }
    case 'V7':
      return { numerator: c.answeredInTarget, denominator: c.offered }
  }
}

/** 0..1, or null without a denominator: nothing happened is not zero percent. */
export const shareOf = ({ numerator, denominator }: Ratio): number | null => (denominator > 0 && !Number.isNaN(numerator) ? numerator / denominator : null)

/** Service level once every contact that already waits longer than the target is counted as missed. */
export const serviceLevelFloor = (level: Ratio, pendingOverTarget: number): number | null => shareOf({ numerator: level.numerator, denominator: level.denominator + pendingOverTarget })

const MILLIONTHS = 1_000_000

/**
 * Consecutive in-time answers needed to reach the target: ceil((p N - G) / (1 - p)). Integer arithmetic, since 60 of 89 at 80 % needs 56
 * and floating point says 57. Null without contacts or where no number of answers reaches it.
 */
export const serviceLevelDebt = (level: Ratio, target: Pick<ServiceTarget, 'percent'>): number | null => {
  if (level.denominator <= 0) return null
  const p = BigInt(Math.round(target.percent * MILLIONTHS))
  const whole = BigInt(MILLIONTHS)
  const missing = p * BigInt(level.denominator) - whole * BigInt(level.numerator)
  if (missing <= 0n) return 0
  if (p >= whole) return null
  const rest = whole - p
  return Number((missing + rest - 1n) / rest)
}

/** Waiting contacts still within the target, of all that wait. */
export const queueHealth = (waiting: number, overTarget: number): number | null => shareOf({ numerator: waiting - overTarget, denominator: waiting })
