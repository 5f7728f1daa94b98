import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { createLog } from '../../server/log.ts'
import { connect } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openReplicas } from '../../server/replica/replicas.ts'

/** A reader of the log in a process of its own, as a web server holds one: `url prefix`. SIGUSR2: prints what it holds and how far it came. */
const [url = '', prefix = ''] = process.argv.slice(2)
const log = createLog('warn', `reader-${process.pid}`)
const keys = keysUnder(prefix)
const redis = await connect({ url, name: 'reader', log })
const site = { id: 'a', name: 'a', timeZone: 'UTC', founded: { id: 'a', name: 'a', timeZone: 'UTC' } }
const replica = await openReplicas({ url, redis, keys, log, sites: { get: () => site }, fold: { createFloor, floorFromBase } }).get('a')
process.on('SIGUSR2', () => {
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  process.stdout.write(`${JSON.stringify({ memory: { rss, heapUsed }, at: replica.floor.asOf })}\n`)
})
process.stdout.write('reading\n')
