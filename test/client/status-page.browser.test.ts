import { afterAll, describe, expect, it } from '@jest/globals'
import { api, leaveBrowser, openPage } from '../support/browser.ts'

describe('the status page', () => {
  afterAll(leaveBrowser)

  it('tells anybody of a published site what goes on, in a sentence, without names and references', async () => {
    await api('PUT', '/sites/north', { name: 'Northern Water', timeZone: 'Europe/London' })
    await api('PUT', '/sites/north/settings', { status: { publish: true } })
    const { page, complaints, close } = await openPage('/status/north', { size: 'phone' })
    try {
      await page.getByRole('heading', { name: 'All services are operating' }).waitFor()
      const { ref } = await api<{ readonly ref: string }>('POST', '/sites/north/incidents', { type: 'incident', title: 'No water in the harbour district', nature: 'A main has burst', channel: 'voice', location: 'Harbour', service: 'Water supply', reporter: 'Maya Pillai', callerId: '+441134960999', callerSafe: true, category: 'operational', impact: 1, urgency: 1 })
      await api('POST', `/sites/north/incidents/${ref}/commands`, { type: 'acknowledge' })
      await api('POST', `/sites/north/incidents/${ref}/commands`, { type: 'update-stakeholders', text: 'A crew is on its way to the main.', state: 'identified', audience: 'public', nextUpdateAt: new Date(Date.now() + 1_200_000).toISOString() })
      await page.getByRole('heading', { name: 'A major incident is under way' }).waitFor({ timeout: 25_000 })
      const told = (await page.locator('main').textContent()) ?? ''
      expect(told).toContain('No water in the harbour district')
      expect(told).toContain('Water supply')
      await page.getByText('A crew is on its way to the main.').waitFor()
      await page.getByText(/next update by/).waitFor()
      for (const secret of [ref, 'Maya', '0999', 'Harbour ']) expect(told).not.toContain(secret)
      expect(complaints).toEqual([])
    } finally {
      await close()
    }
  })

  it('of a site that publishes none says so, as of a site that does not exist', async () => {
    await api('PUT', '/sites/south', { name: 'South', timeZone: 'Europe/London' })
    for (const site of ['south', 'nowhere']) {
      const { page, close } = await openPage(`/status/${site}`)
      try {
        await page.getByRole('heading', { name: 'This status page is not published' }).waitFor()
      } finally {
        await close()
      }
    }
  })
})
