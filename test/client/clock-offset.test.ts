import { expect, it } from '@jest/globals'
import { clockOffset } from '../../client/live/clock-offset.ts'

it('is right within half of the quickest round trip, however slow the others were', () => {
  const clock = clockOffset()
  const day = 86_400_000
  clock.add({ sentAt: 0, receivedAt: 900, serverAt: day + 800 })
  expect(clock.add({ sentAt: 5_000, receivedAt: 5_020, serverAt: day + 5_010 })).toBe(day)
  expect(clock.add({ sentAt: 10_000, receivedAt: 10_700, serverAt: day + 10_650 })).toBe(day)
})

it('believes the newest answer when the local clock was set anew', () => {
  const clock = clockOffset()
  clock.add({ sentAt: 0, receivedAt: 10, serverAt: 5 })
  expect(clock.add({ sentAt: 3_600_000, receivedAt: 3_600_400, serverAt: 200 })).toBe(-3_600_000)
})
