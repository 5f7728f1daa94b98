import { describe, expect, it } from '@jest/globals'
import { absenceOf, expectedOf, lowEdge } from '../../../server/domain/breach/absence.ts'
import { instantOf, MINUTE } from '../../../server/domain/time.ts'

describe('expected but absent', () => {
  it('takes for chance what chance brings once in ten thousand windows, days being as different as they are', () => {
    // Gamma-Poisson with a spread of a fifth: P(0 of 11) = 0.00011, P(0 of 11.2) = 0.00010; P(<= 9 of 38) = 0.00007, P(<= 10 of 38) = 0.00014.
    expect([0, 3, 11, 11.2, 38, 500].map(lowEdge)).toEqual([0, 0, 0, 1, 10, 203])
  })

  it('knows what is usual from at least two weeks, and leaves out weeks without rows', () => {
    expect([expectedOf([null, null, null, 38]), expectedOf([30, null, 40, null]), expectedOf([0, 38, 40, 1_000])]).toEqual([null, 35, 39])
  })

  const ask = (perQuarter: number, offered: (minutes: number) => number, forMs = 5 * MINUTE) => absenceOf({ at: instantOf(100 * 60 * MINUTE), offeredIn: offered, expectedFrom: () => perQuarter, forMs })

  it('a busy queue is missed after five minutes, a small one after a longer silence, a night queue never', () => {
    expect(ask(114, () => 0)).toEqual({ offered: 0, expected: 38, low: 10, windowMs: 5 * MINUTE })
    expect(ask(12, () => 0)).toMatchObject({ offered: 0, expected: 12, windowMs: 15 * MINUTE })
    expect(ask(3, () => 0)).toMatchObject({ expected: 12, windowMs: 60 * MINUTE })
    expect(ask(1, () => 0)).toBeNull()
  })

  it('a queue that is served as usual has a telling window that is not broken', () => {
    const calm = ask(114, (minutes) => Math.round(minutes * 7.6))
    expect(calm).toEqual({ offered: 38, expected: 38, low: 10, windowMs: 5 * MINUTE })
  })

  it('a trickle is missed in the longer window even when the short one could be chance', () => {
    expect(ask(30, (minutes) => (minutes === 5 ? 2 : minutes === 15 ? 6 : 20))).toMatchObject({ windowMs: 15 * MINUTE, offered: 6, expected: 30 })
  })

  it('what is usual is not known in part of the window: nothing is said of it', () => {
    expect(absenceOf({ at: instantOf(100 * 60 * MINUTE), offeredIn: () => 0, expectedFrom: () => null, forMs: 0 })).toBeNull()
  })
})
