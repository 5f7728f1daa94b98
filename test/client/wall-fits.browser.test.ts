import { afterAll, describe, expect, it } from '@jest/globals'
import { sceneNames, type SceneName } from '../../client/gallery/scenes.ts'
import { leaveBrowser, openPage, overflow, sizes, type OpenedPage, type Size } from '../support/browser.ts'

/**
 * What a reader at the back would miss: boxes whose content is cut without an ellipsis, and numbers of one row that touch each other.
 * Runs in the page.
 */
const lostToTheEye = `(() => {
  const name = (element) => element.tagName.toLowerCase() + '.' + [...element.classList].join('.') + ' ' + element.textContent.trim().slice(0, 40)
  const faults = []
  for (const part of document.querySelectorAll('.wall > *')) if (part.getBoundingClientRect().bottom > innerHeight + 1) faults.push('below the edge: ' + name(part))
  for (const queues of document.querySelectorAll('.queues:not(:has(.tile))')) if (!/^No queues/.test(queues.textContent)) faults.push('no queue is seen: ' + name(queues))
  for (const element of document.querySelectorAll('.wall *')) {
    const style = getComputedStyle(element)
    if (style.position === 'absolute' || style.clipPath !== 'none' || element.closest('svg')) continue
    const shown = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
    if (style.overflowX !== 'visible' && !shown && element.scrollWidth > element.clientWidth + 1) faults.push('cut sideways: ' + name(element))
    if (style.overflowY !== 'visible' && !shown && element.scrollHeight > element.clientHeight + 2) faults.push('cut below: ' + name(element))
  }
  // A queue is known by its name: of up to twelve letters nothing is cut, longer ones may have a name for the wall.
  for (const title of document.querySelectorAll('.tile h3')) {
    const range = document.createRange()
    range.selectNodeContents(title)
    if (title.textContent.trim().length <= 12 && range.getBoundingClientRect().width > title.getBoundingClientRect().width + 1) faults.push('name cut: ' + name(title))
  }
  const textBoxes = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    const boxes = []
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.textContent.trim() === '' || node.parentElement.closest('.unseen, dt')) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      const box = range.getBoundingClientRect()
      // What an ellipsis has cut off is not there to be touched.
      const kept = node.parentElement.getBoundingClientRect()
      boxes.push(getComputedStyle(node.parentElement).textOverflow === 'ellipsis' ? { left: Math.max(box.left, kept.left), right: Math.min(box.right, kept.right), top: box.top, bottom: box.bottom } : box)
    }
    return boxes
  }
  for (const row of document.querySelectorAll('.numbers, .part, .hero .value, .head')) {
    const parts = [...row.children].map(textBoxes)
    parts.forEach((boxes, index) => parts.slice(index + 1).flat().forEach((other) => boxes.forEach((box) => {
      const [left, right] = box.left < other.left ? [box, other] : [other, box]
      if (left.right > right.left - 1 && box.bottom > other.top + 1 && other.bottom > box.top + 1) faults.push('touching: ' + name(row))
    })))
  }
  return [...new Set(faults)]
})()`

const layouts: Readonly<Record<Size, readonly string[]>> = { tv: ['near', 'room', 'hall'], desk: ['near', 'room', 'hall'], laptop: ['near'], phone: ['near'], portrait: ['near', 'room'] }
/** Scenes that differ from the floor by words alone: seen from the nearest and the farthest seat. */
const alike: readonly string[] = ['late', 'stale', 'degraded', 'undelivered', 'polling'] satisfies readonly SceneName[]
const isLookedAt = (name: string, layout: string, size: Size): boolean => layouts[size].includes(layout) && (!alike.includes(name) || (size === 'laptop' || (size === 'desk' && layout === 'hall')))
let opened: OpenedPage | null = null
const scene = async (path: string): Promise<OpenedPage> => {
  opened ??= await openPage(null)
  await opened.goto(path)
  await opened.page.locator('.wall').waitFor()
  return opened
}

describe('the wall', () => {
  afterAll(async () => {
    await opened?.close()
    await leaveBrowser()
  })

  it.each(sceneNames)('never scrolls, cuts nothing and lets no numbers touch: %s', async (name) => {
    for (const layout of alike.includes(name) ? ['near', 'hall'] : ['near', 'room', 'hall']) {
      const { page } = await scene(`/gallery/wall/${name}?layout=${layout}`)
      for (const size of (Object.keys(sizes) as Size[]).filter((found) => isLookedAt(name, layout, found))) {
        await page.setViewportSize(sizes[size])
        await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
        expect({ size, layout, ...(await overflow(page)), lost: await page.evaluate(lostToTheEye) }).toEqual({ size, layout, sideways: 0, down: 0, lost: [] })
      }
    }
  })

  it('keeps a tile for each queue through any run of sizes', async () => {
    const { page } = await scene('/gallery/wall/floor')
    const run: readonly (readonly [number, number])[] = [[1920, 1080], [390, 844], [3840, 2160], [1366, 768], [1080, 1920], [800, 300], [320, 480], [1920, 1080], [1024, 600], [1919, 1079], [1920, 1080]]
    for (const [width, height] of run) {
      await page.setViewportSize({ width, height })
      await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
      const told = await page.locator('.tile').count() + Number(/\+(\d+)/.exec((await page.locator('.last').textContent()) ?? '')?.[1] ?? 0)
      expect({ width, height, told }).toEqual({ width, height, told: 5 })
    }
    expect(await page.locator('.tile').count()).toBe(5)
    // From eight metres: two queues beside an incident, three where nothing needs attention.
    for (const [name, rows] of [['floor', 2], ['calm', 3]] as const) {
      await scene(`/gallery/wall/${name}?layout=hall`)
      for (const size of ['tv', 'desk'] as const) {
        await page.setViewportSize(sizes[size])
        await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
        expect([name, size, await page.locator('.tile').count()]).toEqual([name, size, rows])
      }
    }
  })

  it('of a floor that fell silent keeps waits at its last word, and shows no figure once nothing is known', async () => {
    const { page } = await scene('/gallery/wall/stale')
    await page.setViewportSize(sizes.desk)
    // The longest has waited 4:12 at the opening of the page, and the source fell silent 28 s before.
    expect(await page.locator('.hero time').textContent()).toBe('3:44')
    await scene('/gallery/wall/unknown')
    expect(await page.locator('.tile h3').first().isVisible()).toBe(true)
    for (const figure of await page.locator('.tile dd, .strip .value').all()) expect(await figure.isVisible()).toBe(false)
    expect(await page.locator('.hero .value:visible').count()).toBe(1)
    expect(await page.locator('[data-test="as-of"]').textContent()).toMatch(/^No data since/)
  })
})
