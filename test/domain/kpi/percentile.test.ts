import { describe, expect, it } from '@jest/globals'
import { bucketOf, nearestRank, percentileOf, sketchOf, valueOf } from '../../../server/domain/kpi/percentile.ts'
import { seeded } from '../../support/seeded.ts'

describe('percentiles', () => {
  it('are values that happened: the smallest that the share of all does not exceed', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((share) => nearestRank([40, 10, 30, 20], share))).toEqual([10, 10, 20, 40, 40])
    expect(nearestRank([7], 0.9)).toBe(7)
    expect(nearestRank([], 0.5)).toBeNull()
  })

  it('of values at hand and of a sketch of them are one and the same, but for the width of a bucket', () => {
    const random = seeded(20_260_104).next
    for (let round = 0; round < 200; round++) {
      const values = Array.from({ length: 1 + Math.floor(random() * 40) }, () => Math.floor(random() ** 3 * 10_000_000))
      const counts = new Map<number, number>()
      for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1)
      const share = random()
      expect(percentileOf(sketchOf(counts), share)).toBe(valueOf(bucketOf(nearestRank(values, share) ?? NaN)))
    }
  })
})
