import { afterAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { api, leaveBrowser, openPage, sizes } from '../support/browser.ts'
import { until } from '../support/until.ts'
import { logIncident } from './pages.ts'

const seen = async (page: Page, selector: string, text: RegExp, timeout = 20_000): Promise<void> => page.locator(selector).filter({ hasText: text }).first().waitFor({ timeout })
const strip = '[aria-label="Unacknowledged alarms"]'
/** The strip names one alarm: others, the demo's own among them, are taken meanwhile. */
const leadsTheStrip = (page: Page, ref: string, text: RegExp): Promise<boolean> =>
  until(
    `${String(text)} in the alarm strip`,
    async () => {
      const { items } = await api<{ readonly items: readonly { readonly ref: string; readonly type: string; readonly priority: string | null }[] }>('GET', '/sites/demo/incidents?state=open')
      for (const other of items) if (other.ref !== ref && other.type !== 'problem' && (other.priority === 'P1' || other.priority === 'P2')) await api('POST', `/sites/demo/incidents/${other.ref}/commands`, { type: 'acknowledge' })
      return seen(page, strip, text, 1_000).then(() => true, () => false)
    },
    20_000,
  )
/** Everything the live regions have said since, in order. */
const listen = (page: Page): Promise<void> => page.evaluate('window.said = { polite: [], assertive: [] }; for (const region of ["polite", "assertive"]) { const element = document.querySelector(`[data-region=${region}]`); new MutationObserver(() => { if (element.textContent) window.said[region].push(element.textContent) }).observe(element, { childList: true, characterData: true, subtree: true }) }')
const said = (page: Page): Promise<{ readonly polite: readonly string[]; readonly assertive: readonly string[] }> => page.evaluate('window.said')

/** Figures in full ink, and marks that are not a question, of a page whose feed is silent. Runs in the page. */
const inkOfHeld = `(() => {
  const loud = (element) => getComputedStyle(element).color === getComputedStyle(document.body).color
  const figures = [...document.querySelectorAll('[role="row"] .heard, .figures .heard, .tally .count, .tiles .heard')].filter(loud)
  const bare = [...document.querySelectorAll('[role="row"][data-index], .tally, .figures')].filter((element) => getComputedStyle(element).backgroundImage === 'none')
  const marks = [...document.querySelectorAll('.agent:not(.agent--unreachable), [role="row"] .mark--ok')]
  return [...figures, ...bare, ...marks].map((element) => element.className.baseVal ?? element.className + ' ' + element.textContent.trim())
})()`

describe('the screens are honest', () => {
  afterAll(leaveBrowser)

  it('a cut feed: wall and desk say as of when, keep no tick and no colour, and come back by themselves', async () => {
    const { page, close } = await openPage('/wall', { size: 'desk' })
    const desk = await openPage('/queues/support', { size: 'phone' })
    try {
      await seen(page, '[data-test="freshness"]', /Live/)
      await api('POST', '/sites/demo/demo/feed-cut')
      await seen(page, '[data-test="freshness"]', /As of \d\d:\d\d:\d\d/)
      expect(await page.locator('.tile').count()).toBe(await page.locator('.tile--unknown').count())
      expect(await page.locator('.queues .mark--ok').count()).toBe(0)
      await seen(desk.page, '[data-test="freshness"]', /As of \d\d:\d\d:\d\d · demo feed silent/)
      expect(await desk.page.evaluate(`[...document.querySelectorAll('[data-test="freshness"] span')].map((chip) => chip.scrollWidth - chip.clientWidth)`)).toEqual([0])
      // As a phone, as a desk, and the people: every figure in the ink of what is held, no mark but the question.
      for (const next of [null, '/people']) {
        if (next !== null) await desk.page.locator(`a[href^="${next}"]`).first().click()
        await desk.page.setViewportSize(sizes.laptop)
        await desk.page.locator('[role="row"].stale').first().waitFor()
        expect(await desk.page.evaluate(inkOfHeld)).toEqual([])
      }
      await seen(page, '[data-test="freshness"]', /Live/, 40_000)
      await page.locator('.tile--unknown').first().waitFor({ state: 'detached' })
    } finally {
      await close()
      await desk.close()
    }
  })

  it('a cut line: the wall says that it reconnects, and is live again when the line is', async () => {
    const { page, context, close } = await openPage('/wall', { size: 'desk' })
    try {
      await seen(page, '[data-test="freshness"]', /Live/)
      await context.setOffline(true)
      await seen(page, '[data-test="offline-bar"]', /Reconnecting… \d:\d\d.*escalations still page/)
      expect(await page.locator('.tile').count()).toBe(await page.locator('.tile--unknown').count())
      expect(await page.locator('.wall .mark--ok').count()).toBe(0)
      await context.setOffline(false)
      await page.locator('[data-test="offline-bar"]').waitFor({ state: 'detached', timeout: 20_000 })
      await seen(page, '[data-test="freshness"]', /Live/)
    } finally {
      await close()
    }
  })

  it('a P1 is called out once, however often it changes; its owner is on every screen and the alarm strip goes', async () => {
    const { page, close } = await openPage('/queues')
    const wall = await openPage('/wall', { size: 'desk' })
    try {
      await page.locator('[role="row"][data-index]').first().waitFor()
      await listen(page)
      const ref = await logIncident({ title: 'Lift alarm rings on the third floor', impact: 1, urgency: 1 })
      await leadsTheStrip(page, ref, /Lift alarm/)
      await api('POST', `/sites/demo/incidents/${ref}/commands`, { type: 'note', text: 'Engineer called' })
      await api('POST', `/sites/demo/incidents/${ref}/commands`, { type: 'set-priority', impact: 1, urgency: 2 })
      await leadsTheStrip(page, ref, /Lift alarm/)
      await page.locator(`${strip} a`).filter({ hasText: 'Lift alarm' }).click()
      await seen(page, 'main', /Engineer called/)
      expect((await said(page)).assertive.filter((text) => text.includes(ref))).toHaveLength(1)
      await page.getByRole('main').getByRole('button', { name: 'Acknowledge', exact: true }).click()
      await seen(page, 'main', /Acknowledged/)
      await page.locator(strip).filter({ hasText: 'Lift alarm' }).waitFor({ state: 'detached' })
      await seen(wall.page, '.attention li', /Lift alarm.*Visitor/)
    } finally {
      await close()
      await wall.close()
    }
  })

  it('changing figures are announced to nobody', async () => {
    const { page, close } = await openPage('/queues')
    try {
      await page.locator('[role="row"][data-index]').first().waitFor()
      await listen(page)
      const before = await page.locator('main').textContent()
      // The demo's own feed cut lasts fifteen seconds.
      await until('the figures change', async () => (await page.locator('main').textContent()) !== before, 25_000)
      const { polite, assertive } = await said(page)
      expect([...polite, ...assertive].filter((text) => !/INC-/.test(text))).toEqual([])
    } finally {
      await close()
    }
  })
})
