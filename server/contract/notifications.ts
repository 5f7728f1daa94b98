import { z } from 'zod'
import { personChannels } from './settings/people-schema.ts'

/** Notifications as the API tells them: what was to be told to whom, and what became of it. */

export const deliveryStates = ['queued', 'held', 'sending', 'accepted', 'delivered', 'failed', 'unknown', 'dead', 'cancelled', 'purged'] as const
const deliveryChannels = ['webhook', ...personChannels, 'none'] as const

const text = z.string()
const instant = z.string().nullable()
const named = z.object({ id: text, name: text.nullable() })

export const notificationRow = z.object({
  id: text,
  /** Incident, ladder generation, cycle, level, receiver, channel and purpose: used once for good. */
  key: text,
  ref: text.nullable(),
  type: text,
  channel: z.enum(deliveryChannels),
  /** The person told; null for a webhook or a room, which `target` names. */
  person: named.nullable(),
  target: text,
  urgent: z.boolean(),
  ladder: text.nullable(),
  level: z.number().nullable(),
  cycle: z.number().nullable(),
  state: z.enum(deliveryStates),
  plannedAt: text,
  sentAt: instant,
  acceptedAt: instant,
  deliveredAt: instant,
  /** What proves that it arrived: a receipt, the provider's word that it took it, or nothing. */
  proof: z.enum(['receipt', 'taken', 'none']),
  steps: z.array(z.object({ at: text, state: z.enum(deliveryStates), detail: text })),
})
export type NotificationRow = z.infer<typeof notificationRow>

export const deadLetterRow = z.object({ id: text, key: text, ref: text.nullable(), type: text, channel: z.enum(deliveryChannels), person: named.nullable(), target: text, attempts: z.number(), reason: text.nullable(), plannedAt: text, diedAt: text })
export type DeadLetterRow = z.infer<typeof deadLetterRow>

export const notificationSummary = z.object({ deadLetters: z.number(), oldestDeadAt: instant, disabled: z.array(z.object({ webhook: text, reason: text, since: text })) })

export const reachableRow = z.object({
  person: text,
  name: text,
  role: text,
  /** In the order they are tried. */
  urgent: z.array(z.enum(personChannels)),
  routine: z.array(z.enum(personChannels)),
  verified: z.array(z.enum(personChannels)),
  /** Has a verified channel that can wake them. */
  ready: z.boolean(),
  /** Can have an incident, or a role of a major one. */
  commands: z.boolean(),
})
export type ReachableRow = z.infer<typeof reachableRow>

export const testPageBody = z.strictObject({ person: z.string().min(1).max(200).optional(), channel: z.enum(personChannels, { error: `must be one of ${personChannels.join(', ')}` }) })
export const testPageAnswer = z.object({ id: text })

const base64url = (error: string, least: number, most: number) => z.string().min(least, { error }).max(most, { error }).regex(/^[A-Za-z0-9_-]+={0,2}$/, { error })
export const pushSubscriptionBody = z.strictObject({
  endpoint: z.string().max(2_000).refine((address) => URL.canParse(address), { error: 'must be the address of a push service' }),
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({ p256dh: base64url('must be the public key of the browser', 80, 100), auth: base64url('must be the secret of the browser', 16, 40) }),
  device: z.string().min(1).max(80).default('Browser'),
})
export const pushSubscriptionRow = z.object({ id: text, device: text, addedAt: text })
export const pushKey = z.object({ publicKey: text })
