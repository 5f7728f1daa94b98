import { shallowRef } from 'vue'
import type { CandidatesAnswer } from '../../server/contract/deployments.ts'
import { request, RequestFailed } from '../http/api.ts'
import { isRecord, listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

const readCandidates = (body: unknown): CandidatesAnswer => {
  const answer = recordOf(body)
  if (!listOf(answer.people).every((row) => isRecord(row) && isRecord(row.person) && typeof row.free === 'boolean') || !Array.isArray(answer.resources)) throw new Error('the candidates have another shape than the contract')
  return answer as unknown as CandidatesAnswer
}

/** Who and what could be sent now: asked for when it is looked at, because it is another in a minute. */
export const useCandidates = (ref: string) => {
  const session = useSessionStore()
  const candidates = shallowRef<CandidatesAnswer | null>(null)
  const failure = shallowRef<string | null>(null)
  const load = async (): Promise<void> => {
    try {
      candidates.value = await request(`/sites/${encodeURIComponent(session.site?.id ?? '')}/incidents/${encodeURIComponent(ref)}/candidates`, readCandidates)
      failure.value = null
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      failure.value = error.message
    }
  }
  return { candidates, failure, load }
}
