import { instantOf } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { JobQueues } from '../job-queues.ts'
import type { Claim } from './fire.ts'

/** Hands claims to whichever worker is free. Losing it loses nothing: the rows decide. */
export interface Bell {
  /** False when the job queue did not take the claim in time: whoever claimed fires it. A claim fired twice is fenced by its token. */
  ring(claim: Claim): Promise<boolean>
  /** Whether this worker takes claims of others. */
  take(jobs: boolean): void
}

export interface BellDeps {
  readonly jobs: JobQueues
  readonly log: Logger
}

const QUEUE = 'ringer'
/** A queue that takes longer than this is wedged, full or gone, and is not asked again for a while. */
const TAKE_WITHIN_MS = 250
const LEFT_ALONE_MS = 10_000
/** So many claims of others at once; and no more lie in the queue than somebody begins with soon, for their leases run. */
const CONCURRENCY = 4
const MOST_PENDING = 4

/** Ids and instants only: job data lies in clear text. */
interface ClaimJob {
  readonly site: string
  readonly token: string
  readonly claimedAt: number
  readonly timers: readonly (readonly [id: string, dueAt: number, generation: number])[]
}

const toJob = ({ site, token, claimedAt, timers }: Claim): ClaimJob => ({ site, token, claimedAt, timers: timers.map(({ id, dueAt, generation }) => [id, dueAt, generation]) })
const toClaim = ({ site, token, claimedAt, timers }: ClaimJob): Claim => ({ site, token, claimedAt: instantOf(claimedAt), timers: timers.map(([id, dueAt, generation]) => ({ id, dueAt: instantOf(dueAt), generation })) })

/** null: it failed, or not within that time. */
const answerWithin = <T>(ms: number, asked: Promise<T>): Promise<T | null> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ms)
    const settle = (answer: T | null) => {
      clearTimeout(timer)
      resolve(answer)
    }
    asked.then(settle, () => settle(null))
  })

/** The job queue as the bell. */
export const openBell =
  ({ jobs, log }: BellDeps) =>
  (onClaim: (claim: Claim) => Promise<void>): Bell => {
    const queue = jobs.queue(QUEUE)
    const worker = jobs.work(QUEUE, (job) => onClaim(toClaim(job.data as ClaimJob)), { concurrency: CONCURRENCY, onFailed: (error) => log.warn({ reason: error.message }, 'a claim was not fired; the sweeper takes it back') })
    let aloneUntil = 0
    const put = async (claim: Claim): Promise<boolean> => {
      if ((await queue.pending()) >= MOST_PENDING) return false
      // No id of our own: an id that is still known would be ignored in silence (RELIABILITY L15).
      await queue.add('claim', toJob(claim), { removeOnComplete: true, removeOnFail: true })
      return true
    }
    return {
      ring: async (claim) => {
        if (performance.now() < aloneUntil) return false
        const taken = await answerWithin(TAKE_WITHIN_MS, put(claim))
        if (taken === null) aloneUntil = performance.now() + LEFT_ALONE_MS
        return taken === true
      },
      take: worker.take,
    }
  }

/** No job queue at all: every claim is fired where it was made. */
export const noBell = (): Bell => ({ ring: async () => false, take: () => undefined })
