import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { erlangC, growthPerMinute, peopleNeeded } from '../../../server/domain/staffing/erlang.ts'

const half = { perHour: 200, ahtMs: 240_000, withinMs: 20_000 }
const set = '../shared/data/erlang_c'
const table = existsSync(`${set}/table.csv`) ? readFileSync(`${set}/table.csv`, 'utf8').trim().split('\n').slice(1).map((line) => line.split(',').map(Number)) : null
if (!table) console.warn('erlang_c is not beside the project: its table is skipped')

describe('Erlang C', () => {
  it('gives 24, 51, 69 and 81 % for 14 to 17 people on 100 contacts per half hour of 240 s', () => {
    expect([14, 15, 16, 17].map((people) => Math.round((erlangC(half, people)?.serviceLevel ?? 0) * 100))).toEqual([24, 51, 69, 81])
  })

  it('has no answer where the load is not carried, and says how fast the queue grows', () => {
    expect(erlangC(half, 13)).toBeNull()
    expect(growthPerMinute(half, 13)).toBeCloseTo((200 / 15 - 13) / 4, 6)
    expect(growthPerMinute(half, 14)).toBe(0)
  })

  it('needs the fewest people that reach the target, and nobody for no contacts', () => {
    expect(peopleNeeded({ perHour: 200, ahtMs: 180_000, withinMs: 20_000 }, { percent: 0.8, maxOccupancy: 0.85 })).toBe(14)
    expect(peopleNeeded({ ...half, perHour: 0 }, { percent: 0.8 })).toBe(0)
    expect(peopleNeeded(half, { percent: 1 })).toBeNull()
  })

  ;(table ? it : it.skip)('reproduces the reference table to 1e-5', () => {
    for (const [calls = 0, aht = 0, interval = 0, threshold = 0, , people = 0, waits = 0, level = 0, asa = 0, occupancy = 0] of table ?? []) {
      const answer = erlangC({ perHour: (calls * 3_600) / interval, ahtMs: aht * 1_000, withinMs: threshold * 1_000 }, people)
      expect(answer?.waits).toBeCloseTo(waits, 5)
      expect(answer?.serviceLevel).toBeCloseTo(level, 5)
      expect((answer?.asaMs ?? 0) / 1_000).toBeCloseTo(asa, 3)
      expect(answer?.occupancy).toBeCloseTo(occupancy, 5)
    }
    expect(table?.length).toBeGreaterThan(50)
  })
})
