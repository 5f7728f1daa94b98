import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { answerOf } from './run.mjs'

/** A lock of another machine (shared folder, a container's earlier life) is alive while it is touched. */
const TOUCH_MS = 2_000
const FOREIGN_STALE_MS = 15_000

/** Tells a process from a later one with the same number. */
const birthOf = (pid) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return process.platform === 'linux' ? null : answerOf('ps', ['-o', 'lstart=', '-p', String(pid)])
  }
}

const isRunning = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const readHolder = (path) => {
  try {
    return { ...JSON.parse(readFileSync(path, 'utf8')), touchedAt: statSync(path).mtimeMs }
  } catch (error) {
    // A file that is there but cannot be read as ours is being written this instant, or was cut by a power loss: not alive.
    return error.code === 'ENOENT' ? null : { pid: 0, host: hostname(), birth: null, touchedAt: 0 }
  }
}

/** The clock of the folder's file system, which on a network is not ours. */
const folderNow = (path) => {
  const probe = `${path}.${process.pid}.probe`
  writeFileSync(probe, '')
  const { mtimeMs } = statSync(probe)
  rmSync(probe, { force: true })
  return mtimeMs
}

const isAlive = (path, holder) => {
  if (holder.host !== hostname()) return folderNow(path) - holder.touchedAt < FOREIGN_STALE_MS
  return holder.pid > 0 && isRunning(holder.pid) && birthOf(holder.pid) === holder.birth
}

/** Who holds the lock now, or null. */
export const holderOf = (path) => {
  const holder = readHolder(path)
  return holder !== null && isAlive(path, holder) ? holder : null
}

/**
 * Takes the lock: `{ release }`, or `{ holder }` when somebody alive has it.
 * The file appears whole (written aside, then linked), so that nobody reads half of it.
 */
export const takeLock = (path, about = {}) => {
  mkdirSync(dirname(path), { recursive: true })
  const aside = `${path}.${process.pid}`
  writeFileSync(aside, JSON.stringify({ pid: process.pid, birth: birthOf(process.pid), host: hostname(), since: new Date().toISOString(), ...about }), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        linkSync(aside, path)
        return heldLock(path)
      } catch (error) {
        if (error.code !== 'EEXIST') throw error
      }
      const holder = readHolder(path)
      if (holder === null) continue
      if (isAlive(path, holder)) return { holder }
      removeDead(path, holder)
    }
  } finally {
    rmSync(aside, { force: true })
  }
  return { holder: readHolder(path) ?? { pid: 0 } }
}

/** Two starters may find the same dead lock: it is moved away first, and given back when it turns out to be a new one. */
const removeDead = (path, dead) => {
  const moved = `${path}.${process.pid}.dead`
  try {
    renameSync(path, moved)
  } catch {
    return
  }
  const found = readHolder(moved)
  if (found !== null && (found.pid !== dead.pid || found.birth !== dead.birth)) {
    try {
      linkSync(moved, path)
    } catch {
      // a third one has it by now
    }
  }
  rmSync(moved, { force: true })
}

const heldLock = (path) => {
  const touch = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // the folder was taken away; the parts say so themselves
    }
  }, TOUCH_MS)
  touch.unref()
  return {
    holder: null,
    release: () => {
      clearInterval(touch)
      if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true })
    },
  }
}
