import { describe, expect, it } from '@jest/globals'
import { erlangA, patienceOf } from '../../../server/domain/staffing/erlang-a.ts'
import { erlangC } from '../../../server/domain/staffing/erlang.ts'
import { requiredPeople, toSchedule } from '../../../server/domain/staffing/required.ts'

const half = { perHour: 200, ahtMs: 240_000, withinMs: 20_000 }

/** The chain itself: state k has rates lambda up and min(k, n) mu + max(0, k - n) theta down. */
const chain = (perHour: number, ahtMs: number, patienceMs: number, people: number) => {
  const lambda = perHour / 3_600_000
  const weights = [1]
  for (let k = 1; k < 3_000; k += 1) weights.push((weights[k - 1] ?? 0) * (lambda / (Math.min(k, people) / ahtMs + Math.max(0, k - people) / patienceMs)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const mean = (of: (k: number) => number): number => weights.reduce((sum, weight, k) => sum + (weight / total) * of(k), 0)
  return { waits: mean((k) => (k >= people ? 1 : 0)), abandons: mean((k) => Math.max(0, k - people)) / patienceMs / lambda, occupancy: mean((k) => Math.min(k, people)) / people, meanWaitMs: mean((k) => Math.max(0, k - people)) / lambda }
}

describe('Erlang A', () => {
  it.each([[14, 120_000], [10, 90_000], [6, 60_000], [20, 300_000], [1, 30_000]])('with %i people and a patience of %i ms is the birth-death chain it stands for', (people, patienceMs) => {
    const { serviceLevel: _level, ...told } = erlangA({ ...half, patienceMs }, people)
    const exact = chain(half.perHour, half.ahtMs, patienceMs, people)
    for (const name of ['waits', 'abandons', 'occupancy'] as const) expect(told[name]).toBeCloseTo(exact[name], 5)
    expect(told.meanWaitMs / 1_000).toBeCloseTo(exact.meanWaitMs / 1_000, 2)
  })

  it('is Erlang C where nobody gives up, and has an answer where Erlang C has none', () => {
    for (const people of [14, 15, 16, 17]) expect(erlangA({ ...half, patienceMs: 1e11 }, people).serviceLevel).toBeCloseTo(erlangC(half, people)?.serviceLevel ?? 0, 3)
    expect(erlangC(half, 10)).toBeNull()
    expect(erlangA({ ...half, patienceMs: 120_000 }, 10)).toMatchObject({ abandons: expect.any(Number) })
    // Ten thousand an hour on a handful of people overflows nothing.
    const flood = erlangA({ perHour: 10_000, ahtMs: 300_000, withinMs: 20_000, patienceMs: 60_000 }, 20)
    expect([flood.abandons > 0.97, flood.serviceLevel < 0.01, Number.isFinite(flood.meanWaitMs)]).toEqual([true, true, true])
    expect(erlangA({ ...half, perHour: 0, patienceMs: 60_000 }, 3)).toMatchObject({ serviceLevel: 1, abandons: 0 })
  })

  it('takes the patience from everybody’s wait for each who gave up; nobody: not known', () => {
    expect(patienceOf({ waitMsTotal: 90_000, abandonWaitMsTotal: 30_000, abandoned: 2 })).toBe(60_000)
    expect(patienceOf({ waitMsTotal: 90_000, abandonWaitMsTotal: 0, abandoned: 0 })).toBeNull()
  })
})

describe('people that are required', () => {
  it('lie between the whole number that just reaches the target and the one below', () => {
    const c = requiredPeople(half, { percent: 0.8, patienceMs: null })
    expect(c).toMatchObject({ by: 'erlang-c' })
    expect([Math.ceil(c?.people ?? 0), (c?.people ?? 0) > 16]).toEqual([17, true])
    const a = requiredPeople(half, { percent: 0.8, patienceMs: 120_000 })
    // Who gives up needs nobody: fewer people than Erlang C asks for.
    expect([a?.by, (a?.people ?? 99) < (c?.people ?? 0)]).toEqual(['erlang-a', true])
    expect([requiredPeople(half, { percent: 1, patienceMs: null }), requiredPeople({ ...half, perHour: 0 }, { percent: 0.8, patienceMs: null })?.people]).toEqual([null, 0])
    expect(toSchedule(14, 0.3)).toBeCloseTo(20)
  })
})
