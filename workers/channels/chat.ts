import { MINUTE, SECOND } from '../../server/domain/time.ts'
import { addressOf, type ChannelDeps } from './channel-settings.ts'
import { waitsOf, type Channel, type Message, type PageText, type SendOutcome } from './channel.ts'
import { outcomeOfAnswer } from './http-outcome.ts'
import { outboundRequest, type OutboundAnswer } from './outbound-request.ts'

/** Rooms and people on Slack and Teams: both take JSON at an address that is itself the secret. */

const TIMEOUT_MS = 10 * SECOND
const waits: readonly number[] = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE]

const actionOf = ({ canAcknowledge }: PageText): string => (canAcknowledge ? 'Open and acknowledge' : 'Open')

/** Slack reads three characters as markup. */
const slackText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)

/** Block Kit. `text` is what the lock screen shows. */
export const slackBody = ({ text }: Message): object => ({
  text: slackText(text.subject),
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: cut(text.subject, 150), emoji: false } },
    { type: 'section', text: { type: 'mrkdwn', text: cut(slackText(text.lines.join('\n')), 3_000) } },
    { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: actionOf(text), emoji: false }, url: text.link, ...(text.urgent ? { style: 'danger' } : {}) }] },
  ],
})

/** An Adaptive Card as a Workflows webhook takes it; its buttons can only open addresses. */
export const teamsBody = ({ text }: Message): object => ({
  type: 'message',
  summary: text.subject,
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          { type: 'TextBlock', text: text.subject, size: 'Large', weight: 'Bolder', wrap: true, ...(text.urgent ? { color: 'Attention' } : {}) },
          ...text.lines.map((line) => ({ type: 'TextBlock', text: line, wrap: true, spacing: 'Small' })),
        ],
        actions: [{ type: 'Action.OpenUrl', title: actionOf(text), url: text.link }],
      },
    },
  ],
})

/** Slack says `ok`, and for faults of ours a word with status 200 to some of its older addresses. */
const slackOutcome = (answer: OutboundAnswer, now: number): SendOutcome => {
  const said = answer.kind === 'answered' && answer.status === 200 ? answer.body.trim() : 'ok'
  if (said !== 'ok' && 'ok'.startsWith(said)) return { kind: 'unknown', detail: 'the answer broke off' }
  if (said !== 'ok') return { kind: 'refused', detail: `answered 200 without ok: ${cut(said, 80)}` }
  return outcomeOfAnswer(answer, now)
}

export const openChatChannel = (kind: 'slack' | 'teams', { settings, allow, now, timeoutMs = TIMEOUT_MS, random = Math.random, resolve }: ChannelDeps): Channel => {
  const addressFor = async (site: string, target: string): Promise<string | null> => {
    const rooms = (await settings.document(site)).channels[kind]
    return Object.hasOwn(rooms, target) ? settings.secret(site, ['channels', kind, target, 'url']) : addressOf(settings, site, target, kind)
  }
  return {
    send: async (site, target, message, stillDue) => {
      const url = await addressFor(site, target)
      if (url === null) return { kind: 'refused', detail: `the settings have no ${kind} address of "${target}" any more` }
      const body = JSON.stringify(kind === 'slack' ? slackBody(message) : teamsBody(message))
      const answer = await outboundRequest({ url, headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Floorwatch', 'x-floorwatch-message': message.id }, body, timeoutMs, allow, stillDue, wantsBody: true, ...(resolve === undefined ? {} : { resolve }) })
      return kind === 'slack' ? slackOutcome(answer, now()) : outcomeOfAnswer(answer, now())
    },
    retryAfter: waitsOf(waits, random),
  }
}
