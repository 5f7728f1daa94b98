import { hostname } from 'node:os'
import type { Logger } from '../server/log.ts'
import { asUnavailable, RedisUnavailable } from '../server/redis/unavailable.ts'
import type { JobQueues } from './job-queues.ts'

/** Long work that a row of a site stands for. */
export interface RowJobsDeps {
  readonly jobs: JobQueues
  /** Of BullMQ, and what the work is called in the log. */
  readonly queue: string
  readonly what: string
  readonly siteIds: () => readonly string[]
  /** Ids of the rows that are not done. */
  readonly open: (site: string) => Promise<readonly string[]>
  /** From the row's saved place to its end, or to the next place that can be gone on from once `running` says no. */
  readonly run: (site: string, id: string, running: () => boolean) => Promise<void>
  /** The fault did not go away. */
  readonly failed: (site: string, id: string) => Promise<void>
  readonly log: Logger
  /** How often rows are looked for that no job stands for. */
  readonly everyMs?: number
}

export interface RowJobs {
  readonly close: () => Promise<void>
}

const EVERY_MS = 1_000
/** A job that a fault ended is begun again by the next look at the rows; so many times. */
const TRIES = 20

interface Job {
  readonly site: string
  readonly id: string
}

/** Rows decide what is to be done; a job is only the bell. What was killed goes on from its saved place. */
export const openRowJobs = ({ jobs, queue: name, what, siteIds, open, run, failed, log, everyMs = EVERY_MS }: RowJobsDeps): RowJobs => {
  const tries = new Map<string, number>()
  let running = true
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  const queue = jobs.queue(name)

  jobs.work(name, async ({ data }) => {
    const { site, id } = data as Job
    try {
      await run(site, id, () => running)
      tries.delete(id)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ site, [what]: id, worker: hostname(), reason }, `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} was interrupted`)
      // Redis away is nobody's fault and ends by itself; anything else is tried again, but not for ever.
      const count = (tries.get(id) ?? 0) + (asUnavailable(error) instanceof RedisUnavailable ? 0 : 1)
      tries.set(id, count)
      if (count >= TRIES) await failed(site, id)
    }
  })

  const look = async () => {
    for (const site of siteIds()) {
      // The same id is ignored while its job waits or runs, and free again once that is removed.
      for (const id of await open(site)) await queue.add(what, { site, id } satisfies Job, { jobId: `${what}-${id}`, removeOnComplete: true, removeOnFail: true })
    }
  }
  const lookAgain = () => {
    looking = look().catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, `rows of ${name} could not be looked for`))
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
