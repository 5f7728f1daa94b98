import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { productProcesses } from '../support/product-processes.ts'
import { startProduct, until } from '../support/started-product.ts'

/** The level falls due within ten seconds; then the watchdog builds anew twice in its half minute. */
const FOUND_WITHIN_MS = 75_000
const BACK_WITHIN_MS = 20_000

/** Workers and web that are stopped in their tracks (SIGSTOP) under `npm start`: named, ended and started again. */
const stoppedParts = async (): Promise<boolean> => {
  const product = await startProduct({ env: { DEMO: 'off' } })
  try {
    await product.said('Floorwatch is ready: ')
    const figures: Record<string, number> = {}
    for (const [name, main] of [['workers', /dist\/workers\/main\.js/], ['web', /dist\/server\/main\.js/]] as const) {
      const pid = product.processes().find(({ command }) => main.test(command))?.pid ?? 0
      const before = product.output().length
      const at = Date.now()
      process.kill(pid, 'SIGSTOP')
      await until(`${name} is started again`, () => product.output().slice(before).includes(`${name} was started again`), FOUND_WITHIN_MS)
      await until('it is ready', () => fetch(`${product.url}/readyz`).then(({ ok }) => ok, () => false), BACK_WITHIN_MS)
      figures[`${name}BackMs`] = Date.now() - at
    }
    console.log(JSON.stringify(figures))
    return true
  } finally {
    await product.clear()
  }
}

/**
 * A worker that lives, reaches Redis and claims nothing any more: its scripts are refused, everything else is answered. The watchdog of
 * the real process must end it, the product's own supervisor start another, and what fell due meanwhile be told once.
 */
const refusedScripts = async (): Promise<boolean> => {
  const supervisor: string = '../../scripts/lib/supervisor.mjs'
  const { keepRunning } = (await import(supervisor)) as { readonly keepRunning: (part: object) => { readonly stop: () => Promise<void> } }
  const product = await productProcesses()
  const lines: string[] = []
  const { stop } = await (async () => {
    await product.web.start()
    const log = { follow: (stream: NodeJS.ReadableStream) => void stream.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n'))), last: () => lines.at(-1) ?? '' }
    return keepRunning({ name: 'workers', command: process.execPath, args: ['dist/workers/main.js'], env: product.env, log })
  })()
  const redis = (...words: readonly string[]) => promisify(execFile)('redis-cli', ['-s', product.redis.url.replace('unix://', ''), ...words])
  const said = (text: string) => lines.filter((line) => line.includes(text)).length
  try {
    await product.ready()
    await product.call('PUT', '/sites/north', { name: 'North', timeZone: 'Europe/London' })
    await product.call('PUT', '/sites/north/settings', { policies: { default: { ownership: { levels: [{ targets: [{ role: 'admin' }], waitMs: 0 }, { targets: [{ role: 'admin' }], waitMs: 10_000 }], repeat: 0 } } } })
    const report = { type: 'incident', title: 'Lines are down', nature: 'No calls', channel: 'voice', location: 'Leeds', service: 'Voice', reporter: 'Desk', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 1, urgency: 1 }
    const { body } = await product.call<{ readonly ref: string }>('POST', '/sites/north/incidents', report)
    const fired = async () => (await product.call<{ readonly items: readonly { readonly type: string }[] }>('GET', `/sites/north/incidents/${body.ref}/timeline`)).body.items.filter(({ type }) => type === 'level-fired').length
    await until('the first level', async () => (await fired()) === 1)
    const wedgedAt = Date.now()
    await redis('ACL', 'SETUSER', 'default', '-eval', '-evalsha')
    await until('the watchdog ends the worker', () => said('it is started anew') > 0, FOUND_WITHIN_MS)
    const foundMs = Date.now() - wedgedAt
    await redis('ACL', 'SETUSER', 'default', '+@all')
    await until('another one works', () => said('"working"') >= 2, BACK_WITHIN_MS)
    await until('the second level', async () => (await fired()) >= 2, BACK_WITHIN_MS)
    const figures = { foundMs, toldMs: Date.now() - wedgedAt - foundMs, fired: await fired() }
    console.log(JSON.stringify(figures))
    return figures.fired === 2
  } catch (error) {
    console.error(lines.slice(-20).join('\n'))
    throw error
  } finally {
    await stop()
    await product.close()
  }
}

export const run = async (): Promise<boolean> => (await refusedScripts()) && (await stoppedParts())
