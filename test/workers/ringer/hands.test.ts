import { describe, expect, it } from '@jest/globals'
import { instantOf } from '../../../server/domain/time.ts'
import type { IncidentReading } from '../../../server/redis/incident-log.ts'
import { CLAIM_SIZE, type TimerClaim } from '../../../server/redis/incident-timers.ts'
import { openHands } from '../../../workers/ringer/hands.ts'
import { noBell, type Bell } from '../../../workers/ringer/bell.ts'
import { openRinger } from '../../../workers/ringer/ringer.ts'
import { recordingLog } from '../../support/quiet-log.ts'
import { until } from '../../support/until.ts'

const now = instantOf(Date.UTC(2026, 10, 22, 9))
const breath = () => new Promise<void>((resolve) => setImmediate(resolve))
/** Whatever is to come by itself has come. */
const calm = async () => {
  for (let turn = 0; turn < 50; turn += 1) await breath()
}

/** A ringer over so many due timers whose incidents nobody finds before the test says so. */
const ringerOver = (due: number, bell: (onClaim: unknown) => Bell = noBell) => {
  let left = due
  let open = false
  const held: (() => void)[] = []
  const nobody: IncidentReading = { now, record: null, known: null }
  const ringer = openRinger({
    incidentLog: { read: () => (open ? Promise.resolve(nobody) : new Promise((resolve) => void held.push(() => resolve(nobody)))), apply: () => Promise.reject(new Error('nothing is to be written')), nextRef: () => Promise.reject(new Error('no')), claimKey: () => Promise.reject(new Error('no')), remember: () => Promise.reject(new Error('no')) },
    rules: { current: () => Promise.reject(new Error('no')), of: () => Promise.reject(new Error('no')) },
    settings: { incidentSettings: async () => ({}) as never },
    directory: async () => ({ people: [], webhooks: [], onCall: {} }),
    timers: {
      keep: async () => 0,
      claim: async (_site, _token, { overdueMs = 0 } = {}): Promise<TimerClaim> => {
        const many = overdueMs > 0 ? 0 : Math.min(left, CLAIM_SIZE)
        left -= many
        return { now, lookAgainAt: null, timers: Array.from({ length: many }, (_, index) => ({ id: `INC-2026-${left + index}/ownership`, dueAt: now, generation: 1 })) }
      },
    },
    wakes: { onWake: () => () => undefined, onReconnect: () => () => undefined, close: async () => undefined },
    bell,
    sites: () => ['north'],
    log: recordingLog(),
    sweepEveryMs: 60_000,
    clock: () => now,
  })
  return {
    claimed: () => due - left,
    finish: async () => {
      open = true
      for (const go of held.splice(0)) go()
      await until('all are claimed', () => left === 0)
      await ringer.close()
    },
  }
}

describe('a worker with more due timers than it can work on', () => {
  it('claims what its hands hold, and the rest as they come free, so that no claim outlives its lease', async () => {
    const { claimed, finish } = ringerOver(10_000)
    await calm()
    expect(claimed()).toBeLessThanOrEqual(1_250)
    await finish()
    expect(claimed()).toBe(10_000)
  })

  it('lends the others what they take, and no more', async () => {
    let taken = 0
    const { claimed, finish } = ringerOver(10_000, () => ({ ring: async () => (taken += 1) <= 3, take: () => undefined }))
    await calm()
    expect(claimed()).toBe(1_250 + 3 * CLAIM_SIZE)
    await finish()
  })
})

describe('hands', () => {
  it('give way in the order of asking, and always to whoever would hold all of them alone', async () => {
    const hands = openHands(10)
    const ends: (() => void)[] = []
    const first = hands.hold(8, () => new Promise<void>((resolve) => void ends.push(resolve)))
    const came: string[] = []
    void hands.room(20).then(() => came.push('much'))
    void hands.room(1).then(() => came.push('little'))
    await calm()
    expect(came).toEqual([])
    ends[0]?.()
    await first
    await calm()
    expect(came).toEqual(['much', 'little'])
  })
})
