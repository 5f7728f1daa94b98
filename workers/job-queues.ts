import { createNodeRedisClient, type Job, type JobsOptions, Queue, Worker } from 'bullmq'
import type { Logger } from '../server/log.ts'
import { connectionTo } from '../server/redis/connect.ts'
import type { Keys } from '../server/redis/keys.ts'
import { looked, STUCK, unstuck } from './stuck.ts'

/** The end of a queue at which jobs are put in. */
export interface JobQueue {
  add(name: string, data: object, options?: JobsOptions): Promise<unknown>
  /** Jobs that wait or run. */
  pending(): Promise<number>
}

export interface JobWorker {
  /** Takes no jobs until it is to take them again; what runs goes on. */
  take(jobs: boolean): void
}

export interface WorkOptions {
  readonly concurrency?: number
  readonly onFailed?: (error: Error) => void
}

/** BullMQ's queues and workers on node-redis clients of our own factory. The queues are bells: what is due is decided by rows, so losing them loses nothing. */
export interface JobQueues {
  readonly queue: (name: string) => JobQueue
  /** `handle` must be idempotent: a job may run twice, and again after a kill. */
  readonly work: (name: string, handle: (job: Job) => Promise<unknown>, options?: WorkOptions) => JobWorker
  /** Looks whether jobs wait that a free worker of this process does not take. */
  readonly look: () => Promise<void>
  /** Stops taking jobs and waits for those that run, up to the given time. */
  readonly close: (withinMs?: number) => Promise<void>
}

/**
 * A killed worker's job runs again within about 10 s (defaults: a minute), and a job that dies with its worker is not given up for
 * being stalled twice (RELIABILITY M8, L13).
 */
const workerOptions = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 20 } as const
const jobOptions = { removeOnComplete: { count: 100 }, removeOnFail: { count: 1_000 } } as const

export interface JobQueuesDeps {
  readonly url: string
  readonly keys: Keys
  /** A worker takes no jobs although it was built anew: this process must be started anew. */
  readonly wedged?: () => void
  readonly log: Logger
  readonly ticks?: () => number
  /** null: looked at by hand alone. */
  readonly everyMs?: number | null
}

const RENEW_MS = 250

interface Opened {
  waitUntilReady(): Promise<unknown>
  close(): Promise<void>
}

/**
 * One of BullMQ's objects whose first connection ends before it was ready (Redis dies in the second after a start) is lost for good: each
 * of its calls fails at once, and the loop of a worker turns on that without ever giving way, so that nothing else of the process runs.
 * Hence it works only once it is ready, and one that never will be is replaced.
 */
const renewed = <T extends Opened>(open: () => T, ready: (opened: T) => void) => {
  let current = open()
  let timer: NodeJS.Timeout | null = null
  let closed = false
  const watch = (opened: T): void => {
    opened.waitUntilReady().then(
      () => {
        if (!closed) ready(opened)
      },
      () => {
        if (closed) return
        void opened.close().catch(() => undefined)
        timer = setTimeout(() => {
          current = open()
          watch(current)
        }, RENEW_MS)
      },
    )
  }
  watch(current)
  return {
    current: () => current,
    /** In the place of one that does nothing any more, which is not waited for. */
    renew: (end: (opened: T) => Promise<unknown>): void => {
      if (closed) return
      void end(current).catch(() => undefined)
      current = open()
      watch(current)
    },
    close: async (end: (opened: T) => Promise<unknown>): Promise<void> => {
      closed = true
      if (timer !== null) clearTimeout(timer)
      await end(current)
    },
  }
}

