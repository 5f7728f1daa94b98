import type { AgentState } from '../../server/domain/agent-figures.ts'
import type { MetricBlock } from '../../server/domain/metric-figures.ts'
import type { AgentRow, Incident, QueueRow, TallyRow } from '../../server/contract/rows.ts'

/** Rows as the server sends them, for the gallery; ages are relative to `at`, so that it shows the same text in every run. */
const iso = (ms: number): string => new Date(ms).toISOString()

const emptyBlock: MetricBlock = {
  offered: 0, answered: 0, abandoned: 0, shortAbandoned: 0, callbacks: 0, flowedOut: 0, systemEnded: 0, pending: 0, refused: 0, handled: 0, answeredInTarget: 0, abandonedInTarget: 0, flowedOutInTarget: 0, callbacksInTarget: 0, identified: 0, repeats: 0, acwCapped: 0, holdKnown: 0, acwKnown: 0, transferred: 0, ringNoAnswer: 0,
  surveys: 0, surveysSatisfied: 0, resolutionsAsked: 0, resolved: 0, waitMsTotal: 0, talkMsTotal: 0, holdMsTotal: 0, acwMsTotal: 0, abandonWaitMsTotal: 0, shortAbandonWaitMsTotal: 0, surveyScoreTotal: 0, handlingMsTotal: 0, availableMsTotal: 0, serviceLevel: null, asaMs: null, ahtMs: null,
  talkMs: null, holdMs: null, acwMs: null, abandonRate: null, occupancy: null, fcr: null, fcrMethod: null, csat: null, waitMsP50: null, waitMsP90: null, handleMsP50: null, handleMsP90: null,
  holdAbandoned: 0, npsAnswers: 0, npsPromoters: 0, npsDetractors: 0, signedInMsTotal: 0, utilisation: null, nps: null,
  held: 0, wrapped: 0, endedByAgent: 0, endedByCustomer: 0, ringKnown: 0, ringMsTotal: 0, holdOfHeldMs: null, acwOfWrappedMs: null, ringMs: null, surveysSent: 0, surveysAnswered: 0, surveyResponseRate: null, identifiedAnswered: 0, repeatsAnswered: 0, activeMsTotal: 0, activeMs: null,
}

interface QueueGiven {
  readonly queue: string
  readonly name: string
  readonly waiting?: number
  readonly waitedMs?: number
  readonly inProgress?: number
  readonly available?: number
  readonly staffed?: number
  readonly level?: number | null
  readonly levelToday?: number | null
  readonly floor?: number | null
  readonly debt?: number | null
  readonly ended?: number
  readonly abandonRate?: number | null
  readonly asaMs?: number | null
  readonly ahtMs?: number | null
  readonly activeMs?: number | null
  readonly fcr?: number | null
  readonly csat?: number | null
  readonly surveys?: number
  readonly target?: QueueRow['target']
  readonly channel?: QueueRow['channels'][number]
  readonly trend?: readonly (number | null)[]
}

/** A quiet wander around a level with a gap: the line of a real half hour, the same in every run. */
export const trendAround = (level: number, seed: number): readonly (number | null)[] =>
  Array.from({ length: 30 }, (_, minute) => (minute % 17 === seed % 17 ? null : Math.min(1, Math.max(0, level + Math.sin(minute * 1.7 + seed) * 0.07 + Math.sin(minute * 0.5 + seed * 3) * 0.06))))

export const queueRow = (given: QueueGiven, at: number): QueueRow => {
  const level = given.level === undefined ? 0.86 : given.level
  const levelToday = given.levelToday === undefined ? level : given.levelToday
  const answered = given.ended ?? 46
  const block: MetricBlock = {
    ...emptyBlock, offered: answered + 4, answered, abandoned: answered === 0 ? 0 : 3, shortAbandoned: answered === 0 ? 0 : 1, handled: Math.max(0, answered - 2), answeredInTarget: Math.round(answered * (level ?? 0)), resolutionsAsked: 24, resolved: 20, surveys: given.surveys ?? 42, serviceLevel: level,
    asaMs: given.asaMs === undefined ? 14_200 : given.asaMs, ahtMs: given.ahtMs === undefined ? 402_000 : given.ahtMs, activeMs: given.activeMs !== undefined ? given.activeMs : given.ahtMs === undefined ? 402_000 : given.ahtMs, talkMs: 331_000, holdMs: 24_000, acwMs: 47_000, abandonRate: given.abandonRate === undefined ? 0.021 : given.abandonRate, occupancy: 0.81,
    fcr: given.fcr === undefined ? 0.83 : given.fcr, fcrMethod: given.fcr === null ? null : 'disposition', csat: given.csat === undefined ? 0.78 : given.csat, waitMsP50: 9_000, waitMsP90: 31_000,
  }
  return {
    queue: given.queue, name: given.name, wallName: given.name, channels: [given.channel ?? 'voice'], waiting: given.waiting ?? 0, alerting: 0, inProgress: given.inProgress ?? 9, inAcw: 2,
    oldestWaitingSince: given.waitedMs === undefined ? null : iso(at - given.waitedMs), oldestCustomerSince: given.waitedMs === undefined ? null : iso(at - given.waitedMs), available: given.available ?? 3, staffed: given.staffed ?? 14, signedIn: (given.staffed ?? 14) + 2,
    target: given.target ?? { percent: 0.8, withinMs: 20_000, variant: 'V3' }, now: { ...block, ahtSoFarMs: block.ahtMs, longestRunningSince: iso(at - 1_240_000) },
    today: { ...block, ahtMs: block.ahtMs === null ? null : block.ahtMs - 26_000, answered: 512, serviceLevel: levelToday, surveys: (given.surveys ?? 42) * 5, fcrDisposition: block.fcr, fcrRepeat: 0.74, repeatRate: 0.14, transferRate: 0.07, csatMean: 4.1, csatLow: 0.71, csatHigh: 0.84, identified: 301, maxWaitMs: 318_000, dayStartedAt: iso(at - 38_000_000) },
    serviceLevels: { V1: 0.91, V2: 0.82, V3: levelToday, V4: 0.88, V5: 0.87, V6: 0.89, V7: 0.79 }, serviceLevelFloor: given.floor ?? levelToday, serviceLevelDebt: given.debt ?? 0, queueHealth: 0.7, trend: given.trend ?? trendAround(level ?? 0.5, given.queue.length),
  }
}

