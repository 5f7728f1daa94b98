import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import { request, RequestFailed } from '../http/api.ts'
import { isRecord, listOf, recordOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** A rolling half hour moves by the minute; states move by themselves. */
const EVERY_MS = 15_000

/** Occupancy of teams over the last 30 minutes, asked for while `shown`; empty while it is not known. */
export const useTeamOccupancy = (shown: () => boolean): ComputedRef<ReadonlyMap<string | null, number | null>> => {
  const session = useSessionStore()
  const found = shallowRef<ReadonlyMap<string | null, number | null>>(new Map())
  const ask = async (): Promise<void> => {
    if (!shown()) return
    try {
      found.value = await request(`/sites/${encodeURIComponent(session.site?.id ?? '')}/reports/teams`, (body) => new Map(listOf(recordOf(body).rows).filter(isRecord).map((row) => [textOf(row.team), typeof row.occupancy === 'number' ? row.occupancy : null])))
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      // An old figure would look like one of now.
      found.value = new Map()
    }
  }
  void ask()
  const timer = setInterval(() => void ask(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return computed(() => found.value)
}
