import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openCallbackTokens } from '../../../server/redis/callback-tokens.ts'
import { openPushChannel } from '../../../workers/channels/push.ts'
import { aMessage } from '../../support/a-message.ts'
import { browserKeys, publicUrl, vapid } from '../../support/channel-adapters.ts'
import { openHttpFake, type HttpFake } from '../../support/http-fake.ts'
import { readPush, readVapid } from '../../support/web-push-reader.ts'

let fake: HttpFake
const callbacks = openCallbackTokens('secret of the callbacks in tests')
beforeEach(async () => {
  fake = await openHttpFake((response) => response.writeHead(201).end())
})
afterEach(() => fake.close())

/** Two browsers of one person. */
const twoBrowsers = () => [browserKeys(), browserKeys()].map((made, index) => ({ made, row: { id: `b${index}`, device: 'Phone', addedAt: 0, endpoint: `${fake.url}/push/${index}`, keys: { p256dh: made.keys.p256dh, auth: made.auth.toString('base64url') } } }))
const open = (browsers: ReturnType<typeof twoBrowsers>, removed: string[] = []) =>
  openPushChannel({ allow: ['127.0.0.0/8'], publicUrl, now: () => Date.now(), timeoutMs: 1_000, subscriptions: { of: async () => browsers.map(({ row }) => row), remove: async (_person, id) => removed.push(id) > 0 }, vapid: async () => vapid, callbacks, contact: null })

describe('a push', () => {
  it('is read by the browser it was made for, and by no other', async () => {
    const browsers = twoBrowsers()
    expect(await open(browsers).send('north', 'ada', aMessage())).toMatchObject({ kind: 'accepted', detail: 'the push service took it for 2 of 2 browsers' })
    for (const { made, row } of browsers) {
      const request = fake.requests.find(({ path }) => row.endpoint.endsWith(path))
      const text = readPush(request?.body ?? Buffer.alloc(0), made.curve, made.auth)
      expect(JSON.parse(text)).toMatchObject({ web_push: 8030, notification: { title: '[P1] Card payments fail', tag: 'INC-2026-000123', navigate: 'https://floor.example.org/n/token', renotify: true }, floorwatch: { canAcknowledge: true, receipt: expect.stringContaining('https://floor.example.org/n/r/') } })
      const other = browsers.find(({ row: { id } }) => id !== row.id)?.made ?? made
      expect(() => readPush(request?.body ?? Buffer.alloc(0), other.curve, other.auth)).toThrow()
      expect(request?.body.toString('latin1')).not.toContain('Card payments')
    }
  })

  it('is urgent, short-lived, replaces an older one of the incident, and vouched for by our key', async () => {
    await open(twoBrowsers()).send('north', 'ada', aMessage())
    const headers = fake.requests[0]?.headers ?? {}
    expect(headers).toMatchObject({ urgency: 'high', ttl: '600', 'content-encoding': 'aes128gcm', topic: expect.stringMatching(/^[\w-]{32}$/) })
    const voucher = readVapid(String(headers['authorization']))
    expect(voucher).toMatchObject({ publicKey: vapid.publicKey, right: true, claims: { aud: fake.url, sub: publicUrl } })
    expect(voucher.claims.exp - Date.now() / 1_000).toBeLessThan(24 * 3_600 + 60)
  })

  it('to a browser that is gone drops that browser, and reaches the other', async () => {
    const removed: string[] = []
    fake.answer((response, { path }) => response.writeHead(path.endsWith('/0') ? 410 : 201).end())
    expect(await open(twoBrowsers(), removed).send('north', 'ada', aMessage())).toMatchObject({ kind: 'accepted' })
    expect(removed).toEqual(['b0'])
    expect(await open([]).send('north', 'ada', aMessage())).toMatchObject({ kind: 'refused' })
  })
})
