import { spawn } from 'node:child_process'
import { root } from './run.mjs'
import { say } from './say.mjs'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
/** A part that ran this long is well: its next end starts the waits over. */
const WELL_MS = 30_000
/** The exit code of a part that cannot run as it is configured: starting it again would not help. */
const CONFIG_FAULT = 78

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}

const inWords = (code, signal) => (signal ? `by ${signal}` : code === 128 ? 'by a signal' : `with code ${code}`)

/**
 * Keeps one process running. It lives in a session of its own (Ctrl-C reaches the supervisor alone), holds a lifeline on standard input,
 * and is followed by whatever else its group left behind.
 * `hold`: a stream whose other end must not close before this part is gone.
 */
export const keepRunning = ({ name, command, args, env, log, hold = () => null, graceMs = 17_000, onFault = () => {} }) => {
  let child = null
  let stopping = false
  let waitMs = FIRST_WAIT_MS
  let restart = null
  let ends = 0

  const start = () => {
    const startedAt = Date.now()
    const held = hold()
    child = spawn(command, args, { cwd: root, env, detached: true, stdio: held ? ['pipe', 'pipe', 'pipe', held] : ['pipe', 'pipe', 'pipe'] })
    const { pid } = child
    child.stdin.on('error', () => {})
    log.follow(child.stdout)
    log.follow(child.stderr)
    child.once('error', (error) => onFault({ name, text: `${command}: ${error.message}` }))
    child.once('exit', (code, signal) => {
      if (pid !== undefined) signalGroup(pid, stopping ? 'SIGKILL' : 'SIGTERM')
      child = null
      if (stopping) return
      ends = Date.now() - startedAt > WELL_MS ? 1 : ends + 1
      if (code === CONFIG_FAULT) return onFault({ name, code, text: `${name} refuses its configuration` })
      if (Date.now() - startedAt > WELL_MS) waitMs = FIRST_WAIT_MS
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
