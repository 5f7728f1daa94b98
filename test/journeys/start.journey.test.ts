import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startProduct, until, type StartedProduct } from '../support/started-product.ts'

jest.setTimeout(180_000)

const started: StartedProduct[] = []
const start = async (options: Parameters<typeof startProduct>[0] = {}): Promise<StartedProduct> => {
  const product = await startProduct({ ...options, env: { DEMO: 'off', ...options.env } })
  started.push(product)
  return product
}
const startReady = async (options: Parameters<typeof startProduct>[0] = {}): Promise<StartedProduct> => {
  const product = await start(options)
  await product.said('Floorwatch is ready: ')
  return product
}
afterEach(async () => {
  for (const product of started.splice(0)) await product.clear()
})

const processOf = (product: StartedProduct, part: RegExp) => {
  const found = product.processes().filter(({ command }) => part.test(command))
  expect(found.map(({ command }) => command)).toHaveLength(1)
  return found[0]?.pid ?? 0
}
const parts = { supervisor: /scripts\/start\.mjs/, guard: /^(?!.*start\.mjs).*guard\.mjs/, redis: /^redis-server|^\S*redis-server \S/, web: /dist\/server\/main\.js/, workers: /dist\/workers\/main\.js/, npm: /npm(?:-cli\.js)? start|^npm start/ }

const nothingLeft = (product: StartedProduct) => until(`no process left of ${product.output()}`, () => product.processes().length === 0 || null, 25_000)
const answers = (product: StartedProduct) =>
  until('readyz', async () => {
    try {
      return (await fetch(`${product.url}/readyz`)).ok
    } catch {
      return null
    }
  })

describe('npm start', () => {
  it.each([
    ['Ctrl-C', 'SIGINT'],
    ['a polite end', 'SIGTERM'],
    ['a closed terminal', 'SIGHUP'],
  ] as const)('leaves no process behind after %s, stopping web, workers and Redis in this order', async (_, signal) => {
    const product = await startReady()
    process.kill(processOf(product, parts.supervisor), signal)
    expect(await product.exited()).toBe(0)
    expect(product.output()).toMatch(/web stopped[^]*workers stopped[^]*Redis stopped/)
    await nothingLeft(product)
  })

  it('leaves no process behind when its supervisor is killed', async () => {
    const product = await startReady()
    process.kill(processOf(product, parts.supervisor), 'SIGKILL')
    await nothingLeft(product)
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('leaves no process behind when npm alone gets %s', async (signal) => {
    const product = await startReady({ throughNpm: true })
    process.kill(processOf(product, parts.npm), signal)
    await nothingLeft(product)
  })

  it('starts any part again that ends, says so, and keeps the data', async () => {
    const product = await startReady()
    for (const [part, name, signal] of [
      ['web', 'web', 'SIGKILL'],
      ['workers', 'workers', 'SIGKILL'],
      ['redis', 'Redis', 'SIGKILL'],
      ['guard', 'Redis', 'SIGKILL'],
      ['web', 'web', 'SIGTERM'],
      ['workers', 'workers', 'SIGINT'],
      ['guard', 'Redis', 'SIGTERM'],
    ] as const) {
      const before = product.output().length
      const pid = processOf(product, parts[part])
      process.kill(pid, signal)
      await until(`${name} started again after ${signal}`, () => product.output().slice(before).includes(`${name} was started again`))
      await until('one of each part', () => Object.entries(parts).every(([key, pattern]) => key === 'npm' || product.processes().filter(({ command }) => pattern.test(command)).length === 1))
      expect(product.processes().map((each) => each.pid)).not.toContain(pid)
      await answers(product)
    }
    expect(product.output()).toMatch(/web ended by SIGKILL; starting it again in 0\.3 s/)
    process.kill(processOf(product, parts.supervisor), 'SIGTERM')
    await nothingLeft(product)
  })

  it('ends a part that is stopped and says nothing any more, and starts it again', async () => {
    const supervisor: string = '../../scripts/lib/supervisor.mjs'
    const { keepRunning } = (await import(supervisor)) as { readonly keepRunning: (part: object) => { readonly pid: () => number | null; readonly stop: () => Promise<void> } }
    const lines: string[] = []
    const log = { follow: (stream: NodeJS.ReadableStream) => void stream.setEncoding('utf8').on('data', (text: string) => lines.push(text)), last: () => '' }
    const args = ['--import', pathToFileURL(resolve('scripts/lib/lifeline.mjs')).href, '-e', 'console.log(process.pid); setInterval(() => undefined, 1_000)']
    // It beats every second: the limits of the product would be half a minute of waiting (npm run soak -- wedge).
    const part = keepRunning({ name: 'part', command: process.execPath, args, env: process.env, log, beats: true, silence: { lookMs: 100, namedMs: 2_000, endedMs: 3_000 } })
    const first = part.pid() ?? 0
    await until('it runs', () => lines.includes(`${first}\n`))
    process.kill(first, 'SIGSTOP')
    const second = await until('another one', () => (part.pid() === first ? null : part.pid()))
    await until('it runs', () => lines.includes(`${second}\n`))
    expect(() => process.kill(first, 0)).toThrow('ESRCH')
    await part.stop()
    expect(() => process.kill(second, 0)).toThrow('ESRCH')
  })

  it('refuses a second start on the same data and says who holds it', async () => {
    const first = await startReady()
    const second = await start({ dataDir: first.dataDir })
    expect(await second.exited()).toBe(1)
    expect(second.output()).toContain(`process ${processOf(first, parts.supervisor)}`)
    expect(second.output()).toContain(first.url)
    await answers(first)
  })

  it('refuses a taken port and says who listens there', async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const product = await start({ port })
      expect(await product.exited()).toBe(1)
      expect(product.output()).toContain(`Port ${port} of 127.0.0.1 is taken by process ${process.pid}`)
      await nothingLeft(product)
    } finally {
      server.close()
    }
  })

  it('ends with code 78 and names every fault of the environment at once, without their values', async () => {
    const product = await start({ env: { DURABILITY: 'perhaps', REDIS_URL: 'redis://secret word', ADMIN_TOKEN: 'too-short-a-token' } })
    expect(await product.exited()).toBe(78)
    for (const name of ['DURABILITY', 'REDIS_URL', 'ADMIN_TOKEN']) expect(product.output()).toContain(name)
    expect(product.output()).not.toMatch(/secret word|too-short-a-token/)
    await nothingLeft(product)
  })

  it('takes the data over from a Redis that outlived everything else', async () => {
    const product = await startReady()
    const redis = processOf(product, parts.redis)
    process.kill(processOf(product, parts.guard), 'SIGSTOP')
    process.kill(processOf(product, parts.supervisor), 'SIGKILL')
    for (const { pid, command } of product.processes()) if (pid !== redis && !parts.redis.test(command)) process.kill(pid, 'SIGKILL')
    await until('only Redis left', () => product.processes().length === 1)
    const next = await startReady({ dataDir: product.dataDir })
    expect(next.output()).toContain(`process ${redis}`)
    expect(next.processes().map(({ pid }) => pid)).not.toContain(redis)
  })
})
