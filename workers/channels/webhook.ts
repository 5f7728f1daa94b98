import { Webhook } from 'standardwebhooks'
import type { Cidrs } from '../../server/contract/outbound.ts'
import type { IncidentSettings } from '../../server/domain/incident-settings.ts'
import { DAY, HOUR, MINUTE, SECOND, isoOf } from '../../server/domain/time.ts'
import { waitsOf, type Channel, type SendOutcome } from './channel.ts'
import { outboundRequest, retryAfterMs, type OutboundAnswer, type Resolve } from './outbound-request.ts'

export interface WebhookDeps {
  readonly settings: {
    incidentSettings(site: string): Promise<IncidentSettings>
    /** The clear value of a secret of the settings document, by its path. */
    secret(site: string, path: readonly string[]): Promise<string | null>
  }
  readonly allow: Cidrs
  readonly now: () => number
  readonly random?: () => number
  readonly timeoutMs?: number
  readonly resolve?: Resolve
}

/** Standard Webhooks' schedule: the waits after the first, second, ... failed try; then it is a dead letter. */
const waits: readonly number[] = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, DAY]
const TIMEOUT_MS = 15 * SECOND

const outcomeOf = (answer: OutboundAnswer, now: number): SendOutcome => {
  if (answer.kind === 'forbidden') return { kind: 'refused', detail: answer.detail }
  if (answer.kind === 'withdrawn') return answer
  if (answer.kind === 'failed') return { kind: 'failed', detail: answer.detail, afterMs: null }
  const { status, retryAfter } = answer
  if (status >= 200 && status < 300) return { kind: 'accepted', detail: `answered ${status}` }
  if (status === 410) return { kind: 'gone', detail: 'answered 410 Gone' }
  if (status >= 300 && status < 400) return { kind: 'failed', detail: `answered ${status}: redirects are not followed`, afterMs: null }
  return { kind: 'failed', detail: `answered ${status}`, afterMs: retryAfterMs(retryAfter, now) }
}

/** `webhook-signature` over id, timestamp and body; during a rotation by both secrets. */
const signatures = (secrets: readonly string[], id: string, at: Date, body: string): string => secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' ')

export const openWebhookChannel = ({ settings, allow, now, random = Math.random, timeoutMs = TIMEOUT_MS, resolve }: WebhookDeps): Channel => ({
  send: async (site, target, message, stillDue) => {
    const { webhooks } = await settings.incidentSettings(site)
    const webhook = Object.hasOwn(webhooks, target) ? webhooks[target] : undefined
    if (webhook === undefined) return { kind: 'refused', detail: `the settings name no webhook "${target}" any more` }
    const secrets = (await Promise.all(['secret', 'oldSecret'].map((field) => settings.secret(site, ['channels', 'webhooks', target, field])))).filter((secret): secret is string => secret !== null)
    if (secrets.length === 0) return { kind: 'refused', detail: `webhook "${target}" has no secret to sign with` }
    const body = JSON.stringify({ type: message.type, timestamp: isoOf(message.happenedAt), data: message.data })
    const at = new Date(now())
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Floorwatch',
      'webhook-id': message.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': signatures(secrets, message.id, at, body),
    }
    return outcomeOf(await outboundRequest({ url: webhook.url, headers, body, timeoutMs, allow, stillDue, ...(resolve === undefined ? {} : { resolve }) }), now())
  },
  retryAfter: waitsOf(waits, random),
})
