/**
 * Loaded before a part's main module (`node --import`): when the supervisor is gone, its end of standard input closes and the part stops itself
 * in its own orderly way, with a hard end behind it. The other way round the supervisor hears every second that the part's loop turns (silence.mjs).
 */
import { url as debuggerAddress } from 'node:inspector'

const HARD_END_MS = 15_000
const BEAT_MS = 1_000

let ending = false
const end = () => {
  if (ending) return
  ending = true
  setTimeout(() => process.exit(1), HARD_END_MS).unref()
  process.kill(process.pid, 'SIGTERM')
}

process.stdin.on('end', end).on('close', end).on('error', end).resume()
process.stdin.unref?.()

let onTheWay = false
const beat = () => {
  // A supervisor that stands still reads nothing: one word waits for it, not one a second.
  if (!process.connected || onTheWay) return
  onTheWay = true
  process.send({ beat: { held: debuggerAddress() !== undefined } }, () => (onTheWay = false))
}
beat()
setInterval(beat, BEAT_MS).unref()
