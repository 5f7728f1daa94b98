import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { axeFaults, colourRules, leaveBrowser, openPage, overflow, sizes, themes, type Size } from '../support/browser.ts'
import { logIncident, pages } from './pages.ts'

const everything = process.env.EVERY_WIDTH === '1'
/** What lies where and what it is called is the same in both themes, so that the light one is looked at in two widths, by the rules about colours; in all three by every rule with EVERY_WIDTH=1. */
const widths: Readonly<Record<(typeof themes)[number], readonly Size[]>> = { dark: ['desk', 'laptop', 'phone'], light: everything ? ['desk', 'laptop', 'phone'] : ['laptop', 'phone'] }
let logged = ''
// Five looks by axe at the largest pages, on a machine that others use too.
jest.setTimeout(90_000)

describe('every page', () => {
  beforeAll(async () => { logged = await logIncident() })
  afterAll(leaveBrowser)

  it.each(pages)('$name has no fault that axe calls serious in either theme, needs no sideways scroll, and complains of nothing', async ({ path, ready, admin = false, then }) => {
    const { page, complaints, close } = await openPage(path.replace(':logged', logged), { theme: 'dark', admin })
    try {
      await page.locator(ready).first().waitFor()
      await then?.(page)
      for (const theme of themes) {
        // Every colour is a token that hangs on this attribute: no page has to be opened twice.
        await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`)
        for (const size of widths[theme]) {
          await page.setViewportSize(sizes[size])
          expect({ theme, size, faults: await axeFaults(page, theme === 'light' && !everything ? colourRules : undefined), sideways: (await overflow(page)).sideways }).toEqual({ theme, size, faults: [], sideways: 0 })
        }
      }
      expect(complaints).toEqual([])
    } finally {
      await close()
    }
  })
})
