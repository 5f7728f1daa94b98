import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { say } from './say.mjs'

const ROTATE_AT = 5 * 1024 * 1024
const levels = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warning', 50: 'error', 60: 'fatal' }
const ownFields = new Set(['level', 'time', 'pid', 'hostname', 'part', 'msg', 'err'])

/** One line of a part as a person reads it, or null when it is of no interest in the terminal. */
export const forTerminal = (name, line, leastLevel) => {
  const entry = parsed(line)
  if (entry === null) return line.trim() === '' ? null : `  ${name}: ${line}`
  if (typeof entry.say === 'string') return entry.say
  if (!(entry.level >= leastLevel)) return null
  const more = Object.entries(entry).filter(([key]) => !ownFields.has(key)).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const stack = entry.err?.stack ? `\n    ${entry.err.stack.replaceAll('\n', '\n    ')}` : ''
  return `  ${name}: ${levels[entry.level] ?? entry.level}: ${[entry.msg, ...more].filter(Boolean).join(' ')}${stack}`
}

const parsed = (line) => {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** What is said to people once (a sign-in link) is no log line: it may be a secret. */
const isSaid = (line) => typeof parsed(line)?.say === 'string'

/** Keeps a part's lines in `DATA_DIR/logs/NAME.log` (two files of 5 MB) and shows what matters and is not said otherwise (`hides`). Also remembers the last lines for a message. */
export const partLog = ({ folder, name, leastLevel, show = say, hides = () => false }) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${name}.log`)
  let file = openSync(path, 'a', 0o600)
  let size = fstatSync(file).size
  const last = []
  const write = (line) => {
    if (size > ROTATE_AT) {
      closeSync(file)
      renameSync(path, `${path}.1`)
      file = openSync(path, 'a', 0o600)
      size = 0
    }
    size += writeSync(file, `${line}\n`)
  }
  const take = (line) => {
    if (!isSaid(line)) {
      try {
        write(line)
      } catch {
        // a full disk must not end the parts; Redis says it where it counts
      }
      last.push(line)
      if (last.length > 20) last.shift()
    }
    const entry = parsed(line)
    if (entry !== null && hides(name, entry)) return
    const text = forTerminal(name, line, leastLevel)
    if (text !== null) show(text, isSaid(line))
  }
  return {
    last: (count = last.length) => last.slice(-count).map((line) => forTerminal(name, line, 0) ?? line).join('\n'),
    follow: (stream) => {
      let rest = ''
      stream.setEncoding('utf8').on('data', (chunk) => {
        const lines = (rest + chunk).split('\n')
        rest = (lines.pop() ?? '').slice(-65_536)
        lines.forEach(take)
      })
      stream.on('end', () => rest && take(rest)).on('error', () => {})
    },
  }
}
