import { configExitCode, configOrExit } from './config.ts'
import { createLog } from './log.ts'
import { NewerData } from './redis/claim-data.ts'
import { DangerousRedis } from './redis/start-checks.ts'
import { serve } from './serve.ts'

/** Stopping takes at most this long, then the process ends all the same. */
const stopWithinMs = 15_000

const config = configOrExit(process.env)
const log = createLog(config.logLevel, 'web')

/** A process in an unknown state must not serve: its supervisor starts a fresh one. */
const dieOf = (what: string) => (error: unknown) => {
  log.fatal({ reason: error instanceof DangerousRedis || error instanceof NewerData ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error) }, what)
  // Starting again would not help: an operator has to choose.
  process.exit(error instanceof NewerData ? configExitCode : 1)
}
process.on('uncaughtException', dieOf('uncaught exception'))
process.on('unhandledRejection', dieOf('unhandled rejection'))

const serving = await serve({ config, log }).catch(dieOf('the web server could not start'))

let stoppingSince: number | null = null
const stop = (signal: string) => {
  if (stoppingSince !== null) return
  stoppingSince = Date.now()
  log.info({ signal }, 'stopping')
  setTimeout(() => {
    log.error({ withinMs: stopWithinMs }, 'stopping took too long')
    process.exit(1)
  }, stopWithinMs).unref()
  serving.close().then(() => {
    log.info({ tookMs: Date.now() - (stoppingSince ?? 0) }, 'stopped')
    process.exit(0)
  }, dieOf('stopping failed'))
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

serving.ready.then(({ setupToken }) => {
  log.info({ url: config.publicUrl }, 'ready')
  // Told once to whoever sees the terminal, and never logged: npm start shows these lines as they are.
  if (setupToken !== null) process.stdout.write(`${JSON.stringify({ say: `First sign-in: open ${config.publicUrl}/setup#${setupToken} within 15 minutes to make the administrator's account.` })}\n`)
}, dieOf('the web server could not start'))
