import { onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { StatusAnswer } from '../../server/contract/row-schemas.ts'
import { request, RequestFailed } from '../http/api.ts'
import { isRecord } from '../http/read.ts'

const EVERY_MS = 15_000
const isStatus = (value: unknown): value is StatusAnswer => isRecord(value) && typeof value.asOf === 'string' && Array.isArray(value.incidents)

export interface FollowedStatus {
  readonly status: Readonly<ShallowRef<StatusAnswer | null>>
  /** Not published, or not for this reader. */
  readonly refused: Readonly<ShallowRef<boolean>>
  /** The last look got no answer: what is shown is older than it should be. */
  readonly failing: Readonly<ShallowRef<boolean>>
}

/** A public page has no socket: it asks every 15 s, which caches answer. */
export const useStatus = (slug: ComputedRef<string>): FollowedStatus => {
  const status = shallowRef<StatusAnswer | null>(null)
  const refused = shallowRef(false)
  const failing = shallowRef(false)
  const look = async (): Promise<void> => {
    const asked = slug.value
    try {
      const found = await request(`/sites/${encodeURIComponent(asked)}/status`, (body) => (isStatus(body) ? body : null))
      if (asked !== slug.value) return
      status.value = found
      failing.value = found === null
      refused.value = false
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      refused.value = error.status !== null && [401, 403, 404].includes(error.status)
      failing.value = !refused.value
    }
  }
  watch(slug, () => void look(), { immediate: true })
  const timer = setInterval(() => void look(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return { status, refused, failing }
}
