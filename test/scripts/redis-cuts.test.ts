import { expect, it } from '@jest/globals'
// @ts-expect-error -- scripts are plain JavaScript without declarations
import { redisCuts } from '../../scripts/lib/redis-cuts.mjs'

const ofParts = () => {
  const shown: string[] = []
  let [now, due]: [number, { readonly at: number; readonly act: () => void } | null] = [0, null]
  const cuts = redisCuts({ show: (text: string) => shown.push(text), folder: '/data/logs', now: () => now, setTimer: (act: () => void, ms: number) => (due = { at: now + ms, act }), clearTimer: () => (due = null) })
  const at = (ms: number) => {
    if (due !== null && due.at <= ms) {
      now = due.at
      const { act } = due
      due = null
      act()
    }
    now = ms
  }
  const tell = (msg: string, reason?: string, level = 40): boolean => cuts.take('web', { level, msg, ...(reason === undefined ? {} : { reason }) })
  return { shown, at, tell }
}
const REFUSED = 'connect ECONNREFUSED 127.0.0.1:6379'

it('a cut of Redis is one line when it goes and one when it is back, with how long and how many it was', () => {
  const { shown, at, tell } = ofParts()
  expect(tell('redis connection error', REFUSED)).toBe(true)
  for (let ms = 100; ms < 4_000; ms += 50) {
    at(ms)
    expect([tell('reading the log was interrupted', 'The client is offline'), tell('job queue', REFUSED), tell('days could not be folded again; tried again', 'Disconnects client', 50)]).toEqual([true, true, true])
  }
  at(4_200)
  tell('redis connection is back', undefined, 30)
  at(10_000)
  expect(shown).toEqual([`  Redis is away (web: ${REFUSED}). Everything waits for it and goes on when it is back`, '  Redis is back after 4.2 s; 235 lines of that time are in /data/logs'])
})

it('it ends by silence too, and the next one is told anew', () => {
  const { shown, at, tell } = ofParts()
  tell('the outbox could not be read', 'The client is offline')
  at(4_000)
  tell('the outbox could not be read', 'The client is offline')
  at(60_000)
  tell('redis does not answer; connecting again')
  expect(shown.map((line) => line.slice(0, 23))).toEqual(['  Redis is away (web: T', '  Redis is back after 4', '  Redis is away (web: r'])
  expect(shown[1]).toContain('4.0 s; 2 lines')
})

it('what has nothing to do with it is shown, during a cut as before it', () => {
  const { shown, tell } = ofParts()
  const other = () => [tell('a webhook could not be reached', 'connect ECONNREFUSED 10.0.0.7:443'), tell('overdue timers fired by the sweeper'), tell('the demo site was founded', undefined, 30)]
  expect(other()).toEqual([false, false, false])
  expect([tell('redis connection is back', undefined, 30), shown]).toEqual([true, []])
  tell('redis connection error', REFUSED)
  expect(other()).toEqual([false, false, false])
})
