import { computed, onMounted, reactive, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { request, RequestFailed } from '../http/api.ts'
import { recordOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { previewPriority, rulesOfDocument, type PriorityName, type PriorityRules } from './priority-preview.ts'

export interface IncidentForm {
  safety: '' | 'safe' | 'danger' | 'unsure'
  type: string
  title: string
  nature: string
  category: string
  channel: string
  location: string
  service: string
  reporter: string
  callerId: string
  impact: number | null
  urgency: number | null
}

export interface NewIncident {
  readonly form: IncidentForm
  readonly rules: Readonly<ShallowRef<PriorityRules>>
  readonly priority: ComputedRef<PriorityName | null>
  /** Detail by field, as the server told. */
  readonly faults: Readonly<ShallowRef<Readonly<Record<string, string>>>>
  /** A fault of the whole, not of a field. */
  readonly failure: Readonly<ShallowRef<string | null>>
  readonly saving: Readonly<ShallowRef<boolean>>
  /** The new reference; null when it was not saved. */
  readonly save: () => Promise<string | null>
}

const safetyOf: Readonly<Record<IncidentForm['safety'], boolean | null>> = { '': null, safe: true, danger: false, unsure: null }

/** Empty fields are left out: the server then names them all at once. */
const bodyOf = ({ safety, ...form }: IncidentForm): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(Object.entries(form).filter(([, value]) => value !== null && String(value).trim() !== '')),
  ...(safety === '' ? {} : { callerSafe: safetyOf[safety] }),
})

const faultsOf = (error: RequestFailed): Readonly<Record<string, string>> => Object.fromEntries((error.problem?.faults ?? []).map(({ path, detail }) => [path, detail]))

export const useNewIncident = (): NewIncident => {
  const session = useSessionStore()
  const form = reactive<IncidentForm>({ safety: '', type: 'incident', title: '', nature: '', category: '', channel: 'voice', location: '', service: '', reporter: session.me?.person?.name ?? '', callerId: '', impact: null, urgency: null })
  const rules = shallowRef<PriorityRules>(rulesOfDocument(null))
  const faults = shallowRef<Readonly<Record<string, string>>>({})
  const failure = shallowRef<string | null>(null)
  const saving = shallowRef(false)
  const site = (): string => encodeURIComponent(session.site?.id ?? '')
  /** One intention, one key: sending it twice makes one incident. */
  let key = crypto.randomUUID()

  onMounted(async () => {
    // Without the site's settings the built-in matrix is shown; the server decides in any case.
    rules.value = await request(`/sites/${site()}/incident-rules`, rulesOfDocument).catch(() => rules.value)
  })

  const save = async (): Promise<string | null> => {
    saving.value = true
    failure.value = null
    faults.value = {}
    try {
      const ref = await request(`/sites/${site()}/incidents`, (body) => textOf(recordOf(body).ref), { method: 'POST', body: bodyOf(form), idempotencyKey: key })
      key = crypto.randomUUID()
      return ref
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      faults.value = faultsOf(error)
      if (Object.keys(faults.value).length === 0) failure.value = error.message
      // The same key with another body would be refused.
      if (error.status !== null) key = crypto.randomUUID()
      return null
    } finally {
      saving.value = false
    }
  }
  const priority = computed(() => previewPriority(rules.value, { impact: form.impact, urgency: form.urgency, category: form.category || null, callerSafe: safetyOf[form.safety] }))
  return { form, rules, priority, faults, failure, saving, save }
}
