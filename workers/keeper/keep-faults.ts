import type { Logger } from '../../server/log.ts'
import type { Redis } from '../../server/redis/connect.ts'
import type { Keys } from '../../server/redis/keys.ts'
import type { Kept, KeeperPart } from './keeper.ts'

/** Remembers entries that no fold could read, by id and reason, for the status page and the runbook. */
export const keepFaults = ({ redis, keys, log }: { readonly redis: Redis; readonly keys: Keys; readonly log: Logger }): KeeperPart => async ({ site, replica }: Kept) => {
  const note = ({ entry, reason }: { readonly entry: string; readonly reason: string }) =>
    redis.hSet(keys.site(site).quarantine, entry, reason).then(() => undefined, (error: Error) => log.warn({ site, entry, reason: error.message }, 'a quarantined entry could not be noted'))
  for (const fault of replica.faults()) await note(fault)
  const quiet = replica.onFault((fault) => void note(fault))
  return { close: async () => quiet() }
}
