import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Incident, TimelineRow } from '../../server/contract/rows.ts'
import { report, webhookSecret } from './incident-house.ts'
import { killFigures, type Fault, type KillFigures, type Opened } from './kill-figures.ts'
import { killRecords } from './kill-records.ts'
import { spread, type KillPoint } from './kill-points.ts'
import { lastLines, productProcesses, productToken, type ProductProcesses } from './product-processes.ts'
import { until } from './redis-server.ts'
import { seeded } from './seeded.ts'
import { watchStalls } from './stalls.ts'
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
const REACH_MS = 120_000
/** So long may an order take while every process works; a slow machine takes most of it to start them. */
const PATIENCE_MS = 60_000
const TOLD_WITHIN_MS = 120_000

interface Ordering {
  readonly product: ProductProcesses
  /** A process is dead or only starting. */
  readonly away: () => boolean
}

/** The same request under one key until it is answered: whatever was killed, it is carried out once. */
const surely = async <T>({ product, away }: Ordering, path: string, body: object): Promise<T> => {
  const key = randomUUID()
  for (let left = PATIENCE_MS; ; ) {
    const [askedAt, wasAway] = [Date.now(), away()]
    // An answer that breaks off in its body is no answer.
    const answer = await fetch(`${product.url}/api/v1${path}`, { method: 'POST', headers: { authorization: `Bearer ${productToken}`, 'content-type': 'application/json', 'idempotency-key': key }, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => null)
    if (answer !== null && answer.status < 300) return JSON.parse(answer.text) as T
    if (answer !== null && answer.status !== 503 && answer.status !== 500) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    await pause(50)
    if (!wasAway && !away()) left -= Date.now() - askedAt
    if (left < 0) throw new Error(`${path} was not answered within ${PATIENCE_MS} ms in which every process worked`)
  }
}

/** Incidents are opened all the time; some are taken at any moment of their ladder. */
const openTraffic = (ordering: Ordering, seed: number) => {
  const random = seeded(seed)
  const opened: Opened[] = []
  const unanswered = new Map<string, string>()
  const running = new Set<Promise<void>>()
  let open = true
  let breakOff: (error: unknown) => void = () => undefined
  const broken = new Promise<never>((_resolve, reject) => (breakOff = reject))
  broken.catch(() => undefined)
  const one = async (): Promise<void> => {
    const { ref, openedAt } = await surely<Incident>(ordering, '/sites/north/incidents', report)
    const taken = random.chance(ACKNOWLEDGED)
    opened.push({ ref, openedAt: Date.parse(openedAt ?? ''), taken })
    if (!taken) return
    await pause(random.int(0, 2 * WAIT_MS + 500))
    await surely(ordering, `/sites/north/incidents/${ref}/commands`, { type: 'acknowledge' }).catch((error: unknown) => {
      unanswered.set(ref, String(error))
      throw error
    })
  }
  const looping = (async (): Promise<void> => {
    for (; open; await pause(EVERY_MS)) {
      const work: Promise<void> = one().catch(breakOff).finally(() => running.delete(work))
      running.add(work)
    }
  })()
  return {
    opened,
    unanswered,
    /** Rejects when an order was not carried out. */
    broken,
    /** Resolves when every order is answered. */
    close: async () => {
      open = false
      await looping
      await Promise.race([broken, Promise.all([...running])])
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
export const killRun = async ({ kills, seed, away: awayMs, told = () => undefined }: KillRun): Promise<KillFigures> => {
  const random = seeded(seed)
  const receiver = await openWebhookReceiver(webhookSecret)
  const product = await productProcesses({}, { wired: true })
  const stalls = watchStalls()
  try {
    await founded(product, receiver)
    let away = false
    const traffic = openTraffic({ product, away: () => away }, random.int(0, 2 ** 31))
    const killed: Fault[] = []
    const begunAt = Date.now()
    for (const [index, point] of spread(kills, random).entries()) {
      const what = `${point.victim} killed ${point.name}`
      const goOn = await inTime(what, Promise.race([reached(point, product, receiver), traffic.broken]))
      const killedAt = Date.now()
      away = true
      await product[point.victim].kill()
      goOn()
      await pause(random.int(...awayMs))
      await product[point.victim].start()
      away = false
      killed.push({ what, holdsUp: point.victim !== 'web', from: killedAt, to: Date.now() })
      told(`${((Date.now() - begunAt) / 1_000).toFixed(1)} s: ${index + 1}/${kills} ${what}, away ${Date.now() - killedAt} ms`)
    }
    await traffic.close()
    await product.ready()
    const refOf = ({ body }: WebhookReceiver['received'][number]) => (body.data['incident'] as { readonly ref: string }).ref
    const untold = () => traffic.opened.filter(({ ref, taken }) => !taken && new Set(receiver.received.filter((message) => refOf(message) === ref).map(({ id }) => id)).size < 2)
    // A message whose sender was killed comes again after its lease of 30 s.
    await until(() => untold().length === 0, 'every level of every incident that nobody took is told', TOLD_WITHIN_MS).catch(() => told(`after ${TOLD_WITHIN_MS} ms not every level was told`))
    const timelines = new Map<string, readonly TimelineRow[]>()
    for (const { ref } of traffic.opened) {
      const { status, body } = await product.call<{ readonly items: readonly TimelineRow[] }>('GET', `/sites/north/incidents/${ref}/timeline?limit=1000`)
      if (status !== 200) throw new Error(`timeline of ${ref}: ${status}`)
      timelines.set(ref, body.items)
    }
    const ended = (['web', 'workers'] as const).flatMap((name) => product[name].ownEnds.map(({ at, why, backAt }): Fault => ({ what: `${name} ended by itself (${why})`, holdsUp: name === 'workers', from: at, to: backAt ?? at })))
    return killFigures({
      kills: killed.length,
      opened: traffic.opened,
      timelines,
      ...(await killRecords(product.redis.url, 'north')),
      faults: [...killed, ...ended],
      restarts: ended.length,
      stalls: stalls.seen,
      received: receiver.received.map((message) => ({ at: message.at, ref: refOf(message), id: message.id })),
      forged: receiver.forged.length,
      levels: 2,
      unanswered: traffic.unanswered,
    })
  } catch (error) {
    throw new Error(`${String(error)}\nworkers:\n${lastLines(product.workers.output(), 15)}\nweb:\n${lastLines(product.web.output(), 15)}`, { cause: error })
  } finally {
    stalls.close()
    await product.close()
    await receiver.close()
  }
}
