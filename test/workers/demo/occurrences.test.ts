import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { createLog } from '../../../server/log.ts'
import type { Commands } from '../../../server/incidents/handle-command.ts'
import { openOccurrences, type Occurrences } from '../../../workers/demo/occurrences.ts'

const at = Date.UTC(2026, 10, 22, 10, 38)
let occurrences: Occurrences | null = null
beforeEach(() => void jest.useFakeTimers({ now: at }))
afterEach(async () => {
  await occurrences?.close()
  jest.useRealTimers()
})

/** `logged`: the keys under which an incident was asked for, with the seconds since the scenario. */
const opened = (faults: number) => {
  const logged: (readonly [string, number])[] = []
  let left = faults
  const incidents = {
    create: async (_site: string, _input: object, _caller: object, key: string) => {
      logged.push([key, (Date.now() - at) / 1_000])
      if (left > 0) {
        left -= 1
        throw new Error('Redis is away')
      }
      return { kind: 'done', record: { ref: 'INC-1', deployments: [] } }
    },
    command: async () => ({ kind: 'refused' }),
  } as unknown as Pick<Commands, 'create' | 'command'>
  occurrences = openOccurrences({ site: 'demo', incidents, now: () => Date.now(), log: createLog('silent', 'test') })
  return { logged, occurrences }
}
const KEY = `demo-power-cut-${at}`

it('is logged once, forty seconds after the power went', async () => {
  const { logged, occurrences: of } = opened(0)
  of.begin('power-cut', at)
  await jest.advanceTimersByTimeAsync(120_000)
  expect(logged).toEqual([[KEY, 40]])
})

it('is asked for again under the same key when it could not be written', async () => {
  const { logged, occurrences: of } = opened(2)
  of.begin('power-cut', at)
  await jest.advanceTimersByTimeAsync(120_000)
  expect(logged).toEqual([[KEY, 40], [KEY, 45], [KEY, 50]])
})

it('is logged at its time by whoever plays on, and at once when that is over', async () => {
  const { logged, occurrences: of } = opened(0)
  await jest.advanceTimersByTimeAsync(25_000)
  of.begin('power-cut', at)
  await jest.advanceTimersByTimeAsync(35_000)
  of.begin('power-cut', at)
  await jest.advanceTimersByTimeAsync(1_000)
  expect(logged).toEqual([[KEY, 40], [KEY, 60]])
  // Its cause is long gone.
  await jest.advanceTimersByTimeAsync(40 * 60_000)
  of.begin('power-cut', at)
  await jest.advanceTimersByTimeAsync(60_000)
  expect(logged).toHaveLength(2)
})
