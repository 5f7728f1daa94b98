import { createNodeRedisClient, type Job, Queue, Worker } from 'bullmq'
import type { Logger } from '../server/log.ts'
import { connectionTo } from '../server/redis/connect.ts'
import type { Keys } from '../server/redis/keys.ts'

/** BullMQ's queues and workers on node-redis clients of our own factory. The queues are bells: what is due is decided by rows, so losing them loses nothing. */
export interface JobQueues {
  readonly queue: (name: string) => Queue
  /** `handle` must be idempotent: a job may run twice, and again after a kill. */
  readonly work: (name: string, handle: (job: Job) => Promise<unknown>, options?: { readonly concurrency?: number }) => Worker
  /** Stops taking jobs and waits for those that run, up to the given time. */
  readonly close: (withinMs?: number) => Promise<void>
}

/**
 * A killed worker's job runs again within about 10 s (defaults: a minute), and a job that dies with its worker is not given up for
 * being stalled twice (RELIABILITY M8, L13).
 */
const workerOptions = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 20 } as const
const jobOptions = { removeOnComplete: { count: 100 }, removeOnFail: { count: 1_000 } } as const

export const openJobQueues = ({ url, keys, log }: { readonly url: string; readonly keys: Keys; readonly log: Logger }): JobQueues => {
  const queues = new Map<string, Queue>()
  const workers: Worker[] = []
  const clients: ReturnType<typeof connectionTo>[] = []

  // Each gets a client of its own: BullMQ closes what it was given.
  const connection = (name: string) => {
    const client = connectionTo({ url, name, log, kind: 'blocking' })
    clients.push(client)
    return createNodeRedisClient(client)
  }
  const report = (name: string) => (error: Error) => log.warn({ queue: name, reason: error.message }, 'job queue')

  return {
    queue: (name) => {
      const known = queues.get(name)
      if (known) return known
      const queue = new Queue(name, { connection: connection(`jobs-${name}`), prefix: keys.jobs, defaultJobOptions: jobOptions })
      queue.on('error', report(name))
      queues.set(name, queue)
      return queue
    },
    work: (name, handle, { concurrency = 1 } = {}) => {
      const worker = new Worker(name, handle, { connection: connection(`work-${name}`), prefix: keys.jobs, concurrency, ...workerOptions })
      worker.on('error', report(name))
      workers.push(worker)
      return worker
    },
    close: async (withinMs = 10_000) => {
      const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), withinMs).unref())
      const done = Promise.all(workers.map((worker) => worker.close()))
      if ((await Promise.race([done, late])) === 'late') await Promise.all(workers.map((worker) => worker.close(true)))
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      for (const client of clients) if (client.isOpen) client.destroy()
    },
  }
}
