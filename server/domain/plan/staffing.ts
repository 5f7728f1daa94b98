import type { ServiceTarget } from '../settings.ts'
import { growthPerMinute } from '../staffing/erlang.ts'
import { requiredPeople } from '../staffing/required.ts'
import type { Instant } from '../time.ts'
import type { Expected } from './day-plan.ts'

export interface Staffing {
  readonly queue: string
  readonly from: Instant
  readonly basis: Expected['basis']
  readonly forecast: number | null
  readonly ahtMs: number | null
  /** What people are reckoned by. */
  readonly activeMs: number | null
  /** Not rounded; the screen rounds it up, sums are rounded once. */
  readonly required: number | null
  readonly requiredBy: 'plan' | 'erlang-a' | 'erlang-c' | null
  readonly scheduled: number | null
  /** Who is there now; null for another time than now. */
  readonly staffed: number | null
  /** required - staffed (now) or - scheduled; more than 0: people are missing. */
  readonly gap: number | null
  /** Contacts a minute by which the queue grows with these people, where nobody gives up. */
  readonly growsPerMinute: number | null
}

const PER_HOUR = 4

export const staffingOf = (expected: Expected, target: ServiceTarget, staffed: number | null): Staffing => {
  const { queue, from, basis, forecast, ahtMs, activeMs, scheduled, patienceMs } = expected
  const load = forecast === null || activeMs === null || activeMs <= 0 ? null : { perHour: forecast * PER_HOUR, ahtMs: activeMs, withinMs: target.withinMs }
  const found = expected.required !== null ? { people: expected.required, by: 'plan' as const } : load === null ? null : requiredPeople(load, { percent: target.percent, patienceMs })
  const there = staffed ?? scheduled
  return { queue, from, basis, forecast, ahtMs, activeMs, required: found?.people ?? null, requiredBy: found?.by ?? null, scheduled, staffed, gap: found === null || there === null ? null : found.people - there, growsPerMinute: load === null || there === null ? null : growthPerMinute(load, there) }
}

/** Several queues: people that are required are added as they are and rounded up once; who is there counts once. Null where a queue's need is not known. */
export const staffingTotal = (rows: readonly Staffing[], staffed: number | null): { readonly required: number | null; readonly staffed: number | null; readonly gap: number | null } => {
  const needs = rows.map(({ required }) => required).filter((required) => required !== null)
  const required = rows.length === 0 || needs.length < rows.length ? null : Math.ceil(needs.reduce((sum, people) => sum + people, 0) - 1e-9)
  return { required, staffed, gap: required === null || staffed === null ? null : required - staffed }
}
