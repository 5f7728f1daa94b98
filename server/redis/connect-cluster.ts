import { createCluster } from 'redis'
import { clientOptions, type ConnectionOptions, type Redis } from './plain-client.ts'

/** `redis-cluster://[user:password@]host:port[,host:port...]`; `rediss-cluster://` for TLS. */
export const parseClusterUrl = (url: string) => {
  const match = /^(rediss?)-cluster:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/]+)\/?$/.exec(url)
  if (!match) throw new Error('A Cluster address has the form redis-cluster://[user:password@]host:port[,host:port]')
  const [, scheme, user, password, hosts = ''] = match
  return {
    tls: scheme === 'rediss',
    nodes: hosts.split(',').map((host) => ({ url: `${scheme}://${host}` })),
    credentials: { ...(user ? { username: decodeURIComponent(user) } : {}), ...(password ? { password: decodeURIComponent(password) } : {}) },
  }
}

/** A client of a Cluster. Every command and script of the product keeps to one site's slot, so the surface is a plain client's. */
export const clusterClient = (options: ConnectionOptions): Redis => {
  const { tls, nodes, credentials } = parseClusterUrl(options.url)
  const { commandOptions, RESP, socket, ...node } = clientOptions(options)
  const cluster = createCluster({
    rootNodes: nodes,
    RESP,
    commandOptions,
    defaults: { ...node, ...credentials, socket: { ...socket, ...(tls ? { tls: true as const } : {}) }, pingInterval: (options.kind ?? 'command') === 'command' ? 1_000 : 0 },
  })
  // Raw commands go to the node of their first key, which is always the second word here (GET k, XREAD is typed).
  return new Proxy(cluster, {
    get: (target, name) => {
      if (name === 'sendCommand') return (args: readonly string[]) => target.sendCommand(args[1], false, [...args])
      if (name === 'isReady') return target.isOpen
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  }) as unknown as Redis
}
