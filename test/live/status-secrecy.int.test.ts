import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

let server: RunningServer
const nature = 'Mary Ellison fell on the stairs, call her husband on 07700 900777\nShe is awake'

beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/north', { name: 'North', timeZone: 'Europe/London' })
  expect((await server.admin('PUT', '/api/v1/sites/north/settings', { status: { publish: true } })).status).toBe(200)
})
afterAll(() => server.close())

it('an urgent report without a title shows strangers and displays its category, never what happened', async () => {
  const logged = await server.admin('POST', '/api/v1/sites/north/incidents', { type: 'incident', nature, location: 'North stairs', callerId: 'withheld', callerSafe: false, urgency: 1 })
  expect([logged.status, logged.body.title]).toEqual([201, 'Mary Ellison fell on the stairs, call her husband on 07700 900777'])
  const { token } = (await server.admin('POST', '/api/v1/keys', { site: 'north', role: 'display', name: 'wall' })).body
  const shown = async (path: string, as: { readonly token?: string } = {}) => {
    await until('the incident is shown', async () => (await server.ask('GET', path, as)).text.includes(logged.body.ref))
    return (await server.ask('GET', path, as)).text
  }
  for (const text of [await shown('/api/v1/sites/north/status'), await shown('/api/v1/sites/north/views/status', { token }), await shown('/api/v1/sites/north/views/wall:main', { token })]) {
    expect(text).not.toMatch(/Mary|07700/)
    expect(text).toMatch(/"title":"Safety"|"title":"safety"/)
  }
})
