import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from './plain-client.ts'

const field = (info: string, name: string): string => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? ''

/** Writes the append-only file anew, without what was dropped; resolves when that is on the disk. */
export const rewriteAppendOnlyFile = async (redis: Redis, withinMs = 60_000): Promise<void> => {
  const persistence = async () => String(await redis.sendCommand(['INFO', 'persistence']))
  const busy = (info: string) => field(info, 'aof_rewrite_in_progress') !== '0' || field(info, 'aof_rewrite_scheduled') !== '0'
  const ends = performance.now() + withinMs
  const settled = async () => {
    for (;;) {
      const info = await persistence()
      if (!busy(info)) return info
      if (performance.now() > ends) throw new Error(`the append-only file was not rewritten within ${withinMs / 1000} s`)
      await sleep(50)
    }
  }
  if (field(await persistence(), 'aof_enabled') !== '1') return
  // One that is under way may have begun before the last change.
  await settled()
  await redis.sendCommand(['BGREWRITEAOF'])
  if (field(await settled(), 'aof_last_bgrewrite_status') !== 'ok') throw new Error('the append-only file could not be rewritten: see the log of Redis')
}
