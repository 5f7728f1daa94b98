import { describe, expect, it } from '@jest/globals'
import { parseSettings } from '../../../server/contract/settings.ts'
import { breachMetrics, breachMetricTable } from '../../../server/domain/breach/breach-metrics.ts'
import { breachReading, lookedUp } from '../../../server/domain/breach/breach-reading.ts'
import { describeBreach } from '../../../server/domain/breach/describe-breach.ts'
import type { BreachRule } from '../../../server/domain/breach/rule.ts'
import { stepBreach } from '../../../server/domain/breach/step-breach.ts'
import type { Floor } from '../../../server/domain/floor.ts'
import { dictionary } from '../../../server/domain/kpi/dictionary.ts'
import { createFloor } from '../../../server/domain/project-floor.ts'
import { instantOf, MINUTE } from '../../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'

const S = 1_000
/** Of the whole site, of one agent, of a cohort or of a range: no queue's figure that moves. */
const NO_QUEUE_HAS = ['fcrCohort', 'adherence', 'conformance', 'slotLoad', 'agents', 'slaMet', 'customerServiceLevel', 'slaMetNext', 'slaMetResolution', 'callbacksKept', 'transferRateBlind', 'transferRateAttended', 'transferRateInternal', 'transferRateExternal', 'transferRateInteractions', 'expectedWaitErrorMs', 'staffingGap']
const rule = (metric: BreachRule['metric'], more: Partial<BreachRule> = {}): BreachRule => ({ id: 'r', metric, queue: '*', window: 'R30', bound: { side: 'above', at: 0 }, forMs: 0, clearAt: null, minimum: 0, raise: null, ...more })

const call = (contactId: string, at: number, answered: boolean) => {
  const own = { contactId }
  return answered
    ? [fact('contact.queued', at, { ...own, subject: contactId }), fact('contact.offered', at + S, own), fact('contact.answered', at + 4 * S, own), fact('contact.held', at + 30 * S, own), fact('contact.resumed', at + 40 * S, own), fact('contact.ended', at + 90 * S, { ...own, by: 'customer', resolved: true }), fact('contact.wrapped', at + 100 * S, own), fact('survey.received', at + 110 * S, { ...own, score: 10, scaleMin: 0, scaleMax: 10 })]
    : [fact('contact.queued', at, own), fact('contact.abandoned', at + 30 * S, own)]
}
const busyFloor = (): Floor => {
  const floor = createFloor('test', utcSettings())
  const facts = [fact('agent.state', NINE, { queues: ['support'] }), ...call('a', NINE + MINUTE, true), ...call('b', NINE + 2 * MINUTE, false), fact('contact.queued', NINE + 6 * MINUTE, { contactId: 'c' }), fact('contact.callback_requested', NINE + 7 * MINUTE, { contactId: 'c', dueAt: instantOf(NINE + 8 * MINUTE) })]
  for (const entry of entriesOf([...facts].sort((x, y) => x.occurredAt - y.occurredAt))) floor.apply(entry)
  floor.apply(tickAt(NINE + 9 * MINUTE))
  return floor
}

describe('metrics of breach rules', () => {
  it('are all of the dictionary that a queue has, and the settings refuse any other by naming these', () => {
    expect(Object.keys(dictionary).filter((name) => !Object.hasOwn(breachMetricTable, name)).sort()).toEqual([...NO_QUEUE_HAS].sort())
    const refused = parseSettings({ breaches: [{ metric: 'adherence', above: 1 }] }, { outboundAllow: [], today: '2026-11-22' })
    expect(refused).toMatchObject({ ok: false, faults: [{ path: 'breaches.0.metric', code: 'bad_value', detail: `must be one of ${breachMetrics.join(', ')}` }] })
    expect(parseSettings({ breaches: breachMetrics.map((metric) => ({ metric, above: 1 })) }, { outboundAllow: [], today: '2026-11-22' })).toMatchObject({ ok: true })
  })

  it('say of a floor what its figures say, live and of the day, with how much stands behind them', () => {
    const floor = busyFloor()
    const row = floor.queue('support')
    if (row === null) throw new Error('no queue')
    const read = (metric: BreachRule['metric'], window: BreachRule['window'] = 'R30') => breachReading(rule(metric, { window }), row, floor.asOf)
    expect([read('V1'), read('V7', 'D'), read('timeToAbandonMs'), read('ringMs'), read('holdOfHeldMs'), read('acwOfWrappedMs')].map(({ value, count }) => [value, count])).toEqual([[1, 2], [1 / 3, 2], [30 * S, 1], [3 * S, 1], [10 * S, 1], [10 * S, 1]])
    expect([read('transferRate'), read('csatMean'), read('nps'), read('fcrRepeat'), read('endedByCustomer'), read('callbacks'), read('maxWaitMs')].map(({ value, count }) => [value, count])).toEqual([[0, 1], [5, 1], [100, 1], [1, 1], [1, 1], [1, 1], [60 * S, 3]])
    for (const metric of breachMetrics) expect(describeBreach(rule(metric), row, read(metric)).title).toContain(breachMetricTable[metric].words)
  })

  it('that no row holds are looked up on the floor every quarter minute', () => {
    const floor = busyFloor()
    expect([lookedUp(rule('callbacksDue'), floor, 'support', floor.asOf), lookedUp(rule('expectedWaitMs'), floor, 'support', floor.asOf), lookedUp(rule('waiting'), floor, 'support', floor.asOf)]).toEqual([{ value: 1, count: 1 }, { value: expect.any(Number), count: 1 }, null])
    expect(stepBreach(rule('callbacksDue'), { state: 'clear' }, { value: 0, count: 0, bound: 0, side: 'above' }, NINE).lookAgainAt).toBe(NINE + 15 * S)
  })
})
