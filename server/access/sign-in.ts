import { createHash } from 'node:crypto'
import { problem, type ProblemError } from '../http/problem.ts'
import { usernameKey, type User, type Users } from '../redis/users.ts'
import { countAttempts } from './attempts.ts'
import { deviceOf } from './cookies.ts'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'

const windowMs = 15 * 60_000
/** Failures within the window: by one address for one account, by one address for all, by all addresses for one account. */
const most = { pair: 10, address: 100, account: 100, device: 20 } as const

export interface SignInDeps {
  readonly users: Users
  readonly sessionSecret: string
  readonly now: () => number
}

export type SignIn = (given: { readonly username: string; readonly password: string; readonly address: string; readonly device: string | null }) => Promise<User>

const refused = (): ProblemError => problem(401, 'sign_in_refused', 'the name or the password is wrong')
const tooOften = (ms: number): ProblemError => problem(429, 'sign_in_throttled', 'too many failed tries; wait before the next').with({ 'retry-after': String(Math.ceil(ms / 1_000)) })

/**
 * The account of a right name and password. Unknown, disabled and wrong get one answer in one time. Tries are throttled by
 * address and account; a browser that signed in to the account before has a count of its own, so that strangers lock nobody out.
 */
export const openSignIn = ({ users, sessionSecret, now }: SignInDeps): SignIn => {
  const pairs = countAttempts({ most: most.pair, withinMs: windowMs, now })
  const addresses = countAttempts({ most: most.address, withinMs: windowMs, now })
  const accounts = countAttempts({ most: most.account, withinMs: windowMs, now })
  const devices = countAttempts({ most: most.device, withinMs: windowMs, now })

  return async ({ username, password, address, device }) => {
    const account = createHash('sha256').update(usernameKey(username)).digest('base64url')
    const user = users.byUsername(username)
    const known = user === null ? null : deviceOf(sessionSecret, device, user.id)
    const pair = `${account} ${address}`
    const wait = known !== null ? devices.waitFor(known) : Math.max(pairs.waitFor(pair), addresses.waitFor(address), accounts.waitFor(account))
    if (wait > 0) throw tooOften(wait)
    const counted = known !== null ? [[devices, known] as const] : [[pairs, pair] as const, [addresses, address] as const, [accounts, account] as const]
    for (const [attempts, key] of counted) attempts.tried(key)
    const right = await verifyPassword(password, user?.password ?? null)
    if (!right || user === null || user.disabled) throw refused()
    for (const [attempts, key] of counted) attempts.takeBack(key)
    pairs.forget(pair)
    if (user.password !== null && isOutdated(user.password)) await users.change(user.id, { password: await hashPassword(password) })
    return user
  }
}
