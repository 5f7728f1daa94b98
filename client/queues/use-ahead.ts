import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { request, RequestFailed } from '../http/api.ts'
import { isRecord, listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** What the next minutes hold for a queue: the wait of whoever comes now, promised callbacks, people that are missing, customers owed a call. */
export interface Ahead {
  readonly wait: { readonly position: number; readonly people: number; readonly ahtMs: number | null; readonly p50Ms: number | null; readonly p90Ms: number | null } | null
  readonly callbacks: { readonly dueNow: number; readonly oldestDueAt: string | null; readonly scheduled: number } | null
  readonly staffing: { readonly required: number | null; readonly staffed: number | null; readonly gap: number | null; readonly requiredBy?: string | null } | null
  /** Bad survey answers that nobody has called back about; shown of the whole site alone. */
  readonly followUps: { readonly open: number; readonly late: number } | null
  readonly fault: string | null
}

const NOTHING: Ahead = { wait: null, callbacks: null, staffing: null, followUps: null, fault: null }
/** The wait of whoever comes now is of the last hour's handle times. */
const WAIT_MS = 3_600_000

/** No event announces a callback that falls due or a quarter hour of the plan that begins. */
const EVERY_MS = 15_000

/** `queue` null: of the whole site, which has no expected wait. Figures that the session may not read are left out. */
export const useAhead = (queue: () => string | null): Readonly<ShallowRef<Ahead>> => {
  const session = useSessionStore()
  const ahead = shallowRef<Ahead>(NOTHING)
  let asked = 0
  const load = async (): Promise<void> => {
    const turn = (asked += 1)
    if (session.site === null) return
    const of = queue()
    const report = (name: string, more: Readonly<Record<string, string>> = {}) => request(session.place(`reports/${name}?${new URLSearchParams({ ...more, ...(of === null ? {} : { queue: of }) }).toString()}`), recordOf)
    const now = Date.now()
    try {
      const [wait, staffing, owed] = await Promise.all([of === null ? null : report('expected-wait', { from: new Date(now - WAIT_MS).toISOString(), to: new Date(now).toISOString() }), report('staffing'), session.may('contacts:read') ? report('owed') : null])
      if (turn !== asked) return
      const first = (body: Readonly<Record<string, unknown>> | null): unknown => listOf(body?.rows).find(isRecord) ?? null
      ahead.value = { wait: first(wait), callbacks: owed?.callbacks ?? null, staffing: of === null ? staffing.total : first(staffing), followUps: of === null ? (owed?.followUps ?? null) : null, fault: null } as Ahead
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      if (turn === asked) ahead.value = { ...ahead.value, fault: error.message }
    }
  }
  watch(queue, () => {
    ahead.value = NOTHING
    void load()
  }, { immediate: true })
  const timer = setInterval(() => void load(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return ahead
}
