import { describe, expect, it } from '@jest/globals'
import { freshSeed } from '../../support/seeded.ts'
import { simulateDays } from '../../support/simulated-days.ts'

/** The short form of `npm run soak`. */
describe('what is held', () => {
  const seed = freshSeed()
  it(`is the same after four simulated days as after three, but for the rows (TEST_SEED=${seed})`, async () => {
    const [, , third, fourth] = await simulateDays({ days: 4, contactsAMinute: 0.3, seed })
    if (third === undefined || fourth === undefined) throw new Error('not simulated')
    expect(fourth.facts).toBeGreaterThan(third.facts + 1_000)
    expect(fourth.logEntries).toBeLessThan(third.logEntries * 1.1)
    for (const name of ['redisMb', 'keeperHeapMb', 'readerHeapMb'] as const) expect([name, fourth[name] < third[name] * 1.1 + 1]).toEqual([name, true])
  }, 180_000)
})
