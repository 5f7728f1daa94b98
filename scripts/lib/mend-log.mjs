import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

const CHUNK = 1024 * 1024
const STAR = 0x2a
const DOLLAR = 0x24
const HASH = 0x23
const LINE_END = 0x0a

/** A number and where the next thing begins; null: it goes on beyond the buffer. */
const numberAt = (buffer, at) => {
  const end = buffer.indexOf(LINE_END, at)
  return end < 0 ? null : { number: Number(buffer.toString('latin1', at, end - 1)), next: end + 1 }
}

/** One command: where it ends, and its name if it has no arguments. `short`: it goes on beyond the buffer; `foreign`: it is none. */
const commandAt = (buffer, at) => {
  if (at >= buffer.length) return 'short'
  if (buffer[at] === HASH) {
    const end = buffer.indexOf(LINE_END, at)
    return end < 0 ? 'short' : { end: end + 1, name: '' }
  }
  if (buffer[at] !== STAR) return 'foreign'
  const count = numberAt(buffer, at + 1)
  if (count === null) return 'short'
  if (!(count.number > 0)) return 'foreign'
  let [next, name] = [count.next, '']
  for (let index = 0; index < count.number; index += 1) {
    if (next >= buffer.length) return 'short'
    if (buffer[next] !== DOLLAR) return 'foreign'
    const length = numberAt(buffer, next + 1)
    if (length === null) return 'short'
    if (!(length.number >= 0)) return 'foreign'
    next = length.next + length.number + 2
    if (next > buffer.length) return 'short'
    if (count.number === 1) name = buffer.toString('latin1', length.next, next - 2).toUpperCase()
  }
  return { end: next, name }
}

/** Where the transaction begins in which a log of commands ends; null: it ends in none, or is damaged before its end, which is not ours to judge. */
const openTransactionAt = (file) => {
  const handle = openSync(file, 'r')
  try {
    let [buffer, from, at, open] = [Buffer.alloc(0), 0, 0, null]
    for (;;) {
      const command = commandAt(buffer, at)
      if (command === 'foreign') return null
      if (command === 'short') {
        // What is left of a large command grows by doubling, so that it is not copied for each piece.
        const more = Buffer.alloc(Math.max(CHUNK, buffer.length - at))
        const read = readSync(handle, more, 0, more.length, null)
        if (read === 0) return open
        buffer = Buffer.concat([buffer.subarray(at), more.subarray(0, read)])
        ;[from, at] = [from + at, 0]
        continue
      }
      if (command.name === 'MULTI') open = from + at
      if (command.name === 'EXEC') open = null
      at = command.end
    }
  } finally {
    closeSync(handle)
  }
}

const lastLog = (folder) => {
  const manifest = join(folder, 'appendonlydir', 'appendonly.aof.manifest')
  const [name] = existsSync(manifest) ? [...readFileSync(manifest, 'utf8').matchAll(/^file (\S+) seq \d+ type i\b/gm)].map((found) => found[1]).slice(-1) : []
  const file = name === undefined ? null : join(folder, 'appendonlydir', name)
  return file !== null && existsSync(file) ? file : null
}

/**
 * Before each start of a Redis on this folder. One that is killed while it writes a script leaves a torn transaction at the end of its log.
 * It drops the torn command and not what stands before it in the transaction, and its next start carries half a script out: an event
 * without the timer, the message and the record that belong to it. Says how many bytes it took away.
 */
export const mendLog = (folder) => {
  const file = lastLog(folder)
  const open = file === null ? null : openTransactionAt(file)
  if (file === null || open === null) return 0
  const { size } = statSync(file)
  truncateSync(file, open)
  return size - open
}
