import type { ReviewAnswer } from '../../server/contract/reviews.ts'
import { isRecord, recordOf } from '../http/read.ts'

export const reviewFieldNames = ['impact', 'kpiLoss', 'rootCause', 'contributingCauses', 'wentWell', 'luck', 'lessons'] as const
export type ReviewFieldName = (typeof reviewFieldNames)[number]

/** The answer of our own server. */
export const reviewOf = (body: unknown): ReviewAnswer => {
  const answer = recordOf(body)
  if (!isRecord(answer.fields) || !isRecord(answer.figures) || !Array.isArray(answer.actions) || !Array.isArray(answer.timeline)) throw new Error('this is no review')
  return answer as unknown as ReviewAnswer
}
