import type { CandidatesAnswer } from '../../server/contract/deployments.ts'
import { useAnswer } from '../composables/use-answer.ts'
import { isRecord, listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

const readCandidates = (body: unknown): CandidatesAnswer => {
  const answer = recordOf(body)
  if (!listOf(answer.people).every((row) => isRecord(row) && isRecord(row.person) && typeof row.free === 'boolean') || !Array.isArray(answer.resources)) throw new Error('the candidates have another shape than the contract')
  return answer as unknown as CandidatesAnswer
}

/** Who and what could be sent now: asked for when it is looked at, because it is another in a minute. */
export const useCandidates = (ref: string, looked: () => boolean = () => true) => {
  const session = useSessionStore()
  const { value: candidates, failure, again: load } = useAnswer(() => (looked() ? session.place(`incidents/${encodeURIComponent(ref)}/candidates`) : null), readCandidates)
  return { candidates, failure, load }
}
