import type { QueueRow } from '../../server/contract/rows.ts'
import { queueStatus } from './queue-status.ts'

/** Service levels may be added only over the same target and variant. */
export const sharedTarget = (queues: readonly QueueRow[]): boolean => {
  const [first] = queues
  return first !== undefined && queues.every(({ target }) => target.percent === first.target.percent && target.withinMs === first.target.withinMs && target.variant === first.target.variant)
}

/** How many of the queues that have anything to judge are neither breached nor at risk. Not how many reach their target: a mark asks for ten contacts, and for waits and abandons too. */
export const unharmedOf = (queues: readonly QueueRow[], at: number): { readonly met: number; readonly judged: number } => {
  const states = queues.map((row) => queueStatus(row, at).status).filter((status) => status !== 'quiet')
  return { met: states.filter((status) => status === 'on-target' || status === 'watch').length, judged: states.length }
}

export const longestWaiting = (queues: readonly QueueRow[]): QueueRow | null =>
  queues.reduce<QueueRow | null>((found, row) => {
    if (row.oldestWaitingSince === null) return found
    return found?.oldestWaitingSince && found.oldestWaitingSince <= row.oldestWaitingSince ? found : row
  }, null)
