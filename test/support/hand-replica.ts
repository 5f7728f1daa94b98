import type { AgentFigures } from '../../server/domain/agent-figures.ts'
import type { Floor, FloorChanges } from '../../server/domain/floor.ts'
import type { MetricBlock } from '../../server/domain/metric-figures.ts'
import type { NowBlock, QueueFigures, TodayBlock } from '../../server/domain/queue-figures.ts'
import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import type { EntryBody, LogEntry, SourceStatus } from '../../server/domain/log-entry.ts'
import { defaultFloorSettings } from '../../server/domain/settings.ts'
import { instantOf } from '../../server/domain/time.ts'
import type { LiveReplica } from '../../server/live/live-replica.ts'

const noMetrics: MetricBlock = {
  offered: 0, answered: 0, abandoned: 0, shortAbandoned: 0, callbacks: 0, flowedOut: 0, systemEnded: 0, pending: 0, refused: 0, handled: 0, answeredInTarget: 0, abandonedInTarget: 0, flowedOutInTarget: 0, callbacksInTarget: 0,
  transferred: 0, ringNoAnswer: 0, surveys: 0, surveysSatisfied: 0, resolutionsAsked: 0, resolved: 0, identified: 0, repeats: 0, acwCapped: 0, holdKnown: 0, acwKnown: 0, waitMsTotal: 0, talkMsTotal: 0, holdMsTotal: 0, acwMsTotal: 0, abandonWaitMsTotal: 0, shortAbandonWaitMsTotal: 0,
  surveyScoreTotal: 0, handlingMsTotal: 0, availableMsTotal: 0, serviceLevel: null, asaMs: null, ahtMs: null, talkMs: null, holdMs: null, acwMs: null, abandonRate: null, occupancy: null, fcr: null, fcrMethod: null, csat: null,
  waitMsP50: null, waitMsP90: null, handleMsP50: null, handleMsP90: null, holdAbandoned: 0, npsAnswers: 0, npsPromoters: 0, npsDetractors: 0, signedInMsTotal: 0, utilisation: null, nps: null,
  held: 0, wrapped: 0, endedByAgent: 0, endedByCustomer: 0, ringKnown: 0, ringMsTotal: 0, holdOfHeldMs: null, acwOfWrappedMs: null, ringMs: null, surveysSent: 0, surveysAnswered: 0, surveyResponseRate: null, identifiedAnswered: 0, repeatsAnswered: 0, activeMsTotal: 0, activeMs: null,
}

/** Copied whole for each queue: a copy that grows costs more than all that is measured with it. */
const noNow: NowBlock = { ...noMetrics, ahtSoFarMs: null, longestRunningSince: null }
const noToday: TodayBlock = { ...noMetrics, fcrDisposition: null, fcrRepeat: null, repeatRate: null, transferRate: null, csatMean: null, csatLow: null, csatHigh: null, maxWaitMs: null, dayStartedAt: instantOf(0) }

export const queueFigures = (queue: string, waiting = 0, more: Partial<QueueFigures> = {}): QueueFigures => ({
  queue, name: queue, wallName: queue, channels: ['voice'], waiting, alerting: 0, inProgress: 0, inAcw: 0, oldestWaitingSince: null, oldestCustomerSince: null, available: 0, staffed: 0, signedIn: 0,
  target: { percent: 0.8, withinMs: 20_000, variant: 'V3' },
  now: { ...noNow },
  today: { ...noToday },
  serviceLevels: { V1: null, V2: null, V3: null, V4: null, V5: null, V6: null, V7: null },
  serviceLevelFloor: null, serviceLevelDebt: null, queueHealth: null, trend: [], ...more,
})

export const agentFigures = (agent: number, more: Partial<AgentFigures> = {}): AgentFigures => ({
  agent, team: null, state: 'available', reason: null, since: instantOf(0), reasonSince: null, plannedEndAt: null, queues: ['support'], contacts: [], today: { handled: 0, ahtMs: null, activeMs: null, csat: null, surveys: 0, ringNoAnswer: 0, ringNoAnswerMs: 0, ringMs: null, occupancy: null, utilisation: null }, ...more,
})

