import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { instantOf } from '../../server/domain/time.ts'
import { createLog } from '../../server/log.ts'
import { connect } from '../../server/redis/connect.ts'
import { openCorrections } from '../../server/redis/corrections.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { openHistory } from '../../server/redis/history.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openManifest } from '../../server/redis/manifest.ts'
import { openSnapshots } from '../../server/redis/snapshots.ts'
import { openReplicas } from '../../server/replica/replicas.ts'
import { keepArchive } from '../../workers/keeper/archive.ts'
import { foldAgain } from '../../workers/keeper/fold-again.ts'
import { keepSnapshots } from '../../workers/keeper/keep-base.ts'
import { keepRows } from '../../workers/keeper/keep-rows.ts'
import { openKeeper } from '../../workers/keeper/keeper.ts'

/** A keeper in a process of its own, with short times, to be paused, killed and measured by a test: `url archiveDir hotMs [prefix]`. SIGUSR2: prints what it holds. */
const [url = '', archiveDir = '', hot = '', prefix = 't'] = process.argv.slice(2)
const log = createLog('info', `keeper-${process.pid}`)
const keys = keysUnder(prefix)
const site = { id: 'a', name: 'a', timeZone: 'UTC', founded: { id: 'a', name: 'a', timeZone: 'UTC' } }
const sites = { get: () => site, list: () => [site], onChange: () => () => undefined }
const fold = { createFloor, floorFromBase }

process.on('unhandledRejection', (error) => {
  log.fatal({ reason: error instanceof Error ? error.stack : String(error) }, 'unhandled')
  process.exit(1)
})
const redis = await connect({ url, name: `keeper-${process.pid}`, log })
const replicas = openReplicas({ url, redis, keys, log, sites, fold })
const shared = { redis, keys, log: openFloorLog({ redis, keys }), logger: log, fold, sites, archiveDir, snapshots: openSnapshots({ redis, keys }), manifest: openManifest({ redis, keys }) }
const history = openHistory({ redis, keys, now: () => instantOf(Date.now()) })
const keeper = openKeeper({
  redis,
  keys,
  log,
  sites,
  replicas,
  floorLog: shared.log,
  holder: String(process.pid),
  times: { ttlMs: 3_000, renewMs: 400, stopMs: 2_200, askMs: 100 },
  parts: [keepRows({ ...shared, history, floorLog: shared.log, log, roundMs: 20 }), keepArchive({ ...shared, hotMs: Number(hot), everyMs: 100 }), foldAgain({ ...shared, history, corrections: openCorrections({ redis, keys }), everyMs: 50 }), keepSnapshots({ snapshots: shared.snapshots, log, everyMs: 150 })],
})
process.on('SIGUSR2', () => {
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  process.stdout.write(`${JSON.stringify({ memory: { rss, heapUsed } })}\n`)
})
process.on('SIGTERM', () => {
  void keeper.close().then(async () => {
    await replicas.close()
    redis.destroy()
    process.exit(0)
  })
})
