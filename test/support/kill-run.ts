import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Incident, TimelineRow } from '../../server/contract/rows.ts'
import { report, webhookSecret } from './incident-house.ts'
import { killFigures, type KillFigures, type Opened } from './kill-figures.ts'
import { spread, type KillPoint } from './kill-points.ts'
import { productProcesses, productToken, type ProductProcesses } from './product-processes.ts'
import { until } from './redis-server.ts'
import { seeded } from './seeded.ts'
import { openWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'

export interface KillRun {
  readonly kills: number
  readonly seed: number
  /** How long a victim stays away, ms: from and to. */
  readonly away: readonly [number, number]
  readonly told?: (line: string) => void
}

const WAIT_MS = 1_500
const EVERY_MS = 250
const ACKNOWLEDGED = 0.4
/** Nothing happens at a point for so long: the run is broken, not unlucky. */
const REACH_MS = 30_000

/** The same request under one key until it is answered: whatever was killed, it is carried out once. */
const surely = async <T>(product: ProductProcesses, path: string, body: object): Promise<T> => {
  const key = randomUUID()
  for (const end = Date.now() + 60_000; ; ) {
    const answer = await fetch(`${product.url}/api/v1${path}`, { method: 'POST', headers: { authorization: `Bearer ${productToken}`, 'content-type': 'application/json', 'idempotency-key': key }, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) }).catch(() => null)
    if (answer !== null && answer.status < 300) return (await answer.json()) as T
    if (answer !== null && answer.status !== 503 && answer.status !== 500) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    if (Date.now() > end) throw new Error(`${path} was not answered within a minute`)
    await pause(50)
  }
}

/** Incidents are opened all the time; some are taken at any moment of their ladder. */
const openTraffic = (product: ProductProcesses, seed: number) => {
  const random = seeded(seed)
  const opened: Opened[] = []
  const running = new Set<Promise<void>>()
  let open = true
  const one = async (): Promise<void> => {
    const { ref, openedAt } = await surely<Incident>(product, '/sites/north/incidents', report)
    const taken = random.chance(ACKNOWLEDGED)
    opened.push({ ref, openedAt: Date.parse(openedAt ?? ''), taken })
    if (!taken) return
    await pause(random.int(0, 2 * WAIT_MS + 500))
    await surely(product, `/sites/north/incidents/${ref}/commands`, { type: 'acknowledge' })
  }
  const loop = async (): Promise<void> => {
    for (const faults: unknown[] = []; open; await pause(EVERY_MS)) {
      const work: Promise<void> = one().catch((error: unknown) => void faults.push(error)).finally(() => running.delete(work))
      running.add(work)
      if (faults.length > 0) throw faults[0]
    }
  }
  const looping = loop()
  const broken = looping.then(() => new Promise<never>(() => undefined))
  broken.catch(() => undefined)
  return {
    opened,
    /** Rejects when it cannot go on. */
    broken,
    close: async () => {
      open = false
      await looping
      await Promise.all([...running])
    },
  }
}

const reached = async (point: KillPoint, product: ProductProcesses, receiver: WebhookReceiver): Promise<() => void> => {
  if (point.at !== 'the receiver') {
    const { wire, mark } = point.at
    await product.wires?.[wire].reach(mark)
    return () => undefined
  }
  return new Promise((resolve) => receiver.answerWith((response) => resolve(() => void response.writeHead(204).end())))
}
const inTime = async <T>(what: string, asked: Promise<T>): Promise<T> => {
  const stop = new AbortController()
  const late = pause(REACH_MS, undefined, { signal: stop.signal }).then(() => Promise.reject(new Error(`not within ${REACH_MS} ms: ${what}`)), () => new Promise<never>(() => undefined))
  return Promise.race([asked, late]).finally(() => stop.abort())
}

const founded = async (product: ProductProcesses, receiver: WebhookReceiver): Promise<void> => {
  await Promise.all([product.web.start(), product.workers.start()])
  await product.call('PUT', '/sites/north', { name: 'North', timeZone: 'Europe/London' })
  const level = { targets: [{ webhook: 'noc' }], waitMs: WAIT_MS }
  const settings = { channels: { webhooks: { noc: { url: receiver.url, secret: webhookSecret } } }, policies: { default: { ownership: { levels: [level, level], repeat: 0 }, deadline: { on: [] } } } }
  const { status } = await product.call('PUT', '/sites/north/settings', settings)
  if (status !== 200) throw new Error(`the settings were answered with ${status}`)
}

/** Workers, web server and Redis killed with SIGKILL at marked points while levels fall due all the time. */
export const killRun = async ({ kills, seed, away, told = () => undefined }: KillRun): Promise<KillFigures> => {
  const random = seeded(seed)
  const receiver = await openWebhookReceiver(webhookSecret)
  const product = await productProcesses({}, { wired: true })
  try {
    await founded(product, receiver)
    const traffic = openTraffic(product, random.int(0, 2 ** 31))
    const recovered: number[] = []
    const begunAt = Date.now()
    for (const [index, point] of spread(kills, random).entries()) {
      const what = `${point.victim} killed ${point.name}`
      const goOn = await inTime(what, Promise.race([reached(point, product, receiver), traffic.broken]))
      const killedAt = Date.now()
      await product[point.victim].kill()
      goOn()
      await pause(random.int(...away))
      await product[point.victim].start()
      recovered.push(Date.now())
      told(`${((Date.now() - begunAt) / 1_000).toFixed(1)} s: ${index + 1}/${kills} ${what}, away ${Date.now() - killedAt} ms`)
    }
    await traffic.close()
    await product.ready()
    const refOf = ({ body }: WebhookReceiver['received'][number]) => (body.data['incident'] as { readonly ref: string }).ref
    const untold = () => traffic.opened.filter(({ ref, taken }) => !taken && new Set(receiver.received.filter((message) => refOf(message) === ref).map(({ id }) => id)).size < 2)
    // A message whose sender was killed comes again after its lease of 30 s.
    await until(() => untold().length === 0, 'every level of every incident that nobody took is told', 120_000)
    const timelines = new Map<string, readonly TimelineRow[]>()
    for (const { ref } of traffic.opened) {
      const { status, body } = await product.call<{ readonly items: readonly TimelineRow[] }>('GET', `/sites/north/incidents/${ref}/timeline?limit=1000`)
      if (status !== 200) throw new Error(`timeline of ${ref}: ${status}`)
      timelines.set(ref, body.items)
    }
    return killFigures({ kills: recovered.length, opened: traffic.opened, timelines, recovered, received: receiver.received.map((message) => ({ at: message.at, ref: refOf(message), id: message.id })), forged: receiver.forged.length, levels: 2 })
  } catch (error) {
    const last = (text: string): string => text.split('\n').filter((line) => !line.includes('"msg":"job queue"')).slice(-15).join('\n')
    throw new Error(`${String(error)}\nworkers:\n${last(product.workers.output())}\nweb:\n${last(product.web.output())}`, { cause: error })
  } finally {
    await product.close()
    await receiver.close()
  }
}
