import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { leaveBrowser, openPage, type OpenedPage } from '../support/browser.ts'
import { logIncident } from './pages.ts'

let opened: OpenedPage

/** What has the focus, and whether a person can see it. Runs in the page. */
const focus = `(() => {
  const element = document.activeElement
  const box = element.getBoundingClientRect()
  const [x, y] = [Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2), Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 2)]
  const top = document.elementFromPoint(x, y)
  return { name: (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 30) || element.tagName, isBody: element === document.body, shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && top !== null && (element.contains(top) || top.contains(element)), ringed: getComputedStyle(element).outlineStyle !== 'none' }
})()`
interface Focus { readonly name: string; readonly isBody: boolean; readonly shown: boolean; readonly ringed: boolean }

describe('by keyboard alone', () => {
  beforeEach(async () => {
    opened = await openPage('/queues', { size: 'desk' })
    await opened.page.locator('[role="row"][data-index]').first().waitFor()
  })
  afterEach(async () => {
    expect(opened.complaints).toEqual([])
    await opened.close()
  })
  afterAll(leaveBrowser)

  it('the first Tab leads past the navigation, and every stop after it is seen and ringed', async () => {
    const { page } = opened
    expect(await page.locator('nav li a').count()).toBe(await page.locator('nav li a svg').count())
    await page.keyboard.press('Tab')
    expect(((await page.evaluate(focus)) as Focus).name).toBe('Skip to content')
    const hidden: Focus[] = []
    for (let stop = 0; stop < 40; stop += 1) {
      const at = (await page.evaluate(focus)) as Focus
      if (at.isBody) break
      if (!at.shown || !at.ringed) hidden.push(at)
      await page.keyboard.press('Tab')
    }
    expect(hidden).toEqual([])
  })

  it('j and k walk the rows, Enter opens the drawer, Escape closes it', async () => {
    const { page } = opened
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.locator('[role="row"][data-index="1"]:focus').waitFor()
    await page.keyboard.press('k')
    await page.locator('[role="row"][data-index="0"]:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.drawer').waitFor()
    const first = new URL(page.url()).pathname
    await page.keyboard.press(']')
    await page.waitForURL((url) => url.pathname !== first)
    await page.keyboard.press('[')
    await page.waitForURL((url) => url.pathname === first)
    await page.keyboard.press('Escape')
    await page.locator('.drawer').waitFor({ state: 'detached' })
  })

  it('g and a letter go to a page; the palette does by words; ? tells the keys', async () => {
    const { page } = opened
    for (const [key, path] of [['i', '/incidents'], ['p', '/people'], ['e', '/inbox'], ['q', '/queues']] as const) {
      await page.keyboard.press('g')
      await page.keyboard.press(key)
      await page.waitForURL((url) => url.pathname === path)
    }
    await page.keyboard.press('Control+k')
    await page.locator('dialog input').fill('people')
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/people')
    await page.keyboard.press('?')
    await page.locator('dialog kbd').first().waitFor()
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
  })

  it('single keys do nothing while somebody writes', async () => {
    const { page } = opened
    await page.keyboard.press('/')
    await page.keyboard.type('gi?d')
    expect(await page.locator('[data-filter]').inputValue()).toBe('gi?d')
    expect(new URL(page.url()).pathname).toBe('/queues')
    expect(await page.locator('dialog').count()).toBe(0)
  })

  it('. holds the figures and lets them go; m gives the alarm a quarter of an hour of silence, and what sounds is on the screen', async () => {
    const { page } = opened
    await page.keyboard.press('.')
    await page.locator('[data-test="paused-bar"]').filter({ hasText: /[1-9]\d* updates? waiting/ }).waitFor()
    const held = () => page.locator('[role="table"]').textContent()
    const before = await held()
    await page.locator('[data-test="paused-bar"]').filter({ hasText: /([2-9]|\d\d) updates waiting/ }).waitFor()
    expect(await held()).toBe(before)
    await page.locator('h1').click()
    await page.keyboard.press('Space')
    await page.locator('[data-test="paused-bar"]').waitFor({ state: 'detached' })
    const sound = (kind: string) => page.locator(`[data-sound="${kind}"]`).waitFor()
    await sound('off')
    await page.locator('[data-sound]').click()
    await logIncident({ title: 'Lift stands still', impact: 1, urgency: 1 })
    await sound('sounding')
    await page.keyboard.press('m')
    await sound('muted')
    await page.keyboard.press('m')
    await page.locator('[data-sound="armed"], [data-sound="sounding"]').waitFor()
  })

  it('d changes the theme, and the choice is kept', async () => {
    const { page } = opened
    const before = await page.locator('html').getAttribute('data-theme')
    await page.keyboard.press('d')
    await page.locator(`html:not([data-theme="${String(before)}"])`).waitFor()
    const chosen = await page.locator('html').getAttribute('data-theme')
    await opened.goto('/people')
    expect(await page.locator('html').getAttribute('data-theme')).toBe(chosen)
  })
})
