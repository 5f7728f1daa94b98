import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { NotificationRow } from '../../server/contract/notifications.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openDesk } from '../../server/redis/desk.ts'
import { openIncidentOutbox } from '../../server/redis/incident-outbox.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { instantOf } from '../../server/domain/time.ts'
import { opening, socketTo, watchOn } from '../support/live-server.ts'
import { adminToken, runServer, type RunningServer } from '../support/running-server.ts'
import { until } from '../support/until.ts'

let server: RunningServer
let redis: Redis
beforeAll(async () => {
  server = await runServer()
  redis = await connect({ url: process.env.TEST_REDIS_URL ?? '', name: 'desk', log: server.log })
  await server.admin('PUT', '/api/v1/sites/north', { name: 'North', timeZone: 'Europe/London' })
})
afterAll(async () => {
  redis.destroy()
  await server.close()
})

/** A notice as a worker shows it, after its row was planned. */
const show = async (mark: string) => {
  const keys = keysUnder(server.prefix)
  const id = `test/${mark}/person:administrator/desktop/test`
  const at = instantOf(Date.now())
  await openIncidentOutbox({ redis, keys }).queue('north', { id, ref: '', type: 'test.page', channel: 'desktop', target: 'administrator', person: 'administrator', then: [], happenedAt: at, notBefore: at, paced: false, level: null, breach: null, fence: null, urgent: true })
  const desk = await openDesk({ redis, keys, url: '', log: server.log })
  await desk.show({ site: 'north', person: 'administrator', delivery: id, ref: '', priority: null, subject: 'Test page', lines: [], urgent: true })
  return id
}
const receiptOf = async (id: string): Promise<unknown> => JSON.parse(String(await redis.hGet(keysUnder(server.prefix).site('north').outbox, id))).receipt

describe('a notice to the screens of a person', () => {
  it('has a receipt once a screen says that it shows it, and none from one that is silent or of somebody else', async () => {
    const other = (await server.admin('POST', '/api/v1/keys', { site: 'north', role: 'supervisor' })).body.token as string
    const [silent, stranger] = [socketTo(server.url, { token: adminToken }), socketTo(server.url, { token: other })]
    expect([await opening(silent), await opening(stranger)]).toEqual(['connected', 'connected'])
    const heard: string[] = []
    stranger.on('notice', () => void heard.push('stranger'))
    const told = new Promise<{ subject: string }>((resolve) => silent.once('notice', resolve))
    const first = await show('one')
    expect(await told).toEqual({ site: 'north', ref: '', priority: null, subject: 'Test page', number: 1 })
    expect(await receiptOf(first)).toBeUndefined()

    const screen = socketTo(server.url, { token: adminToken })
    expect(await opening(screen)).toBe('connected')
    const numbers: number[] = []
    // Nothing of its words lies in Redis.
    expect(JSON.stringify(await redis.hGetAll(keysUnder(server.prefix).deskUnshown('administrator')))).not.toContain('Test page')
    screen.on('notice', ({ number }: { readonly number: number }, shown: (answer: object) => void) => {
      numbers.push(number)
      shown({})
    })
    const second = await show('two')
    expect(await until('the receipt', () => receiptOf(second))).toEqual({ state: 'delivered', detail: 'a screen shows it' })
    expect(await receiptOf(first)).toBeUndefined()
    // What no screen has shown is shown to one that begins to look, once.
    await watchOn(screen, 'north', 'incidents')
    expect(await until('the receipt of what was missed', () => receiptOf(first))).toEqual({ state: 'delivered', detail: 'a screen shows it' })
    const again = socketTo(server.url, { token: adminToken })
    again.on('notice', () => void heard.push('shown twice'))
    expect(await opening(again)).toBe('connected')
    await watchOn(again, 'north', 'incidents')
    expect(numbers).toEqual([2, 1])
    again.disconnect()
    expect(heard).toEqual([])
    const { body } = await server.admin('GET', '/api/v1/sites/north/notifications')
    expect((body.items as readonly NotificationRow[]).map(({ channel, person }) => [channel, person?.name])).toEqual([['desktop', 'Administrator'], ['desktop', 'Administrator']])
    for (const socket of [silent, stranger, screen]) socket.disconnect()
  })
})
