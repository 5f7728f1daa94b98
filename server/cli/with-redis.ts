import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultLines, readConfig, type Config } from '../config.ts'
import { createLog } from '../log.ts'
import { connect, type Redis } from '../redis/connect.ts'
import { keysUnder, type Keys } from '../redis/keys.ts'
import { CommandFailed } from './api.ts'

export interface Data {
  readonly config: Config
  readonly redis: Redis
  readonly keys: Keys
}

const directive = (configuration: string, name: string): string | undefined => new RegExp(`^${name} "?(.*?)"?$`, 'm').exec(configuration)?.[1]

/** Where the Redis of `npm start` listens; its configuration is readable to whoever may read the keys. */
const ownRedisUrl = (dataDir: string): string => {
  let configuration: string
  try {
    configuration = readFileSync(join(dataDir, 'redis/redis.conf'), 'utf8')
  } catch {
    throw new CommandFailed(`there is no Redis of Floorwatch in ${dataDir}: set REDIS_URL, or the DATA_DIR that npm start uses`)
  }
  const socket = directive(configuration, 'unixsocket')
  if (socket !== undefined) return `unix://${socket.split('/').map(encodeURIComponent).join('/')}`
  return `redis://:${directive(configuration, 'requirepass') ?? ''}@127.0.0.1:${directive(configuration, 'port') ?? ''}`
}

/** Commands that keep, check and erase data work on Redis itself, so that they also do while no server runs. */
export const withRedis = async <T>(work: (data: Data) => Promise<T>): Promise<T> => {
  const answer = readConfig(process.env)
  if (!answer.ok) throw new CommandFailed(faultLines(answer.faults), 2)
  const { config } = answer
  const url = config.redisUrl ?? ownRedisUrl(config.dataDir)
  const redis = await connect({ url, name: 'floorwatch-cli', log: createLog('silent', 'cli') }).catch((error: unknown) => {
    throw new CommandFailed(`Redis does not answer: ${error instanceof Error ? error.message : String(error)}`)
  })
  try {
    return await work({ config, redis, keys: keysUnder() })
  } finally {
    redis.destroy()
  }
}
