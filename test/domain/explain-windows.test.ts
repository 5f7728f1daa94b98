import { describe, expect, it } from '@jest/globals'
import { createFloor } from '../../server/domain/project-floor.ts'
import { HOUR } from '../../server/domain/time.ts'
import { entriesOf, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { randomDay } from '../support/random-day.ts'
import { everySeed } from '../support/seeded-random.ts'

/** Figures that are no sum of the window: of the moment, or text. */
const OTHER = new Set(['pending', 'fcrMethod'])

describe('an explanation of a window', () => {
  it('says of every figure what the figures of that window say', () => {
    let compared = 0
    everySeed(5, (random) => {
      const floor = createFloor('test', utcSettings())
      for (const entry of entriesOf(randomDay(random, { contacts: 40, spanMs: HOUR }))) floor.apply(entry)
      floor.apply(tickAt(NINE + HOUR))
      for (const window of ['R15', 'R30', 'R60', 'today']) {
        for (const queue of ['support', 'chat']) {
          const figures = floor.window({ queue, window })?.figures ?? {}
          for (const [metric, value] of Object.entries(figures)) {
            const explanation = OTHER.has(metric) || (typeof value !== 'number' && value !== null) ? null : floor.explain({ metric, queue, window })
            // Clock time of the live window is that of whole minutes , as its row says it.
            if (explanation === null || explanation.basis === 'clock') continue
            expect({ window, queue, metric, value }).toEqual({ window, queue, metric, value: explanation.value === null ? null : expect.closeTo(explanation.value, 9) })
            compared += 1
          }
        }
      }
    })
    expect(compared).toBeGreaterThan(1_500)
  })
})
