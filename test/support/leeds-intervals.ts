import type { IntervalRow } from '../../server/contract/rows.ts'
import { floorRows } from './floor-rows.ts'

const QUARTER = 900_000

/** Quarter hours of a morning: volume with a hump, the service level falling in the last hour. */
export const intervalRows = (queue: string, at: number, count = 24): readonly IntervalRow[] => {
  const row = floorRows(at).find((found) => found.queue === queue)
  const start = Math.floor(at / QUARTER) * QUARTER - count * QUARTER
  if (!row) return []
  const { ahtSoFarMs: _soFar, longestRunningSince: _longest, ...block } = row.now
  return Array.from({ length: count }, (_, index) => {
    const offered = Math.round(14 + 12 * Math.exp(-(((index - 14) / 6) ** 2)) + ((index * 7) % 5))
    const abandoned = index > count - 5 ? index - (count - 6) : index % 3
    return {
      ...block, queue, channel: row.channels[0] ?? 'voice', basis: 'outcome', from: new Date(start + index * QUARTER).toISOString(), to: new Date(start + (index + 1) * QUARTER).toISOString(), complete: index < count - 1, revised: false,
      offered, answered: offered - abandoned, abandoned, serviceLevel: index === 6 ? null : Math.max(0.42, 0.97 - (index > count - 6 ? (index - count + 6) * 0.1 : ((index * 13) % 7) / 90)),
    }
  })
}
