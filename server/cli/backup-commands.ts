import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { openBackup } from '../redis/backup.ts'
import { isCluster, type Redis } from '../redis/connect.ts'
import { openRestore } from '../redis/restore.ts'
import { CommandFailed } from './api.ts'
import { outputOf } from './context.ts'
import { withRedis, type Data } from './with-redis.ts'

const refuseCluster = ({ config }: Data): void => {
  if (config.redisUrl !== null && isCluster(config.redisUrl)) throw new CommandFailed('a Cluster is backed up and restored with its own tools, node by node')
}

/** Processes of the product that are connected now. */
const running = async (redis: Redis): Promise<readonly string[]> => {
  const clients = String(await redis.sendCommand(['CLIENT', 'LIST']))
  const names = [...clients.matchAll(/ name=(\S+)/g)].map(([, name = '']) => name)
  return [...new Set(names)].filter((name) => /^floorwatch-(web|workers)/.test(name)).sort()
}

const failing = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw error instanceof CommandFailed ? error : new CommandFailed(error instanceof Error ? error.message : String(error))
  }
}

/** `backup` and `restore`. */
export const backupCommands = (program: Command): void => {
  program
    .command('backup')
    .description('write all that Redis holds into a file (gzip of JSON lines), while Floorwatch runs; ARCHIVE_DIR and DATA_KEY are not part of it')
    .argument('[file]', 'default: DATA_DIR/backups/floorwatch-TIME.jsonl.gz')
    .action(async (given: string | undefined, _options: object, command: Command) => {
      const out = outputOf(command)
      const done = await withRedis((data) =>
        failing(async () => {
          refuseCluster(data)
          const file = resolve(given ?? join(data.config.dataDir, 'backups', `floorwatch-${new Date().toISOString().replace(/[:.]/g, '-')}.jsonl.gz`))
          if (existsSync(file)) throw new CommandFailed(`${file} exists already`)
          return { file, ...(await openBackup(data)(file)), archiveDir: data.config.archiveDir }
        }),
      )
      out.result(done, () => [`${done.file}: ${done.sites} sites, ${done.keys} keys.`, `Copy with it: ${done.archiveDir} (closed days), and DATA_KEY or DATA_DIR/keys, kept elsewhere: without the key nothing personal can be read.`])
    })
  program
    .command('restore')
    .description('make Redis hold what a backup holds; Floorwatch must be stopped')
    .argument('<file>', 'as backup wrote it')
    .option('--replace', 'what Redis holds now is given up')
    .action(async (file: string, { replace }: { readonly replace?: boolean }, command: Command) => {
      const out = outputOf(command)
      const done = await withRedis((data) =>
        failing(async () => {
          refuseCluster(data)
          if (!existsSync(file)) throw new CommandFailed(`${file} does not exist`)
          const others = await running(data.redis)
          if (others.length > 0) throw new CommandFailed(`Floorwatch runs (${others.join(', ')}): stop it first`)
          const restore = openRestore(data)
          if (replace !== true && (await restore.occupied())) throw new CommandFailed('Redis holds an installation already: --replace gives it up')
          return restore.run(resolve(file))
        }),
      )
      out.result(done, () => [`Restored ${done.sites} sites, ${done.keys} keys. ${done.sentSince} messages that were sent since are not sent again. Sources should send again what they sent since the backup.`])
    })
}
