import { SECOND } from '../../server/domain/time.ts'
import type { Desk } from '../../server/redis/desk.ts'
import type { Channel } from './channel.ts'

/** A screen answers within this, or nobody sits at one. */
const RECEIPT_MS = 5 * SECOND

/** Screens that a person is signed in at: shown at once, and only the screen's own receipt counts. */
export const openDesktopChannel = ({ desk }: { readonly desk: Pick<Desk, 'show'> }): Channel => ({
  send: async (site, target, { delivery, text }, stillDue) => {
    if ((await stillDue?.()) === false) return { kind: 'withdrawn', detail: 'no longer so' }
    await desk.show({ site, person: target, delivery, ref: text.ref, priority: text.priority, subject: text.subject, lines: text.lines, urgent: text.urgent })
    return { kind: 'accepted', detail: 'told to the screens of this person', receiptWithinMs: RECEIPT_MS }
  },
  retryAfter: () => null,
})