export const incidentRecord = (ref: string, more: Partial<IncidentRecord> = {}): IncidentRecord => ({
  ref, version: 1, revision: 1, type: 'incident', category: 'operational', texts: {}, channel: 'voice', service: null, impact: 2, urgency: 2, priority: 'P2', priorityOverridden: false, state: 'open', owner: null,
  major: false, discreet: false, callerSafe: null, snoozedUntil: null, reportedAt: instantOf(0), openedAt: instantOf(0), acknowledgedAt: null, resolvedAt: null, changedAt: instantOf(0), clocks: [],
  ownership: { generation: 0, since: null, state: 'idle', level: 0, cycle: 1, nextDueAt: null, stoodAt: null, spared: [], unmanned: false }, deadline: { generation: 0, since: null, state: 'idle', level: 0, cycle: 1, nextDueAt: null, stoodAt: null, spared: [], unmanned: false },
  policy: { id: 'default', version: 1 }, completion: null, help: null, counsel: [], formerRefs: [], successor: null, completeness: 1, queue: null, loggedBy: 'u1', helpers: [], reopens: 0, firstResolvedAt: null, reactionGranted: [], resolutionCode: null, hold: null, lease: null, handover: null, confirmUntil: null, mergedInto: null, review: 'none', updates: { sent: 0, aside: 0, closing: false, to: [], noChange: 0, newest: { all: null, public: null } }, pendingUpdate: null, told: [], replyUnread: false, reports: 0, drill: false, exercise: null, maintenance: null, deployments: [], problemRef: null, problem: null, majorIncident: null, pir: null, ...more,
})

/** A replica whose floor is set by hand: for what the live part does with changes, whatever made them. */
export interface HandReplica extends LiveReplica {
  readonly queues: Map<string, QueueFigures>
  readonly agents: Map<number, AgentFigures>
  readonly incidents: Map<string, IncidentRecord>
  readonly sources: SourceStatus[]
  /** One entry of the log that changed these. */
  readonly entry: (changes: Partial<FloorChanges>, body?: EntryBody) => void
  readonly reload: (epoch: string) => void
}

const notAsked = (what: string) => (): never => {
  throw new Error(`the hand-set floor has no ${what}`)
}

export const handReplica = (site = 'north'): HandReplica => {
  const queues = new Map<string, QueueFigures>()
  const agents = new Map<number, AgentFigures>()
  const incidents = new Map<string, IncidentRecord>()
  const sources: SourceStatus[] = []
  const changed = new Set<Parameters<LiveReplica['onChange']>[0]>()
  const reloaded = new Set<() => void>()
  const waiting = new Set<{ readonly sequence: number; readonly there: (there: boolean) => void }>()
  let epoch = 'e1f1'
  let sequence = 1
  const at = () => instantOf(1_000_000 + sequence)
  const sum = (ids: readonly string[]) => queueFigures('*', ids.reduce((total, id) => total + (queues.get(id)?.waiting ?? 0), 0))
  const floor: Floor = {
    site,
    get entry() {
      return `${sequence}-0`
    },
    get asOf() {
      return at()
    },
    nextTickAt: () => null,
    apply: notAsked('apply'),
    bands: () => [],
    agentGains: () => [],
    window: () => null,
    waits: () => [],
    lateAnswers: () => [],
    quotes: () => [],
    rolling: () => null,
    explainAgent: () => null,
    takeChanges: notAsked('takeChanges'),
    settings: () => defaultFloorSettings({ id: site, name: site, timeZone: 'UTC' }, instantOf(0)),
    settingsVersions: () => [defaultFloorSettings({ id: site, name: site, timeZone: 'UTC' }, instantOf(0))],
    queueIds: () => [...queues.keys()],
    queue: (id) => queues.get(id) ?? null,
    totals: (ids = [...queues.keys()]) => sum(ids),
    agentNumbers: () => [...agents.keys()],
    agent: (number) => agents.get(number) ?? null,
    incident: (ref) => incidents.get(ref) ?? null,
    incidents: () => [...incidents.values()],
    sources: () => sources.map((status) => ({ ...status, lastEventAt: null })),
    unnamedEventAt: () => null,
    intervals: notAsked('intervals'),
    contacts: notAsked('contacts'),
    explain: notAsked('explain'),
    toBase: notAsked('toBase'),
  }
  return {
    site,
    floor,
    queues,
    agents,
    incidents,
    sources,
    revision: () => `${epoch}.${sequence}-0`,
    onChange: (listener) => (changed.add(listener), () => void changed.delete(listener)),
    onReload: (listener) => (reloaded.add(listener), () => void reloaded.delete(listener)),
    waitFor: (entry, ms) =>
      new Promise((resolve) => {
        const wanted = Number(entry.split('-')[0])
        if (wanted <= sequence) return resolve(true)
        const timer = setTimeout(() => resolve(false), ms)
        waiting.add({ sequence: wanted, there: (there) => (clearTimeout(timer), resolve(there)) })
      }),
    lag: () => ({ heardMsAgo: 0 }),
    entry: (changes, body = { kind: 'tick' }) => {
      sequence += 1
      const entry: LogEntry = { ...body, id: `${sequence}-0`, at: at() }
      for (const one of waiting) if (one.sequence <= sequence) one.there(true)
      for (const listener of changed) listener({ queues: [], agents: [], incidents: [], sources: [], settings: false, intervals: [], urgent: false, ...changes }, `${epoch}.${sequence}-0`, entry, [entry])
    },
    reload: (next) => {
      epoch = next
      sequence = 1
      for (const listener of reloaded) listener()
    },
  }
}
