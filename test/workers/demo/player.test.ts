import { afterEach, expect, it } from '@jest/globals'
import { createLog } from '../../../server/log.ts'
import { openPlayer, type Player } from '../../../workers/demo/player.ts'
import { createReturning } from '../../../workers/demo/returning.ts'
import { createSimulation } from '../../../workers/demo/simulation.ts'
import { until } from '../../support/until.ts'

const midnight = Date.UTC(2026, 10, 22)
const now = midnight + 60_000
let player: Player | null = null
afterEach(() => player?.close())

/** Stands back from its first look on; `says` is what others would read, in order. */
const standBack = (faults: number) => {
  const says: string[] = []
  let left = faults
  player = openPlayer({
    simulation: createSimulation({ seed: 1, midnight, days: 0, heartbeatMs: null, idPrefix: 'demo' }),
    midnight,
    state: { founded: async () => null, found: async () => undefined, told: async () => now, setTold: async () => undefined, acts: async () => [], addAct: async () => undefined, isImported: async () => true, setImported: async () => undefined, plannedTo: async () => null, setPlannedTo: async () => undefined, show: async (state) => void says.push(state) },
    sender: { send: async () => true },
    returning: createReturning(),
    occurrences: { begin: () => undefined, close: async () => undefined },
    heard: async (connected, detail) => {
      if (left > 0) {
        left -= 1
        throw new Error('Redis is away')
      }
      says.push(`${connected ? 'live' : 'silent'}: ${detail ?? ''}`)
    },
    standBack: () => true,
    now: () => now,
    log: createLog('silent', 'test'),
  })
  return says
}

it('a paused demo has a source that says so, before it says that it is paused', async () => {
  const says = standBack(0)
  await until('it stands back', async () => says.includes('paused'))
  expect(says).toEqual(['playing', 'silent: paused: a real source is connected', 'paused'])
})

it('a paused demo says so of its source all the same when Redis was away at first', async () => {
  const says = standBack(1)
  await until('it stands back', async () => says.includes('paused'))
  expect(says).toEqual(['playing', 'silent: paused: a real source is connected', 'paused'])
})
