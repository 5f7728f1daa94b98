/**
 * Says no in time when the log cannot keep up (RELIABILITY G16). Nobody is refused below 50 requests a second: a
 * credential within that share passes even then.
 */
export interface Pace {
  /** Seconds to wait, or null: come in. */
  readonly refuses: (credentialId: string, now: number) => number | null
  /** Around each request that was let in. */
  readonly begin: (bytes: number) => void
  readonly end: (bytes: number, tookMs: number) => void
}

const SHARE_PER_SECOND = 50
/** Memory that bodies may take while they wait. */
const BYTES_WAITING = 128 * 1024 * 1024
const SLOW_MS = 1_000

export const openPace = (): Pace => {
  let bytesWaiting = 0
  let slow = false
  let second = 0
  let sent = new Map<string, number>()

  return {
    refuses: (credentialId, now) => {
      const thisSecond = Math.floor(now / 1_000)
      if (thisSecond !== second) [second, sent] = [thisSecond, new Map()]
      const count = (sent.get(credentialId) ?? 0) + 1
      sent.set(credentialId, count)
      const behind = slow || bytesWaiting > BYTES_WAITING
      return behind && count > SHARE_PER_SECOND ? 1 : null
    },
    begin: (bytes) => void (bytesWaiting += bytes),
    end: (bytes, tookMs) => {
      bytesWaiting -= bytes
      slow = tookMs > SLOW_MS
    },
  }
}
