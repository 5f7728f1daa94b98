import { clusterClient } from './connect-cluster.ts'
import { sentinelClient } from './connect-sentinel.ts'
import { type ConnectionOptions, plainClient, type Redis } from './plain-client.ts'

export type { ConnectionOptions, Redis } from './plain-client.ts'
export { scriptText } from './script.ts'

/** The one factory of Redis clients (RELIABILITY D11, L21-L23). */

const isSentinel = (url: string): boolean => /^rediss?\+sentinel:/.test(url)
export const isCluster = (url: string): boolean => /^rediss?-cluster:/.test(url)

/** An unconnected client. Errors are logged and never end the process; it reconnects until it is closed. */
export const connectionTo = (options: ConnectionOptions): Redis => {
  const client = isSentinel(options.url) ? sentinelClient(options) : isCluster(options.url) ? clusterClient(options) : plainClient(options)
  client.on('error', (error: Error) => options.log.warn({ connection: options.name, reason: error.message }, 'redis connection error'))
  return client
}

export const connect = async (options: ConnectionOptions): Promise<Redis> => {
  const client = connectionTo(options)
  await client.connect()
  return client
}
