/**
 * Runs one program that knows nothing of us and ends it when the lifeline (standard input) closes, whoever held it and however they went.
 * usage: node guard.mjs PROGRAM [ARGUMENT...]
 */
import { spawn } from 'node:child_process'

const GRACE_MS = 15_000
const [program, ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })

let ending = false
const end = () => {
  if (ending) return
  ending = true
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref()
}

child.on('error', (error) => {
  process.stderr.write(`${program} could not be started: ${error.message}\n`)
  process.exit(127)
})
// Under the guard's own signal the supervisor would not know why; the exit code tells all it needs.
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end)
process.stdin.on('end', end).on('close', end).on('error', end).resume()
