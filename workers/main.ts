import { configExitCode, configOrExit } from '../server/config.ts'
import { createFloor, floorFromBase } from '../server/domain/project-floor.ts'
import { createLog } from '../server/log.ts'
import { NewerData } from '../server/redis/claim-data.ts'
import { DangerousRedis } from '../server/redis/start-checks.ts'
import { work } from './work.ts'

/** Stopping takes at most this long, then the process ends all the same. */
const stopWithinMs = 15_000

const config = configOrExit(process.env)
const log = createLog(config.logLevel, 'workers')

/** A process in an unknown state must not work on: its supervisor starts a fresh one. */
const dieOf = (what: string) => (error: unknown) => {
  log.fatal({ reason: error instanceof DangerousRedis || error instanceof NewerData ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error) }, what)
  // Starting again would not help: an operator has to choose.
  process.exit(error instanceof NewerData ? configExitCode : 1)
}
process.on('uncaughtException', dieOf('uncaught exception'))
process.on('unhandledRejection', dieOf('unhandled rejection'))

const working = await work({ config, log, fold: { createFloor, floorFromBase }, wedged: () => process.exit(1) }).catch(dieOf('the workers could not start'))

let stoppingSince: number | null = null
const stop = (signal: string) => {
  if (stoppingSince !== null) return
  stoppingSince = Date.now()
  log.info({ signal }, 'stopping')
  setTimeout(() => {
    log.error({ withinMs: stopWithinMs }, 'stopping took too long')
    process.exit(1)
  }, stopWithinMs).unref()
  working.close().then(() => {
    log.info({ tookMs: Date.now() - (stoppingSince ?? 0) }, 'stopped')
    process.exit(0)
  }, dieOf('stopping failed'))
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

log.info({ pid: process.pid }, 'working')
