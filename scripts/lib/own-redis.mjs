import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.mjs'
import { Hindrance, say } from './say.mjs'

/** A unix socket's path has room for 107 bytes on Linux and 103 on macOS. */
const SOCKET_PATH_ROOM = 100
const MIB = 1024 * 1024

/** Half of what this machine or container has, between 256 MiB and 4 GiB: reads and commands go on in the other half. */
export const memoryFor = (bytes) => Math.round(Math.min(4096 * MIB, Math.max(256 * MIB, bytes / 2)) / MIB)

const memoryHere = () => {
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

/** Class `disk`: every acknowledged write is on the disk before the answer (RELIABILITY G1). */
export const redisConfiguration = ({ folder, durability, maxMemoryMib, listen }) => {
  const quoted = (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  return [
    '# Written by npm start at each start; changes here are lost.',
    ...listen.map(([name, value]) => `${name} ${quoted(String(value))}`),
    'daemonize no',
    `dir ${quoted(folder)}`,
    `pidfile ${quoted(join(folder, 'redis.pid'))}`,
    `logfile ${quoted(join(folder, 'redis.log'))}`,
    'loglevel notice',
    'always-show-logo no',
    'appendonly yes',
    `appendfsync ${durability === 'second' ? 'everysec' : 'always'}`,
    'no-appendfsync-on-rewrite no',
    'aof-load-truncated yes',
    'save ""',
    'maxmemory-policy noeviction',
    `maxmemory ${maxMemoryMib}mb`,
    'databases 1',
    '',
  ].join('\n')
}

const isRunning = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const isRedis = (pid) => {
  try {
    return /redis|valkey/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return process.platform !== 'linux'
  }
}

export const leftoverOf = (folder) => {
  const file = join(folder, 'redis.pid')
  if (!existsSync(file)) return null
  const pid = Number(readFileSync(file, 'utf8'))
  return pid > 1 && isRunning(pid) && isRedis(pid) ? pid : null
}

const until = async (condition, ms) => {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (condition()) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return condition()
}

/** A Redis that outlived everything else of an earlier run (its guard was killed as well): two on one folder would ruin the log. */
export const endLeftover = async (folder) => {
  if (await until(() => leftoverOf(folder) === null, 500)) return
  const pid = leftoverOf(folder)
  if (pid === null) return
  say(`  A Redis of an earlier run (process ${pid}) still holds ${folder}; ending it`)
  process.kill(pid, 'SIGTERM')
  if (!(await until(() => leftoverOf(folder) === null, 20_000))) throw new Hindrance(`Redis process ${pid} holds the data in ${folder} and does not end. End it (kill ${pid}), then start again.`)
}

/** Writes the configuration and says how the parts reach it: `{ url, configFile, logFile, ask }`. */
export const prepareRedis = async ({ dataDir, durability }) => {
  const folder = join(dataDir, 'redis')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  await endLeftover(folder)
  const socket = join(folder, 'redis.sock')
  const bySocket = Buffer.byteLength(socket) <= SOCKET_PATH_ROOM
  const password = randomBytes(24).toString('base64url')
  const port = bySocket ? 0 : await freePort()
  const listen = bySocket ? [['port', 0], ['unixsocket', socket], ['unixsocketperm', 700]] : [['bind', '127.0.0.1'], ['port', port], ['requirepass', password]]
  const configFile = join(folder, 'redis.conf')
  rmSync(configFile, { force: true })
  writeFileSync(configFile, redisConfiguration({ folder, durability, maxMemoryMib: memoryFor(memoryHere()), listen }), { mode: 0o600 })
  return {
    url: bySocket ? `unix://${socket.split('/').map(encodeURIComponent).join('/')}` : `redis://:${password}@127.0.0.1:${port}`,
    configFile,
    logFile: join(folder, 'redis.log'),
    ask: () => askPing(bySocket ? { path: socket } : { host: '127.0.0.1', port }, bySocket ? null : password),
  }
}

/** What Redis answers to PING: `+PONG`, `-LOADING ...`, or null when nobody listens. */
const askPing = (address, password) =>
  new Promise((settle) => {
    const socket = connect(address)
    let text = ''
    const end = (answer) => {
      socket.destroy()
      settle(answer)
    }
    socket.setTimeout(1_000, () => end(null))
    socket.on('error', () => end(null))
    socket.on('connect', () => socket.write(`${password === null ? '' : `AUTH ${password}\r\n`}PING\r\n`))
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      const lines = text.split('\r\n').filter(Boolean)
      if (lines.length >= (password === null ? 1 : 2)) end(lines.at(-1))
    })
    socket.on('close', () => settle(null))
  })
