import type { QueueQuotes, QueueWait } from '../queue-figures.ts'
import { expectedWait, waitErrorOf, waitSums, type ExpectedWait, type Quote } from '../kpi/expected-wait.ts'
import { LEG, LEG_STRIDE, NONE, STATE_OUTCOME } from '../legs.ts'
import { HOUR, MINUTE } from '../time.ts'
import { isThere, PRIMARY } from './standing.ts'
import type { FloorState } from './floor-state.ts'
import { LegView, OUTCOME } from './leg-view.ts'
import { PHASE } from './newest-fact.ts'
import { queuesOf } from './read-queues.ts'

/** One handling that ended, and one wait with its end. */
interface Handled {
  readonly queue: number
  readonly agent: number
  readonly at: number
  /** Session and active time. */
  readonly ms: number
  readonly activeMs: number
}
interface Wait {
  readonly queue: number
  readonly from: number
  readonly to: number
  readonly waitedMs: number | null
}
interface Seen {
  readonly handledOf: (queue: number) => readonly Handled[]
  readonly handledBy: (agent: number) => readonly Handled[]
  readonly waitsOf: (queue: number) => readonly Wait[]
  /** Indexes of those who serve a queue. */
  readonly crewOf: (queue: number) => readonly number[]
  readonly queues: () => readonly number[]
}

const grouped = <T>(all: readonly T[], by: (one: T) => readonly number[]): { readonly of: (key: number) => readonly T[]; readonly keys: () => readonly number[] } => {
  const groups = new Map<number, T[]>()
  for (const one of all) {
    for (const key of by(one)) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [one])
      else group.push(one)
    }
  }
  return { of: (key) => groups.get(key) ?? [], keys: () => [...groups.keys()] }
}

const LOOK_BACK_MS = HOUR
/** A handling without a word of its wrap-up counts so long after its leg's last fact at most. */
const LATEST_END_MS = 3 * HOUR
/** The newest leg of an hour counts more than twice as much as one half an hour old. */
const FADE_MS = 30 * MINUTE
/** Of busier queues the newest quotes of the range are judged. */
const MOST_QUOTES = 500

/** What bears on quotes of [from, to): ends of the hour before, and waits that ran then. */
const seenIn = (state: FloorState, from: number, to: number): Seen => {
  const view = new LegView()
  const handled: Handled[] = []
  const waits: Wait[] = []
  for (let leg = 0; leg < state.legs.top; leg++) {
    const o = leg * LEG_STRIDE
    if (state.legs.cells[o + LEG.used] === 0 || state.legs.cells[o + LEG.queue] === NONE) continue
    const open = (state.legs.cells[o + LEG.state] & STATE_OUTCOME) === OUTCOME.pending
    if (!open && state.legs.baseOf(leg) + state.legs.cells[o + LEG.lastAt] < from - LATEST_END_MS) continue
    // One that came after the stretch neither waited nor ended in it: when one with a simple life came is known without reading it.
    if (!open && state.legs.cells[o + LEG.phase] !== PHASE.other && state.legs.baseOf(leg) + state.legs.cells[o + LEG.queuedAt] > to) continue
    state.reader.read(leg, view)
    for (let i = 0; i < view.handlings; i++) if (view.countedAt[i] > from - LOOK_BACK_MS && view.countedAt[i] <= to) handled.push({ queue: view.queue, agent: view.agent[i], at: view.countedAt[i], ms: Math.max(0, view.talk[i]) + Math.max(0, view.hold[i]) + Math.max(0, view.acw[i]), activeMs: view.active[i] })
    const ends = view.outcome === OUTCOME.pending ? Infinity : view.outcomeAt
    if (view.offered && ends > from && (view.queuedAt < to || ends === Infinity)) waits.push({ queue: view.queue, from: view.queuedAt, to: ends, waitedMs: view.outcome === OUTCOME.answered ? view.waitMs : null })
  }
  const byTime = handled.sort((one, other) => one.at - other.at)
  const waiting = grouped(waits.sort((one, other) => one.from - other.from), ({ queue }) => [queue])
  return {
    handledOf: grouped(byTime, ({ queue }) => [queue]).of,
    handledBy: grouped(byTime, ({ agent }) => [agent]).of,
    waitsOf: waiting.of,
    crewOf: grouped(state.agents.agents.map((_, index) => index), (index) => state.agents.agents[index].queues).of,
    queues: waiting.keys,
  }
}

