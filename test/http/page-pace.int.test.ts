import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
let stopped: number | null = null

beforeAll(async () => {
  server = await runServer({ now: () => stopped ?? Date.now() })
})
afterAll(() => server.close())

it('who tries out links of pages is slowed down like any other stranger', async () => {
  stopped = Date.now()
  const statuses: number[] = []
  for (let times = 0; times < 310; times += 1) statuses.push((await server.ask('GET', `/n/${'x'.repeat(40)}.${'y'.repeat(22)}`)).status)
  expect([statuses.filter((status) => status === 404).length, statuses.filter((status) => status === 429).length]).toEqual([300, 10])
  const refused = await server.ask('POST', `/n/r/${'x'.repeat(40)}.${'y'.repeat(22)}`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  stopped += 1_000
  expect((await server.ask('GET', '/n/nothing')).status).toBe(404)
})
