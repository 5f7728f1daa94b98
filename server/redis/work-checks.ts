import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import type { Sites } from './sites.ts'

/** Work that is due and not done shows here, whoever should be doing it (RELIABILITY D12, G7). */
export interface WorkChecks {
  /** Sites without a living keeper for longer than the grace. */
  keepers(): Promise<{ readonly ok: boolean; readonly detail: string }>
  /** Due timers that nobody fired. */
  timers(): Promise<{ readonly ok: boolean; readonly detail: string }>
}

const GRACE_MS = 15_000

export const openWorkChecks = ({ redis, keys, sites, now }: { readonly redis: Redis; readonly keys: Keys; readonly sites: Pick<Sites, 'list'>; readonly now: () => number }): WorkChecks => {
  const missingSince = new Map<string, number>()
  const redisNow = async (): Promise<number> => {
    const [seconds = '0'] = (await redis.sendCommand(['TIME'])) as unknown as readonly string[]
    return Number(seconds) * 1_000
  }
  const told = (what: string, sitesWith: readonly string[]) => ({ ok: sitesWith.length === 0, detail: sitesWith.length === 0 ? 'well' : `${what} at ${sitesWith.slice(0, 5).join(', ')}${sitesWith.length > 5 ? ` and ${sitesWith.length - 5} more` : ''}: are the workers running?` })

  return {
    keepers: async () => {
      const held = await Promise.all(sites.list().map(async ({ id }) => [id, (await redis.exists(keys.site(id).keeper)) === 1] as const))
      for (const [id, alive] of held) {
        if (alive) missingSince.delete(id)
        else if (!missingSince.has(id)) missingSince.set(id, now())
      }
      return told('no keeper', held.flatMap(([id]) => (now() - (missingSince.get(id) ?? now()) > GRACE_MS ? [id] : [])))
    },
    timers: async () => {
      const overdue = (await redisNow()) - GRACE_MS
      const late = await Promise.all(
        sites.list().map(async ({ id }) => {
          const { timersUrgent, timersRoutine } = keys.site(id)
          const counts = await Promise.all([timersUrgent, timersRoutine].map((key) => redis.zCount(key, '-inf', overdue)))
          return counts.some((count) => count > 0) ? [id] : []
        }),
      )
      return told('escalation timers are overdue', late.flat())
    },
  }
}
