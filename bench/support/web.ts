import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../server/config.ts'
import { createLog } from '../../server/log.ts'
import { serve } from '../../server/serve.ts'

export const adminToken = 'admin-token-of-the-benchmarks-0123'

/** The web server as it runs, on a free port, with keys and a data folder of its own. */
export const webServer = async (redisUrl: string, durability: 'disk' | 'second'): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'floorwatch-bench-'))
  const answer = readConfig({ REDIS_URL: redisUrl, DATA_DIR: dataDir, ADMIN_TOKEN: adminToken, DEMO: 'off', DURABILITY: durability })
  if (!answer.ok) throw new Error(JSON.stringify(answer.faults))
  const serving = await serve({ config: answer.config, log: createLog('silent', 'bench'), keyPrefix: `bench-${Math.random().toString(36).slice(2)}`, port: 0 })
  await serving.ready
  return {
    url: `http://127.0.0.1:${serving.port}`,
    close: async () => {
      await serving.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
