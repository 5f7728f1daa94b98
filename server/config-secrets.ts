import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export type Secret = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly detail: string }

/** By its shape: an error of the file system need not be an `Error` of this realm. */
const reasonOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'unreadable')

/** The content of a file without its last line end. */
export const readSecretFile = (path: string): Secret => {
  try {
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
    return value === '' ? { ok: false, detail: `the file ${path} is empty` } : { ok: true, value }
  } catch (error) {
    return { ok: false, detail: `the file ${path} cannot be read (${reasonOf(error)})` }
  }
}

const fileExists = (error: unknown): boolean => reasonOf(error) === 'EEXIST'

/** Also where the folder itself could not be made. */
const discard = (path: string): void => {
  try {
    rmSync(path, { force: true })
  } catch {
    // It was never there.
  }
}

/**
 * The secret at `path`, made from 32 random bytes when the file is absent. Server and workers may start at the same
 * moment: a whole file is linked into place, so that one of them wins and both read the same.
 */
export const madeSecret = (path: string): Secret => {
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(own, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    try {
      linkSync(own, path)
    } catch (error) {
      if (!fileExists(error)) throw error
    }
  } catch (error) {
    return { ok: false, detail: `cannot be made in ${dirname(path)} (${reasonOf(error)}): make DATA_DIR writable or set it in the environment` }
  } finally {
    discard(own)
  }
  return readSecretFile(path)
}
