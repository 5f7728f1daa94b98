import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
const path = '/api/v1/sites/north/sources/twilio'
const send = (bytes: number, headers: Record<string, string> = {}) => server.ask('POST', path, { body: 'x'.repeat(bytes), headers: { 'content-type': 'application/json', ...headers } })

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/north', { name: 'North', timeZone: 'Europe/London' })
})
afterAll(() => server.close())

it.each<Record<string, string>>([{}, { 'x-twilio-signature': 'made up' }])('of a body whose sender is not known yet at most 1 MiB is kept in memory (headers %j)', async (headers) => {
  expect((await send(1024 * 1024, headers)).status).toBe(401)
  expect((await send(1024 * 1024 + 1, headers)).status).toBe(413)
})
