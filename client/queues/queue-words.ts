import type { QueueRow } from '../../server/contract/rows.ts'
import { elapsedText } from '../format/duration.ts'
import { floorWorthSaying, queueStatus } from '../format/queue-status.ts'

type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string
interface Words {
  readonly t: Translate
  readonly percent: (ratio: number, decimals?: 0 | 1) => string
}

/** Why the mark is what it is, with the figures that decided it. */
export const reasonSentence = (row: QueueRow, at: number, words: Words): string => {
  const { why } = queueStatus(row, at)
  const time = elapsedText(row.oldestWaitingSince === null ? 0 : at - Date.parse(row.oldestWaitingSince))
  switch (why) {
    case 'serviceLevel':
    case 'nearTarget': return words.t(`reason.${why}`, { value: words.percent(row.now.serviceLevel ?? 0), target: words.percent(row.target.percent) })
    case 'abandons': return words.t('reason.abandons', { value: words.percent(row.now.abandonRate ?? 0, 1) })
    default: return words.t(`reason.${why}`, { n: row.waiting, time })
  }
}

/** The debt as a sentence: what today still needs. */
export const debtSentence = (row: QueueRow, words: Words): string => {
  const level = row.today.serviceLevel
  if (level === null || row.serviceLevelDebt === null) return words.t('drawer.noToday')
  const target = words.percent(row.target.percent)
  if (row.serviceLevelDebt === 0) return words.t('drawer.noDebt', { value: words.percent(level, 1), target })
  return words.t('drawer.debt', { n: row.serviceLevelDebt, within: `${Math.round(row.target.withinMs / 1000)} s`, target, value: words.percent(level, 1) }, row.serviceLevelDebt)
}

export const floorSentence = (row: QueueRow, words: Words): string | null => {
  const floor = floorWorthSaying(row)
  return floor === null ? null : words.t('drawer.floor', { value: words.percent(floor, 1) })
}
