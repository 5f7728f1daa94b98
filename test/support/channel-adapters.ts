import { createECDH, randomBytes } from 'node:crypto'
import { parseSettings, defaultSettings, incidentSettingsOf, type SettingsDocument } from '../../server/contract/settings.ts'
import { openCallbackTokens } from '../../server/redis/callback-tokens.ts'
import type { ChannelSettings } from '../../workers/channels/channel-settings.ts'
import type { Channel } from '../../workers/channels/channel.ts'
import { openChatChannel } from '../../workers/channels/chat.ts'
import { openSmsChannel, openVoiceChannel } from '../../workers/channels/gateway.ts'
import { openPushChannel } from '../../workers/channels/push.ts'
import { openWebhookChannel } from '../../workers/channels/webhook.ts'
import type { FakeAnswer } from './http-fake.ts'
import { webhookSecret } from './incident-house.ts'
import type { Resolve } from '../../workers/channels/outbound-request.ts'

/** Keys of a browser that can read what it is sent. */
export const browserKeys = () => {
  const curve = createECDH('prime256v1')
  curve.generateKeys()
  return { curve, auth: randomBytes(16), keys: { p256dh: curve.getPublicKey().toString('base64url'), auth: '' } }
}
const vapidCurve = createECDH('prime256v1')
vapidCurve.generateKeys()
export const vapid = { publicKey: vapidCurve.getPublicKey().toString('base64url'), privateKey: Buffer.concat([Buffer.alloc(32), vapidCurve.getPrivateKey()]).subarray(-32).toString('base64url') }

export interface AdapterOptions {
  readonly timeoutMs?: number
  readonly allow?: readonly string[]
  readonly resolve?: Resolve
}

export interface HttpAdapter {
  readonly name: string
  /** Who is told. */
  readonly target: string
  /** The answer that means yes. */
  readonly yes: FakeAnswer
  open(url: string, options?: AdapterOptions): Channel
  /** What tells a repetition from a new message. */
  idOf(request: { readonly path: string; readonly headers: NodeJS.Dict<string | string[]>; readonly body: Buffer }): string
}

const allow = ['127.0.0.0/8']
export const publicUrl = 'https://floor.example.org'

/** A document and its secrets as channels ask for them. */
export const channelSettings = (document: SettingsDocument, secrets: Readonly<Record<string, string>>): ChannelSettings => ({ document: async () => document, secret: async (_site, path) => secrets[path.join('.')] ?? null, keyOf: async (_site, person) => (Object.hasOwn(document.people, person) ? person : null) })

const accepted = (given: unknown): SettingsDocument => {
  const answer = parseSettings(given, { outboundAllow: allow, today: '2026-11-23' })
  if (!answer.ok) throw new Error(JSON.stringify(answer.faults))
  return answer.settings
}
const common = ({ timeoutMs = 400, allow: own = allow, resolve }: AdapterOptions) => ({ allow: own, publicUrl, now: () => Date.now(), timeoutMs, random: () => 0, ...(resolve === undefined ? {} : { resolve }) })

const chat = (kind: 'slack' | 'teams'): HttpAdapter => ({
  name: kind,
  target: 'ops',
  yes: (response) => response.writeHead(kind === 'slack' ? 200 : 202).end(kind === 'slack' ? 'ok' : ''),
  open: (url, options = {}) => openChatChannel(kind, { ...common(options), settings: channelSettings(accepted({ channels: { [kind]: { ops: { url } } } }), { [`channels.${kind}.ops.url`]: url }) }),
  idOf: ({ headers }) => String(headers['x-floorwatch-message']),
})

const gateway = (kind: 'sms' | 'voice'): HttpAdapter => ({
  name: kind,
  target: 'ada',
  yes: (response) => response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ sid: 'SM0001', status: 'queued' })),
  open: (url, options = {}) => {
    const one = { account: 'AC1', token: 'secret of the gateway', from: '+441134960001' }
    const settings = channelSettings(accepted({ people: { ada: { name: 'Ada', phone: '+447700900001' } }, channels: { [kind]: { ...one, url } } }), { 'people.ada.phone': '+447700900001', [`channels.${kind}.token`]: one.token })
    return (kind === 'sms' ? openSmsChannel : openVoiceChannel)({ ...common(options), settings, callbacks: openCallbackTokens('secret of the callbacks in tests') })
  },
  idOf: ({ body }) => new URLSearchParams(body.toString()).get('StatusCallback') ?? '',
})

export const httpAdapters: readonly HttpAdapter[] = [
  {
    name: 'webhook',
    target: 'noc',
    yes: (response) => response.writeHead(204).end(),
    open: (url, options = {}) => {
      const settings = incidentSettingsOf(defaultSettings, { id: 'north', name: 'North', timeZone: 'UTC' }, 1)
      return openWebhookChannel({ ...common(options), settings: { incidentSettings: async () => ({ ...settings, webhooks: { noc: { url, types: [] } } }), secret: async (_site, path) => (path.at(-1) === 'secret' ? webhookSecret : null) } })
    },
    idOf: ({ headers }) => String(headers['webhook-id']),
  },
  chat('slack'),
  chat('teams'),
  gateway('sms'),
  gateway('voice'),
  {
    name: 'push',
    target: 'ada',
    yes: (response) => response.writeHead(201).end(),
    open: (url, options = {}) => {
      const { keys, auth } = browserKeys()
      const subscription = { id: 'one', device: 'Phone', addedAt: 0, endpoint: `${url}/push/one`, keys: { ...keys, auth: auth.toString('base64url') } }
      return openPushChannel({ ...common(options), subscriptions: { of: async () => [subscription], remove: async () => true }, vapid: async () => vapid, callbacks: openCallbackTokens('secret of the callbacks in tests'), contact: null })
    },
    idOf: ({ headers }) => String(headers['topic']),
  },
]
