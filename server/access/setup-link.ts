import { createHash, randomBytes } from 'node:crypto'
import type { Redis } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { sameSecret } from './administrator.ts'

const livesMs = 15 * 60_000

/** One token that lets whoever started the server make the first administrator; told once, used once. */
export interface SetupLink {
  /** A fresh token; earlier ones end. */
  create(): Promise<string>
  /** True once, for the right token within its time. */
  use(token: string): Promise<boolean>
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

export const openSetupLink = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): SetupLink => ({
  create: async () => {
    const token = randomBytes(32).toString('base64url')
    await redis.set(keys.setup, hashOf(token), { expiration: { type: 'PX', value: livesMs } })
    return token
  },
  use: async (token) => {
    const right = await redis.get(keys.setup)
    if (right === null || !sameSecret(hashOf(token), right)) return false
    // Two at once: the one whose delete took it away has it.
    return (await redis.del(keys.setup)) === 1
  },
})
