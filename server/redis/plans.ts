import type { Activity } from '../domain/plan/adherence.ts'
import type { PlanInterval } from '../domain/plan/day-plan.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import { DAY, instantOf, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { dayOf } from './seen.ts'

/** What was planned: figures of queues by quarter hour, and the days of agents. Agents by register number, so that a forgotten person is nobody here too. */
export interface PlannedActivity extends Activity {
  readonly agent: AgentNumber
}

export interface Plans {
  /** Replaces the quarter hours that it names. */
  readonly putPlan: (site: string, intervals: readonly PlanInterval[]) => Promise<void>
  readonly plan: (site: string, from: Instant, to: Instant) => Promise<readonly PlanInterval[]>
  /** Replaces the UTC days of its agents that it touches. */
  readonly putSchedule: (site: string, activities: readonly PlannedActivity[]) => Promise<void>
  readonly schedule: (site: string, from: Instant, to: Instant) => Promise<readonly PlannedActivity[]>
  /** Adds one stretch, or takes those of a kind away from an agent's day. */
  readonly excuse: (site: string, agent: AgentNumber, day: { readonly from: Instant; readonly to: Instant }, activity: string | null) => Promise<void>
}

/** Thirteen months: a plan is looked at beside last year's. */
const PLAN_KEPT_S = 400 * 86_400
const SCHEDULE_KEPT_S = 120 * 86_400
/** No stretch of a day is longer, so the day before holds all that may reach into a range. */
const LONGEST_MS = DAY

const daysOf = (from: number, to: number): readonly string[] => {
  const days: string[] = []
  for (let at = Math.floor(from / DAY) * DAY; at < to; at += DAY) days.push(dayOf(at))
  return days
}
const byDay = <T extends { readonly from: number }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> => {
  const days = new Map<string, T[]>()
  for (const one of all) days.set(dayOf(one.from), [...(days.get(dayOf(one.from)) ?? []), one])
  return days
}
const activityIn = (field: string, text: string): PlannedActivity => {
  const [agent, from] = field.split('|')
  const [activity, to] = JSON.parse(text) as readonly [string, number]
  return { agent: Number(agent), activity, from: instantOf(Number(from)), to: instantOf(to) }
}
const fieldOf = ({ agent, from, activity }: PlannedActivity): string => `${agent}|${from}|${activity}`

export const openPlans = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Plans => ({
  putPlan: async (site, intervals) => {
    for (const [day, own] of byDay(intervals)) {
      const key = keys.site(site).plan(day)
      await redis.multi().hSet(key, Object.fromEntries(own.map(({ queue, from, forecast, ahtMs, required, scheduled }) => [`${from}|${queue}`, JSON.stringify([forecast, ahtMs, required, scheduled])]))).expire(key, PLAN_KEPT_S).exec()
    }
  },
  plan: async (site, from, to) => {
    const found = await Promise.all(daysOf(from, to).map((day) => redis.hGetAll(keys.site(site).plan(day))))
    return found.flatMap((fields) =>
      Object.entries(fields).flatMap(([field, text]): readonly PlanInterval[] => {
        const at = Number(field.slice(0, field.indexOf('|')))
        if (at < from || at >= to) return []
        const [forecast, ahtMs, required, scheduled] = JSON.parse(text) as readonly (number | null)[]
        return [{ queue: field.slice(field.indexOf('|') + 1), from: instantOf(at), forecast: forecast ?? null, ahtMs: ahtMs ?? null, required: required ?? null, scheduled: scheduled ?? null }]
      }),
    )
  },
  putSchedule: async (site, activities) => {
    for (const [day, own] of byDay(activities)) {
      const key = keys.site(site).schedule(day)
      const agents = new Set(own.map(({ agent }) => String(agent)))
      const old = (await redis.hKeys(key)).filter((field) => agents.has(field.slice(0, field.indexOf('|'))))
      const write = redis.multi()
      if (old.length > 0) write.hDel(key, old)
      await write.hSet(key, Object.fromEntries(own.map((one) => [fieldOf(one), JSON.stringify([one.activity, one.to])]))).expire(key, SCHEDULE_KEPT_S).exec()
    }
  },
  schedule: async (site, from, to) => {
    const found = await Promise.all(daysOf(from - LONGEST_MS, to).map((day) => redis.hGetAll(keys.site(site).schedule(day))))
    return found.flatMap((fields) => Object.entries(fields).map(([field, text]) => activityIn(field, text))).filter((one) => one.from < to && one.to > from).sort((a, b) => a.from - b.from)
  },
  excuse: async (site, agent, day, activity) => {
    const key = keys.site(site).schedule(dayOf(day.from))
    const marked = (await redis.hGetAll(key))
    const old = Object.keys(marked).filter((field) => field.startsWith(`${agent}|${day.from}|`) && activityIn(field, marked[field] ?? '["",0]').to === day.to)
    const write = redis.multi()
    if (old.length > 0) write.hDel(key, old)
    if (activity !== null) write.hSet(key, fieldOf({ agent, activity, ...day }), JSON.stringify([activity, day.to]))
    await write.expire(key, SCHEDULE_KEPT_S).exec()
  },
})
