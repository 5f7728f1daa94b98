import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { leaveBrowser, openPage, overflow, sizes } from '../../support/browser.ts'

/** A4 between its margins, at 96 dots an inch. */
const PAPER = { width: 718, height: 1047 } as const
jest.setTimeout(90_000)

describe('a report', () => {
  afterAll(leaveBrowser)

  it('stands whole on paper, within its width: every person, every column', async () => {
    const { page, close } = await openPage('/reports/agents', { size: 'laptop' })
    try {
      await page.locator('[role="row"][data-index]').first().waitFor()
      const people = Number(await page.locator('[role="table"]').getAttribute('aria-rowcount')) - 1
      await page.setViewportSize(PAPER)
      await page.emulateMedia({ media: 'print' })
      await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
      await page.locator('.paper tbody tr').first().waitFor()
      expect(await page.locator('.paper tbody tr').count()).toBe(people)
      expect(people).toBeGreaterThan(50)
      expect((await overflow(page)).sideways).toBe(0)
    } finally {
      await close()
    }
  })

  it('that could not be read says so, and is there when it is asked again', async () => {
    const { page, goto, close } = await openPage(null)
    try {
      // The line is cut for one request; all that answers is the real server.
      await page.route(/\/api\/.*\/reports\/transfers/, (route) => route.abort(), { times: 1 })
      await goto('/reports/transfers?range=week')
      await page.getByText('the server cannot be reached').waitFor()
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.locator('tbody tr').first().waitFor()
      expect(await page.getByRole('link', { name: 'CSV' }).getAttribute('href')).toMatch(/\/api\/v1\/sites\/demo\/reports\/transfers\?.*format=csv$/)
    } finally {
      await close()
    }
  })

  it('is chosen from a list where thirteen names do not fit side by side, and keeps its range', async () => {
    const { page, close } = await openPage('/reports/lost?range=week', { size: 'phone' })
    try {
      await page.getByLabel('Reports', { exact: true }).selectOption('surveys')
      await page.waitForURL(/\/reports\/surveys\?.*range=week/)
      await page.setViewportSize(sizes.laptop)
      await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: 'Survey answers' }).waitFor()
    } finally {
      await close()
    }
  })
})
