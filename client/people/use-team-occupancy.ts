import { computed, type ComputedRef } from 'vue'
import { useAnswer } from '../composables/use-answer.ts'
import { isRecord, listOf, recordOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** A rolling half hour moves by the minute; states move by themselves. */
const EVERY_MS = 15_000

/** Occupancy of teams over the last 30 minutes, asked for while `shown`; empty while it is not known. */
export const useTeamOccupancy = (shown: () => boolean): ComputedRef<ReadonlyMap<string | null, number | null>> => {
  const session = useSessionStore()
  const read = (body: unknown): ReadonlyMap<string | null, number | null> => new Map(listOf(recordOf(body).rows).filter(isRecord).map((row) => [textOf(row.team), typeof row.occupancy === 'number' ? row.occupancy : null]))
  const { value, failure } = useAnswer(() => (shown() ? session.place('reports/teams') : null), read, { everyMs: EVERY_MS })
  // An old figure would look like one of now.
  return computed(() => (failure.value === null ? (value.value ?? new Map()) : new Map()))
}
