import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Passwords: scrypt with its parameters in the hash, at most two at a time (32 MiB and about 250 ms each). */

const N = 2 ** 15
const R = 8
const P = 3
const LENGTH = 32
const MOST_AT_ONCE = 2

let running = 0
const waiting: (() => void)[] = []

const derive = async (password: string, salt: Buffer, n: number, r: number, p: number): Promise<Buffer> => {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    return await new Promise((resolve, reject) => scrypt(password, salt, LENGTH, { N: n, r, p, maxmem: 256 * n * r }, (error, key) => (error === null ? resolve(key) : reject(error))))
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}

export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16)
  return `scrypt$${N}$${R}$${P}$${salt.toString('base64')}$${(await derive(password, salt, N, R, P)).toString('base64')}`
}

/** A hash of nothing: an unknown account costs the same time as a wrong password. */
const nobody = `scrypt$${N}$${R}$${P}$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(LENGTH).toString('base64')}`

export const verifyPassword = async (password: string, stored: string | null): Promise<boolean> => {
  const [, n, r, p, salt = '', hash = ''] = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(stored ?? nobody) ?? []
  const right = Buffer.from(hash, 'base64')
  const given = await derive(password, Buffer.from(salt, 'base64'), Number(n), Number(r), Number(p))
  return stored !== null && right.length === given.length && timingSafeEqual(right, given)
}

/** True when a password was hashed with other parameters than today's. */
export const isOutdated = (stored: string): boolean => !stored.startsWith(`scrypt$${N}$${R}$${P}$`)

const listFile = `${import.meta.dirname.replace(/([\\/])dist([\\/])server([\\/])access$/, '$1server$3access')}/common-passwords.txt`
let list: ReadonlySet<string> | null = null
const common = (): ReadonlySet<string> => (list ??= new Set(readFileSync(listFile, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'))))

const SHORTEST = 12
const LONGEST = 256

/** Why a new password is refused, in words; null: accepted. Compared exactly as sent: nothing is trimmed, folded or normalised. */
export const passwordFault = (password: string, username: string): string | null => {
  const length = [...password].length
  if (length < SHORTEST) return `must have at least ${SHORTEST} characters`
  if (length > LONGEST) return `must have at most ${LONGEST} characters`
  const plain = password.toLowerCase()
  // "password2026!" is "password", and "welcomewelcome" is "welcome".
  const word = plain.replace(/^[\d\s\p{P}\p{S}]+|[\d\s\p{P}\p{S}]+$/gu, '')
  const repeated = /^(.+?)\1+$/u.exec(plain)?.[1] ?? plain
  if ([plain, word, repeated].some((part) => common().has(part)) || word === '' || new Set(plain).size < 5) return 'is one of the passwords that are tried first: choose several words that do not belong together'
  const own = username.toLowerCase()
  if (plain.includes('floorwatch') || (own.length >= 4 && plain.includes(own))) return 'must not hold the sign-in name or the name of the product'
  return null
}
