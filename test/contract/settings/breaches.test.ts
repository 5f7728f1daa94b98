import { describe, expect, it } from '@jest/globals'
import { breachRulesOf } from '../../../server/contract/settings/breaches.ts'
import { defaultSettings } from '../../../server/contract/settings.ts'

describe('breach rules of the settings', () => {
  it('has the four rules of the house by default', () => {
    expect(breachRulesOf(defaultSettings).map(({ id, bound, forMs, minimum }) => ({ id, bound, forMs, minimum }))).toEqual([
      { id: 'oldest-wait', bound: { side: 'above', targetTimes: 2 }, forMs: 10_000, minimum: 5 },
      { id: 'service-level', bound: { side: 'below', of: 'target' }, forMs: 120_000, minimum: 10 },
      { id: 'expected-but-absent', bound: { side: 'below', at: 0 }, forMs: 300_000, minimum: 0 },
      { id: 'abandon-rate', bound: { side: 'above', at: 0.05 }, forMs: 0, minimum: 10 },
    ])
  })

  it('takes the threshold that clears from the side the rule looks at, and names a nameless rule by its place', () => {
    const [rule] = breachRulesOf({ breaches: [{ metric: 'serviceLevel', queue: 'support', window: 'today', below: 0.8, forMs: 120_000, clearAbove: 0.82, clearBelow: 0.1, minimum: 10 }] })
    expect(rule).toEqual({ id: 'rule-1', metric: 'serviceLevel', queue: 'support', window: 'D', bound: { side: 'below', at: 0.8 }, forMs: 120_000, clearAt: 0.82, minimum: 10, raise: null })
    expect(breachRulesOf({ breaches: [{ metric: 'abandonRate', queue: '*', window: 'R30', above: 0.15, forMs: 300_000, minimum: 20, raise: { category: 'service-level', impact: 2, urgency: 1, major: true } }] })).toMatchObject([{ collapse: true, raise: { impact: 2, urgency: 1 } }])
  })
})
