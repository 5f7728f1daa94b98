import type { MetricBlock } from '../metric-figures.ts'
import type { NowBlock, QueueFigures, TodayBlock } from '../queue-figures.ts'
import { shareInterval } from '../kpi/confidence.ts'
import { fcrByDisposition, fcrByRepeat, repeatRate } from '../kpi/first-contact-resolution.ts'
import { handleTimeSoFar } from '../kpi/handle-time.ts'
import { addSums, countersAt, metricBlock, serviceCounts, type BlockPercentiles, type CounterSums } from '../kpi/metric-block.ts'
import { mergeSketches, percentileOf, type Sketch } from '../kpi/percentile.ts'
import { meanScore } from '../kpi/satisfaction.ts'
import { queueHealth, SERVICE_LEVEL_VARIANTS, serviceLevelDebt, serviceLevelFloor, serviceLevelOf, shareOf } from '../kpi/service-level.ts'
import { NONE } from '../legs.ts'
import type { ServiceLevelVariant, ServiceTarget } from '../settings.ts'
import { instantOf, MINUTE, type Instant } from '../time.ts'
import { AGENT_SUM } from './agents.ts'
import { PRIMARY } from './standing.ts'
import { gaugeOf, signedIn } from './clock.ts'
import { COUNT } from './counters.ts'
import { oldestCustomerSince } from './customer-wait.ts'
import { CHANNELS } from './fact-kinds.ts'
import type { FloorState } from './floor-state.ts'
import { channelsOf, readDigital } from './read-digital.ts'
import { longestWait } from './longest-wait.ts'
import { HISTOGRAM, RING } from './queue-table.ts'
import { agentTime } from './window-sums.ts'

/** What the figures of one queue or of several are made of. */
export interface Parts {
  readonly window: CounterSums
  readonly day: CounterSums
  readonly waiting: number
  readonly alerting: number
  readonly inProgress: number
  readonly inAcw: number
  readonly overTarget: number
  readonly running: number
  readonly runningStart: number
  readonly oldestWaitingSince: Instant | null
  readonly oldestCustomerSince: Instant | null
  readonly longestRunningSince: Instant | null
  readonly maxWaitMs: number | null
  readonly dayStartedAt: Instant
  readonly target: ServiceTarget
  /** The threshold is the same in all parts; the variant as well; the percentage as well. */
  readonly sameThreshold: boolean
  readonly sameLevel: boolean
  readonly sameTarget: boolean
  readonly windowPercentiles: BlockPercentiles
  readonly dayPercentiles: BlockPercentiles
  readonly staff: (primary: number) => number
  readonly trend: readonly (number | null)[]
}

const instantOr = (at: number | null): Instant | null => (at === null ? null : instantOf(at))

export const partsOf = (state: FloorState, queue: number): Parts => {
  const { queues, live, crew } = state
  const values = queues.cells.values
  const settings = state.settings.queue(state.settings.latest, queue)
  const oldest = live.oldestWaiting(queue)
  const longest = live.longestRunning(queue)
  const h = queue * 4
  const share = (histogram: number, part: number): number | null => queues.histograms.percentile(h + histogram, part)
  return {
    window: countersAt(values, queues.windowBlock(queue)),
    day: countersAt(values, queues.dayBlock(queue)),
    waiting: gaugeOf(state, queue, 'waiting'),
    alerting: gaugeOf(state, queue, 'alerting'),
    inProgress: gaugeOf(state, queue, 'inProgress'),
    inAcw: gaugeOf(state, queue, 'inAcw'),
    overTarget: gaugeOf(state, queue, 'overTarget'),
    running: gaugeOf(state, queue, 'running'),
    runningStart: queues.runningStart[queue],
    oldestWaitingSince: instantOr(oldest === NONE ? null : live.sinceOf(oldest)),
    oldestCustomerSince: instantOr(oldestCustomerSince(state, queue)),
    longestRunningSince: instantOr(longest === NONE ? null : live.sinceOf(longest)),
    maxWaitMs: longestWait(state, queue),
    dayStartedAt: instantOf(queues.dayFrom[queue]),
    target: settings.target,
    sameThreshold: true,
    sameLevel: true,
    sameTarget: true,
    windowPercentiles: { waitMsP50: share(HISTOGRAM.windowWait, 0.5), waitMsP90: share(HISTOGRAM.windowWait, 0.9), handleMsP50: share(HISTOGRAM.windowHandle, 0.5), handleMsP90: share(HISTOGRAM.windowHandle, 0.9) },
    dayPercentiles: { waitMsP50: share(HISTOGRAM.dayWait, 0.5), waitMsP90: share(HISTOGRAM.dayWait, 0.9), handleMsP50: share(HISTOGRAM.dayHandle, 0.5), handleMsP90: share(HISTOGRAM.dayHandle, 0.9) },
    staff: (primary) => crew.staff(queue, primary),
    trend: trendOf(state, [queue], settings.target.variant),
  }
}

