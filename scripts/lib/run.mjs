import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** Places where package managers put programs although PATH may not name them. */
const usualPlaces = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin', '/snap/bin']

/** Full path of the first of these programs, or null. */
export const which = (...names) => {
  for (const name of names) {
    for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...usualPlaces]) {
      const path = isAbsolute(name) ? name : join(folder, name)
      try {
        accessSync(path, constants.X_OK)
        if (statSync(path).isFile()) return path
      } catch {
        // not there: try the next place
      }
    }
  }
  return null
}

const guard = join(root, 'scripts/lib/guard.mjs')

/**
 * Runs a program to its end; resolves `{ code, output }` with the last 64 kB of what it said. Never throws for an exit code.
 * It runs under the guard: when we are ended or killed meanwhile, so is it.
 */
export const run = (command, args, { env = process.env } = {}) =>
  new Promise((settle) => {
    const child = spawn(process.execPath, [guard, command, ...args], { cwd: root, env, stdio: ['pipe', 'pipe', 'pipe'] })
    let output = ''
    const take = (chunk) => (output = (output + chunk).slice(-65_536))
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.on('error', (error) => settle({ code: 127, output: `${command}: ${error.message}` }))
    child.on('close', (code, signal) => {
      settle({ code: code ?? 1, output: signal ? `${output}\n${command} was ended by ${signal}` : output })
    })
  })

/** What a short program answers, or null when it cannot be run or fails. */
export const answerOf = (command, args) => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 })
  return status === 0 ? stdout.trim() : null
}

/** npm as it was called, so that the same version installs what the lock file names. */
export const npm = () => (process.env.npm_execpath ? { command: process.execPath, args: [process.env.npm_execpath] } : { command: which('npm') ?? 'npm', args: [] })

const indented = (lines) => lines.map((line) => `    ${line}`).join('\n')

/** The end of a program's output, for the message of a failure. */
export const tailOf = (output, lines = 25) => indented(output.trimEnd().split('\n').slice(-lines))

/** Beginning and end: some programs say what is wrong first and how they are used afterwards. */
export const endsOf = (output, lines = 24) => {
  const all = output.trimEnd().split('\n')
  return indented(all.length <= lines ? all : [...all.slice(0, lines / 2), '[...]', ...all.slice(-lines / 2)])
}
