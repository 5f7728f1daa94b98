import { readBackupFile } from './backup-lines.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { writeParts } from './raw-values.ts'
import { siteIds } from './sites.ts'

export interface RestoreSummary {
  readonly keys: number
  readonly sites: number
  /** Messages that were sent since the backup was made, and are not sent again. */
  readonly sentSince: number
}

/** What was sent of a site until now. */
interface Sent {
  readonly site: string
  readonly rows: Readonly<Record<string, string>>
  readonly steps: Readonly<Record<string, string>>
  readonly order: readonly { readonly value: string; readonly score: number }[]
  readonly waiting: ReadonlySet<string>
}

const PIPELINE = 200

export const openRestore = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }) => {
  const everyKey = async function* (): AsyncGenerator<string[]> {
    for await (const page of redis.scanIterator({ MATCH: `${keys.prefix}:*`, COUNT: 1_000 })) if (page.length > 0) yield page
  }
  const sentUntilNow = async (): Promise<readonly Sent[]> =>
    Promise.all(
      (await siteIds({ redis, keys })).map(async (site) => {
        const at = keys.site(site)
        const [rows, steps, order, waiting] = await Promise.all([redis.hGetAll(at.notifications), redis.hGetAll(at.notificationSteps), redis.zRangeWithScores(at.notificationOrder, 0, -1), redis.hKeys(at.outbox)])
        return { site, rows, steps, order, waiting: new Set(waiting) }
      }),
    )
  /** The key of a message is remembered for good: one that was sent since is known, so its level fires without telling anybody twice. */
  const keepSent = async ({ site, rows, steps, order, waiting }: Sent): Promise<number> => {
    const at = keys.site(site)
    let kept = 0
    for (const { value: id, score } of order) {
      const [row, step] = [rows[id], steps[id]]
      if (row === undefined || waiting.has(id)) continue
      const fresh = await redis.hSetNX(at.notifications, id, row)
      if (step !== undefined) await redis.hSet(at.notificationSteps, id, step)
      if (fresh) await redis.zAdd(at.notificationOrder, { value: id, score })
      const wasWaiting = await redis.hDel(at.outbox, id)
      await Promise.all([redis.zRem(at.outboxDue, id), redis.hDel(at.outboxLeases, id)])
      if (fresh || wasWaiting > 0) kept += 1
    }
    return kept
  }
  const write = async (path: string): Promise<number> => {
    const names = new Set<string>()
    let sent: Promise<unknown>[] = []
    for await (const { key, kind, expiresAt, parts } of readBackupFile(path)) {
      if (expiresAt !== undefined && expiresAt <= Date.now()) continue
      const name = `${keys.prefix}:${key}`
      names.add(name)
      for (const command of writeParts(name, kind, parts)) sent.push(redis.sendCommand([...command]))
      if (expiresAt !== undefined) sent.push(redis.sendCommand(['PEXPIREAT', name, String(expiresAt)]))
      if (sent.length < PIPELINE) continue
      await Promise.all(sent)
      sent = []
    }
    await Promise.all(sent)
    return names.size
  }

  return {
    /** Whether Redis holds an installation that would be replaced. */
    occupied: async (): Promise<boolean> => {
      for await (const page of everyKey()) if (page.some((key) => key !== keys.probe)) return true
      return false
    },
    /** Replaces all keys by those of the backup. Epochs are not part of it, so every screen and every reader loads again. */
    run: async (path: string): Promise<RestoreSummary> => {
      // Read to its end before anything is touched.
      for await (const _line of readBackupFile(path)) continue
      const sent = await sentUntilNow()
      for await (const page of everyKey()) await redis.unlink(page)
      const count = await write(path)
      const sites = new Set(await siteIds({ redis, keys }))
      let sentSince = 0
      for (const one of sent) if (sites.has(one.site)) sentSince += await keepSent(one)
      return { keys: count, sites: sites.size, sentSince }
    },
  }
}
