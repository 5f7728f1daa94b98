import { instantOf, type Instant } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import { openIncidentWakes } from '../../server/redis/incident-wakes.ts'
import type { Keys } from '../../server/redis/keys.ts'

/** News that a timer or a delivery was written. What is missed while the connection is away, the sweeper finds. */
export interface Wakes {
  onWake(heard: (site: string, at: Instant) => void): () => void
  onReconnect(back: () => void): () => void
  close(): Promise<void>
}

export const openWakes = async ({ url, keys, log }: { readonly url: string; readonly keys: Keys; readonly log: Logger }): Promise<Wakes> => {
  const listeners = new Set<(site: string, at: Instant) => void>()
  const returns = new Set<() => void>()
  const subscription = await openIncidentWakes({
    url,
    keys,
    log,
    heard: (text) => {
      const space = text.lastIndexOf(' ')
      for (const listener of listeners) listener(text.slice(0, space), instantOf(Number(text.slice(space + 1))))
    },
    back: () => {
      for (const listener of returns) listener()
    },
  })
  const member = <T>(set: Set<T>, item: T) => {
    set.add(item)
    return () => void set.delete(item)
  }
  return { onWake: (heard) => member(listeners, heard), onReconnect: (back) => member(returns, back), close: subscription.close }
}
