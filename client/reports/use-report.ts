import { computed, shallowRef, watch, type ComputedRef, type ShallowRef, type WritableComputedRef } from 'vue'
import type { IntervalRow, QueueRow } from '../../server/contract/rows.ts'
import { useQuery } from '../composables/use-query.ts'
import { useShell } from '../composables/use-shell.ts'
import { useWords } from '../composables/use-words.ts'
import { localDate } from '../format/local-days.ts'
import { request, RequestFailed } from '../http/api.ts'
import { listOf, recordOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { earlier, presets, rangeOf, type Preset, type Range } from './report-range.ts'

export const steps = ['15m', '30m', '1h', '1d'] as const
export type Step = (typeof steps)[number]

export interface Report {
  readonly preset: WritableComputedRef<string>
  readonly zone: ComputedRef<string>
  readonly zoneChoice: WritableComputedRef<string>
  readonly compare: WritableComputedRef<string>
  readonly queue: WritableComputedRef<string>
  readonly step: WritableComputedRef<string>
  readonly first: WritableComputedRef<string>
  readonly last: WritableComputedRef<string>
  readonly range: Readonly<ShallowRef<Range>>
  /** The queue that is looked at; null: all of them. */
  readonly row: ComputedRef<QueueRow | null>
  readonly queues: ComputedRef<readonly QueueRow[]>
  /** Quarter hours of the heat map are half hours; the other reports take the step of the address. */
  readonly rows: Readonly<ShallowRef<readonly IntervalRow[]>>
  readonly before: Readonly<ShallowRef<readonly IntervalRow[]>>
  readonly state: Readonly<ShallowRef<'loading' | 'ready' | 'failed'>>
  readonly failure: Readonly<ShallowRef<string | null>>
  /** Query of the same rows for an export. */
  readonly exportQuery: ComputedRef<string>
}

const isRow = (value: unknown): value is IntervalRow => typeof recordOf(value).from === 'string'

/** What a report shows is all in its address: range, zone, comparison, queue, step. */
export const useReport = (fixedStep: () => Step | null): Report => {
  const session = useSessionStore()
  const words = useWords()
  const { floor } = useShell()
  const preset = useQuery('range', 'today')
  const zoneChoice = useQuery('zone', 'site')
  const compare = useQuery('compare', 'none')
  const queue = useQuery('queue')
  const step = useQuery('step', '30m')
  const zone = computed(() => (zoneChoice.value === 'utc' ? 'UTC' : zoneChoice.value === 'mine' ? Intl.DateTimeFormat().resolvedOptions().timeZone : words.zone()))
  const today = (): string => localDate(Date.now(), zone.value)
  const [first, last] = [useQuery('from', today()), useQuery('to', today())]
  const presetName = (): Preset => presets.find((name) => name === preset.value) ?? 'today'
  const rangeNow = (): Range => rangeOf(presetName(), Date.now(), zone.value, { from: first.value, to: last.value })
  const range = shallowRef(rangeNow())
  const rows = shallowRef<readonly IntervalRow[]>([])
  const before = shallowRef<readonly IntervalRow[]>([])
  const state = shallowRef<'loading' | 'ready' | 'failed'>('loading')
  const failure = shallowRef<string | null>(null)
  const queues = computed(() => [...(floor.tables.value?.queues.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name)))
  const row = computed(() => queues.value.find((found) => found.queue === queue.value) ?? null)
  const stepNow = (): Step => fixedStep() ?? steps.find((name) => name === step.value) ?? '30m'
  /** In the site's own zone a day is the queue's business day; in another it is a calendar day there. */
  const queryOf = (asked: Range): string => new URLSearchParams({ from: new Date(asked.from).toISOString(), to: new Date(asked.to).toISOString(), step: stepNow(), ...(zoneChoice.value === 'site' ? {} : { tz: zone.value }), ...(queue.value === '' ? {} : { queue: queue.value }) }).toString()
  const read = (asked: Range): Promise<readonly IntervalRow[]> => request(session.place(`intervals?${queryOf(asked)}`), (body) => listOf(recordOf(body).rows).filter(isRow))

  let asked = 0
  const load = async (): Promise<void> => {
    const turn = (asked += 1)
    range.value = rangeNow()
    // Under the new range stands nothing of the old one.
    rows.value = []
    before.value = []
    state.value = 'loading'
    try {
      const days = Math.round((Date.parse(range.value.last) - Date.parse(range.value.first)) / 86_400_000) + 1
      const [now, then] = await Promise.all([read(range.value), compare.value === 'none' ? [] : read(earlier(range.value, compare.value === 'week' ? 7 : days, zone.value))])
      if (turn !== asked) return
      rows.value = now
      before.value = then
      failure.value = null
      state.value = 'ready'
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      if (turn !== asked) return
      failure.value = error.message
      state.value = 'failed'
    }
  }
  watch([preset, zone, compare, queue, stepNow, first, last, () => session.site?.id], () => void load(), { immediate: true })
  return { preset, zone, zoneChoice, compare, queue, step, first, last, range, row, queues, rows, before, state, failure, exportQuery: computed(() => queryOf(range.value)) }
}
