import type { IncidentTimers } from '../../server/redis/incident-timers.ts'
import type { Logger } from '../../server/log.ts'
import type { Claim } from './fire.ts'

const KEEP_EVERY_MS = 1_000

/** Does the work of a claim, and keeps its lease for as long as that takes: a slow disk or a full machine must not hand the same timers to somebody else. A process that dies keeps nothing. */
export const whileKept = async <T>({ timers, log, everyMs = KEEP_EVERY_MS }: { readonly timers: Pick<IncidentTimers, 'keep'>; readonly log: Logger; readonly everyMs?: number }, { site, token, timers: claimed }: Claim, work: () => Promise<T>): Promise<T> => {
  const ids = claimed.map(({ id }) => id)
  const beat = setInterval(() => {
    timers.keep(site, token, ids).catch((error: Error) => log.warn({ site, reason: error.message }, 'the lease of a claim could not be kept; the sweeper takes it back'))
  }, everyMs)
  try {
    return await work()
  } finally {
    clearInterval(beat)
  }
}
