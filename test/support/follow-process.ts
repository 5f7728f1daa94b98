import { openPipelineOn } from '../../server/ingest/open-ingest.ts'
import { followQueueLog } from '../../server/ingest/sources/follow-queue-log.ts'
import { createLog } from '../../server/log.ts'
import { instantOf } from '../../server/domain/time.ts'
import { connect } from '../../server/redis/connect.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openSealed } from '../../server/redis/sealed.ts'

/** A process that follows one file until it is killed: arguments url, key prefix, site, file, folder. */
const [url = '', prefix = '', site = '', file = '', folder = ''] = process.argv.slice(2)
const log = createLog('warn', 'follow')
const redis = await connect({ url, name: 'follow', log })
const keys = keysUnder(prefix)
const floorLog = openFloorLog({ redis, keys })
const pipeline = openPipelineOn({ redis, keys, log: floorLog, sealed: openSealed({ redis, keys, dataKey: Buffer.alloc(32, 7) }), now: Date.now })
followQueueLog({ redis, keys, pipeline, floorLog, log, now: () => instantOf(Date.now()), sourceDirs: [folder] }, { site, source: 'log', file, acw: 'none' })
process.stdout.write('following\n')
