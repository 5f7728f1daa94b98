import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { axeFaults, leaveBrowser, openPage, overflow, sizes, themes, type Size } from '../support/browser.ts'
import { logIncident, pages } from './pages.ts'

/** What lies where is the same in both themes, so that the light one is looked at in two widths; in all three with EVERY_WIDTH=1. */
const widths: Readonly<Record<(typeof themes)[number], readonly Size[]>> = { dark: ['desk', 'laptop', 'phone'], light: process.env.EVERY_WIDTH === '1' ? ['desk', 'laptop', 'phone'] : ['laptop', 'phone'] }
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
          expect({ theme, size, faults: await axeFaults(page), sideways: (await overflow(page)).sideways }).toEqual({ theme, size, faults: [], sideways: 0 })
        }
      }
      expect(complaints).toEqual([])
    } finally {
      await close()
    }
  })
})
