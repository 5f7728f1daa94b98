import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DAY, MINUTE } from '../../server/domain/time.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { entryFields } from '../../server/redis/log-codec.ts'
import { openManifest } from '../../server/redis/manifest.ts'
import { openSnapshots } from '../../server/redis/snapshots.ts'
import { floorwatchCommand } from '../support/floorwatch-command.ts'
import { report, webhookSecret } from '../support/incident-house.ts'
import { productProcesses, type ProductProcesses } from '../support/product-processes.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { until } from '../support/redis-server.ts'
import { until as untilFound } from '../support/until.ts'
import { freshSeed, seeded } from '../support/seeded.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

/** A token of its own in every personal and free-text field: none may lie in clear anywhere (RELIABILITY G11, G14, S58). */
jest.setTimeout(180_000)

const random = seeded(freshSeed())
const canaries = new Map<string, string>()
/** Letters that neither base64 nor a dictionary gives by chance. */
const canary = (field: string): string => {
  const token = `Zq${Array.from({ length: 14 }, () => 'bcdfghjkmnpqrstvwxz'[random.int(0, 18)]).join('')}`
  canaries.set(field, token)
  return token
}
const numberCanary = (field: string): string => {
  const digits = `4479${Array.from({ length: 12 }, () => random.int(0, 9)).join('')}`
  canaries.set(field, digits)
  return `+${digits}`
}

let product: ProductProcesses
let receiver: WebhookReceiver
let redis: Redis
let ref = ''
const keys = keysUnder()

beforeAll(async () => {
  product = await productProcesses()
  await Promise.all([product.web.start(), product.workers.start()])
  receiver = await openWebhookReceiver(webhookSecret)
  redis = await connect({ url: product.redis.url, name: 'test', log: recordingLog() })
})
afterAll(async () => {
  redis.destroy()
  await receiver.close()
  await product.close()
})

