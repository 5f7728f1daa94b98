import { createSentinel } from 'redis'
import { clientOptions, type ConnectionOptions, type Redis } from './plain-client.ts'

const nodesOf = (hosts: string, port: number) =>
  hosts.split(',').map((host) => {
    const [name = '', own] = host.split(':')
    return { host: name, port: own ? Number(own) : port }
  })

/** `redis+sentinel://[user:password@]host:port[,host:port...]/master[/database]`; `rediss+sentinel://` for TLS to all nodes. */
export const parseSentinelUrl = (url: string) => {
  const match = /^(rediss?)\+sentinel:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/]+)(?:\/([^/?#]*))?(?:\/(\d+))?$/.exec(url)
  if (!match) throw new Error('A Sentinel address has the form redis+sentinel://[user:password@]host:port[,host:port]/master')
  const [, scheme, user, password, hosts = '', master, database] = match
  return {
    tls: scheme === 'rediss',
    nodes: nodesOf(hosts, 26_379),
    master: master ? decodeURIComponent(master) : 'mymaster',
    credentials: { ...(user ? { username: decodeURIComponent(user) } : {}), ...(password ? { password: decodeURIComponent(password) } : {}) },
    database: database ? Number(database) : 0,
  }
}

/** A client that follows the master; the same commands as a plain one. */
export const sentinelClient = (options: ConnectionOptions): Redis => {
  const { tls, nodes, master, credentials, database } = parseSentinelUrl(options.url)
  const { commandOptions, RESP, socket, ...node } = clientOptions(options)
  const sockets = { ...socket, ...(tls ? { tls: true as const } : {}) }
  const sentinel = createSentinel({
    name: master,
    sentinelRootNodes: nodes,
    RESP,
    commandOptions,
    nodeClientOptions: { ...node, ...credentials, database, socket: sockets, pingInterval: (options.kind ?? 'command') === 'command' ? 1_000 : 0 },
    sentinelClientOptions: { socket: sockets },
    // Commands of one caller share one connection and are pipelined on it.
    reserveClient: true,
    scanInterval: 2_000,
    passthroughClientErrorEvents: true,
  })
  // The library's Sentinel client takes an extra first argument for raw commands; everything else is the same surface.
  return new Proxy(sentinel, {
    get: (target, name) => {
      if (name === 'sendCommand') return (args: readonly string[]) => target.sendCommand(false, [...args])
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  }) as unknown as Redis
}
