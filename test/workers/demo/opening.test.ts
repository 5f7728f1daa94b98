import { describe, expect, it } from '@jest/globals'
import { Temporal } from 'temporal-polyfill'
import { isTimeZone } from '../../../server/contract/settings/parts.ts'
import { openingAt, zones } from '../../../workers/demo/opening.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const there = (now: number, timeZone: string) => Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone)

describe('the opening of the demo', () => {
  it('is at a site where it is within half an hour of 10:38, at every minute of a day', () => {
    const start = Date.UTC(2026, 10, 22)
    const away: number[] = []
    for (let minute = 0; minute < 1_440; minute += 1) {
      const now = start + minute * MINUTE + 17_345
      const { timeZone, midnight } = openingAt(now)
      const local = there(now, timeZone)
      expect(local.startOfDay().epochMilliseconds).toBe(midnight)
      away.push(Math.abs(local.hour * 60 + local.minute - 638))
    }
    expect(Math.max(...away)).toBeLessThanOrEqual(30)
    // Half and three-quarter hours exist in the east.
    expect(away.filter((minutes) => minutes <= 15).length / away.length).toBeGreaterThan(0.5)
  })

  it('is in a zone that settings take, whose days all have 24 hours', () => {
    for (const timeZone of zones) {
      expect([timeZone, isTimeZone(timeZone)]).toEqual([timeZone, true])
      const offsets = new Set(Array.from({ length: 3 * 366 }, (_, day) => there(Date.UTC(2026, 0, 1) + day * DAY, timeZone).offset))
      expect([timeZone, offsets.size]).toEqual([timeZone, 1])
    }
  })
})
