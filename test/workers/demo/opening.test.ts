import { describe, expect, it } from '@jest/globals'
import { Temporal } from 'temporal-polyfill'
import { openingAt } from '../../../workers/demo/opening.ts'

describe('the opening of the demo', () => {
  it('is at a site where it is 10:38 now, at every minute of a day', () => {
    const start = Date.UTC(2026, 10, 22)
    for (let minute = 0; minute < 1_440; minute += 1) {
      const now = start + minute * 60_000 + 17_345
      const { timeZone, midnight } = openingAt(now)
      const there = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone)
      expect(`${timeZone} ${there.toPlainTime().toString().slice(0, 5)}`).toBe(`${timeZone} 10:38`)
      expect(there.startOfDay().epochMilliseconds).toBe(midnight)
    }
  })
})
