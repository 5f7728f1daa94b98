import type { SendOutcome } from './channel.ts'
import { retryAfterMs, type OutboundAnswer } from './outbound-request.ts'

/** What an answer over HTTP means for a message, where a channel knows nothing better. */
export const outcomeOfAnswer = (answer: OutboundAnswer, now: number): SendOutcome => {
  if (answer.kind === 'forbidden') return { kind: 'refused', detail: answer.detail }
  if (answer.kind === 'withdrawn') return answer
  if (answer.kind === 'failed') return answer.sent ? { kind: 'unknown', detail: answer.detail } : { kind: 'failed', detail: answer.detail, afterMs: null }
  const { status, retryAfter } = answer
  if (status >= 200 && status < 300) return { kind: 'accepted', detail: `answered ${status}` }
  if (status === 404 || status === 410) return { kind: 'gone', detail: `answered ${status}` }
  if (status >= 300 && status < 400) return { kind: 'refused', detail: `answered ${status}: redirects are not followed` }
  if (status === 408 || status === 425 || status === 429) return { kind: 'failed', detail: `answered ${status}`, afterMs: retryAfterMs(retryAfter, now) }
  if (status >= 400 && status < 500) return { kind: 'refused', detail: `answered ${status}` }
  return { kind: 'failed', detail: `answered ${status}`, afterMs: retryAfterMs(retryAfter, now) }
}