/** Service level of each of the last 30 minutes, oldest first; null where nothing ended. */
export const trendOf = (state: FloorState, queues: readonly number[], variant: ServiceLevelVariant): readonly (number | null)[] => {
  const { queues: { ringUsed, cells: { values } }, book } = state
  return Array.from({ length: 30 }, (_, index) => {
    const minute = book.minute - 29 + index
    if (minute < 0) return null
    // Read thirty times for each change of a queue: no more than these are added up.
    let [answered, answeredInTarget, abandoned, shortAbandoned, abandonedInTarget, callbacks, callbacksInTarget, flowedOut, flowedOutInTarget] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
    for (const queue of queues) {
      if (ringUsed[queue * RING + (minute % RING)] !== 1) continue
      const block = state.queues.ringBlock(queue, minute)
      answered += values[block + COUNT.answered]
      answeredInTarget += values[block + COUNT.answeredInTarget]
      abandoned += values[block + COUNT.abandoned]
      shortAbandoned += values[block + COUNT.shortAbandoned]
      abandonedInTarget += values[block + COUNT.abandonedInTarget]
      callbacks += values[block + COUNT.callbacks]
      callbacksInTarget += values[block + COUNT.callbacksInTarget]
      flowedOut += values[block + COUNT.flowedOut]
      flowedOutInTarget += values[block + COUNT.flowedOutInTarget]
    }
    const offered = answered + abandoned + callbacks + flowedOut
    return offered === 0 ? null : shareOf(serviceLevelOf(variant, { offered, answered, answeredInTarget, abandoned, shortAbandoned, abandonedInTarget, callbacksInTarget, flowedOut, flowedOutInTarget }))
  })
}

const earliest = (all: readonly (Instant | null)[]): Instant | null => all.reduce((first, at) => (first === null || (at !== null && at < first) ? at : first), null)

