import type { SettingsDocument } from '../../server/contract/settings.ts'
import { SECOND } from '../../server/domain/time.ts'
import type { CallbackTokens } from '../../server/redis/callback-tokens.ts'
import { addressOf, type ChannelDeps } from './channel-settings.ts'
import { waitsOf, type Channel, type Message, type SendOutcome, type StillDue } from './channel.ts'
import { outcomeOfAnswer } from './http-outcome.ts'
import { outboundRequest } from './outbound-request.ts'

/** Text messages and calls through an HTTP gateway that speaks as Twilio's API does. */

export interface GatewayDeps extends ChannelDeps {
  readonly callbacks: CallbackTokens
}

type Gateway = NonNullable<SettingsDocument['channels']['voice']>
interface Placed {
  readonly gateway: Gateway
  readonly token: string
}

interface Placing {
  readonly site: string
  readonly message: Message
  readonly path: string
  readonly form: Readonly<Record<string, string>>
  readonly receiptWithinMs: number
  readonly stillDue: StillDue | undefined
}

const PROVIDER = 'https://api.twilio.com'
const TIMEOUT_MS = 10 * SECOND
/** "Accepted" is not "delivered": without a receipt for so long the next way is tried. */
const RECEIPT_MS = 60 * SECOND
/** Rings 45 s; then the gateway has a little time to say how the call ended. */
const RING_S = 45
const CALL_MS = 120 * SECOND
const smsWaits: readonly number[] = [5 * SECOND, 30 * SECOND]
/** Two calls. */
const voiceWaits: readonly number[] = [5 * SECOND]

const recordOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** What the provider says of a message or call. */
export const stateOf = (status: unknown): 'delivered' | 'failed' | 'pending' => {
  if (status === 'delivered' || status === 'read') return 'delivered'
  return ['undelivered', 'failed', 'canceled', 'busy', 'no-answer'].includes(String(status)) ? 'failed' : 'pending'
}

const smsText = ({ text }: Message): string => [text.subject, ...text.lines.filter((line) => line !== text.ref), text.link, ...(text.replyCode === null ? [] : [`Reply "${text.replyCode} ACK" to take it.`])].join('\n')

const openGateway = (kind: 'sms' | 'voice', { settings, allow, publicUrl, now, callbacks, timeoutMs = TIMEOUT_MS, resolve }: GatewayDeps) => {
  /** The second provider is asked from the second try on. */
  const placedFor = async (site: string, attempts: number): Promise<Placed | null> => {
    const { sms, voice } = (await settings.document(site)).channels
    const [first, backup] = kind === 'sms' ? [sms, sms?.backup] : [voice, undefined]
    const second = attempts > 0 && backup !== undefined
    const gateway = second ? backup : first
    const token = await settings.secret(site, ['channels', kind, ...(second ? ['backup'] : []), 'token'])
    return gateway === undefined || token === null ? null : { gateway, token }
  }
  const ask = async ({ gateway, token }: Placed, path: string, form: Readonly<Record<string, string>> | null, stillDue?: StillDue) => {
    const authorization = `Basic ${Buffer.from(`${gateway.account}:${token}`).toString('base64')}`
    const url = `${(gateway.url ?? PROVIDER).replace(/\/$/, '')}/2010-04-01/Accounts/${encodeURIComponent(gateway.account)}/${path}`
    const body = form === null ? '' : new URLSearchParams(form).toString()
    const headers = { authorization, accept: 'application/json', 'user-agent': 'Floorwatch', ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) }
    return outboundRequest({ url, headers, body, method: form === null ? 'GET' : 'POST', timeoutMs, allow, stillDue, wantsBody: true, ...(resolve === undefined ? {} : { resolve }) })
  }
  return {
    placedFor,
    callback: (site: string, what: string, { delivery }: Message): string => `${publicUrl}/n/gateway/${what}/${callbacks.tokenOf(site, delivery)}`,
    place: async ({ site, message, path, form, receiptWithinMs, stillDue }: Placing): Promise<SendOutcome> => {
      const placed = await placedFor(site, message.attempts)
      if (placed === null) return { kind: 'refused', detail: `the settings have no ${kind} gateway any more` }
      const answer = await ask(placed, path, { ...form, From: placed.gateway.from }, stillDue)
      const outcome = outcomeOfAnswer(answer, now())
      if (outcome.kind !== 'accepted' || answer.kind !== 'answered') return outcome.kind === 'gone' ? { kind: 'refused', detail: outcome.detail } : outcome
      const { sid } = recordOf(answer.body)
      return { kind: 'accepted', detail: 'the gateway took it; its receipt is awaited', receiptWithinMs, ...(typeof sid === 'string' ? { reference: sid } : {}) }
    },
    state: async (site: string, path: string): Promise<SendOutcome | null> => {
      const placed = await placedFor(site, 0)
      const answer = placed === null ? null : await ask(placed, path, null)
      if (answer?.kind !== 'answered' || answer.status !== 200) return null
      const { status } = recordOf(answer.body)
      const state = stateOf(status)
      if (state === 'delivered') return { kind: 'delivered', detail: `the gateway says ${String(status)}` }
      return { kind: 'failed', detail: state === 'failed' ? `the gateway says ${String(status)}` : 'no receipt came in time', afterMs: 0 }
    },
  }
}

const reachable = async (deps: GatewayDeps, site: string, target: string): Promise<string | null> => addressOf(deps.settings, site, target, 'phone')
const nobody = (target: string): SendOutcome => ({ kind: 'refused', detail: `the settings have no telephone number of "${target}" any more` })

export const openSmsChannel = (deps: GatewayDeps): Channel => {
  const gateway = openGateway('sms', deps)
  return {
    send: async (site, target, message, stillDue) => {
      const to = await reachable(deps, site, target)
      const form = { Body: smsText(message), StatusCallback: gateway.callback(site, 'sms', message) }
      return to === null ? nobody(target) : gateway.place({ site, message, path: 'Messages.json', form: { To: to, ...form }, receiptWithinMs: RECEIPT_MS, stillDue })
    },
    retryAfter: waitsOf(smsWaits, deps.random),
    ask: (site, reference) => gateway.state(site, `Messages/${encodeURIComponent(reference)}.json`),
  }
}

/** Only a key press counts: it acknowledges, and that cancels the row. A call that ended without one is a failed try. */
export const openVoiceChannel = (deps: GatewayDeps): Channel => {
  const gateway = openGateway('voice', deps)
  return {
    send: async (site, target, message, stillDue) => {
      const to = await reachable(deps, site, target)
      const form = { Url: gateway.callback(site, 'answer', message), StatusCallback: gateway.callback(site, 'call', message), StatusCallbackEvent: 'completed', Timeout: String(RING_S) }
      return to === null ? nobody(target) : gateway.place({ site, message, path: 'Calls.json', form: { To: to, ...form }, receiptWithinMs: CALL_MS, stillDue })
    },
    retryAfter: waitsOf(voiceWaits, deps.random),
  }
}
