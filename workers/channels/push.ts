import { createHash } from 'node:crypto'
import webPush from 'web-push'
import { MINUTE, SECOND } from '../../server/domain/time.ts'
import type { CallbackTokens } from '../../server/redis/callback-tokens.ts'
import type { PushSubscriptions, StoredSubscription } from '../../server/redis/push-subscriptions.ts'
import type { VapidKeys } from '../../server/redis/vapid.ts'
import type { ChannelDeps } from './channel-settings.ts'
import { waitsOf, type Channel, type Message, type SendOutcome, type StillDue } from './channel.ts'
import { outcomeOfAnswer } from './http-outcome.ts'
import { outboundRequest } from './outbound-request.ts'

export interface PushDeps extends Omit<ChannelDeps, 'settings'> {
  readonly subscriptions: Pick<PushSubscriptions, 'of' | 'remove'>
  readonly vapid: () => Promise<VapidKeys>
  readonly callbacks: CallbackTokens
  /** Whom push services write to when something is wrong; null: the address of this server. */
  readonly contact: string | null
}

interface PushTo {
  readonly site: string
  readonly person: string
  readonly subscription: StoredSubscription
  readonly message: Message
  readonly stillDue: StillDue | undefined
}

const TIMEOUT_MS = 10 * SECOND
/** A page that could not be brought for so long is stale: the ladder has gone on. */
const TTL_S = 600
/** The service took it; whether it was shown, the browser says by itself, if it can. */
const waits: readonly number[] = [5 * SECOND, 30 * SECOND, 2 * MINUTE]

/** Declarative push (RFC 8030 members) for browsers that show it without a service worker; the rest is for ours. */
export const pushPayload = ({ text, id }: Message, receipt: string): object => ({
  web_push: 8030,
  notification: { title: text.subject, body: text.lines.filter((line) => line !== text.ref).join(' '), navigate: text.link, tag: text.ref === '' ? 'test' : text.ref, lang: 'en', renotify: true, require_interaction: text.urgent },
  floorwatch: { id, ref: text.ref, link: text.link, canAcknowledge: text.canAcknowledge, urgent: text.urgent, receipt },
})

/** The best that happened with any of the browsers. */
const best = (outcomes: readonly SendOutcome[]): SendOutcome => {
  const order = ['delivered', 'accepted', 'unknown', 'withdrawn', 'failed', 'refused', 'gone'] as const
  return [...outcomes].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0] ?? { kind: 'refused', detail: 'no browser of this person is subscribed any more' }
}

export const openPushChannel = ({ subscriptions, vapid, callbacks, contact, allow, publicUrl, now, timeoutMs = TIMEOUT_MS, random = Math.random, resolve }: PushDeps): Channel => {
  const subject = contact ?? (publicUrl.startsWith('https:') ? publicUrl : `mailto:floorwatch@${new URL(publicUrl).hostname}`)

  const sendTo = async ({ site, person, subscription, message, stillDue }: PushTo): Promise<SendOutcome> => {
    const receipt = `${publicUrl}/n/r/${callbacks.tokenOf(site, message.delivery)}`
    const topic = createHash('sha256').update(`${site}\n${message.text.ref}`).digest('base64url').slice(0, 32)
    const details = webPush.generateRequestDetails({ endpoint: subscription.endpoint, keys: { ...subscription.keys } }, JSON.stringify(pushPayload(message, receipt)), { TTL: TTL_S, urgency: message.text.urgent ? 'high' : 'normal', topic, vapidDetails: { subject, ...(await vapid()) } })
    const headers = Object.fromEntries(Object.entries(details.headers).flatMap(([name, value]) => (name.toLowerCase() === 'content-length' ? [] : [[name, String(value)]])))
    const outcome = outcomeOfAnswer(await outboundRequest({ url: details.endpoint, headers, body: details.body, timeoutMs, allow, stillDue, ...(resolve === undefined ? {} : { resolve }) }), now())
    if (outcome.kind === 'gone') await subscriptions.remove(person, subscription.id)
    return outcome
  }

  return {
    send: async (site, target, message, stillDue) => {
      const own = await subscriptions.of(target)
      const outcomes = await Promise.all(
        own.map((subscription) =>
          // Keys that no browser would make are refused by the encryption: that subscription is worth nothing.
          sendTo({ site, person: target, subscription, message, stillDue }).catch((error: unknown): SendOutcome => ({ kind: 'refused', detail: error instanceof Error ? error.message.slice(0, 120) : 'the message could not be encrypted' })),
        ),
      )
      const outcome = best(outcomes)
      return outcome.kind === 'accepted' ? { kind: 'accepted', detail: `the push service took it for ${outcomes.filter(({ kind }) => kind === 'accepted').length} of ${own.length} browsers` } : outcome
    },
    retryAfter: waitsOf(waits, random),
  }
}