const target = (percent: number, seconds: number): QueueRow['target'] => ({ percent, withinMs: seconds * 1000, variant: 'V3' })

/** The five queues of a mid-morning: one far below target, one near it. */
export const floorRows = (at: number): readonly QueueRow[] => [
  queueRow({ queue: 'power-loss', name: 'Power loss', waiting: 11, waitedMs: 252_000, inProgress: 5, available: 0, staffed: 5, level: 0.61, levelToday: 0.88, floor: 0.81, debt: 74, abandonRate: 0.094, asaMs: 71_000, ahtMs: 214_000, fcr: 0.88, csat: 0.61, surveys: 31, ended: 58, target: target(0.9, 20) }, at),
  queueRow({ queue: 'billing', name: 'Billing', waiting: 2, waitedMs: 18_000, inProgress: 9, available: 3, staffed: 12, level: 0.83, asaMs: 15_900, ahtMs: 331_000, fcr: 0.86, csat: 0.79, ended: 61, target: target(0.8, 30) }, at),
  queueRow({ queue: 'support', name: 'Support', waiting: 1, waitedMs: 7_000, inProgress: 10, available: 2, staffed: 14, level: 0.91, asaMs: 8_100, ahtMs: 424_000, fcr: 0.79, csat: 0.74 }, at),
  queueRow({ queue: 'moving-home', name: 'Moving home', inProgress: 4, available: 3, staffed: 7, level: 0.94, asaMs: 6_900, ahtMs: 508_000, fcr: 0.9, csat: 0.83, surveys: 18, ended: 19 }, at),
  queueRow({ queue: 'chat', name: 'Chat', waiting: 1, waitedMs: 22_000, inProgress: 12, available: 2, staffed: 6, level: 0.88, asaMs: 21_300, ahtMs: 241_000, activeMs: 118_000, fcr: null, csat: 0.77, target: target(0.8, 45), channel: 'chat' }, at),
]

export const totalsRow = (rows: readonly QueueRow[], at: number): QueueRow => {
  const [first] = rows
  const waiting = rows.reduce((sum, row) => sum + row.waiting, 0)
  const oldest = rows.map((row) => row.oldestWaitingSince).filter((since) => since !== null).sort()[0] ?? null
  const base = queueRow({ queue: '*', name: 'All', waiting, level: null, levelToday: null, inProgress: rows.reduce((sum, row) => sum + row.inProgress, 0), available: rows.reduce((sum, row) => sum + row.available, 0), staffed: rows.reduce((sum, row) => sum + row.staffed, 0), ahtMs: 338_000, fcr: 0.84, csat: 0.76, surveys: 42 }, at)
  const same = first !== undefined && rows.every((row) => JSON.stringify(row.target) === JSON.stringify(first.target))
  return { ...base, oldestWaitingSince: oldest, oldestCustomerSince: oldest, now: { ...base.now, serviceLevel: same ? 0.83 : null }, target: first?.target ?? base.target, goals: { ahtMs: 345_000, fcr: 0.85, csat: 0.78 }, trend: trendAround(0.83, 2) }
}

const names = ['Ama Boateng', 'Beatriz Nunes', 'Callum Reid', 'Dilan Yıldız', 'Ewa Nowak', 'Farid Haddad', 'Grace Okafor', 'Hannah Price', 'Imran Siddiqui', 'Jonas Weber', 'Keira Walsh', 'Leo Marchetti', 'Maya Pillai', 'Niamh Byrne', 'Oscar Lind', 'Priya Kapoor', 'Quentin Faure', 'Rosa Delgado', 'Sam Whitfield', 'Tomasz Zielinski', 'Una Kelly', 'Viktor Petrov', 'Wen Li', 'Yusuf Demir']
const states: readonly AgentState[] = ['on-contact', 'on-contact', 'available', 'on-contact', 'acw', 'on-contact', 'aux', 'available', 'on-contact', 'ringing', 'on-contact', 'unreachable']
const teams = ['North', 'South', 'Digital']

