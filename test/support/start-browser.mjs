import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

/** Longest start of the product: the first one plays 35 days of the demo and builds what changed. */
const READY_WITHIN_MS = 120_000
/** A start goes on without the demo floor when a loaded machine takes long to prepare it; the tests need it. */
const FLOOR_WITHIN_MS = 240_000
/** Reports are looked at over a week, beside the week before. */
const DAYS = '15'
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const startProduct = async (token) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'floorwatch-browser-'))
  const port = await freePort()
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(npm_|JEST|REDIS_URL|DATA_DIR|PORT|HOST|DEMO|NODE_ENV|NODE_OPTIONS|ADMIN_TOKEN)/.test(key)))
  const child = spawn(process.execPath, ['scripts/start.mjs'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...inherited, DATA_DIR: dataDir, PORT: String(port), ADMIN_TOKEN: token, DEMO_DAYS: DAYS } })
  let said = ''
  await new Promise((resolve, reject) => {
    const failed = (why) => reject(new Error(`the product for the browser tests ${why}:\n${said}`))
    const timer = setTimeout(() => failed(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS)
    const hear = (chunk) => {
      said += chunk
      // The setup link is told last, with the first start's time.
      if (!/Floorwatch is ready[\s\S]*Started in/.test(said)) return
      clearTimeout(timer)
      resolve()
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('exit', (code) => failed(`ended with ${code}`))
  })
  return { child, dataDir, url: `http://127.0.0.1:${port}`, setup: /\/setup#([\w-]+)/.exec(said)?.[1] ?? '' }
}

const demoPlays = async (url, token) => {
  const end = Date.now() + FLOOR_WITHIN_MS
  for (;;) {
    const answer = await fetch(`${url}/api/v1/sites/demo/demo`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } })
    if (answer.ok && (await answer.json()).state === 'playing') return
    if (Date.now() > end) throw new Error(`the demo floor of the browser tests did not appear within ${FLOOR_WITHIN_MS} ms`)
    await new Promise((done) => setTimeout(done, 250))
  }
}

/** One real product with its demo floor and one real Chromium for all browser tests; each test opens a context of its own. */
export default async function startBrowser() {
  if (globalThis.__floorwatchBrowser) return
  const token = 'a-token-for-browser-tests-only'
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
  const product = await startProduct(token)
  await demoPlays(product.url, token)
  const browser = await chromium.launchServer({ executablePath, args: flags })
  globalThis.__floorwatchBrowser = { product, browser }
  Object.assign(process.env, { BROWSER_PRODUCT_URL: product.url, BROWSER_PRODUCT_TOKEN: token, BROWSER_SETUP_TOKEN: product.setup, BROWSER_ENDPOINT: browser.wsEndpoint() })
}
