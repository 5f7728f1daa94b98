import type { QueueRow } from '../../server/contract/rows.ts'
import type { useWords } from '../composables/use-words.ts'
import { elapsedText, meanText } from '../format/duration.ts'

export interface DrawerFigure {
  readonly key: string
  readonly metric: string | null
  readonly window: string
  readonly label: string
  readonly value: string | null
  readonly why: string
  readonly note: string
}

/** What a queue with chat or mail says in its drawer before all else: the oldest message without an answer, what is open, and how fast people answer. */
export const writtenFigures = ({ digital }: QueueRow, words: ReturnType<typeof useWords>, now: number): readonly DrawerFigure[] => {
  if (digital === undefined) return []
  const { now: recent, oldestUnansweredSince: since, nextDueAt } = digital
  const due = nextDueAt === null ? words.t('written.dueNone') : words.t('written.dueNote', { due: words.whole(digital.dueToday), at: words.time(nextDueAt) })
  const answer = (key: string, label: string, metric: string, value: number | null, p50: number | null, p90: number | null, business: number | null): DrawerFigure => ({ key, metric, window: 'R60', label, value: value === null ? null : meanText(value), why: words.t('written.noAnswers'), note: words.t('written.percentiles', { p50: words.mean(p50), p90: words.mean(p90), business: words.mean(business) }) })
  return [
    { key: 'oldest', metric: 'oldestUnansweredMs', window: 'now', label: words.t('written.oldest'), value: since === null ? null : elapsedText(Math.max(0, now - Date.parse(since))), why: words.t('written.allAnswered'), note: due },
    { key: 'backlog', metric: 'backlog', window: 'now', label: words.t('written.open'), value: words.whole(digital.backlog), why: '', note: '' },
    answer('first', words.t('written.first'), 'firstResponseMs', recent.firstResponseMs, recent.firstResponseMsP50, recent.firstResponseMsP90, recent.firstResponseBusinessMs),
    answer('next', words.t('written.next'), 'nextResponseMs', recent.nextResponseMs, recent.nextResponseMsP50, recent.nextResponseMsP90, recent.nextResponseBusinessMs),
  ]
}

/** Who came from another queue and is longer on the way than anybody has waited in this one. */
export const onTheWay = ({ oldestCustomerSince, oldestWaitingSince }: QueueRow, words: ReturnType<typeof useWords>, now: number): readonly DrawerFigure[] =>
  oldestCustomerSince === null || oldestWaitingSince === null || oldestCustomerSince >= oldestWaitingSince
    ? []
    : [{ key: 'onTheWay', metric: 'oldestCustomerWaitMs', window: 'now', label: words.t('drawer.onTheWay'), value: elapsedText(Math.max(0, now - Date.parse(oldestCustomerSince))), why: '', note: words.t('drawer.onTheWayNote') }]
