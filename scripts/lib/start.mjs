import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { holderOf, takeLock } from './lock.mjs'
import { prepareRedis } from './own-redis.mjs'
import { listenerOn, portFault, portOrAnother } from './ports.mjs'
import { readiness } from './readiness.mjs'
import { root } from './run.mjs'
import { Hindrance, say, sayError, sinceStart } from './say.mjs'
import { ensureRedisServer } from './programs.mjs'
import { setUp } from './setup.mjs'
import { partLog } from './part-log.mjs'
import { parts } from './parts.mjs'
import { redisCuts } from './redis-cuts.mjs'
import { keepRunning } from './supervisor.mjs'

/** A part that ends this often before it was ever ready will not come up by trying on. */
const MOST_FIRST_ENDS = 3
const PARENT_CHECK_MS = 250

const set = (value) => value !== undefined && value !== ''
const lockPath = (dataDir) => join(dataDir, 'floorwatch.lock')

const refuseSecond = (holder, dataDir) => {
  const where = holder.host && holder.pid ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : 'another process'
  throw new Hindrance(
    `Floorwatch is already running on the data in ${dataDir}: ${where}${holder.url ? `, at ${holder.url}` : ''}.\nUse that one, stop it first, or give this one a folder and a port of its own: DATA_DIR=./data2 PORT=8081 npm start`,
  )
}

const readEnvironmentFile = () => {
  const file = join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}

const readConfiguration = async () => {
  const { readConfig, faultLines, configExitCode } = await import(pathToFileURL(join(root, 'dist/server/config.js')).href)
  const answer = readConfig(process.env, root)
  if (!answer.ok) throw new Hindrance(faultLines(answer.faults), configExitCode)
  return { config: answer.config, refusalCode: configExitCode }
}

const refuseTakenPort = async ({ port, host }) => {
  const fault = await portFault(port, host)
  if (fault === null) return
  if (fault === 'EADDRINUSE') throw new Hindrance(`Port ${port} of ${host} is taken by ${listenerOn(port)}. Stop it, or choose another port: PORT=${port + 1} npm start`)
  if (fault === 'EACCES') throw new Hindrance(`Port ${port} needs more rights than this user has. Choose one from 1024 on: PORT=8080 npm start`)
  throw new Hindrance(`Nothing can listen on ${host}:${port} (${fault}). Set HOST to an address of this machine, e.g. HOST=127.0.0.1`)
}

/** Ends this process whichever way it is asked to: signals, and the going of npm, which would otherwise leave everything running. */
const whenAskedToEnd = (end) => {
  let first = null
  const asked = (why) => {
    // A terminal sends Ctrl-C to npm and to us, and npm sends it on: only a later one is a second wish.
    if (first === null) {
      first = Date.now()
      end(why, { atOnce: false })
    } else if (Date.now() - first > 1_000) end(why, { atOnce: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => asked(signal))
  const parent = process.ppid
  if (process.env.npm_lifecycle_event && parent > 1) {
    setInterval(() => process.ppid !== parent && first === null && asked('npm is gone'), PARENT_CHECK_MS).unref()
  }
}

const startRedis = async ({ config, redisServer, keep }) => {
  const redis = await prepareRedis({ dataDir: config.dataDir, durability: config.durability })
  const part = keep({ name: 'Redis', command: process.execPath, args: [join(root, 'scripts/lib/redis-guard.mjs'), redisServer, redis.configFile], env: process.env })
  await readiness.ofRedis({ ask: redis.ask, logFile: redis.logFile, stopped: part.failed })
  return { url: redis.url, part }
}

const run = async ({ dev = false, built = false }) => {
  readEnvironmentFile()
  process.env.NODE_ENV ??= dev ? 'development' : 'production'
  const early = holderOf(lockPath(resolve(root, process.env.DATA_DIR || './data')))
  if (early !== null) refuseSecond(early, resolve(root, process.env.DATA_DIR || './data'))

  const ownRedis = !set(process.env.REDIS_URL) && !set(process.env.REDIS_URL_FILE)
  const { redisServer } = built ? { redisServer: ownRedis ? await ensureRedisServer() : null } : await setUp({ redis: ownRedis, build: dev ? ['server'] : ['server', 'client'] })
  const { config, refusalCode } = await readConfiguration()
  const lock = takeLock(lockPath(config.dataDir), { url: config.publicUrl })
  if (lock.holder !== null) refuseSecond(lock.holder, config.dataDir)

  const running = []
  /** The last word of each part: a part that had to begin again before all was ready says a new one. */
  const said = new Map()
  let ready = false
  let ending = null

  const end = (code) => {
    ending ??= (async () => {
      for (const part of [...running].reverse()) {
        await part.stop()
        say(`  ${part.name} stopped`)
      }
      lock.release()
      process.exit(code)
    })()
    return ending
  }
  whenAskedToEnd((why, { atOnce }) => {
    if (atOnce) {
      for (const part of [...running].reverse()) part.kill()
      lock.release()
      process.exit(1)
    }
    say(`\n  Stopping (${why}) ...`)
    void end(0)
  })

  const folder = join(config.dataDir, 'logs')
  const leastLevel = dev || ['debug', 'trace'].includes(config.logLevel) ? 20 : 40
  // Whoever looks for a fault sees every line.
  const hides = leastLevel > 20 ? redisCuts({ show: say, folder }).take : undefined
  const keep = (part) => {
    const log = partLog({
      folder,
      name: part.name.toLowerCase(),
      leastLevel,
      hides,
      show: (text, isSaid) => (isSaid && !ready ? said.set(part.name, text) : say(text)),
    })
    let fail = () => {}
    const failed = new Promise((_, reject) => (fail = reject))
    failed.catch(() => {})
    const kept = keepRunning({
      ...part,
      log,
      refusalCode,
      onFault: ({ name, code, ends, text }) => {
        if (code !== undefined) {
          sayError(text)
          return void end(code)
        }
        if (!ready && (ends === undefined || ends >= MOST_FIRST_ENDS)) fail(new Hindrance(`${name} does not start:\n${text || '    (it said nothing)'}`))
      },
    })
    running.push(kept)
    return { ...kept, failed }
  }

  try {
    await refuseTakenPort(config)
    const own = ownRedis ? await startRedis({ config, redisServer, keep }) : null
    const env = own === null ? process.env : { ...process.env, REDIS_URL: own.url }
    const devPort = dev ? await portOrAnother(5173) : null
    const kept = parts({ devPort, env, config, hold: () => own?.part.lifeline() ?? null }).map(keep)
    const up = async () => {
      await readiness.ofWeb(config)
      if (config.demo) await readiness.ofDemo(config)
    }
    await Promise.race([up(), ...kept.map(({ failed }) => failed)])
    ready = true
    say(`\nFloorwatch is ready: ${devPort === null ? config.publicUrl : `http://127.0.0.1:${devPort}`}`)
    for (const text of said.values()) say(text)
    say(`  Started in ${sinceStart()}. Data: ${config.dataDir}. Ctrl-C stops it.\n`)
  } catch (error) {
    if (ending === null) sayError(error instanceof Hindrance ? `\n${error.message}` : `\n${error.stack}`)
    await end(error.code ?? 1)
  }
}

export const start = async (options) => {
  try {
    await run(options)
  } catch (error) {
    sayError(error instanceof Hindrance ? `\n${error.message}` : `\n${error.stack}`)
    process.exit(typeof error.code === 'number' ? error.code : 1)
  }
}
