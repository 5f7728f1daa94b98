import type { QueueRow } from '../../server/contract/rows.ts'
import { queueStatus } from './queue-status.ts'

interface Words {
  readonly t: (key: string, named?: Record<string, unknown>) => string
  readonly percent: (ratio: number, decimals?: 0 | 1) => string
}

/** The word beside a queue's mark: what made it so, never only how bad. A breach by abandons must not look like one of the service level. */
export const causeText = (row: QueueRow, at: number, words: Words): string => {
  const { why } = queueStatus(row, at)
  return words.t(`cause.${why}`, { target: words.percent(row.target.percent), abandons: words.percent(row.now.abandonRate ?? 0, 1), within: `${Math.round(row.target.withinMs / 1000)} s` })
}
