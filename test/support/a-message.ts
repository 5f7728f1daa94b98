import { instantOf } from '../../server/domain/time.ts'
import type { Message, PageText } from '../../workers/channels/channel.ts'

/** A page about a P1, as channels are given it. */
export const aMessage = (more: Partial<Omit<Message, 'text'>> & { readonly text?: Partial<PageText> } = {}): Message => ({
  id: 'msg_V1StGXR8Z5jdHi6BmyT',
  delivery: 'INC-2026-000123/ownership/1/1/1/person:ada/mail/escalation',
  attempts: 0,
  type: 'escalation.fired',
  happenedAt: instantOf(Date.parse('2026-11-23T22:43:00Z')),
  data: {},
  ...more,
  text: {
    ref: 'INC-2026-000123',
    priority: 'P1',
    subject: '[P1] Card payments fail',
    lines: ['INC-2026-000123', 'Nobody has taken it yet (level 1).', 'Next: duty-manager at 22:48 if nobody takes it.'],
    link: 'https://floor.example.org/n/token',
    canAcknowledge: true,
    replyCode: 'K7QX',
    urgent: true,
    ...more.text,
  },
})