const timeOf = (seen: Seen, queue: number, at: number, which: 'ms' | 'activeMs'): number | null => {
  let weight = 0
  let sum = 0
  for (const one of seen.handledOf(queue)) {
    if (one.at > at) break
    if (one.at <= at - LOOK_BACK_MS) continue
    const share = Math.exp((one.at - at) / FADE_MS)
    weight += share
    sum += share * one[which]
  }
  return weight === 0 ? null : sum / weight
}

/** Each agent at work for the queue at an instant, by the share that the queue had of their last hour; of one who handled nothing, an equal share. */
const peopleOf = (state: FloorState, seen: Seen, queue: number, at: number): number => {
  let people = 0
  for (const index of seen.crewOf(queue)) {
    const agent = state.agents.agents[index]
    const primary = at >= state.asOf ? agent.primary : (state.agents.bands.at(index, at) ?? PRIMARY.offline)
    if (!isThere(primary) || primary === PRIMARY.aux) continue
    let [own, total] = [0, 0]
    for (const { queue: of, at: ended, activeMs } of seen.handledBy(agent.number)) {
      if (ended > at) break
      if (ended <= at - LOOK_BACK_MS) continue
      total += activeMs
      if (of === queue) own += activeMs
    }
    people += total > 0 ? own / total : 1 / agent.queues.length
  }
  return people
}

/** What somebody who came to the queue now would be told. */
const waitNow = (state: FloorState, seen: Seen, queue: number): ExpectedWait & Pick<QueueWait, 'ahtMs'> => {
  const ahead = seen.waitsOf(queue).filter((wait) => wait.to === Infinity).length
  return { ...expectedWait(ahead + 1, timeOf(seen, queue, state.asOf, 'activeMs'), peopleOf(state, seen, queue, state.asOf)), ahtMs: timeOf(seen, queue, state.asOf, 'ms') }
}

/**
 * What was told to those who came in [from, to), beside how long they waited. A quote follows from the record as it stood at the
 * enqueue, so it is told again, and what it came to is stored with its day; those who found somebody free were told nothing.
 */
const quotesOf = (state: FloorState, seen: Seen, queue: number, from: number, to: number): readonly Quote[] => {
  const own = seen.waitsOf(queue)
  const answered = own.filter((wait) => wait.from >= from && wait.from < to && wait.waitedMs !== null).slice(-MOST_QUOTES)
  return answered.flatMap(({ from: at, waitedMs }): readonly Quote[] => {
    const position = own.filter((wait) => wait.from <= at && wait.to > at).length
    const { meanMs, p50Ms, p90Ms } = expectedWait(position, timeOf(seen, queue, at, 'activeMs'), peopleOf(state, seen, queue, at))
    const told = position > 1 || busyAt(state, seen, queue, at)
    return meanMs === null || p50Ms === null || p90Ms === null || waitedMs === null || !told ? [] : [{ meanMs, p50Ms, p90Ms, waitedMs }]
  })
}

/** Nobody of the queue was free. */
const busyAt = (state: FloorState, seen: Seen, queue: number, at: number): boolean => !seen.crewOf(queue).some((index) => state.agents.bands.at(index, at - 1) === PRIMARY.available)

export const readWaits = (state: FloorState, query: { readonly queue?: string; readonly from: number; readonly to: number }): readonly QueueWait[] => {
  const seen = seenIn(state, Math.min(query.from, state.asOf), Infinity)
  return queuesOf(state, query.queue === undefined ? undefined : [query.queue]).map((queue) => {
    const sums = waitSums(quotesOf(state, seen, queue, query.from, query.to))
    return { queue: state.queues.ids[queue], ...waitNow(state, seen, queue), sums, error: waitErrorOf([sums]) }
  })
}

/** How right quotes of [from, to) were, of each queue that made any. */
export const readQuotes = (state: FloorState, query: { readonly from: number; readonly to: number }): readonly QueueQuotes[] => {
  const seen = seenIn(state, query.from, query.to)
  return [...seen.queues()].sort((a, b) => a - b).flatMap((queue): readonly QueueQuotes[] => {
    const sums = waitSums(quotesOf(state, seen, queue, query.from, query.to))
    return sums.quotes === 0 ? [] : [{ queue: state.queues.ids[queue], sums }]
  })
}
