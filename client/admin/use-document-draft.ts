import { useDebounceFn } from '@vueuse/core'
import { computed, onMounted, shallowRef, watch, type ComputedRef, type Ref, ref, type ShallowRef } from 'vue'
import type { SettingsFault } from '../../server/contract/settings.ts'
import { request, RequestFailed } from '../http/api.ts'
import { recordOf } from '../http/read.ts'
import { faultAt, faultsIn } from './settings-document.ts'

export interface DocumentDraft<Whole, Part> {
  readonly state: Readonly<ShallowRef<'loading' | 'ready' | 'saving' | 'failed'>>
  /** The whole document as it was read. */
  readonly saved: Readonly<ShallowRef<Whole | null>>
  /** The part of this page, to be edited in place. */
  readonly draft: Ref<Part | null>
  readonly changed: ComputedRef<boolean>
  /** Whether faults and warnings are those of the draft as it is now. */
  readonly checked: Readonly<ShallowRef<boolean>>
  readonly faults: Readonly<ShallowRef<readonly SettingsFault[]>>
  readonly warnings: Readonly<ShallowRef<readonly SettingsFault[]>>
  /** A failure of the whole, in words; `stale` when somebody else saved meanwhile. */
  readonly failure: Readonly<ShallowRef<{ readonly detail: string; readonly stale: boolean } | null>>
  readonly faultAt: (path: string) => string | undefined
  readonly save: () => Promise<boolean>
  readonly discard: () => void
  readonly load: () => Promise<void>
}

const CHECK_AFTER_MS = 350

export interface DocumentPlace<Whole, Part> {
  readonly path: () => string
  readonly read: (body: unknown) => Whole
  readonly pick: (whole: Whole) => Part
  /** What is sent: the whole with the part in its place. */
  readonly bodyOf: (whole: Whole | null, part: Part | null) => unknown
}

/** A document of the server's: read, edited, checked by it while one types (dry run), saved against the version that was read. */
export const useDocumentDraft = <Whole, Part>({ path, read, pick: pickedOf, bodyOf }: DocumentPlace<Whole, Part>): DocumentDraft<Whole, Part> => {
  const state = shallowRef<'loading' | 'ready' | 'saving' | 'failed'>('loading')
  const saved = shallowRef<Whole | null>(null) as ShallowRef<Whole | null>
  const draft = ref(null) as Ref<Part | null>
  const faults = shallowRef<readonly SettingsFault[]>([])
  const warnings = shallowRef<readonly SettingsFault[]>([])
  const failure = shallowRef<{ readonly detail: string; readonly stale: boolean } | null>(null)
  const checked = shallowRef(false)
  let etag: string | null = null
  /** Counts what was typed: an answer to an older draft says nothing about this one. */
  let typed = 0

  /** A copy: what is edited in place must not change what was read. */
  const pick = (document: Whole): Part => JSON.parse(JSON.stringify(pickedOf(document))) as Part
  const discard = (): void => { if (saved.value !== null) draft.value = pick(saved.value) }
  const changed = computed(() => saved.value !== null && draft.value !== null && JSON.stringify(draft.value) !== JSON.stringify(pick(saved.value)))

  const failed = (error: unknown): void => {
    if (!(error instanceof RequestFailed)) throw error
    faults.value = faultsIn(error.problem?.faults)
    failure.value = error.status === 422 ? null : { detail: error.message, stale: error.status === 412 }
  }
  const load = async (): Promise<void> => {
    try {
      saved.value = await request(path(), (body, tag) => { etag = tag; return read(body) })
      failure.value = null
      discard()
      state.value = 'ready'
    } catch (error) {
      state.value = 'failed'
      failed(error)
    }
  }
  const put = async (query: string): Promise<string | null> => {
    const body = bodyOf(saved.value, draft.value)
    return request(`${path()}${query}`, (answer, tag) => { warnings.value = faultsIn(recordOf(answer).warnings); return tag }, { method: 'PUT', body, ...(etag === null ? {} : { ifMatch: etag }) })
  }
  const check = useDebounceFn(async () => {
    if (!changed.value || state.value !== 'ready') return
    const at = typed
    try {
      await put('?dryRun=true')
      faults.value = []
      failure.value = null
    } catch (error) {
      failed(error)
    }
    checked.value = at === typed
  }, CHECK_AFTER_MS)
  const save = async (): Promise<boolean> => {
    state.value = 'saving'
    try {
      await put('')
      faults.value = []
      await load()
      return true
    } catch (error) {
      failed(error)
      return false
    } finally {
      if (state.value === 'saving') state.value = 'ready'
    }
  }
  onMounted(load)
  watch(draft, () => {
    typed += 1
    checked.value = false
    if (changed.value) void check()
    else { faults.value = []; warnings.value = []; failure.value = null }
  }, { deep: true })
  return { state, saved, draft, changed, checked, faults, warnings, failure, faultAt: (at) => faultAt(faults.value, at), save, discard, load }
}
