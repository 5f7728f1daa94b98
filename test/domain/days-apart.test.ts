import { describe, expect, it } from '@jest/globals'
import { createFloor } from '../../server/domain/project-floor.ts'
import { HOUR, MINUTE } from '../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { folded } from '../support/fold-readings.ts'

/** Two queues of one site whose business days begin at different hours: support at midnight, billing at eight. */
const settings = () => {
  const plain = utcSettings()
  return utcSettings({}, { queues: { billing: { ...plain.defaults, day: { ...plain.defaults.day, startsAt: '08:00' } } } })
}
const call = (minute: number, queueId: string, waitMs: number) => [
  fact('contact.queued', NINE + minute * MINUTE, { contactId: `${queueId}${minute}`, queueId }),
  fact('contact.answered', NINE + minute * MINUTE + waitMs, { contactId: `${queueId}${minute}`, queueId }),
  fact('contact.ended', NINE + minute * MINUTE + 4 * MINUTE, { contactId: `${queueId}${minute}`, queueId }),
  fact('contact.wrapped', NINE + minute * MINUTE + 5 * MINUTE, { contactId: `${queueId}${minute}`, queueId, acwMs: MINUTE }),
]
const floorOf = () => {
  const day = [fact('agent.state', NINE - 10 * HOUR, { queues: ['support', 'billing'] }), ...call(-150, 'billing', 50_000), ...call(-140, 'support', 10_000), ...call(-30, 'billing', 10_000), ...call(-20, 'support', 15_000), ...call(-10, 'billing', 30_000)]
  return folded([...entriesOf(day), tickAt(NINE)], createFloor('test', settings()))
}

describe('a site whose queues have days of their own', () => {
  it('explains its day by the contacts of each queue’s own day', () => {
    const floor = floorOf()
    const totals = floor.totals().today
    expect([totals.answered, totals.answeredInTarget, totals.handled, totals.maxWaitMs]).toEqual([4, 3, 4, 30_000])
    const told = (metric: string) => {
      const { numerator, denominator, numeratorContacts, denominatorContacts } = floor.explain({ metric, queue: '*', window: 'today' }) ?? { numeratorContacts: [], denominatorContacts: [] }
      return [numerator, denominator, numeratorContacts.length, denominatorContacts.length]
    }
    expect(told('answered')).toEqual([4, null, 4, 0])
    expect(told('V3')).toEqual([3, 4, 3, 4])
    // What billing's day before ended with is none of its own.
    expect(floor.explain({ metric: 'serviceLevel', queue: '*', window: 'today' })).toMatchObject({ value: 0.75, since: NINE - 9 * MINUTE })
    expect(told('ahtMs')).toEqual([totals.talkMsTotal + totals.acwMsTotal, 4, 4, 4])
    expect(told('waitMsP90')).toEqual([null, 4, 0, 4])
    expect(floor.explain({ metric: 'maxWaitMs', queue: '*', window: 'today' })?.numeratorContacts.map(({ contactId }) => contactId)).toEqual(['billing-10'])
  })

  it('has one sum of the day, whoever is asked', () => {
    const floor = floorOf()
    const { dayStartedAt: _, maxWaitMs: __, ...today } = floor.totals().today
    const { figures, from } = floor.window({ queue: null, window: 'today' }) ?? { figures: null, from: null }
    expect(from).toBe(NINE - 9 * HOUR)
    expect(today).toMatchObject(figures ?? { none: true })
  })

  it('says of agents’ time since when it counts: by the site’s own day', () => {
    const floor = floorOf()
    expect(floor.explain({ metric: 'utilisation', queue: '*', window: 'today' })).toMatchObject({ from: NINE - 9 * HOUR, denominator: 9 * HOUR })
    expect(floor.explain({ metric: 'utilisation', queue: 'billing', window: 'today' })).toMatchObject({ from: NINE - HOUR, denominator: HOUR })
    const later = folded([...entriesOf([fact('agent.state', NINE - 10 * HOUR, { queues: ['billing'] }), ...call(-10, 'billing', 30_000)]), tickAt(NINE)], createFloor('test', settings()))
    expect(later.explain({ metric: 'utilisation', queue: '*', window: 'today' })).toMatchObject({ from: NINE - 9 * HOUR, denominator: 9 * HOUR })
  })
})

it('gives agents’ time of any window to the queues that they served then', () => {
  const told = [fact('agent.state', NINE - 3 * HOUR, { queues: ['support'] }), fact('agent.state', NINE - HOUR, { queues: ['billing'] })]
  const floor = folded([...entriesOf(told), tickAt(NINE)])
  const signedIn = (queue: string | null) => (floor.window({ queue, window: String(NINE - 2 * HOUR) })?.figures.signedInMsTotal ?? 0) / MINUTE
  expect([signedIn('support'), signedIn('billing'), signedIn(null)]).toEqual([60, 60, 120])
})
