import { createHash, randomBytes } from 'node:crypto'
import type { Redis } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'

const livesMs = 15 * 60_000

/** Tokens that let whoever started the server make the first administrator; each told once, the first use ends them all. */
export interface SetupLink {
  /** A fresh token. Earlier ones live on: a server that comes up again must not spoil the link that is on the terminal already. */
  create(): Promise<string>
  /** True once, for a right token within its time. */
  use(token: string): Promise<boolean>
}

/** Looked up by its hash: how long that takes tells nothing of a token. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

export const openSetupLink = ({ redis, keys, now }: { readonly redis: Redis; readonly keys: Keys; readonly now: () => number }): SetupLink => ({
  create: async () => {
    const token = randomBytes(32).toString('base64url')
    await redis.multi().zAdd(keys.setup, { value: hashOf(token), score: now() + livesMs }).zRemRangeByScore(keys.setup, '-inf', now()).pExpire(keys.setup, livesMs).exec()
    return token
  },
  use: async (token) => {
    const endsAt = await redis.zScore(keys.setup, hashOf(token))
    if (endsAt === null || endsAt <= now()) return false
    // Two at once: the one whose delete took it away has it.
    return (await redis.del(keys.setup)) === 1
  },
})
