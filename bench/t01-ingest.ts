import { Agent, request } from 'node:http'
import { createClient } from 'redis'
import { type Bench, median, resultOf } from './bench.ts'
import { adminToken, webProcess } from './support/processes.ts'

const EVENTS = 20_000
const CONNECTIONS = 8
const SITE = 'bench'

/** What a platform sends for one answered call: about 260 bytes. */
const eventText = (serial: number): string =>
  JSON.stringify({ id: `pbx-${serial}`, type: 'contact.answered', occurredAt: new Date(Date.now() - 1_000).toISOString(), source: 'pbx', contactId: `1795000000.${serial}`, queueId: `queue-${serial % 500}`, agentId: `agent-${serial % 5_000}`, channel: 'voice', direction: 'in', waitMs: 12_400, ringMs: 2_000 })

const post = (agent: Agent, port: number, path: string, body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request({ agent, port, path, method: 'POST', headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/x-ndjson', 'content-length': body.length } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => (response.statusCode === 202 && text.includes('"rejected":[]') ? resolve() : reject(new Error(`${String(response.statusCode)} ${text.slice(0, 300)}`))))
    })
    sent.on('error', reject).end(body)
  })

/** Ingest through HTTP, parsed, validated, deduped, sealed and stored before each 202, against bare pipelined XADD of the same events, one an entry. */
export const run: Bench = async ({ redisUrl, rounds }) => {
  const prefix = `bench-t01-${process.pid}`
  const web = await webProcess({ redisUrl, prefix, durability: 'disk' })
  const { port } = web
  const redis = createClient({ url: redisUrl, RESP: 2, commandOptions: { timeout: undefined } })
  await redis.connect()
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  await fetch(`http://127.0.0.1:${port}/api/v1/sites/${SITE}`, { method: 'PUT', headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Bench', timeZone: 'UTC' }) })
  let serial = 0

  const baseline = async (): Promise<number> => {
    const texts = Array.from({ length: EVENTS }, () => eventText((serial += 1)))
    const began = performance.now()
    for (let i = 0; i < EVENTS; i += 500) await Promise.all(texts.slice(i, i + 500).map((e) => redis.xAdd(`${prefix}:baseline`, '*', { e })))
    const perSecond = EVENTS / ((performance.now() - began) / 1_000)
    await redis.del(`${prefix}:baseline`)
    return perSecond
  }
  const product = async (size: number, path: string): Promise<number> => {
    const bodies = Array.from({ length: EVENTS / size }, () => Buffer.from(Array.from({ length: size }, () => eventText((serial += 1))).join('\n')))
    const began = performance.now()
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let body = bodies.pop(); body; body = bodies.pop()) await post(agent, port, path, body)
      }),
    )
    return EVENTS / ((performance.now() - began) / 1_000)
  }
  const raw = `/api/v1/sites/${SITE}/events`
  const cases = [
    { size: 1_000, path: `${raw}?`, title: 'ingest events/s at B=1000 through Express', atLeast: 1.2 },
    { size: 100, path: raw, title: 'ingest events/s at B=100 on the raw mount', atLeast: 1.1 },
  ]
  const ratios = cases.map((): number[] => [])
  const speeds = cases.map((): number[] => [])
  const bare: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    const base = await baseline()
    for (const [i, { size, path }] of cases.entries()) {
      const speed = await product(size, path)
      if (round < 0) continue
      ratios[i]?.push(speed / base)
      speeds[i]?.push(speed)
    }
    if (round >= 0) bare.push(base)
  }
  agent.destroy()
  web.close()
  for await (const keys of redis.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1_000 })) if (keys.length > 0) await redis.del(keys)
  redis.destroy()
  return cases.map(({ title, atLeast }, i) =>
    resultOf({
      id: 'T1',
      title,
      target: `>= ${atLeast}x`,
      baseline: 'tuned node-redis, pipelined XADD, one event an entry, nothing parsed or checked',
      rounds: ratios[i] ?? [],
      figures: { 'events/s': Math.round(median(speeds[i] ?? [])), 'baseline events/s': Math.round(median(bare)), fsync: 'as the run’s Redis' },
      atLeast,
    }),
  )
}
