import { readConfig } from '../../server/config.ts'
import { createLog } from '../../server/log.ts'
import { serve } from '../../server/serve.ts'

/** The web server in a process of its own for a benchmark: says its port, ends with its parent. Argument: key prefix. */
const answer = readConfig({ ...process.env, DEMO: 'off', LOG_LEVEL: 'error' })
if (!answer.ok) throw new Error(JSON.stringify(answer.faults))
const serving = await serve({ config: answer.config, log: createLog('silent', 'web'), keyPrefix: process.argv[2] ?? 'bench', port: 0 })
await serving.ready
process.send?.({ port: serving.port })
process.on('disconnect', () => process.exit(0))
