import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { answerOf, which } from './run.mjs'

const listen = (port, host) =>
  new Promise((settle) => {
    const server = createServer()
    server.once('error', (error) => settle({ error }))
    server.listen({ port, host, exclusive: true }, () => {
      const { port: given } = server.address()
      server.close(() => settle({ port: given }))
    })
  })

/** Null when the port can be had, else the code of the fault (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`). */
export const portFault = async (port, host) => (await listen(port, host)).error?.code ?? null

/** A port of the loopback address that nobody listens on. */
export const freePort = async () => {
  const { port, error } = await listen(0, '127.0.0.1')
  if (error) throw error
  return port
}

export const portOrAnother = async (port) => ((await portFault(port, '127.0.0.1')) === null ? port : freePort())

/** Sockets that listen on the port, by their inode (Linux). */
const listeningInodes = (port) => {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    try {
      return readFileSync(file, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((columns) => columns[3] === '0A' && columns[1]?.endsWith(`:${wanted}`))
        .map((columns) => columns[9])
    } catch {
      return []
    }
  })
}

const ownerOf = (inodes) => {
  const targets = new Set(inodes.map((inode) => `socket:[${inode}]`))
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (targets.has(readlinkSync(`/proc/${pid}/fd/${fd}`))) return Number(pid)
      }
    } catch {
      // another user's process, or one that has just ended
    }
  }
  return null
}

const nameOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 120)
  } catch {
    return answerOf('ps', ['-o', 'command=', '-p', String(pid)])?.slice(0, 120) ?? null
  }
}

/** In words, who listens on the port: "process 4711 (node server.js)". */
export const listenerOn = (port) => {
  const pid = process.platform === 'linux' ? ownerOf(listeningInodes(port)) : Number(which('lsof') ? answerOf('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'])?.split('\n')[0] : 0) || null
  if (pid === null) return 'another process'
  const name = nameOf(pid)
  return name ? `process ${pid} (${name})` : `process ${pid}`
}
