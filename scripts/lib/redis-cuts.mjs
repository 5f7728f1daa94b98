/** What parts say because Redis is away: each connection and everything that asks for something, several times a second. */
const AWAY = /client is (offline|closed)|disconnects client|socket (timeout|closed)|LOADING Redis|CLUSTERDOWN|MASTERDOWN/i
/** Others are refused too: a word of the system counts only from those who talk to Redis alone. */
const SYSTEM = /^(connect|read|write) E[A-Z]/
const CONNECTION = /^redis (does not answer|connection (error|closed|is back))/
const BACK = 'redis connection is back'

/** Silence that means that it is over; shorter once a connection says so itself. */
const QUIET_MS = 5_000
const QUIET_ONCE_BACK_MS = 1_500

const WARNING = 40

/** Of a part's lines about a Redis that is away the terminal shows one when it goes and one when it is back, however many there are; the log files have them all. `show` is the terminal. */
export const redisCuts = ({ show, folder, now = Date.now, setTimer = (act, ms) => setTimeout(act, ms).unref(), clearTimer = clearTimeout }) => {
  let cut = null
  let timer

  const end = () => {
    const { since, last, backAt, count } = cut
    cut = null
    show(`  Redis is back after ${(((backAt ?? last) - since) / 1_000).toFixed(1)} s; ${count} ${count === 1 ? 'line' : 'lines'} of that time ${count === 1 ? 'is' : 'are'} in ${folder}`)
  }

  return {
    /** Whether the line is about it and needs not be shown. */
    take: (name, { level, msg, reason }) => {
      const about = `${reason ?? ''}`
      const back = msg === BACK
      const away = level >= WARNING && (AWAY.test(about) || (msg === 'job queue' && SYSTEM.test(about)))
      if (!away && !CONNECTION.test(msg ?? '')) return false
      if (cut === null && back) return true
      const at = now()
      if (cut === null) {
        cut = { since: at, last: at, backAt: null, count: 0 }
        show(`  Redis is away (${name}: ${about || msg}). Everything waits for it and goes on when it is back`)
      }
      if (back) cut.backAt = at
      else {
        cut.count += 1
        cut.last = at
      }
      clearTimer(timer)
      timer = setTimer(end, cut.backAt === null ? QUIET_MS : QUIET_ONCE_BACK_MS)
      return true
    },
  }
}
