import type { Channel } from './channel.ts'

/** The telephones of a site that is only played: every message to them ends here, in this process, and is receipted at once. */
export const simulatedPhone: Channel = {
  send: async () => ({ kind: 'delivered', detail: 'a simulated phone shows it: nothing left the machine' }),
  retryAfter: () => null,
}
