import { afterEach, describe, expect, it } from '@jest/globals'
import { instantOf } from '../../../server/domain/time.ts'
import type { IncidentReading } from '../../../server/redis/incident-log.ts'
import type { TimerClaim } from '../../../server/redis/incident-timers.ts'
import type { Claim } from '../../../workers/ringer/fire.ts'
import { openRinger } from '../../../workers/ringer/ringer.ts'
import { openWatchdog } from '../../../workers/ringer/watchdog.ts'
import { recordingLog } from '../../support/quiet-log.ts'
import { until } from '../../support/until.ts'

const now = instantOf(Date.UTC(2026, 10, 22, 9))
const no = () => Promise.reject(new Error('no'))
const LOOK_MS = 2_500
const timersOf = (from: number, many: number): TimerClaim['timers'] => Array.from({ length: many }, (_, index) => ({ id: `INC-2026-${from + index}/ownership`, dueAt: now, generation: 1 }))

let closing: () => Promise<void> = async () => undefined
afterEach(() => closing())

/** A sweeper that found 250 overdue timers, each of which it works on until the test says that it is done, and the watchdog over it, with its clock moved by hand. */
const sweeping = async () => {
  const did: string[] = []
  const held = new Map<string, () => void>()
  const nobody: IncidentReading = { now, record: null, known: null }
  let [ticks, swept] = [0, 0]
  let handOver: (claim: Claim) => Promise<void> = no
  const ringer = openRinger({
    incidentLog: { read: (_site, ref) => new Promise((resolve) => void held.set(ref, () => resolve(nobody))), apply: no, nextRef: no, claimKey: no, remember: no },
    rules: { current: no, of: no },
    settings: { incidentSettings: async () => ({}) as never },
    directory: async () => ({ people: [], webhooks: [], onCall: {} }),
    timers: { keep: async () => 0, claim: async (_site, _token, { overdueMs = 0 } = {}) => ({ now, lookAgainAt: null, timers: overdueMs > 0 && swept++ === 0 ? timersOf(0, 250) : [] }) },
    wakes: { onWake: () => () => undefined, onReconnect: () => () => undefined, close: async () => undefined },
    bell: (onClaim) => {
      handOver = onClaim
      return { ring: async () => false, take: () => undefined }
    },
    sites: () => ['north'],
    log: recordingLog(),
    sweepEveryMs: 60_000,
    clock: () => now,
    ticks: () => ticks,
  })
  const dog = openWatchdog({ overdueMs: async () => 5_000, movedAt: () => ringer.movedAt() ?? 0, rebuild: async () => void did.push(`${ticks / 1_000} rebuilt`), wedged: () => void did.push(`${ticks / 1_000} ended`), log: recordingLog(), ticks: () => ticks, everyMs: null })
  await until('the batch is in hand', () => held.size === 250)
  closing = async () => {
    for (const finish of held.values()) finish()
    dog.close()
    await ringer.close()
  }
  const done = async (number: number): Promise<void> => {
    const finish = held.get(`INC-2026-${number}`)
    held.delete(`INC-2026-${number}`)
    finish?.()
    for (let turn = 0; turn < 10; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return {
    did,
    handOver: (claim: Claim) => handOver(claim),
    done,
    taken: (number: number) => until('it is in hand', () => held.has(`INC-2026-${number}`)),
    /** So many looks of the watchdog, before each of which something is done. */
    looks: async (many: number, before: (look: number) => Promise<void> = async () => undefined): Promise<void> => {
      for (let look = 0; look < many; look += 1) {
        ticks += LOOK_MS
        await before(look)
        await dog.look()
      }
    },
  }
}

describe('the watchdog over the sweeper', () => {
  it('takes a slow batch for no stuck one: each timer that is fired is progress', async () => {
    const { did, looks, done } = await sweeping()
    await looks(40, (look) => (look % 3 === 0 ? done(look) : Promise.resolve()))
    expect(did).toEqual([])
  })

  it('finds one that stops half way', async () => {
    const { did, looks, done } = await sweeping()
    await looks(4, done)
    await looks(14)
    expect(did).toEqual(['22.5 rebuilt', '32.5 rebuilt', '42.5 ended', '45 ended'])
  })

  it('finds one that is stuck while others hand over what is fired', async () => {
    const { did, looks, handOver, taken, done } = await sweeping()
    await looks(14, async (look) => {
      const fired = handOver({ site: 'north', token: `t${look}`, claimedAt: now, timers: timersOf(1_000 + look, 1) })
      await taken(1_000 + look)
      await done(1_000 + look)
      await fired
    })
    expect(did).toEqual(['12.5 rebuilt', '22.5 rebuilt', '32.5 ended', '35 ended'])
  })
})
