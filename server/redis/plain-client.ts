import { createClient } from 'redis'
import type { Logger } from '../log.ts'
import { watchReplies } from './watch-replies.ts'

export interface ConnectionOptions {
  /** `redis://`, `rediss://`, `unix://`, `redis+sentinel://host:port,host:port/master`, `redis-cluster://host:port,host:port`. */
  readonly url: string
  /** Seen in CLIENT LIST. */
  readonly name: string
  readonly log: Logger
  /**
   * `command` clients give up after 3 s without a reply. `blocking` ones may wait 10 s in one read and keep what is asked of them while
   * Redis is away (BullMQ expects it); `reader` ones refuse instead, so that nothing is read on a new connection unchecked.
   */
  readonly kind?: 'command' | 'blocking' | 'reader'
}

/** What every client of every topology is made with. */
export const clientOptions = ({ name, kind = 'command' }: ConnectionOptions) => ({
  name,
  RESP: 2 as const,
  // The library's own command timeout costs an AbortSignal per command: 4.6 times the CPU (PERFORMANCE 2a).
  commandOptions: { timeout: undefined },
  // Commands say no at once while Redis is away: whoever asked decides what to do with the time that is left.
  disableOfflineQueue: kind !== 'blocking',
  commandsQueueMaxLength: 100_000,
  // A client that is only now and then asked to add a job is silent for longer than the socket may be; a ping in time keeps it.
  ...(kind === 'blocking' ? { pingInterval: 5_000 } : {}),
  socket: {
    connectTimeout: 2_000,
    // Counts silence in both directions, so it ends idle half-dead connections; `watchReplies` ends busy ones.
    socketTimeout: kind === 'command' ? 3_000 : 15_000,
    // At most half a second: everything of the product says 503 until its connection is back.
    reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 4), 450) + Math.floor(Math.random() * 50),
  },
})

/** A client of one Redis. */
export const plainClient = (options: ConnectionOptions) => {
  const client = createClient({ url: options.url, ...clientOptions(options) })
  if ((options.kind ?? 'command') === 'command') watchReplies(client, options)
  return client
}

export type Redis = ReturnType<typeof plainClient>
