import { describe, expect, it } from '@jest/globals'
import { quarterLevels } from '../../../client/kpi/quarter-levels.ts'

const quarter = (serviceLevel: number | null, targetPercent?: number | null) => ({ serviceLevel, ...(targetPercent === undefined ? {} : { targetPercent }) })

describe('quarter hours of a day', () => {
  it('are each held against the target of their own time', () => {
    expect(quarterLevels([quarter(0.75, 0.7), quarter(0.75, 0.8), quarter(0.85, 0.9)], 0.9)).toEqual({ below: 2, judged: 3, targets: [0.7, 0.8, 0.9] })
  })
  it('are held against the present target where a row does not say that of its time', () => {
    expect(quarterLevels([quarter(0.75, null), quarter(0.75)], 0.8)).toEqual({ below: 2, judged: 2, targets: [0.8, 0.8] })
  })
  it('in which nothing was to be judged are neither below nor not below', () => {
    expect(quarterLevels([quarter(null, 0.8), quarter(0.8, 0.8)], 0.9)).toEqual({ below: 0, judged: 1, targets: [0.8, 0.8] })
    expect(quarterLevels([quarter(null, 0.8)], 0.8).judged).toBe(0)
  })
})
