import { openPipelineOn } from '../../server/ingest/open-ingest.ts'
import { createLog } from '../../server/log.ts'
import { instantOf } from '../../server/domain/time.ts'
import { connect } from '../../server/redis/connect.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { openImportRows } from '../../server/redis/import-rows.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openManifest } from '../../server/redis/manifest.ts'
import { openSealed } from '../../server/redis/sealed.ts'
import { runImport } from '../../workers/run-import.ts'

/** A process that runs one import until it is done or killed: arguments url, key prefix, site, import, data folder, archive folder. */
const [url = '', prefix = '', site = '', id = '', dataDir = '', archiveDir = ''] = process.argv.slice(2)
const log = createLog('warn', 'import')
const redis = await connect({ url, name: 'import', log })
const keys = keysUnder(prefix)
const one = { id: site, name: site, timeZone: 'UTC' }
await runImport(
  {
    rows: openImportRows({ redis, keys }),
    pipeline: openPipelineOn({ redis, keys, log: openFloorLog({ redis, keys }), sealed: openSealed({ redis, keys, dataKey: Buffer.alloc(32, 7) }), now: Date.now }),
    manifest: openManifest({ redis, keys }),
    sites: { get: () => ({ ...one, founded: one }) },
    sourcesOf: async () => ({}),
    callsMapOf: async () => null,
    dataDir,
    archiveDir,
    log,
    now: () => instantOf(Date.now()),
    running: () => true,
    foldedWithinMs: 0,
  },
  site,
  id,
)
redis.destroy()
