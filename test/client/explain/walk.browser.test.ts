import { afterAll, describe, expect, it } from '@jest/globals'
import { api, axeFaults, leaveBrowser, openPage } from '../../support/browser.ts'
import { until } from '../../support/until.ts'
import { logIncident } from '../pages.ts'

const phone = '+441134960777'
/** Nobody else on the floor waits just so long. */
const WAITED = { ms: 1_263_000, text: '21:03' }

/** One caller of Support who waited far too long, and complained. */
const aLateAnswer = async (): Promise<string> => {
  const answered = Date.now() - 60_000
  const at = (ms: number) => new Date(ms).toISOString()
  const base = { contactId: 'walk-1', queueId: 'support' }
  await api('POST', '/sites/demo/events', [
    { ...base, id: 'walk-1-1', type: 'contact.queued', occurredAt: at(answered - WAITED.ms), channel: 'voice', customer: { phone } },
    { ...base, id: 'walk-1-2', type: 'contact.answered', occurredAt: at(answered), agentId: 'walk-agent', waitMs: WAITED.ms },
    { ...base, id: 'walk-1-3', type: 'contact.ended', occurredAt: at(answered + 30_000), agentId: 'walk-agent', by: 'customer', talkMs: 30_000, resolved: false },
  ])
  await until('the contact on the floor', () => api('GET', '/sites/demo/contacts/walk-1/journey').catch(() => null))
  return logIncident({ title: 'Nobody answers for twenty minutes', callerId: phone })
}

describe('a supervisor’s walk', () => {
  afterAll(leaveBrowser)

  it('leads from a queue to the figure, its contacts, one caller’s way and the incident', async () => {
    const ref = await aLateAnswer()
    const { page, complaints, close } = await openPage('/queues', { role: 'supervisor' })
    await page.locator('[role="row"][data-index]', { hasText: 'Support' }).click()
    await page.locator('.drawer .level').getByRole('button', { name: 'Explain' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('.sum strong').waitFor()
    const facts = await dialog.locator('dl').innerText()
    for (const word of ['A_T', 'when the outcome happened', 'last 30 minutes', '80% within 20 s', 'Clears when']) expect(facts).toContain(word)
    // By its wait alone: the clock time of another contact may read the same.
    await dialog.getByRole('button').filter({ has: page.locator('.end', { hasText: WAITED.text }) }).click()
    // Whatever the dialog says instead of the way is what a failure names.
    await dialog.getByText('Everything of the same caller').waitFor().catch(async (error: unknown) => { throw new Error(`the dialog says: ${await dialog.innerText()}`, { cause: error }) })
    const way = dialog.locator('.journey')
    await way.locator('.here').getByText(WAITED.text).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await way.getByRole('link', { name: ref }).click()
    await page.getByRole('heading', { name: 'Nobody answers for twenty minutes' }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/incidents/${ref}`)
    expect(complaints).toEqual([])
    await close()
  })

  it('begins at a tile of the wall, at a person or at a report as well', async () => {
    const { page, complaints, close } = await openPage('/wall', { role: 'supervisor' })
    for (const [path, opens] of [['/wall', 'button.explain'], ['/people', 'button.asks'], ['/reports', 'dl button.asks'], ['/reports/intervals', 'td button.asks']] as const) {
      if (path !== '/wall') await page.goto(new URL(`${path}${new URL(page.url()).search}`, page.url()).href)
      await page.locator(opens).first().click()
      await page.locator('dialog .sum strong').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('dialog').waitFor({ state: 'detached' })
    }
    expect(complaints).toEqual([])
    await close()
  })

  it('finds every figure of the drawer explained', async () => {
    const { page, close } = await openPage('/queues/support', { role: 'supervisor' })
    const figures = page.locator('.drawer .figures dt button')
    await figures.first().waitFor()
    for (let index = 0; index < (await figures.count()); index += 1) {
      await figures.nth(index).click()
      await page.locator('dialog .sum strong').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('dialog').waitFor({ state: 'detached' })
    }
    await close()
  })
})