export const openJobQueues = ({ url, keys, wedged = () => undefined, log, ticks = () => performance.now(), everyMs = STUCK.lookMs }: JobQueuesDeps): JobQueues => {
  const queues = new Map<string, ReturnType<typeof renewed<Queue>>>()
  const workers: ReturnType<typeof renewed<Worker>>[] = []
  const looks: (() => Promise<void>)[] = []
  const clients: ReturnType<typeof connectionTo>[] = []

  // Each gets a client of its own: BullMQ closes what it was given.
  const connection = (name: string) => {
    const client = connectionTo({ url, name, log, kind: 'blocking' })
    clients.push(client)
    // The client has told its log. BullMQ takes its own listeners away when it closes, and an error that nobody listens to would end the process.
    return createNodeRedisClient(client).on('error', () => undefined)
  }
  const report = (name: string) => (error: Error) => log.warn({ queue: name, reason: error.message }, 'job queue')
  const queueOf = (name: string) => {
    const open = (): Queue => new Queue(name, { connection: connection(`jobs-${name}`), prefix: keys.jobs, defaultJobOptions: jobOptions }).on('error', report(name))
    const queue = queues.get(name) ?? renewed(open, () => undefined)
    queues.set(name, queue)
    return queue
  }
  /** A worker whose blocking read never answers (RELIABILITY L9-L11) is built anew while the job that lies longest stays the same one. */
  const watchWorker = (name: string, worker: ReturnType<typeof renewed<Worker>>, free: () => boolean) => {
    let stuck = unstuck(ticks())
    return async (): Promise<void> => {
      const [oldest = null] = free() ? await queueOf(name).current().getRanges(['waiting'], 0, 0, true).catch(() => []) : []
      const found = looked(stuck, ticks(), oldest)
      stuck = found.stuck
      if (found.verdict === 'rebuild') {
        log.error({ queue: name, job: oldest, attempt: stuck.rebuilt }, 'a job waits and this worker, which is free, does not take it: it is built anew')
        worker.renew((opened) => opened.close(true))
      }
      if (found.verdict === 'end') {
        log.fatal({ queue: name, job: oldest }, 'a job waits and this worker, which is free, does not take it: it is started anew')
        wedged()
      }
    }
  }
  let looking: Promise<unknown> | null = null
  const look = async (): Promise<void> => {
    looking ??= Promise.all(looks.map((each) => each())).finally(() => {
      looking = null
    })
    await looking
  }
  const beat = everyMs === null ? null : setInterval(() => void look(), everyMs).unref()

  return {
    look,
    queue: (name) => {
      const queue = queueOf(name)
      return { add: (job, data, options) => queue.current().add(job, data, options), pending: () => queue.current().getJobCountByTypes('waiting', 'active') }
    },
    work: (name, handle, { concurrency = 1, onFailed = () => undefined } = {}) => {
      let taking = true
      let busy = 0
      const counted = async (job: Job): Promise<unknown> => {
        busy += 1
        try {
          return await handle(job)
        } finally {
          busy -= 1
        }
      }
      const open = (): Worker => new Worker(name, counted, { connection: connection(`work-${name}`), prefix: keys.jobs, concurrency, autorun: false, ...workerOptions }).on('error', report(name)).on('failed', (_job, error) => onFailed(error))
      const worker = renewed(open, (opened) => {
        if (!taking) void opened.pause(true)
        opened.run().catch(report(name))
      })
      workers.push(worker)
      looks.push(watchWorker(name, worker, () => taking && busy < concurrency))
      return {
        take: (jobs) => {
          taking = jobs
          if (jobs) worker.current().resume()
          else void worker.current().pause(true)
        },
      }
    },
    close: async (withinMs = 10_000) => {
      if (beat !== null) clearInterval(beat)
      const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), withinMs).unref())
      const done = Promise.all(workers.map((worker) => worker.close((opened) => opened.close())))
      if ((await Promise.race([done, late])) === 'late') await Promise.all(workers.map((worker) => worker.close((opened) => opened.close(true))))
      await Promise.all([...queues.values()].map((queue) => queue.close((opened) => opened.close())))
      for (const client of clients) if (client.isOpen) client.destroy()
    },
  }
}
