import type { Channel, Direction, FactType } from '../domain/platform-events.ts'

/** Codes of the stored form; only ever added to, never renumbered. */

export const typeCodes: Readonly<Record<FactType, number>> = {
  'contact.created': 1,
  'contact.queued': 2,
  'contact.refused': 3,
  'contact.offered': 4,
  'contact.offer_missed': 5,
  'contact.answered': 6,
  'contact.held': 7,
  'contact.resumed': 8,
  'contact.transferred': 9,
  'contact.abandoned': 10,
  'contact.left_queue': 11,
  'contact.ended': 12,
  'contact.wrapped': 13,
  'contact.reopened': 14,
  'contact.callback_requested': 15,
  'contact.callback_attempted': 16,
  'contact.callback_connected': 17,
  'contact.callback_failed': 18,
  'contact.failed': 19,
  'survey.received': 20,
  'agent.state': 21,
  'agent.queue_joined': 22,
  'agent.queue_left': 23,
  'source.reset': 24,
  'source.snapshot': 25,
  'survey.sent': 26,
  'contact.message': 27,
}

export const channels: readonly (Channel | null)[] = [null, 'voice', 'chat', 'email', 'task']
export const directions: readonly (Direction | null)[] = [null, 'in', 'out']
