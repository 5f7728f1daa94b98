import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { defaultSettings, incidentSettingsOf } from '../../../server/contract/settings.ts'
import { instantOf } from '../../../server/domain/time.ts'
import type { Message } from '../../../workers/channels/channel.ts'
import type { Resolve } from '../../../workers/channels/outbound-request.ts'
import { openWebhookChannel } from '../../../workers/channels/webhook.ts'
import { openWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'
import { aMessage } from '../../support/a-message.ts'
import { webhookSecret } from '../../support/incident-house.ts'

let receiver: WebhookReceiver
beforeAll(async () => {
  receiver = await openWebhookReceiver(webhookSecret)
})
afterAll(() => receiver.close())

const message: Message = { ...aMessage(), id: 'msg_1', type: 'escalation.fired', happenedAt: instantOf(Date.parse('2026-11-23T10:00:00Z')), data: { level: 1 } }
const oldSecret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`

const channel = (url: string, more: { readonly allow?: readonly string[]; readonly resolve?: Resolve; readonly secrets?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {}) => {
  const settings = incidentSettingsOf(defaultSettings, { id: 'north', name: 'North', timeZone: 'UTC' }, 1)
  const secrets: Readonly<Record<string, string>> = more.secrets ?? { 'channels.webhooks.noc.secret': webhookSecret }
  return openWebhookChannel({
    settings: { incidentSettings: async () => ({ ...settings, webhooks: { noc: { url, types: [] } } }), secret: async (_site, path) => secrets[path.join('.')] ?? null },
    allow: more.allow ?? ['127.0.0.0/8'],
    now: () => Date.now(),
    random: () => 0,
    timeoutMs: more.timeoutMs ?? 2_000,
    ...(more.resolve === undefined ? {} : { resolve: more.resolve }),
  })
}
const last = () => {
  const received = receiver.received.at(-1)
  if (received === undefined) throw new Error('nothing was received')
  return received
}

describe('a webhook', () => {
  it('is taken by a receiver that checks the signature', async () => {
    expect(await channel(receiver.url).send('north', 'noc', message)).toEqual({ kind: 'accepted', detail: 'answered 204' })
    expect(receiver.forged).toEqual([])
    expect(last().body).toEqual({ type: 'escalation.fired', timestamp: '2026-11-23T10:00:00.000Z', data: { level: 1 } })
  })

  it('is signed with both secrets during a rotation', async () => {
    await channel(receiver.url, { secrets: { 'channels.webhooks.noc.secret': webhookSecret, 'channels.webhooks.noc.oldSecret': oldSecret } }).send('north', 'noc', message)
    const { headers, body } = last()
    const given = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(headers['webhook-timestamp']), 'webhook-signature': String(headers['webhook-signature']) }
    for (const secret of [webhookSecret, oldSecret]) expect(new Webhook(secret).verify(JSON.stringify(body), given)).toEqual(body)
  })

  it.each([
    [500, {}, { kind: 'failed', detail: 'answered 500', afterMs: null }],
    [429, { 'retry-after': '7' }, { kind: 'failed', detail: 'answered 429', afterMs: 7_000 }],
    [503, { 'retry-after': 'soon' }, { kind: 'failed', detail: 'answered 503', afterMs: null }],
    [302, { location: 'http://127.0.0.1:1/' }, { kind: 'failed', detail: 'answered 302: redirects are not followed', afterMs: null }],
    [410, {}, { kind: 'gone', detail: 'answered 410 Gone' }],
  ])('answered %i is told apart', async (status, headers, outcome) => {
    receiver.answerWith((response) => response.writeHead(status, headers).end())
    expect(await channel(receiver.url).send('north', 'noc', message)).toEqual(outcome)
  })

  it('that is never answered is given up', async () => {
    receiver.answerWith(() => undefined)
    expect(await channel(receiver.url, { timeoutMs: 200 }).send('north', 'noc', message)).toMatchObject({ kind: 'failed', detail: 'no answer within 200 ms' })
  })

  it('answered with ten megabytes is taken, and the rest is not read', async () => {
    let sent = 0
    receiver.answerWith((response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && sent < 10_000_000) {
          sent += 65_536
          if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    })
    expect(await channel(receiver.url).send('north', 'noc', message)).toMatchObject({ kind: 'accepted' })
    expect(sent).toBeLessThan(10_000_000)
  })

  it('waits 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, then is a dead letter', () => {
    const { retryAfter } = channel(receiver.url)
    expect(Array.from({ length: 10 }, (_, index) => retryAfter(index + 1))).toEqual([5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000, null])
  })
})

describe('an address that leads inward', () => {
  const inward = [
    'http://127.0.0.1/hook',
    'http://0/hook',
    'http://[::1]/hook',
    'http://[::ffff:10.0.0.1]/hook',
    'http://169.254.169.254/latest/meta-data',
    'http://2130706433/hook',
    'http://0x7f.1/hook',
    'http://017700000001/hook',
    'https://127.0.0.1/hook',
    'http://localhost./hook',
    'https://localhost/hook',
    'http://10.1.2.3/hook',
    'http://192.168.0.1/hook',
    'http://[fd00::1]/hook',
    'http://[fe80::1]/hook',
    'http://100.64.0.1/hook',
    'http://example.org:6379/',
    'file:///etc/passwd',
    'ftp://example.org/',
    'https://user:pass@example.org/hook',
  ]
  it.each(inward)('is refused: %s', async (url) => {
    expect(await channel(url, { allow: [] }).send('north', 'noc', message)).toMatchObject({ kind: 'refused' })
  })

  it('is refused at connect when a name resolves to it', async () => {
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd00::1']) {
      expect(await channel('https://hook.example.org/', { allow: [], resolve: async () => [address] }).send('north', 'noc', message)).toMatchObject({ kind: 'refused', detail: expect.stringContaining('OUTBOUND_ALLOW') })
    }
  })

  it('is refused when it hides among public ones', async () => {
    expect(await channel('https://hook.example.org/', { allow: [], resolve: async () => ['93.184.216.34', '10.0.0.1'] }).send('north', 'noc', message)).toMatchObject({ kind: 'refused' })
  })

  it('is asked for once: a name that changes its mind changes nothing', async () => {
    const answers = [['127.0.0.1'], ['10.255.255.1']]
    const asked: string[] = []
    const port = new URL(receiver.url).port
    const outcome = await channel(`http://rebinding.example.org:${port}/hook`, {
      resolve: async (host) => {
        asked.push(host)
        return answers[asked.length - 1] ?? []
      },
    }).send('north', 'noc', message)
    expect(outcome).toMatchObject({ kind: 'accepted' })
    expect(asked).toEqual(['rebinding.example.org'])
    expect(last().headers.host).toBe(`rebinding.example.org:${port}`)
  })

  it('is reached over plain http only inside the allowed networks', async () => {
    expect(await channel('http://hook.example.org/', { resolve: async () => ['93.184.216.34'] }).send('north', 'noc', message)).toMatchObject({ kind: 'refused' })
  })

  it('that cannot be resolved is tried again', async () => {
    const resolve: Resolve = async () => {
      throw new Error('ENOTFOUND')
    }
    expect(await channel('https://hook.example.org/', { resolve }).send('north', 'noc', message)).toMatchObject({ kind: 'failed' })
  })
})

describe('a webhook that the settings no longer know', () => {
  it('is a dead letter, not an endless retry', async () => {
    expect(await channel(receiver.url).send('north', 'gone', message)).toMatchObject({ kind: 'refused', detail: 'the settings name no webhook "gone" any more' })
    expect(await channel(receiver.url).send('north', 'constructor', message)).toMatchObject({ kind: 'refused' })
    expect(await channel(receiver.url, { secrets: {} }).send('north', 'noc', message)).toMatchObject({ kind: 'refused' })
  })
})
