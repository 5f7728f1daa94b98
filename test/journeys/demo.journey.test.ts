import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { startProduct, until, type StartedProduct } from '../support/started-product.ts'

jest.setTimeout(240_000)

interface Queue {
  readonly queue: string
  readonly waiting: number
  readonly today: { readonly offered: number; readonly fcrDisposition: number | null; readonly fcrRepeat: number | null; readonly csat: number | null; readonly surveys: number; readonly serviceLevel: number | null }
  readonly target: { readonly percent: number }
  readonly now: { readonly serviceLevel: number | null; readonly ahtMs: number | null; readonly occupancy: number | null }
}
interface FloorAnswer {
  readonly revision: string
  readonly sources: readonly { readonly id: string; readonly state: string }[]
  readonly queues: readonly Queue[]
  readonly agents: readonly { readonly name: string | null; readonly state: string; readonly since: string }[]
  readonly totals: Queue
}

const token = 'a-token-for-this-journey-only'
let product: StartedProduct
/** How long the second start took, or its processors. */
let againMs = Infinity

const get = async <T>(path: string): Promise<T> => {
  const response = await fetch(`${product.url}/api/v1/sites/demo/${path}`, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
const floor = (): Promise<FloorAnswer> => get<FloorAnswer>('floor')
const make = async (scenario: string): Promise<number> => (await fetch(`${product.url}/api/v1/sites/demo/demo/${scenario}`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })).status

/** Without the days before: they are told in the background, and these tests ask for none of them. */
const start = async (dataDir?: string, env: Readonly<Record<string, string>> = {}): Promise<number> => {
  const at = Date.now()
  product = await startProduct({ env: { ADMIN_TOKEN: token, DEMO_DAYS: '0', ...env }, ...(dataDir === undefined ? {} : { dataDir }) })
  await product.said('Floorwatch is ready: ')
  // On a busy machine the clock says little: a free processor would need no longer than this. Workers play the day again beside it.
  return Math.min(Date.now() - at, product.processorMs(/start\.mjs|server\/main\.js|redis-server/))
}
const stop = async (): Promise<void> => {
  product.child.kill('SIGTERM')
  await product.exited()
}

describe('the demo', () => {
  beforeAll(() => start())
  afterAll(() => product.clear())

  it('opens without a form on a floor that has had a morning', async () => {
    const first = await fetch(`${product.url}/api/v1/sites/demo/floor`)
    expect(first.status).toBe(200)
    const { queues, agents, totals, sources } = (await first.json()) as FloorAnswer
    expect(queues.map(({ queue }) => queue).sort()).toEqual(['billing', 'chat', 'moving-home', 'power-loss', 'support'])
    expect(sources).toMatchObject([{ id: 'demo', state: 'live' }])
    expect(totals.today.csat).toBeGreaterThan(0.7)
    expect(totals.today.csat).toBeLessThan(0.82)
    expect(totals.today.surveys).toBeGreaterThan(150)
    expect(totals.today.fcrDisposition).toBeGreaterThan(0.84)
    expect(totals.today.fcrRepeat).toBeGreaterThan(0.68)
    expect(totals.today.fcrRepeat).toBeLessThan(0.8)
    expect(totals.now.ahtMs).toBeGreaterThan(250_000)
    expect(totals.now.occupancy).toBeGreaterThan(0.5)
    expect(queues.every(({ today }) => today.serviceLevel !== null)).toBe(true)
    expect(queues.filter(({ now, target }) => now.serviceLevel !== null && now.serviceLevel >= target.percent).length).toBeGreaterThanOrEqual(4)
    expect(agents.length).toBeGreaterThan(40)
    expect(agents.every(({ name }) => name !== null && / /.test(name))).toBe(true)
    // Times in state are those of the morning, not of the start.
    expect(agents.filter(({ since }) => Date.parse(since) < Date.now() - 120_000).length).toBeGreaterThan(10)
    // Yesterday is there from the first look, too: the floor answers for its last 48 hours itself.
    const hours = async (from: number, to: number) => (await get<{ rows: readonly { readonly offered: number }[] }>(`intervals?basis=outcome&step=1h&from=${new Date(Date.now() - from * 3_600_000).toISOString()}&to=${new Date(Date.now() - to * 3_600_000).toISOString()}`)).rows.reduce((sum, { offered }) => sum + offered, 0)
    expect(await hours(35, 11)).toBeGreaterThan(1_500)
  })

  it('moves', async () => {
    const before = (await floor()).revision
    await until('another revision', async () => (await floor()).revision !== before)
  })

  it('cuts the power by itself and logs a P1 within a minute of it', async () => {
    await until('calls rush in', async () => ((await floor()).queues.find(({ queue }) => queue === 'power-loss')?.waiting ?? 0) > 5, 60_000)
    const incidents = await until('the incident', async () => {
      const { items } = await get<{ items: readonly { title: string; priority: string; state: string; next: unknown }[] }>('incidents')
      const found = items.filter(({ title }) => title.includes('Power cut'))
      return found.length > 0 ? found : null
    }, 60_000)
    expect(incidents).toMatchObject([{ priority: 'P1', state: 'open' }])
    const told = await until('the first phone is told', async () => {
      const { items } = await get<{ items: readonly { channel: string; state: string; level: number | null }[] }>('notifications')
      return items.find(({ channel, state }) => channel === 'sms' && state === 'delivered') ?? null
    })
    expect(told.level).toBe(1)
    const [row] = (await get<{ items: readonly { title: string; next: { level: number } | null }[] }>('incidents')).items.filter(({ title }) => title.includes('Power cut'))
    expect(row?.next?.level).toBe(2)
  })

  it('makes a feed cut happen when asked, says so, and mends it', async () => {
    expect(await make('feed-cut')).toBe(202)
    await until('the source is not live', async () => (await floor()).sources.some(({ id, state }) => id === 'demo' && state !== 'live'))
    await until('the source is live again', async () => (await floor()).sources.some(({ id, state }) => id === 'demo' && state === 'live'), 40_000)
    expect(await get('demo')).toMatchObject({ state: 'playing', last: { scenario: 'feed-cut' } })
  })

  it('replays the recorded Asterisk on queues of its own when asked', async () => {
    expect(await make('replay-asterisk')).toBe(202)
    await until('recorded queues', async () => (await floor()).queues.some(({ queue }) => queue.startsWith('recorded-')), 60_000)
  })

  it('knows no other scenario, and no other site has any', async () => {
    expect(await make('world-peace')).toBe(404)
    const other = await fetch(`${product.url}/api/v1/sites/elsewhere/demo/power-cut`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
    expect(other.status).toBe(404)
  })

  it('is ready again without another morning, at the same day and with what happened', async () => {
    const { dataDir } = product
    const before = await floor()
    await stop()
    againMs = await start(dataDir)
    expect(product.output()).not.toContain('Preparing the demo floor')
    const after = await floor()
    expect(after.totals.today.offered).toBeGreaterThanOrEqual(before.totals.today.offered)
    expect((await get<{ items: readonly unknown[] }>('incidents')).items.length).toBeGreaterThan(0)
  })

  it('stands back while another site hears a real source', async () => {
    const bearer = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    await fetch(`${product.url}/api/v1/sites/real`, { method: 'PUT', headers: bearer, body: JSON.stringify({ name: 'Real', timeZone: 'Europe/London' }) })
    const event = { id: 'r1', type: 'contact.queued', occurredAt: new Date().toISOString(), contactId: 'c1', queueId: 'support', channel: 'voice' }
    expect((await fetch(`${product.url}/api/v1/sites/real/events`, { method: 'POST', headers: bearer, body: JSON.stringify(event) })).status).toBe(202)
    await until('the demo pauses', async () => (await get<{ state: string }>('demo')).state === 'paused', 60_000)
    await until('its own source says so', async () => (await get<{ sources: readonly { id: string; state: string; detail: string | null }[] }>('floor')).sources.some(({ id, state, detail }) => id === 'demo' && state === 'stale' && detail?.startsWith('paused') === true))
  })

  it('is absent with DEMO=off', async () => {
    const { dataDir } = product
    await stop()
    const withoutMs = await start(dataDir, { DEMO: 'off' })
    const response = await fetch(`${product.url}/api/v1/sites/demo/floor`, { headers: { authorization: `Bearer ${token}` } })
    expect(response.status).toBe(404)
    // A floor that is whole from base and log costs a start little: both on this machine, since seconds say more of it than of the start.
    expect(againMs).toBeLessThan(3 * withoutMs)
  })
})
