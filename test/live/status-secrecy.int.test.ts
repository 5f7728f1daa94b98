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

it('a published page tells the newest words for strangers, the gravest incident first, and knows of no drill', async () => {
  const log = async (title: string, more: object) => (await server.admin('POST', '/api/v1/sites/north/incidents', { type: 'incident', title, nature: 'Reported by the control room', channel: 'voice', location: 'Works', service: 'Water', reporter: 'Control room', callerId: 'withheld', callerSafe: true, category: 'operational', ...more })).body.ref as string
  const grave = await log('A main has burst', { impact: 1, urgency: 1 })
  const minor = await log('A meter reads wrong', { impact: 3, urgency: 3 })
  const practice = await log('Practice: no water at all', { impact: 1, urgency: 1, drill: true })
  const tell = async (text: string, audience: string) => expect((await server.admin('POST', `/api/v1/sites/north/incidents/${grave}/commands`, { type: 'update-stakeholders', text, state: 'identified', audience })).status).toBe(200)
  const page = async () => (await server.ask('GET', '/api/v1/sites/north/status', {})).body.incidents as readonly { readonly ref: string; readonly update: { readonly text: string; readonly state: string } | null }[]
  await until('both are shown', async () => (await page()).some(({ ref }) => ref === minor))
  const shown = (await page()).map(({ ref }) => ref)
  expect(shown.indexOf(grave)).toBeLessThan(shown.indexOf(minor))
  expect(shown).not.toContain(practice)
  const words = async () => (await page()).find(({ ref }) => ref === grave)?.update ?? null
  await tell('A crew is on its way.', 'public')
  await until('the words for strangers are shown', async () => (await words())?.text === 'A crew is on its way.')
  await tell('The contractor asks for twice the price.', 'all')
  await tell('The valve is shut.', 'public')
  await until('newer words replace them', async () => (await words())?.text !== 'A crew is on its way.')
  expect(await words()).toMatchObject({ text: 'The valve is shut.', state: 'identified' })
})
