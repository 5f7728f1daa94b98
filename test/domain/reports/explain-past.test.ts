import { describe, expect, it } from '@jest/globals'
import type { Explanation } from '../../../server/domain/explanation.ts'
import { createFloor } from '../../../server/domain/project-floor.ts'
import { explainPast } from '../../../server/domain/reports/explain-past.ts'
import { DAY, HOUR, instantOf, QUARTER_HOUR } from '../../../server/domain/time.ts'
import { entriesOf, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'
import { intervalFigures } from '../../support/interval-figures.ts'
import { randomDay } from '../../support/random-day.ts'
import { everySeed } from '../../support/seeded-random.ts'

const metrics = ['serviceLevel', 'V1', 'V2', 'V4', 'V5', 'V6', 'V7', 'asaMs', 'ahtMs', 'abandonRate', 'csat', 'fcr', 'fcrRepeat', 'repeatRate', 'transferRate', 'timeToAbandonMs', 'offered', 'answered', 'abandoned', 'shortAbandoned', 'callbacks', 'flowedOut', 'systemEnded', 'refused', 'holdAbandoned', 'handled', 'transferred', 'surveys', 'ringMs', 'ringMsTotal', 'ringKnown', 'ringNoAnswer', 'surveysSent', 'surveysAnswered', 'surveyResponseRate', 'endedByAgent', 'endedByCustomer', 'nps', 'npsAnswers', 'npsPromoters', 'npsDetractors']

describe('a range that is over', () => {
  it('is explained by stored rows and contacts as the live floor explained it, side by side', () => {
    let compared = 0
    everySeed(2, (random) => {
      const settings = utcSettings()
      const floor = createFloor('test', settings)
      for (const entry of entriesOf(randomDay(random, { contacts: 40, spanMs: 3 * HOUR }))) floor.apply(entry)
      const end = NINE + 5 * HOUR
      floor.apply(tickAt(end))
      const from = instantOf(NINE + random.whole(0, 6) * QUARTER_HOUR)
      for (const queue of [null, 'support', 'chat']) {
        const of = queue === null ? {} : { queue }
        const rows = floor.intervals({ from, to: instantOf(end), basis: 'outcome', ...of })
        const contacts = floor.contacts({ from: instantOf(from - DAY), to: instantOf(end + HOUR), ...of })
        for (const metric of metrics) {
          const live = floor.explain({ metric, queue, window: String(from) })
          const past = explainPast({ metric, queue, from, to: instantOf(end), rows, contacts, settingsOf: () => settings.defaults })
          const said = (told: Explanation | null) => told && { variant: told.variant, formula: told.formula, basis: told.basis, numerator: told.numerator, denominator: told.denominator, value: told.value, above: told.numeratorContacts.map(({ contactId, legId }) => `${contactId} ${legId}`), below: told.denominatorContacts.map(({ contactId, legId }) => `${contactId} ${legId}`) }
          expect({ metric, queue, ...said(past) }).toEqual({ metric, queue, ...said(live) })
          compared += 1
        }
      }
    })
    expect(compared).toBe(2 * 3 * metrics.length)
  })

  it('has no figure of the moment, and no level of queues whose targets differ', () => {
    const range = { queue: null, from: instantOf(NINE), to: instantOf(NINE + HOUR), contacts: [], settingsOf: (queue: string) => ({ shortAbandonMs: 5_000, target: { percent: 0.8, withinMs: queue === 'chat' ? 60_000 : 20_000, variant: 'V3' as const } }) }
    expect(explainPast({ ...range, metric: 'waiting', rows: [] })).toBeNull()
    expect(explainPast({ ...range, metric: 'serviceLevel', rows: [intervalFigures(NINE, { answered: 1 }), intervalFigures(NINE, { answered: 1 }, { queue: 'chat' })] })).toMatchObject({ variant: 'V3', value: null })
  })
})
