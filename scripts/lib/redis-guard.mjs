/**
 * The guard of a Redis of our own: what a kill left torn is taken from its log before each of its starts.
 * usage: node redis-guard.mjs REDIS_SERVER FOLDER/redis.conf
 */
import { dirname } from 'node:path'
import { mendLog } from './mend-log.mjs'
import { leftoverOf } from './own-redis.mjs'

const folder = dirname(process.argv[3])
// A log that somebody still writes is theirs.
if (leftoverOf(folder) === null) {
  try {
    const bytes = mendLog(folder)
    if (bytes > 0) process.stderr.write(`Redis was killed while it wrote: the last ${bytes} bytes of its log are half a change and are taken away\n`)
  } catch (error) {
    process.stderr.write(`the end of the log in ${folder} could not be looked at: ${error.message}\n`)
  }
}
await import('./guard.mjs')
