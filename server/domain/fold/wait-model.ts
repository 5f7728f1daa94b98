import type { QueueWait } from '../floor.ts'
import { expectedWait, waitError, type ExpectedWait, type Quote } from '../kpi/expected-wait.ts'
import { LEG, LEG_STRIDE, NONE } from '../legs.ts'
import { HOUR, MINUTE } from '../time.ts'
import { PRIMARY } from './agents.ts'
import type { FloorState } from './floor-state.ts'
import { LegView, OUTCOME } from './leg-view.ts'

/** One handling that ended, and one wait with its end. */
interface Handled {
  readonly queue: number
  readonly agent: number
  readonly at: number
  readonly ms: number
}
interface Wait {
  readonly queue: number
  readonly from: number
  readonly to: number
  readonly waitedMs: number | null
}
interface Seen {
  readonly handled: readonly Handled[]
  readonly waits: readonly Wait[]
}

const LOOK_BACK_MS = HOUR
/** The newest leg of an hour counts more than twice as much as one half an hour old. */
const FADE_MS = 30 * MINUTE
/** Of busier queues the newest quotes of the range are judged. */
const MOST_QUOTES = 500

const seenSince = (state: FloorState, from: number): Seen => {
  const view = new LegView()
  const handled: Handled[] = []
  const waits: Wait[] = []
  for (let leg = 0; leg < state.legs.top; leg++) {
    const o = leg * LEG_STRIDE
    if (state.legs.cells[o + LEG.used] === 0 || state.legs.cells[o + LEG.queue] === NONE) continue
    state.reader.read(leg, view)
    for (let i = 0; i < view.handlings; i++) if (view.countedAt[i] > from - LOOK_BACK_MS) handled.push({ queue: view.queue, agent: view.agent[i], at: view.countedAt[i], ms: Math.max(0, view.talk[i]) + Math.max(0, view.hold[i]) + Math.max(0, view.acw[i]) })
    const to = view.outcome === OUTCOME.pending ? Infinity : view.outcomeAt
    if (view.offered && to > from) waits.push({ queue: view.queue, from: view.queuedAt, to, waitedMs: view.outcome === OUTCOME.answered ? view.waitMs : null })
  }
  return { handled: handled.sort((a, b) => a.at - b.at), waits: waits.sort((a, b) => a.from - b.from) }
}

const ahtOf = (handled: readonly Handled[], queue: number, at: number): number | null => {
  let weight = 0
  let sum = 0
  for (const one of handled) {
    if (one.queue !== queue || one.at > at || one.at <= at - LOOK_BACK_MS) continue
    const share = Math.exp((one.at - at) / FADE_MS)
    weight += share
    sum += share * one.ms
  }
  return weight === 0 ? null : sum / weight
}

/** Each agent at work for the queue at an instant, by the share that the queue had of their last hour; of one who handled nothing, an equal share. */
const peopleOf = (state: FloorState, handled: readonly Handled[], queue: number, at: number): number => {
  const own = new Map<number, number>()
  const all = new Map<number, number>()
  for (const { agent, queue: of, at: ended, ms } of handled) {
    if (ended > at || ended <= at - LOOK_BACK_MS) continue
    all.set(agent, (all.get(agent) ?? 0) + ms)
    if (of === queue) own.set(agent, (own.get(agent) ?? 0) + ms)
  }
  let people = 0
  state.agents.agents.forEach((agent, index) => {
    if (!agent.queues.includes(queue)) return
    const primary = at >= state.asOf ? agent.primary : (state.agents.bands.of(index, at, at + 1)[0]?.primary ?? PRIMARY.offline)
    if (primary === PRIMARY.offline || primary === PRIMARY.unreachable || primary === PRIMARY.aux) return
    const total = all.get(agent.number) ?? 0
    people += total > 0 ? (own.get(agent.number) ?? 0) / total : 1 / agent.queues.length
  })
  return people
}

/** What somebody who came to the queue now would be told. */
const waitNow = (state: FloorState, seen: Seen, queue: number): ExpectedWait => {
  const ahead = seen.waits.filter((wait) => wait.queue === queue && wait.to === Infinity).length
  return expectedWait(ahead + 1, ahtOf(seen.handled, queue, state.asOf), peopleOf(state, seen.handled, queue, state.asOf))
}

/**
 * What was told to those who came in [from, to), beside how long they waited. A quote follows from the record as it stood at the
 * enqueue, so it is not stored but told again; those who found somebody free were told nothing.
 */
const quotesOf = (state: FloorState, seen: Seen, queue: number, from: number, to: number): readonly Quote[] => {
  const own = seen.waits.filter((wait) => wait.queue === queue)
  const answered = own.filter((wait) => wait.from >= from && wait.from < to && wait.waitedMs !== null).slice(-MOST_QUOTES)
  return answered.flatMap(({ from: at, waitedMs }): readonly Quote[] => {
    const position = own.filter((wait) => wait.from <= at && wait.to > at).length
    const { meanMs, p90Ms } = expectedWait(position, ahtOf(seen.handled, queue, at), peopleOf(state, seen.handled, queue, at))
    const told = position > 1 || busyAt(state, queue, at)
    return meanMs === null || p90Ms === null || waitedMs === null || !told ? [] : [{ meanMs, p90Ms, waitedMs }]
  })
}

/** Nobody of the queue was free. */
const busyAt = (state: FloorState, queue: number, at: number): boolean => !state.agents.agents.some((agent, index) => agent.queues.includes(queue) && state.agents.bands.of(index, at - 1, at)[0]?.primary === PRIMARY.available)

export const readWaits = (state: FloorState, query: { readonly queue?: string; readonly from: number; readonly to: number }): readonly QueueWait[] => {
  const asked = query.queue === undefined ? state.queues.ids.flatMap((_, index) => (index > 0 ? [index] : [])) : [state.queues.index(query.queue)].filter((index) => index > 0)
  const seen = seenSince(state, Math.min(query.from, state.asOf))
  return asked.map((queue) => ({ queue: state.queues.ids[queue], ...waitNow(state, seen, queue), error: waitError(quotesOf(state, seen, queue, query.from, query.to)) }))
}
