import type { Incident, TimelineRow } from '../../server/contract/rows.ts'
import { isComing } from '../format/deployments.ts'

/** What still stands in the way of closing; `regulator:NAME` once a clock of the law. */
export type GuardKey = 'released' | 'consult' | 'review' | 'stand-down' | 'closing-message' | 'log' | 'category' | `regulator:${string}`

type Lines = readonly Pick<TimelineRow, 'seq' | 'type' | 'data'>[]

/** A reopened incident owes its review and its closing message again. */
const sinceReopened = (timeline: Lines): Lines => {
  const inOrder = [...timeline].sort((a, b) => a.seq - b.seq)
  return inOrder.slice(inOrder.findLastIndex(({ type }) => type === 'reopened') + 1)
}
const isUpdate = ({ type }: { readonly type: string }): boolean => type === 'stakeholders-updated'

/** Whoever was told that something is wrong is told that it is over. */
const owesClosingMessage = (timeline: Lines): boolean => timeline.some(isUpdate) && sinceReopened(timeline).findLast(isUpdate)?.data.state !== 'resolved'

/** A document that went back to a draft takes its agreement with it. */
const settlesReview = ({ type, data }: Lines[number]): boolean | null => (type === 'reviewed' ? true : type !== 'review-moved' ? null : data.to === 'agreed' ? true : data.to === 'draft' ? false : null)

/** Mandatory for P1, P2, major and late incidents. */
const owesReview = ({ priority, major, clocks }: Pick<Incident, 'priority' | 'major' | 'clocks'>, timeline: Lines): boolean =>
  (priority === 'P1' || priority === 'P2' || major || clocks.some(({ breachedAt }) => breachedAt !== null)) && !(sinceReopened(timeline).map(settlesReview).findLast((settled) => settled !== null) ?? false)

/** What a log begun in a hurry lacks; its category has a line of its own. */
export const lackingFields = ({ completion }: Pick<Incident, 'completion'>): readonly string[] => (completion?.missing ?? []).filter((field) => field !== 'category')

/** All of them at once, so that nobody finds the second only after mending the first (PRACTICE 3). */
export const missingGuards = (incident: Pick<Incident, 'priority' | 'major' | 'clocks' | 'category' | 'completion' | 'deployments' | 'counsel'>, timeline: Lines): readonly GuardKey[] => [
  // Nothing is over while somebody is on the way.
  ...((incident.deployments ?? []).some(isComing) ? ['released' as const] : []),
  ...(incident.counsel?.needed === true && !incident.counsel.given ? ['consult' as const] : []),
  ...(owesReview(incident, timeline) ? ['review' as const] : []),
  ...(incident.major ? ['stand-down' as const] : []),
  ...(owesClosingMessage(timeline) ? ['closing-message' as const] : []),
  ...incident.clocks.flatMap(({ kind, name, state, remainingMs }) => (kind === 'regulatory' && (state === 'running' || (state === 'breached' && remainingMs !== null)) ? [`regulator:${name ?? kind}` as const] : [])),
  ...(lackingFields(incident).length > 0 ? ['log' as const] : []),
  ...(incident.category === null ? ['category' as const] : []),
]
