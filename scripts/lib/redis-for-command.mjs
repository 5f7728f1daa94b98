import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { takeLock } from './lock.mjs'
import { prepareRedis } from './own-redis.mjs'
import { ensureRedisServer } from './programs.mjs'
import { readiness } from './readiness.mjs'
import { root } from './run.mjs'

const set = (value) => value !== undefined && value !== ''
/** Needs Redis alone, while everything else is stopped. */
const needsRedis = (argv) => argv.includes('restore') && !argv.includes('--help')

/** Runs the Redis of `npm start` for the time of a command that needs it; where Floorwatch runs, the command finds that out itself. */
export const withOwnRedis = async (argv, work) => {
  if (!needsRedis(argv) || set(process.env.REDIS_URL) || set(process.env.REDIS_URL_FILE)) return work()
  const { readConfig } = await import(pathToFileURL(join(root, 'dist/server/config.js')).href)
  const answer = readConfig(process.env, root)
  if (!answer.ok) return work()
  const { dataDir, durability } = answer.config
  const lock = takeLock(join(dataDir, 'floorwatch.lock'), { url: '' })
  if (lock.holder !== null) return work()
  try {
    const redis = await prepareRedis({ dataDir, durability })
    const child = spawn(process.execPath, [join(root, 'scripts/lib/redis-guard.mjs'), await ensureRedisServer(), redis.configFile], { stdio: ['pipe', 'ignore', 'inherit'] })
    const ended = new Promise((done) => child.once('exit', done))
    try {
      await readiness.ofRedis({ ask: redis.ask, logFile: redis.logFile, stopped: ended.then(() => Promise.reject(new Error(`Redis does not start: see ${redis.logFile}`))) })
      process.env.REDIS_URL = redis.url
      await work()
    } finally {
      child.kill('SIGTERM')
      await ended
    }
  } finally {
    lock.release()
  }
}
