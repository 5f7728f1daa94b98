import { spawn } from 'node:child_process'
import { root } from './run.mjs'
import { say } from './say.mjs'
import { SILENCE, heardAt, lookedAt, watchedFrom } from './silence.mjs'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
/** A part that ran this long is well: its next end starts the waits over. */
const WELL_MS = 30_000

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}

/**
 * Follows the beats of one process and calls `hung` once when they stay away. A stopped process (SIGSTOP) or one whose loop is blocked holds
 * its port, its leases and its place, and does nothing: nobody else would end it.
 */
const watchBeats = ({ name, child, silence, hung }) => {
  let watch = watchedFrom(performance.now())
  child.on('message', (message) => {
    if (message?.beat !== undefined) watch = heardAt(watch, performance.now(), message.beat.held === true)
  })
  const look = () => {
    const looked = lookedAt(watch, performance.now(), silence)
    watch = looked.watch
    const seconds = (looked.silentMs / 1000).toFixed(1)
    if (looked.verdict === 'silent') say(`  ${name} has not answered for ${seconds} s (stopped, or its event loop is blocked)`)
    if (looked.verdict === 'back') say(`  ${name} answers again`)
    if (looked.verdict !== 'hung') return
    clearInterval(timer)
    say(`  ${name} has not answered for ${seconds} s; ending it`)
    hung()
  }
  const timer = setInterval(look, silence.lookMs)
  return { lastBeatAt: () => watch.heardAt, end: () => clearInterval(timer) }
}

const inWords = (code, signal) => (signal ? `by ${signal}` : code === 128 ? 'by a signal' : `with code ${code}`)

/**
 * Keeps one process running. It lives in a session of its own (Ctrl-C reaches the supervisor alone), holds a lifeline on standard input,
 * and is followed by whatever else its group left behind.
 * `refusalCode`: a part that ends with it refuses to run as things are, and says why in its last line: starting it again would not help.
 * `hold`: a stream whose other end must not close before this part is gone. `beats`: it says that it lives, and is ended when it does not any more.
 */
export const keepRunning = ({ name, command, args, env, log, hold = () => null, refusalCode = null, beats = false, silence = SILENCE, graceMs = 17_000, onFault = () => {} }) => {
  let child = null
  let stopping = false
  let waitMs = FIRST_WAIT_MS
  let restart = null
  let ends = 0

  const start = () => {
    const startedAt = performance.now()
    child = spawn(command, args, { cwd: root, env, detached: true, stdio: ['pipe', 'pipe', 'pipe', hold() ?? 'ignore', ...(beats ? ['ipc'] : [])] })
    const own = child
    const { pid } = own
    const watch = beats ? watchBeats({ name, child, silence, hung: () => signalGroup(pid, 'SIGKILL') }) : null
    child.stdin.on('error', () => {})
    log.follow(child.stdout)
    log.follow(child.stderr)
    child.once('error', (error) => onFault({ name, text: `${command}: ${error.message}` }))
    child.once('exit', (code, signal) => {
      if (pid !== undefined) signalGroup(pid, stopping ? 'SIGKILL' : 'SIGTERM')
      child = null
      watch?.end()
      if (stopping) return
      // Of a part that hangs, what counts is how long it lived, not how long it was waited for.
      const ranWell = (watch?.lastBeatAt() ?? performance.now()) - startedAt > WELL_MS
      ends = ranWell ? 1 : ends + 1
      // Its last line may still be on the way.
      if (code !== null && code === refusalCode) return own.once('close', () => onFault({ name, code, text: `${name} refuses to start:\n${log.last(1)}` }))
      if (ranWell) waitMs = FIRST_WAIT_MS
      say(`  ${name} ended ${inWords(code, signal)}; starting it again in ${(waitMs / 1000).toFixed(1)} s`)
      onFault({ name, ends, text: log.last() })
      if (stopping) return
      restart = setTimeout(() => {
        // What its group left (Redis, when its guard was killed) must be gone before another one opens the same files.
        if (pid !== undefined) signalGroup(pid, 'SIGKILL')
        start()
        say(`  ${name} was started again (process ${child?.pid})`)
      }, waitMs)
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
    })
  }

  const stop = async () => {
    stopping = true
    clearTimeout(restart)
    const ending = child
    if (ending === null) return
    const gone = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill('SIGTERM')
    const hard = setTimeout(() => {
      say(`  ${name} does not end; killing it`)
      signalGroup(ending.pid, 'SIGKILL')
    }, graceMs)
    await gone
    clearTimeout(hard)
  }

  start()
  return { name, stop, kill: () => child?.pid !== undefined && signalGroup(child.pid, 'SIGKILL'), lifeline: () => child?.stdin ?? null, pid: () => child?.pid ?? null }
}
