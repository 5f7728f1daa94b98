/**
 * Loaded before a part's main module (`node --import`): when the supervisor is gone, its end of standard input closes and the part stops itself
 * in its own orderly way, with a hard end behind it.
 */
const HARD_END_MS = 15_000

let ending = false
const end = () => {
  if (ending) return
  ending = true
  setTimeout(() => process.exit(1), HARD_END_MS).unref()
  process.kill(process.pid, 'SIGTERM')
}

process.stdin.on('end', end).on('close', end).on('error', end).resume()
process.stdin.unref?.()
