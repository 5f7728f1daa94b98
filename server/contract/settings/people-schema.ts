import { z } from 'zod'
import { week } from './incidents-schema.ts'
import { label, nameKey, priority, secretText, table, timeZone } from './parts.ts'

/** How people and rooms are reached: channels of the house, and each person's own routes. */

export const webhookEventTypes = ['incident.opened', 'incident.acknowledged', 'incident.updated', 'incident.escalated', 'incident.breached', 'incident.resolved', 'incident.closed', 'escalation.fired', 'stakeholder.update', 'breach.opened', 'breach.cleared'] as const
const webhookSecret = (text: string): boolean => /^whsec_[A-Za-z0-9+/_-]{22,}={0,2}$/.test(text)
export const webhook = z.strictObject({
  url: z.string().min(1).max(2_000),
  secret: secretText('must be whsec_ and at least 16 bytes as base64', webhookSecret),
  /** The secret before a rotation: signed with too, until it is taken out. */
  oldSecret: secretText('must be whsec_ and at least 16 bytes as base64', webhookSecret).optional(),
  types: z.array(z.enum(webhookEventTypes)).max(50).default([]),
})
// http is for allowed private networks only: that is judged with the other addresses, in check.ts.
const chatUrl = secretText('must be an https:// address', (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
const chat = z.strictObject({ url: chatUrl, types: z.array(z.enum(webhookEventTypes)).max(50).optional() })
const mailbox = z.string().max(200).regex(/^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/, { error: 'must be a mail address, e.g. Floorwatch <floorwatch@example.org>' })
const gateway = z.strictObject({
  driver: z.enum(['twilio']).default('twilio'),
  /** Where the driver's API is reached; absent: the provider's own. */
  url: z.string().min(1).max(2_000).optional(),
  account: z.string().min(1).max(200).regex(/^[\w-]+$/, { error: 'must be the account id of the provider' }),
  token: secretText('must be the secret of the account'),
  from: z.string().min(1).max(40).regex(/^[\w+ -]+$/, { error: 'must be a number such as +441134960000 or a sender name' }),
})
export const channels = z.strictObject({
  webhooks: table(webhook).default({}),
  mail: z.strictObject({ from: mailbox.optional(), replyTo: mailbox.optional() }).default({}),
  slack: table(chat).default({}),
  teams: table(chat).default({}),
  /** `backup`: another provider, asked when the first brings no receipt within 60 s. */
  sms: gateway.extend({ backup: gateway.optional() }).optional(),
  voice: gateway.optional(),
})

const address = secretText('must be an address', (text) => text.length <= 320 && !/[\p{C}]/u.test(text))
export const personChannels = ['push', 'sms', 'voice', 'mail', 'slack', 'teams', 'desktop'] as const
const channelOrder = z.array(z.enum(personChannels)).max(personChannels.length).refine((list) => new Set(list).size === list.length, { error: 'names a channel twice' })
export const person = z.strictObject({
  name: label,
  role: z.enum(['admin', 'duty-manager', 'supervisor', 'agent', 'stakeholder']).optional(),
  /** Sign-in name of the same human, so that an acknowledgement is theirs. */
  user: nameKey.optional(),
  team: nameKey.optional(),
  /** Id on the platform, where they take contacts: what they do there says whether they are free. */
  agent: nameKey.optional(),
  timeZone: timeZone.optional(),
  email: address.optional(),
  phone: address.optional(),
  /** Address of an incoming webhook or workflow that reaches this person alone. */
  slack: address.optional(),
  teams: address.optional(),
  /** Addresses that are known to reach this person. */
  verified: z.array(z.enum(['email', 'phone', 'slack', 'teams'])).max(4).optional(),
  /** Channels in the order they are tried; absent: the built-in order. */
  order: z.union([channelOrder, z.strictObject({ urgent: channelOrder.optional(), routine: channelOrder.optional() })], { error: `must be a list of ${personChannels.join(', ')}, or { urgent, routine } with such lists` }).optional(),
  /** Messages wait until these hours are over, save for `letThrough`; the first about a P1 never waits. */
  quiet: z.strictObject({ hours: week, letThrough: z.array(priority).max(4).optional() }).optional(),
})
