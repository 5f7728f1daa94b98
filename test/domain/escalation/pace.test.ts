import { describe, expect, it } from '@jest/globals'
import { heldUntil, pacedAt } from '../../../server/domain/escalation/pace.ts'
import { instantOf, type Instant } from '../../../server/domain/time.ts'
import { seeded } from '../../support/seeded-random.ts'

const s = (seconds: number): Instant => instantOf(1_000_000_000_000 + seconds * 1_000)
const row = (seconds: number, person: string | null = 'ada', paced = true) => ({ person, paced, notBefore: s(seconds) })
const seconds = (times: readonly Instant[]) => times.map((at) => (at - s(0)) / 1_000)

describe('one message a minute to each person', () => {
  it('holds the second until a minute after the first, and tells with it whatever falls due until then', () => {
    expect(seconds(pacedAt([row(0), row(10), row(59), row(60), row(61), row(200)], new Map()))).toEqual([0, 60, 60, 60, 120, 200])
  })

  it('counts from what was told before, and holds each person alone', () => {
    expect(seconds(pacedAt([row(5), row(5, 'sam'), row(70)], new Map([['ada', s(-10)], ['sam', s(-60)]])))).toEqual([50, 5, 110])
  })

  it('holds nothing that is not paced, nor machines, and what falls due in one instant is one message', () => {
    expect(seconds(pacedAt([row(0), row(1, 'ada', false), row(2, null), row(0), row(3, 'sam')], new Map()))).toEqual([0, 1, 2, 0, 3])
  })

  it('is kept in whatever order rows were made: never early, never two within a minute, never later than a minute after the hour they waited for', () => {
    const random = seeded(20_261_129)
    for (let round = 0; round < 200; round += 1) {
      const rows = Array.from({ length: 30 }, () => row(random.whole(0, 400), random.chance(0.5) ? 'ada' : 'sam'))
      const times = pacedAt(rows, new Map([['ada', s(-random.whole(0, 100))]]))
      for (const person of ['ada', 'sam']) {
        const own = [...new Set(times.filter((_, index) => rows[index]?.person === person))].sort((a, b) => a - b)
        own.slice(1).forEach((at, index) => expect(at - (own[index] ?? 0)).toBeGreaterThanOrEqual(60_000))
      }
      rows.forEach(({ notBefore }, index) => {
        expect((times[index] ?? 0) - notBefore).toBeGreaterThanOrEqual(0)
        expect((times[index] ?? 0) - notBefore).toBeLessThanOrEqual(60_000)
      })
    }
  })

  it('says until when a row is held', () => {
    expect([heldUntil(null, s(0)), heldUntil(s(-60), s(0)), heldUntil(s(-59), s(0))]).toEqual([null, null, s(1)])
  })
})
