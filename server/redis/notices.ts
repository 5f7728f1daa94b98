import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import { connect } from './connect.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/**
 * Short words between processes: "sites changed", "settings of x changed", "user y lost rights". A stream and not pub/sub,
 * so that a process that was away for a moment hears what it missed. Kept short: whoever starts reads the tables, not this.
 */
export interface Notices {
  readonly publish: (topic: string, text: string) => Promise<void>
  /** Called with each notice of the topic from now on, one's own included; gives a function that ends it. */
  readonly on: (topic: string, heard: (text: string) => void) => () => void
  readonly close: () => Promise<void>
}

const KEPT = 1_000
const BLOCK_MS = 5_000

export const openNotices = async ({ url, redis, keys, log }: { readonly url: string; readonly redis: Redis; readonly keys: Keys; readonly log: Logger }): Promise<Notices> => {
  const reader = await connect({ url, name: 'notices', log, kind: 'blocking' })
  const listeners = new Map<string, Set<(text: string) => void>>()
  let position = (await redis.xRevRange(keys.notices, '+', '-', { COUNT: 1 }))?.[0]?.id ?? '0-0'
  let open = true

  const hear = ({ topic = '', text = '' }: Readonly<Record<string, string>>) => {
    for (const listener of listeners.get(topic) ?? []) listener(text)
  }
  const readOnce = async () => {
    const reply = (await reader.xRead({ key: keys.notices, id: position }, { BLOCK: BLOCK_MS, COUNT: 100 })) as readonly { readonly messages: readonly { readonly id: string; readonly message: Record<string, string> }[] }[] | null
    for (const { id, message } of reply?.[0]?.messages ?? []) {
      position = id
      hear(message)
    }
  }
  const reading = (async () => {
    while (open) {
      try {
        await readOnce()
      } catch {
        // The connection's own log says why; what was missed is read when it is back.
        if (open) await sleep(200)
      }
    }
  })()

  return {
    publish: async (topic, text) => void (await redis.xAdd(keys.notices, '*', { topic, text }, { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: KEPT } })),
    on: (topic, heard) => {
      const heardBy = listeners.get(topic) ?? new Set()
      listeners.set(topic, heardBy.add(heard))
      return () => void heardBy.delete(heard)
    },
    close: async () => {
      open = false
      reader.destroy()
      await reading
    },
  }
}