export const agentRows = (at: number, count = names.length): readonly AgentRow[] =>
  Array.from({ length: count }, (_, index) => {
    const state = states[index % states.length] ?? 'available'
    return {
      agent: `a${index + 1}`, name: `${names[index % names.length] ?? ''}${index >= names.length ? ` ${Math.floor(index / names.length) + 1}` : ''}`, team: teams[index % 3] ?? null, state, reason: state === 'aux' ? 'Lunch' : null, since: iso(at - (index === 4 ? 2_040_000 : 20_000 + index * 37_000)), reasonSince: null, plannedEndAt: null,
      queues: index % 3 === 2 ? ['chat'] : index % 3 === 1 ? ['billing', 'support'] : ['support'], contacts: state === 'on-contact' ? [`c${index}`] : [],
      today: { handled: 12 + (index % 9), ahtMs: 300_000 + (index % 7) * 31_000, activeMs: Math.round((300_000 + (index % 7) * 31_000) / (index % 3 === 2 ? 2.2 : 1)), csat: index % 5 === 0 ? null : 0.7 + (index % 4) * 0.06, surveys: index % 5 === 0 ? 2 : 34, ringNoAnswer: index === 9 ? 3 : 0, ringNoAnswerMs: index === 9 ? 45_000 : 0, ringMs: 4_000, occupancy: 0.7 + (index % 5) * 0.05, utilisation: 0.62 + (index % 5) * 0.04 },
    }
  })

export const tallyRows = (agents: readonly AgentRow[]): readonly TallyRow[] =>
  [...new Set(agents.map(({ state }) => state))].map((state) => ({ state, agents: agents.filter((agent) => agent.state === state).length }))

export const incidentRow = (given: Partial<Incident> & { readonly ref: string; readonly openMs: number; readonly dueInMs?: number }, at: number): Incident => {
  const { openMs, dueInMs = 180_000, ...rest } = given
  return {
    type: 'incident', category: 'operational', title: 'Card payments fail on the web shop', nature: 'Callers report an error after the bank’s page', channel: 'voice', location: 'Leeds', service: 'payments', reporter: 'Maya Pillai', callerId: 'withheld', callerSafe: true, impact: 2, urgency: 1, priority: 'P1',
    state: 'open', owner: null, level: 1, cycle: 1, ladder: 'running', next: { at: iso(at + 96_000), level: 2, targets: ['Duty manager'] }, major: false, reportedAt: iso(at - openMs), openedAt: iso(at - openMs), acknowledgedAt: null, resolvedAt: null, snoozedUntil: null,
    clocks: [
      { kind: 'response', name: null, state: 'running', dueAt: iso(at + dueInMs), elapsedMs: openMs, remainingMs: dueInMs, breachedAt: null, targetDueAt: iso(at + dueInMs), excused: false },
      { kind: 'resolution', name: null, state: 'running', dueAt: iso(at + 14_400_000 - openMs), elapsedMs: openMs, remainingMs: 14_400_000 - openMs, breachedAt: null, targetDueAt: iso(at + 14_400_000 - openMs), excused: false },
    ],
    revision: '1', policy: 'default', completeness: 0.8, queue: null, ...rest,
  }
}

const taken = { state: 'acknowledged', owner: { id: 'p1', name: 'Priya Kapoor' }, next: null, acknowledgedAt: iso(0) } as const

export const incidentRows = (at: number): readonly Incident[] => [
  incidentRow({ ref: 'INC-2026-000142', title: 'Power loss in Headingley: callers cannot reach an agent', openMs: 74_000, queue: 'power-loss', service: 'power-network', nature: 'Whole streets without power since 14:30; callers hear busy tones', location: 'Headingley, Leeds' }, at),
  incidentRow({ ref: 'INC-2026-000141', title: 'Service level of Power loss below 90 % for two minutes', openMs: 260_000, priority: 'P2', impact: 3, urgency: 1, category: 'service-level', channel: 'monitoring', queue: 'power-loss', dueInMs: 640_000, next: { at: iso(at + 340_000), level: 2, targets: ['Duty manager'] } }, at),
  incidentRow({ ref: 'INC-2026-000138', title: 'Wrong meter readings on the bills of two streets', openMs: 4_100_000, priority: 'P3', impact: 3, urgency: 3, ...taken }, at),
  incidentRow({ ref: 'INC-2026-000131', title: 'Headset of desk 14 crackles', openMs: 9_900_000, priority: 'P4', impact: 4, urgency: 3, category: 'technology', state: 'in-progress', owner: { id: 'p2', name: 'Sam Whitfield' }, next: null }, at),
]
