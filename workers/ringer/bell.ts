import { createNodeRedisClient, Queue, Worker } from 'bullmq'
import { connectionTo } from '../../server/redis/connect.ts'
import type { Logger } from '../../server/log.ts'
import { instantOf } from '../../server/domain/time.ts'
import type { Claim } from './fire.ts'

/** Hands claims to whichever worker is free. Losing it loses nothing: the rows decide. */
export interface Bell {
  /** False when the job queue did not take the claim in time: whoever claimed fires it. */
  ring(claim: Claim): Promise<boolean>
  close(): Promise<void>
}

export interface BellDeps {
  readonly url: string
  /** Key prefix of the job queues. */
  readonly prefix: string
  readonly log: Logger
  readonly onClaim: (claim: Claim) => Promise<void>
}

const QUEUE = 'ringer'
/** A queue that takes longer than this is wedged, full or gone. */
const TAKE_WITHIN_MS = 250
/** Short jobs: a worker that died is noticed by its lock, though the sweeper is faster (RELIABILITY M8). */
const LOCK_MS = 10_000
const STALLED_MS = 5_000
const STALLED_MOST = 20
const CONCURRENCY = 16

/** Ids and instants only: job data lies in clear text. */
interface ClaimJob {
  readonly site: string
  readonly token: string
  readonly claimedAt: number
  readonly timers: readonly (readonly [id: string, dueAt: number, generation: number])[]
}

const toJob = ({ site, token, claimedAt, timers }: Claim): ClaimJob => ({ site, token, claimedAt, timers: timers.map(({ id, dueAt, generation }) => [id, dueAt, generation]) })
const toClaim = ({ site, token, claimedAt, timers }: ClaimJob): Claim => ({ site, token, claimedAt: instantOf(claimedAt), timers: timers.map(([id, dueAt, generation]) => ({ id, dueAt: instantOf(dueAt), generation })) })

const within = (ms: number, asked: Promise<unknown>): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    asked.then(
      () => (clearTimeout(timer), resolve(true)),
      () => (clearTimeout(timer), resolve(false)),
    )
  })

export const openBell = ({ url, prefix, log, onClaim }: BellDeps): Bell => {
  const client = (name: string) => connectionTo({ url, name, log, kind: 'blocking' })
  const clients = [client('bell-queue'), client('bell-worker')] as const
  const [adding, working] = clients.map((raw) => createNodeRedisClient(raw))
  if (adding === undefined || working === undefined) throw new Error('the bell has two connections')
  const queue = new Queue<ClaimJob>(QUEUE, { connection: adding, prefix, defaultJobOptions: { removeOnComplete: true, removeOnFail: true } })
  const worker = new Worker<ClaimJob>(QUEUE, (job) => onClaim(toClaim(job.data)), { connection: working, prefix, concurrency: CONCURRENCY, lockDuration: LOCK_MS, stalledInterval: STALLED_MS, maxStalledCount: STALLED_MOST })
  const said = (part: string) => (error: Error) => log.warn({ part, reason: error.message }, 'job queue error')
  queue.on('error', said('queue'))
  worker.on('error', said('worker'))
  worker.on('failed', (_job, error) => log.warn({ reason: error.message }, 'a claim was not fired; the sweeper takes it back'))

  return {
    ring: async (claim) => {
      // An offline client would keep the command for later: then the claim is over.
      if (!clients[0].isReady) return false
      return within(TAKE_WITHIN_MS, queue.add('claim', toJob(claim)))
    },
    close: async () => {
      await Promise.all([within(5_000, worker.close()), within(5_000, queue.close())])
      for (const raw of clients) if (raw.isOpen) raw.destroy()
    },
  }
}
