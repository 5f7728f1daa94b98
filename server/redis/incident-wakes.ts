import type { Logger } from '../log.ts'
import { connect } from './connect.ts'
import type { Keys } from './keys.ts'

export interface WakeSubscription {
  readonly url: string
  readonly keys: Keys
  readonly log: Logger
  /** `site instant` */
  readonly heard: (text: string) => void
  /** The connection came back: something may have been missed. */
  readonly back: () => void
}

/** An idle subscriber must say something, or its socket timeout ends it. */
const PING_MS = 4_000

/** A connection of its own: one that listens cannot ask. It subscribes anew by itself after each reconnect. */
export const openIncidentWakes = async ({ url, keys, log, heard, back }: WakeSubscription): Promise<{ close(): Promise<void> }> => {
  const subscriber = await connect({ url, name: 'wakes', log, kind: 'blocking' })
  await subscriber.subscribe(keys.wake, heard)
  subscriber.on('ready', back)
  const beat = setInterval(() => void subscriber.ping().catch(() => undefined), PING_MS).unref()
  return {
    close: async () => {
      clearInterval(beat)
      if (subscriber.isOpen) subscriber.destroy()
    },
  }
}
