import type { CounterSums, BlockPercentiles } from '../kpi/metric-block.ts'
import { bucketOf, percentileOf, sketchOf, type Sketch } from '../kpi/percentile.ts'
import { LEG, LEG_STRIDE, NONE } from '../legs.ts'
import { MINUTE } from '../time.ts'
import { timeOf } from './standing.ts'
import { COUNTERS, type CounterName } from './counters.ts'
import type { FloorState } from './floor-state.ts'
import { leaveGains } from './leg-gains.ts'
import { LegView, resolutionOf, responseOf } from './leg-view.ts'
import { ResponseSums, type ResponseTotals } from './response-sums.ts'

/** A window of any length over the queues of a scope, from the legs themselves; both ends are in it. */
export interface Window {
  readonly from: number
  readonly to: number
  /** null: the whole site. */
  readonly queues: ReadonlySet<number> | null
}

export interface WindowSums {
  readonly sums: CounterSums
  readonly percentiles: BlockPercentiles
  readonly responses: ResponseTotals
}

type AgentClock = Pick<CounterSums, 'handlingMs' | 'availableMs' | 'signedInMs'>
const noSums = (): Record<CounterName, number> => Object.fromEntries(COUNTERS.map(({ name }) => [name, 0])) as Record<CounterName, number>

/** Every leg of the queues, read. */
export const eachView = (state: FloorState, { queues }: Pick<Window, 'queues'>, visit: (view: LegView) => void): void => {
  const view = new LegView()
  for (let leg = 0; leg < state.legs.top; leg++) {
    const o = leg * LEG_STRIDE
    const queue = state.legs.cells[o + LEG.queue]
    if (state.legs.cells[o + LEG.used] === 0 || queue === NONE || queues?.has(queue) === false) continue
    visit(state.reader.read(leg, view))
  }
}

export const windowSums = (state: FloorState, window: Window): WindowSums => {
  const { from, to } = window
  const sums = noSums()
  const waits = new Map<number, number>()
  const handles = new Map<number, number>()
  const sample = (into: Map<number, number>) => (at: number, ms: number): void => {
    if (at >= from && at <= to) into.set(bucketOf(ms), (into.get(bucketOf(ms)) ?? 0) + 1)
  }
  const gains = { count: (name: CounterName, at: number, amount: number) => void (at >= from && at <= to && (sums[name] += amount)), wait: sample(waits), handle: sample(handles) }
  const responses = new ResponseSums()
  eachView(state, window, (view) => {
    leaveGains(view, gains)
    for (let i = 0; i < view.responses; i++) if (view.respondedAt[i] >= from && view.respondedAt[i] <= to) responses.add(responseOf(view, i), 1)
    if (view.resolvedConversationAt !== 0 && view.resolvedConversationAt >= from && view.resolvedConversationAt <= to) responses.add(resolutionOf(view), 1)
  })
  Object.assign(sums, agentTime(state, window))
  const share = (sketch: Sketch, part: number): number | null => percentileOf(sketch, part)
  const [wait, handle] = [sketchOf(waits), sketchOf(handles)]
  return { sums, percentiles: { waitMsP50: share(wait, 0.5), waitMsP90: share(wait, 0.9), handleMsP50: share(handle, 0.5), handleMsP90: share(handle, 0.9) }, responses: responses.totals() }
}

/** Agents' clock time in the window, each agent once: of some queues what they were in while they served any of these. */
export const agentTime = (state: FloorState, { from, to, queues }: Window): AgentClock => {
  const time = { handlingMs: 0, availableMs: 0, signedInMs: 0 }
  const { agents, bands, memberships } = state.agents
  const until = Math.min(to, state.asOf)
  const add = (index: number, since: number, end: number): void => {
    for (const band of bands.of(index, since, end)) {
      const [handling, available, signedIn] = timeOf(band.primary)
      const ms = band.to - band.from
      time.handlingMs += handling * ms
      time.availableMs += available * ms
      time.signedInMs += signedIn * ms
    }
  }
  for (let index = 0; index < agents.length; index++) {
    if (queues === null) add(index, from, until)
    else memberships.each(index, from, until, (served, since, end) => void (served.some((queue) => queues.has(queue)) && add(index, since, end)))
  }
  return time
}

/** Sums of each whole minute from `from` on, oldest first: what a rolling figure was at the end of each of them. `ofDay`: of each queue its own business day alone. */
export const minuteSums = (state: FloorState, { from, to, queues }: Window, ofDay: boolean): readonly CounterSums[] => {
  const first = Math.floor(from / MINUTE)
  const minutes = Array.from({ length: Math.max(0, Math.floor(to / MINUTE) - first + 1) }, noSums)
  const nothing = (): void => undefined
  let opened = -Infinity
  const count = (name: CounterName, at: number, amount: number): void => {
    const minute = at < opened ? undefined : minutes[Math.floor(at / MINUTE) - first]
    if (minute !== undefined) minute[name] += amount
  }
  eachView(state, { queues }, (view) => {
    if (ofDay) opened = state.queues.dayFrom[view.queue]
    leaveGains(view, { count, wait: nothing, handle: nothing })
  })
  return minutes
}