/** Sums of several queues; percentiles from merged sketches, agents as counted by `staff`. */
export const mergeParts = (state: FloorState, queues: readonly number[], staff: (primary: number) => number): Parts => {
  const parts = queues.map((queue) => partsOf(state, queue))
  const sum = (of: (part: Parts) => number): number => parts.reduce((total, part) => total + of(part), 0)
  const { histograms } = state.queues
  const merged = (histogram: number): Sketch => mergeSketches(queues.map((queue) => histograms.sketch(queue * 4 + histogram)))
  const percentiles = (waits: Sketch, handles: Sketch): BlockPercentiles => ({ waitMsP50: percentileOf(waits, 0.5), waitMsP90: percentileOf(waits, 0.9), handleMsP50: percentileOf(handles, 0.5), handleMsP90: percentileOf(handles, 0.9) })
  const target = parts[0]?.target ?? state.settings.current.defaults.target
  const sameThreshold = parts.every((part) => part.target.withinMs === target.withinMs)
  const sameLevel = sameThreshold && parts.every((part) => part.target.variant === target.variant)
  const waits = parts.map((part) => part.maxWaitMs).filter((wait) => wait !== null)
  return {
    window: addSums(parts.map((part) => part.window)),
    day: addSums(parts.map((part) => part.day)),
    waiting: sum((part) => part.waiting),
    alerting: sum((part) => part.alerting),
    inProgress: sum((part) => part.inProgress),
    inAcw: sum((part) => part.inAcw),
    overTarget: sum((part) => part.overTarget),
    running: sum((part) => part.running),
    runningStart: sum((part) => part.runningStart),
    oldestWaitingSince: earliest(parts.map((part) => part.oldestWaitingSince)),
    oldestCustomerSince: earliest(parts.map((part) => part.oldestCustomerSince)),
    longestRunningSince: earliest(parts.map((part) => part.longestRunningSince)),
    maxWaitMs: waits.length === 0 ? null : Math.max(...waits),
    dayStartedAt: earliest(parts.map((part) => part.dayStartedAt)) ?? instantOf(state.started ? state.queues.dayFrom[0] : 0),
    target,
    sameThreshold,
    sameLevel,
    sameTarget: sameLevel && parts.every((part) => part.target.percent === target.percent),
    windowPercentiles: percentiles(merged(HISTOGRAM.windowWait), merged(HISTOGRAM.windowHandle)),
    dayPercentiles: percentiles(merged(HISTOGRAM.dayWait), merged(HISTOGRAM.dayHandle)),
    staff,
    trend: sameLevel ? trendOf(state, queues, target.variant) : Array.from({ length: 30 }, () => null),
  }
}

/** Blocks are made for their row alone, so what a row says beyond them is put into them: a spread that grows costs fifty times as much, and gives every row a shape of its own. */
const nowBlock = (state: FloorState, parts: Parts, block: MetricBlock): NowBlock => Object.assign(block, {
  ahtSoFarMs: handleTimeSoFar(parts.window, parts.running, parts.runningStart, state.asOf),
  longestRunningSince: parts.longestRunningSince,
})

const todayBlock = (parts: Parts, block: MetricBlock): TodayBlock => Object.assign(block, {
  fcrDisposition: fcrByDisposition(parts.day.resolved, parts.day.resolutionsAsked),
  fcrRepeat: fcrByRepeat(parts.day.repeatsAnswered, parts.day.identifiedAnswered),
  repeatRate: repeatRate(parts.day.repeats, parts.day.identified),
  transferRate: shareOf({ numerator: parts.day.transferred, denominator: parts.day.handled }),
  csatMean: meanScore(parts.day.surveyScoreTotal, parts.day.surveys),
  csatLow: shareInterval(parts.day.surveysSatisfied, parts.day.surveys)?.low ?? null,
  csatHigh: shareInterval(parts.day.surveysSatisfied, parts.day.surveys)?.high ?? null,
  maxWaitMs: parts.maxWaitMs,
  dayStartedAt: parts.dayStartedAt,
})

export const figuresOf = (state: FloorState, parts: Parts, names: Pick<QueueFigures, 'queue' | 'name' | 'wallName' | 'channels'>, queues: readonly number[]): QueueFigures => {
  const variant = parts.sameLevel ? parts.target.variant : null
  const counts = serviceCounts(parts.day, 'outcome')
  const levels = Object.fromEntries(SERVICE_LEVEL_VARIANTS.map((each) => [each, parts.sameThreshold ? shareOf(serviceLevelOf(each, counts)) : null])) as Record<ServiceLevelVariant, number | null>
  const digital = readDigital(state, queues, names.channels)
  const figures: QueueFigures = {
    queue: names.queue,
    name: names.name,
    wallName: names.wallName,
    channels: names.channels,
    waiting: parts.waiting,
    alerting: parts.alerting,
    inProgress: parts.inProgress,
    inAcw: parts.inAcw,
    oldestWaitingSince: parts.oldestWaitingSince,
    oldestCustomerSince: parts.oldestCustomerSince,
    available: parts.staff(PRIMARY.available),
    staffed: signedIn(parts.staff) - parts.staff(PRIMARY.aux),
    signedIn: signedIn(parts.staff),
    target: parts.target,
    now: nowBlock(state, parts, metricBlock(parts.window, parts.waiting, 'outcome', variant, parts.windowPercentiles)),
    today: todayBlock(parts, metricBlock(parts.day, parts.waiting, 'outcome', variant, parts.dayPercentiles)),
    serviceLevels: levels,
    serviceLevelFloor: variant === null ? null : serviceLevelFloor(serviceLevelOf(variant, counts), parts.overTarget),
    serviceLevelDebt: variant === null || !parts.sameTarget ? null : serviceLevelDebt(serviceLevelOf(variant, counts), parts.target),
    queueHealth: parts.sameThreshold ? queueHealth(parts.waiting, parts.overTarget) : null,
    trend: parts.trend,
  }
  return digital === undefined ? figures : Object.assign(figures, { digital })
}

