import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { api, leaveBrowser, openPage } from '../../support/browser.ts'
import { until } from '../../support/until.ts'
import { logIncident } from '../pages.ts'

interface Settings {
  readonly people?: Readonly<Record<string, object>>
  readonly policies: Readonly<Record<string, { readonly ownership: { readonly levels: readonly { readonly waitMs: number; readonly targets: readonly object[] }[] } }>>
  readonly calendars: Readonly<Record<string, { readonly week?: Readonly<Record<string, readonly string[]>> }>>
}
const read = () => api<Settings>('GET', '/sites/demo/settings')

describe('the settings pages', () => {
  let before: Settings
  beforeAll(async () => { before = await read() })
  afterAll(async () => {
    await api('PUT', '/sites/demo/settings', before)
    await leaveBrowser()
  })

  it('edit a ladder: a level is added, told to somebody, checked by the server and saved', async () => {
    const { page, complaints, close } = await openPage('/admin/policies/default', { admin: true })
    await page.getByRole('button', { name: 'Add level' }).click()
    const added = page.locator('.rung').nth(3)
    await added.getByText('this level would be passed over').waitFor()
    await added.getByLabel('Add somebody to level 4').selectOption('role:duty-manager')
    await added.getByLabel('Wait before level 4').fill('10')
    await added.getByLabel('Wait before level 4').press('Tab')
    await page.getByText('Checked by the server').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Settings saved').first().waitFor()
    expect((await read()).policies['default']?.ownership.levels.at(-1)).toEqual({ targets: [{ role: 'duty-manager' }], waitMs: 600_000 })
    expect(complaints).toEqual([])
    await close()
  })

  it('warn of a policy that reaches nobody before it is saved', async () => {
    const { page, close } = await openPage('/admin/policies/default', { admin: true })
    await page.getByRole('button', { name: 'New policy' }).click()
    await page.getByLabel('New policy').fill('night')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('button', { name: 'Remove level 2' }).click()
    await page.getByRole('button', { name: 'Take Supervisor out' }).click()
    await page.getByText('a ladder whose waits sum up to less than 1000 ms cannot repeat').waitFor()
    await page.getByLabel('At the end of the ladder').selectOption('stop')
    await page.getByText('its incidents escalate to nobody').waitFor()
    await page.getByRole('button', { name: 'Discard' }).click()
    expect(await page.getByRole('link', { name: 'night' }).count()).toBe(0)
    await close()
  })

  it('say a fault at its field and do not let it be saved', async () => {
    const { page, close } = await openPage('/admin/calendars/service', { admin: true })
    await page.getByRole('button', { name: 'Add hours on Monday' }).click()
    await page.getByLabel('Monday, opens, stretch 2').fill('25:00')
    await page.getByLabel('Monday, opens, stretch 2').press('Tab')
    await page.getByRole('alert').getByText('must be hours such as').waitFor()
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
    await page.getByLabel('Monday, opens, stretch 2').fill('18:00')
    await page.getByLabel('Monday, opens, stretch 2').press('Tab')
    await page.locator('.preview').getByText('09:00–17:00, 18:00–20:00').first().waitFor()
    await page.getByText('Checked by the server').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Settings saved').first().waitFor()
    expect((await read()).calendars['service']?.week).toEqual({ mon: ['09:00-17:00', '18:00-20:00'], 'tue-fri': ['09:00-17:00'] })
    await close()
  })

  it('keep the register of things that can be sent for, with the room that is told of each priority', async () => {
    await api('PUT', '/sites/demo/settings', { ...(await read()), channels: { webhooks: { noc: { url: 'https://example.org/hook', secret: `whsec_${Buffer.from('sixteen bytes or more').toString('base64')}`, types: [] } } } })
    const { page, close } = await openPage('/admin/resources', { admin: true })
    await page.getByRole('button', { name: 'Add resource' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Carrier')
    await page.getByLabel('Telephone').fill('call them')
    await page.getByLabel('Telephone').press('Tab')
    await page.getByText('must be a telephone number').first().waitFor()
    await page.getByLabel('Telephone').fill('+44 113 496 0000')
    await page.getByLabel('Comes within, minutes').fill('30')
    await page.getByLabel('Comes within, minutes').press('Tab')
    await page.getByLabel('Can be had').selectOption('service')
    await page.getByLabel('Add to: Told when it is sent for').selectOption('webhook:noc')
    for (const priority of ['P3', 'P4']) await page.getByRole('group', { name: /Priorities at which/ }).getByRole('button', { name: priority }).click()
    await page.getByText('Checked by the server').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Settings saved').first().waitFor()
    expect((await api<{ readonly resources: object }>('GET', '/sites/demo/settings')).resources).toMatchObject({ resource: { name: 'Carrier', type: 'supplier', phone: '+44 113 496 0000', hours: 'service', responseMs: 1_800_000, alert: [{ priorities: ['P1', 'P2'], target: { webhook: 'noc' } }] } })
    await page.getByText('P1, P2: noc').waitFor()
    await close()
  })

  it('swap turns of a rota and read a calendar file as overrides, for review before they are saved', async () => {
    const people = { ada: { name: 'Duty A', role: 'duty-manager' }, ben: { name: 'Duty B', role: 'duty-manager' } }
    await api('PUT', '/sites/demo/settings', { ...before, people: { ...before.people, ...people }, rotas: { night: { layers: [{ people: ['ada', 'ben'], startsOn: '2026-01-01' }] } } })
    const { page, close } = await openPage('/admin/rotas/night', { admin: true })
    await page.getByLabel('Kind').selectOption('swap')
    await page.getByLabel(/^From,/).fill('2099-03-01T18:00')
    await page.getByLabel(/^To,/).fill('2099-03-02T06:00')
    await page.getByLabel('One', { exact: true }).selectOption('ada')
    await page.getByLabel('The other').selectOption('ben')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('Duty A and Duty B take each other’s turns', { exact: true }).waitFor()
    const tomorrow = (hour: string): string => `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}T${hour}0000Z`
    const file = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//', ...['Duty B', 'Somebody'].flatMap((name) => ['BEGIN:VEVENT', `UID:${name}`, `DTSTAMP:${tomorrow('00')}`, `DTSTART:${tomorrow('10')}`, `DTEND:${tomorrow('12')}`, `SUMMARY:${name}`, 'END:VEVENT']), 'END:VCALENDAR', ''].join('\r\n')
    await page.locator('#rota-file').setInputFiles({ name: 'rota.ics', mimeType: 'text/calendar', buffer: Buffer.from(file) })
    await page.getByText('1 override found: look at it above, then save. Not among the people: Somebody.').waitFor()
    await page.getByText('Checked by the server').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Settings saved').first().waitFor()
    const { rotas } = await api<{ readonly rotas: { readonly night: { readonly overrides: readonly object[]; readonly swaps: readonly object[] } } }>('GET', '/sites/demo/settings')
    expect([rotas.night.swaps, rotas.night.overrides]).toEqual([[expect.objectContaining({ people: ['ada', 'ben'] })], [expect.objectContaining({ person: 'ben' })]])
    await close()
  })

  it('pair a screen by the code it shows, and end it; the screen shows the wall, and then a code again', async () => {
    const wall = await openPage('/pair', { size: 'desk' })
    const code = (await wall.page.locator('.code').textContent()) ?? ''
    const { page, close } = await openPage('/admin/screens', { admin: true })
    await page.getByLabel('Code on the screen').fill(code.toLowerCase())
    await page.getByLabel('Where it hangs').fill('East wall')
    await page.getByRole('button', { name: 'Pair screen' }).click()
    await wall.page.waitForURL((url) => url.pathname === '/wall/near')
    await wall.page.locator('.tile').first().waitFor()
    await page.getByRole('button', { name: 'Revoke East wall' }).click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByText(/^Revoked /).waitFor()
    await wall.page.waitForURL((url) => url.pathname === '/pair')
    await wall.close()
    await close()
  })

  it('do not overwrite what somebody else has saved meanwhile', async () => {
    const { page, close } = await openPage('/admin/queues', { admin: true })
    await page.getByLabel('Target, %').first().waitFor()
    await api('PUT', '/sites/demo/settings', { ...(await read()), links: { crm: 'https://example.org/{contactId}' } })
    await page.getByLabel('Target, %').first().fill('70')
    await page.getByLabel('Target, %').first().press('Tab')
    await page.getByText('Somebody else has saved these settings meanwhile').waitFor()
    await close()
  })

  it('are closed to whoever is no administrator', async () => {
    const { page, close } = await openPage('/admin/policies', { role: 'supervisor' })
    await page.getByText('Settings are for administrators').waitFor()
    expect(await page.getByRole('link', { name: 'Settings' }).count()).toBe(0)
    await close()
  })
})

describe('the simulator', () => {
  it('says who would be woken by a ladder that is not saved yet', async () => {
    const before = await read()
    const { page, close } = await openPage('/admin/policies/default', { admin: true })
    const simulator = page.locator('.simulator')
    await page.getByRole('button', { name: 'Remove level 1' }).click()
    await page.getByLabel('Wait before level 1').fill('3')
    await page.getByLabel('Wait before level 1').press('Tab')
    await simulator.getByLabel('Reported at').fill('2026-12-27T02:30')
    await simulator.getByRole('button', { name: 'Ask' }).click()
    await simulator.getByText('policy default').waitFor()
    await simulator.locator('.steps time').first().waitFor()
    // Three minutes after 02:30; the saved ladder would begin at once.
    expect(await simulator.locator('.kind-level, .kind-level-skipped').first().locator('time').innerText()).toContain('02:33')
    expect(await read()).toEqual(before)
    await close()
  })
})

describe('the notification log', () => {
  it('lists what the ladder was to tell, with the steps of each message', async () => {
    const ref = await logIncident({ title: 'Lift stands still', impact: 1, urgency: 1 })
    await until('the first level of its ladder', async () => (await api<{ readonly items: readonly object[] }>('GET', `/sites/demo/notifications?ref=${ref}`)).items.length > 0, 20_000)
    await api('POST', `/sites/demo/incidents/${ref}/commands`, { type: 'acknowledge' })
    const { page, complaints, close } = await openPage('/admin/notifications', { admin: true })
    await page.getByRole('heading', { name: 'Notifications' }).waitFor()
    const line = page.locator('.lines details').first()
    await line.locator('summary').click()
    await line.locator('.proof').waitFor()
    expect(await line.locator('ol li').count()).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    await close()
  })
})

describe('rotas', () => {
  it('are made, saved, and drawn with their gaps', async () => {
    const before = await read()
    try {
      await api('PUT', '/sites/demo/settings', { ...before, people: { sam: { name: 'Duty A', role: 'duty-manager' }, ada: { name: 'Duty B', role: 'duty-manager' }, ...before.people } })
      const { page, close } = await openPage('/admin/rotas', { admin: true })
      await page.getByRole('button', { name: 'New rota' }).click()
      await page.getByLabel('New rota').fill('night')
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByText('Checked by the server').waitFor()
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.locator('.band .piece').first().waitFor()
      expect(await page.locator('.band tr').count()).toBe(14)
      await page.getByText('without a verified channel that wakes them').first().waitFor()
      await close()
    } finally {
      await api('PUT', '/sites/demo/settings', before)
    }
  })
})
