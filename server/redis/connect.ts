import { clusterClient } from './connect-cluster.ts'
import { sentinelClient } from './connect-sentinel.ts'
import { type ConnectionOptions, plainClient, type Redis } from './plain-client.ts'

export type { ConnectionOptions, Redis } from './plain-client.ts'
export { scriptText } from './script.ts'

/** The one factory of Redis clients (RELIABILITY D11, L21-L23). */

const isSentinel = (url: string): boolean => /^rediss?\+sentinel:/.test(url)
export const isCluster = (url: string): boolean => /^rediss?-cluster:/.test(url)

/** Longer than any pause between two tries. */
const SAME_CUT_MS = 10_000

/** A connection that is cut says so once, and once when it is back: each try in between fails for the same reason. */
const tellOfCuts = (client: Redis, { name, log }: ConnectionOptions): void => {
  let cut: { readonly since: number; readonly last: number; readonly errors: number } | null = null
  client.on('error', (error: Error) => {
    const at = performance.now()
    const known = cut !== null && at - cut.last < SAME_CUT_MS ? cut : null
    cut = { since: known?.since ?? at, last: at, errors: (known?.errors ?? 0) + 1 }
    log[known === null ? 'warn' : 'debug']({ connection: name, reason: error.message }, 'redis connection error')
  })
  client.on('ready', () => {
    if (cut !== null) log.info({ connection: name, awayMs: Math.round(performance.now() - cut.since), errors: cut.errors }, 'redis connection is back')
    cut = null
  })
}

/** An unconnected client. Errors are logged and never end the process; it reconnects until it is closed. */
export const connectionTo = (options: ConnectionOptions): Redis => {
  const client = isSentinel(options.url) ? sentinelClient(options) : isCluster(options.url) ? clusterClient(options) : plainClient(options)
  tellOfCuts(client, options)
  return client
}

export const connect = async (options: ConnectionOptions): Promise<Redis> => {
  const client = connectionTo(options)
  await client.connect()
  return client
}
