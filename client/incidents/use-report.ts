import { computed, onMounted, reactive, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Incident } from '../../server/contract/rows.ts'
import { request, RequestFailed } from '../http/api.ts'
import { recordOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { previewPriority, rulesOfDocument, type PriorityName, type PriorityRules } from './priority-preview.ts'
import { emptyReport, reportOf, safetyOf, toldOf, type ReportForm } from './report-form.ts'

export interface Report {
  readonly form: ReportForm
  readonly rules: Readonly<ShallowRef<PriorityRules>>
  readonly priority: ComputedRef<PriorityName | null>
  /** Detail by field, as the server told. */
  readonly faults: Readonly<ShallowRef<Readonly<Record<string, string>>>>
  /** A fault of the whole, not of a field. */
  readonly failure: Readonly<ShallowRef<string | null>>
  readonly saving: Readonly<ShallowRef<boolean>>
  /** Reference of the draft that this form completes; null: it is not kept yet. */
  readonly kept: Readonly<ShallowRef<string | null>>
  /** Opens it: the reference; null when refused. */
  readonly open: () => Promise<string | null>
  /** Keeps what there is, whatever is lacking: the reference; null when refused. */
  readonly keep: () => Promise<string | null>
  /** An empty form for the next report. */
  readonly clear: () => void
}

/** Faults of the body, or the fields without which the refusal says that it cannot be opened. */
const faultsOf = ({ problem }: RequestFailed, lacking: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...(problem?.faults ?? []).map(({ path, detail }) => [path === 'recordType' ? 'type' : path, detail] as const), ...(problem?.refusal?.missing ?? []).map((path) => [path, lacking] as const)])

/** What somebody reports: a new incident, or a draft with what it still lacks. `lacking`: what stands at a field that a draft is refused for; `drill`: the one that it belongs to. */
export const useReport = (draft: Incident | null, lacking: string, drill: string | null = null): Report => {
  const session = useSessionStore()
  const fresh = (): ReportForm => emptyReport(session.me?.person?.name ?? '')
  const form = reactive<ReportForm>(draft === null ? fresh() : reportOf(draft))
  const kept = shallowRef<string | null>(draft?.ref ?? null)
  const rules = shallowRef<PriorityRules>(rulesOfDocument(null))
  const faults = shallowRef<Readonly<Record<string, string>>>({})
  const failure = shallowRef<string | null>(null)
  const saving = shallowRef(false)
  /** One intention, one key: sending it twice makes one incident. */
  let key = crypto.randomUUID()

  onMounted(async () => {
    // Without the site's settings the built-in matrix is shown; the server decides in any case.
    rules.value = await request(session.place('incident-rules'), rulesOfDocument).catch(() => rules.value)
  })

  const send = async (path: string, body: unknown): Promise<string | null> => {
    saving.value = true
    failure.value = null
    faults.value = {}
    try {
      const ref = await request(session.place(`incidents${path}`), (answer) => textOf(recordOf(answer).ref), { method: 'POST', body, idempotencyKey: key })
      key = crypto.randomUUID()
      return ref
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      faults.value = faultsOf(error, lacking)
      if (Object.keys(faults.value).length === 0) failure.value = error.message
      // The same key with another body would be refused.
      if (error.status !== null) key = crypto.randomUUID()
      return null
    } finally {
      saving.value = false
    }
  }
  const ofDrill = drill === null ? {} : { drill }
  const completion = (): Readonly<Record<string, unknown>> => {
    const { type, ...told } = toldOf(form)
    return { ...told, recordType: type }
  }
  const open = () => (kept.value === null ? send('', { ...toldOf(form), ...ofDrill }) : send(`/${kept.value}/open`, completion()))
  const keep = async (): Promise<string | null> => {
    const ref = await send('', { ...toldOf(form), ...ofDrill, draft: true })
    if (ref !== null) kept.value = ref
    return ref
  }
  const clear = (): void => {
    Object.assign(form, fresh())
    kept.value = null
  }
  const priority = computed(() => previewPriority(rules.value, { impact: form.impact, urgency: form.urgency, category: form.category || null, callerSafe: safetyOf[form.safety] }))
  return { form, rules, priority, faults, failure, saving, kept, open, keep, clear }
}
