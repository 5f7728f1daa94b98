import { describe, expect, it } from '@jest/globals'
import { minutesApart, type BreachReading } from '../../../server/domain/breach/breach-reading.ts'
import type { BreachRule } from '../../../server/domain/breach/rule.ts'
import { stepBreach, type BreachState } from '../../../server/domain/breach/step-breach.ts'
import { instantOf } from '../../../server/domain/time.ts'

const rule: BreachRule = { id: 'sl', metric: 'serviceLevel', queue: '*', window: 'R30', bound: { side: 'below', of: 'target' }, forMs: 120_000, clearAt: 0.82, minimum: 10, raise: null }
const reading = (value: number | null, count = 20): BreachReading => ({ value, count, bound: 0.8, side: 'below' })
const clear = (): BreachState => ({ state: 'clear' })
const at = (seconds: number) => instantOf(seconds * 1_000)

const play = (steps: readonly (readonly [seconds: number, value: number | null, count?: number])[]) => {
  let state = clear()
  return steps.map(([seconds, value, count]) => {
    const step = stepBreach(rule, state, reading(value, count), at(seconds))
    state = step.state
    return step.effect ?? step.state.state
  })
}

describe('a breach rule', () => {
  it('opens only after the condition held for its whole time, and asks to be looked at then', () => {
    expect(play([[0, 0.7], [119, 0.7], [120, 0.7]])).toEqual(['pending', 'pending', 'opened'])
    expect(stepBreach(rule, clear(), reading(0.7), at(5)).lookAgainAt).toBe(125_000)
  })

  it('starts over when the figure recovers before its time', () => {
    expect(play([[0, 0.7], [100, 0.8], [110, 0.79], [229, 0.79], [230, 0.79]])).toEqual(['pending', 'clear', 'pending', 'pending', 'opened'])
  })

  it('clears at its other threshold, not where it was raised', () => {
    expect(play([[0, 0.7], [120, 0.7], [130, 0.81], [140, 0.82]])).toEqual(['pending', 'opened', 'open', 'cleared'])
  })

  it('raises nothing on fewer contacts than its minimum, and nothing on a figure without a denominator', () => {
    expect(play([[0, 0.1, 9], [200, 0.1, 9], [300, null], [500, null]])).toEqual(['clear', 'clear', 'clear', 'clear'])
  })

  it('stays open while the figure is not known', () => {
    expect(play([[0, 0.7], [120, 0.7], [130, null], [140, 0.9]])).toEqual(['pending', 'opened', 'open', 'cleared'])
  })

  describe.each(['oldestWaitMs', 'oldestCustomerWaitMs', 'oldestUnansweredMs'] as const)('on %s', (metric) => {
    const age: BreachRule = { ...rule, metric, bound: { side: 'above', targetTimes: 2 }, clearAt: null, forMs: 10_000, minimum: 5 }

    it.each([[15_000, 125_001], [0, 140_001], [-2_000, 142_001]])('asks to be looked at when one of %i ms will cross the bound by time alone', (value, lookAgainAt) => {
      expect(stepBreach(age, clear(), { value, count: 7, bound: 40_000, side: 'above' }, at(100))).toEqual({ state: clear(), effect: null, lookAgainAt })
    })

    it('waits for an event where nobody waits', () => {
      expect(stepBreach(age, clear(), { value: 0, count: 0, bound: 40_000, side: 'above' }, at(100)).lookAgainAt).toBeNull()
      expect(stepBreach(age, clear(), { value: null, count: 0, bound: 40_000, side: 'above' }, at(100)).lookAgainAt).toBeNull()
    })
  })
})

it('a rule is judged by the window it names: the row has 30 minutes of outcomes and 60 of handling, anything else is counted for it', () => {
  expect((['R15', 'R30', 'R60', 'D', 'now'] as const).map((window) => [minutesApart({ window, metric: 'serviceLevel' }), minutesApart({ window, metric: 'ahtMs' })])).toEqual([[15, 15], [null, 30], [60, null], [null, null], [null, null]])
})