const filesUnder = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
const contentOf = (path: string): string => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString('latin1')
/** All files by path. A day may be folded again meanwhile, and what is written takes another's place: then all are read once more. */
const contents = () =>
  untilFound('every file that is listed is read', () => {
    const files = [...filesUnder(product.redis.dir).filter((path) => !path.endsWith('.sock')), ...filesUnder(product.dataDir)]
    try {
      return new Map(files.map((path) => [path, contentOf(path)] as const))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  })

const send = async (...events: readonly Record<string, unknown>[]) => {
  const { status, body } = await product.call<{ rejected: unknown[] }>('POST', '/sites/north/events', events)
  expect([status, body.rejected]).toEqual([202, []])
}
const command = async (ref: string, body: object) => expect([body, (await product.call('POST', `/sites/north/incidents/${ref}/commands`, body)).status]).toEqual([body, 200])

const events = async () => {
  const now = Date.now()
  const at = (ms: number) => new Date(now - 10 * MINUTE + ms).toISOString()
  const base = (n: number) => ({ contactId: `c${n}`, queueId: 'support', channel: 'voice' })
  const agent = { agentId: canary('agent id'), agentName: `${canary('agent name')} Nair` }
  await send(
    { id: '1', type: 'agent.state', occurredAt: at(0), ...agent, state: 'available', queues: ['support'] },
    { id: '2', type: 'contact.created', occurredAt: at(1), ...base(1), customer: { phone: numberCanary('customer phone') } },
    { id: '3', type: 'contact.queued', occurredAt: at(2), ...base(1) },
    { id: '4', type: 'contact.answered', occurredAt: at(3_000), ...base(1), agentId: agent.agentId, waitMs: 2_998 },
    { id: '5', type: 'contact.ended', occurredAt: at(60_000), ...base(1), agentId: agent.agentId, by: 'customer' },
    { id: '6', type: 'survey.received', occurredAt: at(70_000), ...base(1), score: 4, scaleMin: 1, scaleMax: 5, comment: `Thank you ${canary('survey comment')}` },
    { id: '7', type: 'contact.queued', occurredAt: at(5_000), ...base(2), customer: { email: `${canary('customer email')}@example.org` } },
    { id: '8', type: 'contact.queued', occurredAt: at(6_000), ...base(3), customer: { ref: canary('customer ref') } },
  )
  // Refused, with something personal in it: what is said of it must not repeat it.
  await product.call('POST', '/sites/north/events', [{ id: '9', type: 'contact.queued', occurredAt: 'never', ...base(4), customer: { phone: numberCanary('refused phone') } }])
}

const incidents = async () => {
  const settings = {
    channels: { webhooks: { noc: { url: receiver.url, secret: webhookSecret } } },
    people: { duty: { name: canary('person name'), email: `${canary('person mail')}@example.org`, phone: numberCanary('person phone') } },
    policies: { default: { ownership: { levels: [{ targets: [{ webhook: 'noc' }, { person: 'duty' }], waitMs: 0 }], repeat: 0 } } },
  }
  const put = await product.call('PUT', '/sites/north/settings', settings)
  expect([put.status, put.status === 200 ? null : put.body]).toEqual([200, null])
  const texts = Object.fromEntries((['title', 'nature', 'location', 'reporter'] as const).map((field) => [field, `Something ${canary(`incident ${field}`)} here`]))
  const { status, body } = await product.call<{ ref: string }>('POST', '/sites/north/incidents', { ...report, ...texts, callerId: numberCanary('incident caller'), customFields: { 'account': canary('custom field') } })
  expect(status).toBe(201)
  await receiver.message(0, 20_000)
  await command(body.ref, { type: 'acknowledge' })
  await command(body.ref, { type: 'note', text: canary('note') })
  await command(body.ref, { type: 'set-priority', priority: 'P3', reason: canary('priority reason') })
  await command(body.ref, { type: 'update-stakeholders', text: canary('stakeholder update'), state: 'investigating' })
  await command(body.ref, { type: 'unacknowledge', reason: canary('unacknowledge reason') })
  await command(body.ref, { type: 'acknowledge' })
  await command(body.ref, { type: 'resolve', code: 'fixed', text: canary('resolution'), serviceRestored: true })
  return body.ref
}

const people = async () => {
  const made = await product.call('POST', '/users', { username: canary('user name'), name: canary('name of a user'), role: 'supervisor', password: `${canary('password')} is long enough` })
  expect(made.status).toBe(201)
}

/** The day ends for the log, so that the workers archive it as they start, and write their snapshot as they stop. */
const turnTheDay = async () => {
  product.workers.signal('SIGTERM')
  await until(async () => (await openSnapshots({ redis, keys }).snapshot('north')) !== null, 'a snapshot', 20_000)
  await product.workers.kill()
  const later = Date.now() + 2 * DAY
  await redis.xAdd(keys.site('north').log, `${later}-0`, { ...entryFields(later, { kind: 'tick' }) })
  await product.workers.start()
  await until(async () => (await openManifest({ redis, keys }).days('north')).length > 0, 'an archived day', 30_000)
}

const floorwatch = (...args: readonly string[]) => floorwatchCommand(product.env)(...args)

describe('what is personal', () => {
  it(`lies in clear in no file, no key, no job and no line of the logs (TEST_SEED=${random.seed})`, async () => {
    expect((await product.call('PUT', '/sites/north', { name: 'North', timeZone: 'Europe/London' })).status).toBe(201)
    await people()
    await events()
    ref = await incidents()
    await turnTheDay()

    const shown = JSON.stringify([(await product.call('GET', `/sites/north/incidents/${ref}`)).body, (await product.call('GET', `/sites/north/incidents/${ref}/timeline`)).body, (await product.call('GET', '/sites/north/floor')).body])
    // The tokens did arrive: who may read them does.
    for (const field of ['incident title', 'note', 'resolution', 'agent name']) expect([field, shown.includes(canaries.get(field) ?? '')]).toEqual([field, true])

    const files = await contents()
    expect([...files.keys()].filter((path) => path.startsWith(join(product.dataDir, 'archive'))).length).toBeGreaterThanOrEqual(2)
    const places = new Map([...files, ['log of the web server', product.web.output()], ['log of the workers', product.workers.output()], ['sent to the webhook', JSON.stringify(receiver.received)]])
    // CONTRACT section 7: what is told to a webhook has the title and no personal field.
    const told = new Set(['incident title sent to the webhook'])
    const hits = [...places].flatMap(([place, content]) => [...canaries].filter(([field, token]) => content.includes(token) && !told.has(`${field} ${place}`)).map(([field]) => `${field} in ${place}`))
    expect(hits).toEqual([])
    process.stdout.write(`${canaries.size} canaries, ${places.size} places, ${[...places.values()].reduce((sum, text) => sum + text.length, 0)} bytes, hits ${hits.length}\n`)
  })

  it('is gone after erase-person, for whoever asks; the audit chain holds', async () => {
    const of = (field: string) => canaries.get(field) ?? ''
    const erased = await floorwatch('erase-person', '--site', 'north', '--phone', `+${of('customer phone')}`, '--phone', `+${of('incident caller')}`, '--email', `${of('customer email')}@example.org`, '--agent', of('agent id'), '--name', of('incident reporter'), '--name', of('note'), '--json')
    expect([erased.code, erased.err]).toEqual([0, ''])
    expect(JSON.parse(erased.out)).toEqual({ customers: 2, agents: 1, texts: 4 })
    const shown = async () => JSON.stringify([(await product.call('GET', '/sites/north/incidents')).body, (await product.call('GET', `/sites/north/incidents/${ref}/timeline`)).body, (await product.call('GET', '/sites/north/floor')).body])
    const personal = ['incident reporter', 'incident caller', 'note', 'agent name', 'agent id']
    // A running server forgets within 30 s; a fresh one has nothing to forget.
    await product.web.kill()
    await product.web.start()
    const text = await shown()
    expect(personal.filter((field) => text.includes(of(field)))).toEqual([])
    const verdict = await floorwatch('verify-audit')
    expect([verdict.code, verdict.out]).toEqual([0, expect.stringMatching(/^north: \d+ links hold, head \d+:[0-9a-f]{40}\n$/)])
    const [, head = ''] = /head (\S+)/.exec(verdict.out) ?? []
    expect((await floorwatch('verify-audit', '--site', 'north', '--anchor', head)).code).toBe(0)
    expect((await floorwatch('verify-audit', '--site', 'north', '--anchor', head.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).code).toBe(1)
    expect((await floorwatch('erase-person', '--site', 'north')).code).toBe(2)
  })
})