export const readQueue = (state: FloorState, id: string): QueueFigures | null => {
  const queue = state.queues.index(id)
  if (queue <= 0) return null
  const settings = state.settings.queue(state.settings.latest, queue)
  return figuresOf(state, partsOf(state, queue), { queue: id, name: settings.name === '' ? id : settings.name, wallName: settings.wallName === '' ? settings.name || id : settings.wallName, channels: channelsOf(state, queue) }, [queue])
}

type AgentTime = Pick<CounterSums, 'handlingMs' | 'availableMs' | 'signedInMs'>

/** Clock time that the live windows of a queue hold: 29 whole minutes, the running one is booked when it ends. */
const liveTime = (state: FloorState, queues: ReadonlySet<number>): AgentTime => agentTime(state, { from: (state.book.minute - 29) * MINUTE, to: state.book.minute * MINUTE, queues })

/** Sums of the site or of some of its queues; whoever serves several of them, and their clock time, counts once. */
export const partsOfAll = (state: FloorState, queues: readonly number[]): Parts => {
  const inScope = new Set(queues)
  const all = queues.length === state.queues.ids.length - 1
  const counts = new Array<number>(8).fill(0)
  const day = { handlingMs: 0, availableMs: 0, signedInMs: 0 }
  state.agents.agents.forEach((agent, index) => {
    if (!all && !agent.queues.some((queue) => inScope.has(queue))) return
    counts[agent.primary]++
    day.handlingMs += state.agents.sum(index, AGENT_SUM.handlingMs)
    day.availableMs += state.agents.sum(index, AGENT_SUM.availableMs)
    day.signedInMs += state.agents.sum(index, AGENT_SUM.signedInMs)
  })
  const parts = mergeParts(state, queues, (primary) => counts[primary])
  // Of the whole site clock time is kept in a place of its own, of some queues it comes from the agents.
  const site = (block: number): AgentTime => {
    const { handlingMs, availableMs, signedInMs } = countersAt(state.queues.cells.values, state.started ? block : 0)
    return { handlingMs, availableMs, signedInMs }
  }
  const times = all ? { window: site(state.queues.windowBlock(0)), day: site(state.queues.dayBlock(0)) } : { window: liveTime(state, inScope), day }
  return { ...parts, window: { ...parts.window, ...times.window }, day: { ...parts.day, ...times.day } }
}

/** Places of the queues of those names that there are; all when no names are given. */
export const queuesOf = (state: FloorState, ids?: readonly string[]): readonly number[] =>
  ids === undefined ? state.queues.ids.flatMap((_, index) => (index > 0 ? [index] : [])) : [...new Set(ids)].map((id) => state.queues.index(id)).filter((queue) => queue > 0)

export const readTotals = (state: FloorState, ids: readonly string[]): QueueFigures => {
  const queues = queuesOf(state, ids)
  const channels = CHANNELS.filter((channel) => queues.some((queue) => channelsOf(state, queue).includes(channel)))
  return figuresOf(state, partsOfAll(state, queues), { queue: '*', name: state.settings.current.site.name, wallName: state.settings.current.site.name, channels }, queues)
}
