import { hostname } from 'node:os'
import { asUnavailable, RedisUnavailable } from '../server/redis/unavailable.ts'
import type { JobQueues } from './job-queues.ts'
import { runImport, type RunImportDeps } from './run-import.ts'
import { runIncidentsImport, type RunIncidentsImportDeps } from './run-incidents-import.ts'

export interface ImportsDeps extends Omit<RunImportDeps & RunIncidentsImportDeps, 'running'> {
  readonly jobs: JobQueues
  readonly siteIds: () => readonly string[]
  /** How often rows are looked for that no job stands for. */
  readonly everyMs?: number
}

export interface Imports {
  readonly close: () => Promise<void>
}

const EVERY_MS = 1_000
const QUEUE = 'imports'
/** A job that a fault ended is begun again by the next look at the rows; so many times. */
const TRIES = 20

interface Job {
  readonly site: string
  readonly id: string
}

/** Rows decide what is to be imported; a job is only the bell. An import that was killed goes on from its saved place. */
export const openImports = (deps: ImportsDeps): Imports => {
  const { jobs, rows, siteIds, log, everyMs = EVERY_MS } = deps
  const tries = new Map<string, number>()
  let running = true
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  const queue = jobs.queue(QUEUE)

  const failed = async (site: string, id: string, reason: string) => {
    const row = await rows.get(site, id)
    if (row !== null) await rows.put(site, { ...row, state: 'failed', error: reason })
  }

  jobs.work(QUEUE, async ({ data }) => {
    const { site, id } = data as Job
    try {
      const run = (await rows.get(site, id))?.format === 'incidents-csv' ? runIncidentsImport : runImport
      await run({ ...deps, running: () => running }, site, id)
      tries.delete(id)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ site, import: id, worker: hostname(), reason }, 'an import was interrupted')
      // Redis away is nobody's fault and ends by itself; anything else is tried again, but not for ever.
      const count = (tries.get(id) ?? 0) + (asUnavailable(error) instanceof RedisUnavailable ? 0 : 1)
      tries.set(id, count)
      if (count >= TRIES) await failed(site, id, 'the import could not be finished; the fault is in the log of the workers')
    }
  })

  const look = async () => {
    for (const site of siteIds()) {
      // The same id is ignored while its job waits or runs, and free again once that is removed.
      for (const id of await rows.open(site)) await queue.add('import', { site, id } satisfies Job, { jobId: `import-${id}`, removeOnComplete: true, removeOnFail: true })
    }
  }
  const lookAgain = () => {
    looking = look().catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'imports could not be looked for'))
    void looking.then(() => {
      if (running) timer = setTimeout(lookAgain, everyMs)
    })
  }
  lookAgain()

  return {
    close: async () => {
      running = false
      clearTimeout(timer)
      await looking
    },
  }
}
