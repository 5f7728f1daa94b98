import type { Incident, TimelineRow } from '../../server/contract/rows.ts'

/** What still stands in the way of closing. */
export type GuardKey = 'review' | 'closing-message' | 'category'

type Lines = readonly Pick<TimelineRow, 'seq' | 'type' | 'data'>[]

/** A reopened incident owes its review and its closing message again. */
const sinceReopened = (timeline: Lines): Lines => {
  const inOrder = [...timeline].sort((a, b) => a.seq - b.seq)
  return inOrder.slice(inOrder.findLastIndex(({ type }) => type === 'reopened') + 1)
}
const isUpdate = ({ type }: { readonly type: string }): boolean => type === 'stakeholders-updated'

/** Whoever was told that something is wrong is told that it is over. */
const owesClosingMessage = (timeline: Lines): boolean => timeline.some(isUpdate) && sinceReopened(timeline).findLast(isUpdate)?.data.state !== 'resolved'

/** Mandatory for P1, P2, major and late incidents. */
const owesReview = ({ priority, major, clocks }: Pick<Incident, 'priority' | 'major' | 'clocks'>, timeline: Lines): boolean =>
  (priority === 'P1' || priority === 'P2' || major || clocks.some(({ breachedAt }) => breachedAt !== null)) && !sinceReopened(timeline).some(({ type }) => type === 'reviewed')

/** All of them at once, so that nobody finds the second only after mending the first (PRACTICE 3). */
export const missingGuards = (incident: Pick<Incident, 'priority' | 'major' | 'clocks' | 'category'>, timeline: Lines): readonly GuardKey[] => [
  ...(owesReview(incident, timeline) ? ['review' as const] : []),
  ...(owesClosingMessage(timeline) ? ['closing-message' as const] : []),
  ...(incident.category === null ? ['category' as const] : []),
]
