import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** What `start-browser.mjs` has started for all browser tests. */
const from = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: run this file in the jest project "browser"`)
  return value
}
export const productUrl = from('BROWSER_PRODUCT_URL')
const token = from('BROWSER_PRODUCT_TOKEN')
export const setupToken = from('BROWSER_SETUP_TOKEN')

export const sizes = { tv: { width: 3840, height: 2160 }, desk: { width: 1920, height: 1080 }, laptop: { width: 1366, height: 768 }, phone: { width: 390, height: 844 }, portrait: { width: 1080, height: 1920 } } as const
export type Size = keyof typeof sizes
export const themes = ['dark', 'light'] as const

const TRIES = 5

/** The server's API with the administrator's right. What may be asked twice is, when a busy disk held the store up. */
export const api = async <T>(method: string, path: string, body?: unknown, tries = method === 'GET' || method === 'PUT' ? TRIES : 1): Promise<T> => {
  const answer = await fetch(`${productUrl}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const text = await answer.text()
  if (answer.status === 503 && text.includes('"store_unavailable"') && tries > 1) return api(method, path, body, tries - 1)
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (text === '' ? null : JSON.parse(text)) as T
}

export interface OpenedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors and warnings of the console and of scripts, oldest first. */
  readonly complaints: readonly string[]
  readonly goto: (path: string) => Promise<void>
  readonly close: () => Promise<void>
}

let browser: Promise<Browser> | null = null
const theBrowser = (): Promise<Browser> => (browser ??= chromium.connect(from('BROWSER_ENDPOINT')))
/** Ends this file's connection; the browser goes on for the next file. */
export const leaveBrowser = async (): Promise<void> => {
  await (await browser)?.close()
  browser = null
}

const addressOf = (path: string, theme: string | undefined): string => {
  const url = new URL(path, productUrl)
  if (theme !== undefined) url.searchParams.set('theme', theme)
  return url.href
}

/** A page of its own with nothing remembered; `path` is opened when given. `admin`: every request carries the administrator's token. */
export const openPage = async (path: string | null, { size = 'laptop', theme, role, admin = false, reducedMotion = 'reduce' }: { readonly size?: Size; readonly theme?: 'dark' | 'light'; readonly role?: string; readonly admin?: boolean; readonly reducedMotion?: 'reduce' | 'no-preference' } = {}): Promise<OpenedPage> => {
  const context = await (await theBrowser()).newContext({ viewport: sizes[size], reducedMotion, ...(admin ? { extraHTTPHeaders: { authorization: `Bearer ${token}` } } : {}) })
  if (role !== undefined) await context.addCookies([{ name: 'floorwatch-demo-role', value: role, url: productUrl }])
  const page = await context.newPage()
  // Under jest's own limit, so that the step that waits in vain is named.
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`) })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  const goto = async (to: string): Promise<void> => { await page.goto(addressOf(to, theme)) }
  if (path !== null) await goto(path)
  return { page, context, complaints, goto, close: () => context.close() }
}

/** What a test reads of axe's answer. */
interface AxeAnswer {
  readonly violations: readonly { readonly id: string; readonly impact: string | null; readonly help: string; readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[] }[]
}
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const everyRule = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] as const
/** Rules whose answer hangs on colours. */
export const colourRules = ['color-contrast', 'link-in-text-block'] as const

/** Serious and critical faults of WCAG 2.2 A and AA that axe finds in the page as it is, one line a rule. */
export const axeFaults = async (page: Page, rules: readonly string[] = everyRule): Promise<readonly string[]> => {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axeSource)
  const { violations } = await page.evaluate<AxeAnswer>(`axe.run(document, { resultTypes: ["violations"], runOnly: ${JSON.stringify(rules)} })`)
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.slice(0, 3).map(({ target }) => target.join(' ')).join(' | ')}`)
}

/** Whether anything hangs over the window, to scroll to. */
export const overflow = (page: Page): Promise<{ readonly sideways: number; readonly down: number }> =>
  page.evaluate('({ sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth, down: document.documentElement.scrollHeight - document.documentElement.clientHeight })')
