import { describe, expect, it } from '@jest/globals'
import { createReadiness } from '../../server/http/health.ts'

const openReadiness = () => {
  const house = { ok: true, at: 0, asked: 0 }
  const checks = { redis: async () => ({ ok: house.ok, asked: (house.asked += 1) }) }
  return { house, readiness: createReadiness({ checks: () => checks, stopping: () => false, now: () => house.at }) }
}

describe('readiness', () => {
  it('is asked of the parts at most once a second while all is well', async () => {
    const { house, readiness } = openReadiness()
    await readiness.now()
    house.at = 1_000
    await readiness.now()
    expect(house.asked).toBe(1)
    house.at = 1_001
    await readiness.now()
    expect(house.asked).toBe(2)
  })

  it('is asked again soon after a no, so that a return is told at once', async () => {
    const { house, readiness } = openReadiness()
    house.ok = false
    expect((await readiness.now()).ready).toBe(false)
    house.ok = true
    house.at = 200
    expect((await readiness.now()).ready).toBe(false)
    house.at = 201
    expect((await readiness.now()).ready).toBe(true)
    expect(house.asked).toBe(2)
  })
})
