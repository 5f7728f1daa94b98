import type { Incident, QueueRow, TallyRow } from '../../server/contract/rows.ts'
import type { ServerHealth } from '../format/server-health.ts'
import type { Freshness } from '../format/freshness.ts'
import { agentRows, floorRows, incidentRow, incidentRows, queueRow, tallyRows, totalsRow } from './sample-rows.ts'

/** Everything a wall can be asked to show, as `/gallery/wall/NAME`. */
export interface Scene {
  readonly queues: readonly QueueRow[]
  readonly totals: QueueRow | null
  readonly tallies: readonly TallyRow[]
  readonly incidents: readonly Incident[]
  readonly freshness: Freshness
  readonly health: ServerHealth
  readonly undelivered?: number
}

const live: Freshness = { kind: 'live', ageMs: 900, polling: false }
const fine: ServerHealth = { state: 'fine', failing: [], since: null }
const MINUTE = 60_000

const manyQueues = (at: number, count: number): readonly QueueRow[] =>
  Array.from({ length: count }, (_, index) => {
    const level = [0.97, 0.91, 0.84, 0.72, 0.95][index % 5] ?? 0.9
    return queueRow({ queue: `q${index}`, name: `${['Claims', 'Billing', 'Renewals', 'Technical help', 'Complaints'][index % 5] ?? ''} ${index + 1}`, waiting: index % 4, level, ...(index % 4 > 0 ? { waitedMs: index * 3_000 } : {}) }, at)
  })
/** A floor where nothing has happened yet: no figure has a denominator. */
const emptyQueue = (at: number, queue: string, name: string): QueueRow => {
  const row = queueRow({ queue, name, inProgress: 0, level: null, ended: 0, asaMs: null, ahtMs: null, fcr: null, csat: null, surveys: 0, abandonRate: null, debt: null, trend: Array.from({ length: 30 }, () => null) }, at)
  const none = { offered: 0, abandoned: 0, shortAbandoned: 0, ahtMs: null, fcr: null, fcrMethod: null, csat: null, surveys: 0, resolutionsAsked: 0 }
  return { ...row, now: { ...row.now, ...none }, today: { ...row.today, ...none, answered: 0 } }
}

const sceneOf = (at: number, queues: readonly QueueRow[], more: Partial<Scene> = {}): Scene => ({ queues, totals: totalsRow(queues, at), tallies: tallyRows(agentRows(at, 40)), incidents: incidentRows(at), freshness: live, health: fine, ...more })

const takeover = (at: number): Scene => sceneOf(at, floorRows(at), { incidents: [incidentRow({ ref: 'INC-2026-000142', openMs: 4 * MINUTE, title: 'Power loss in Headingley: callers cannot reach an agent and the second line is silent' }, at), ...incidentRows(at).slice(1)] })

export const scenes = {
  floor: (at: number) => sceneOf(at, floorRows(at)),
  calm: (at: number) => sceneOf(at, manyQueues(at, 6).map((row) => ({ ...row, now: { ...row.now, serviceLevel: 0.95 }, waiting: 0, oldestWaitingSince: null })), { incidents: [] }),
  one: (at: number) => sceneOf(at, floorRows(at).slice(1, 2)),
  twelve: (at: number) => sceneOf(at, manyQueues(at, 12)),
  crowd: (at: number) => sceneOf(at, manyQueues(at, 60), { incidents: Array.from({ length: 14 }, (_, index) => incidentRow({ ref: `INC-2026-0002${index}`, openMs: MINUTE, title: 'Callers from two exchanges hear silence after the menu, all carriers checked', priority: index === 0 ? 'P2' : 'P3' }, at)) }),
  empty: (at: number) => { const queues = [emptyQueue(at, 'support', 'Support'), emptyQueue(at, 'chat', 'Chat')]; return sceneOf(at, queues, { totals: emptyQueue(at, '*', 'All'), incidents: [], tallies: [] }) },
  first: (at: number) => sceneOf(at, [], { totals: null, incidents: [], tallies: [], freshness: { kind: 'connecting' } }),
  takeover,
  /** Two faults beside the takeover: a bar and the giant line. */
  'takeover-stale': (at: number) => ({ ...takeover(at), freshness: { kind: 'stale', asOf: at - 2 * MINUTE, source: 'pbx', detail: null } }),
  'takeover-offline': (at: number) => ({ ...takeover(at), freshness: { kind: 'offline', forMs: 2 * MINUTE, asOf: at - 2 * MINUTE } }),
  late: (at: number) => sceneOf(at, floorRows(at), { freshness: { kind: 'late', ageMs: 14_000, source: 'pbx' } }),
  stale: (at: number) => sceneOf(at, floorRows(at), { freshness: { kind: 'stale', asOf: at - 28_000, source: 'pbx', detail: null } }),
  unknown: (at: number) => sceneOf(at, floorRows(at), { freshness: { kind: 'unknown', since: at - 9 * MINUTE, source: 'pbx' } }),
  offline: (at: number) => sceneOf(at, floorRows(at), { freshness: { kind: 'offline', forMs: 12_000, asOf: at - 12_000 } }),
  degraded: (at: number) => sceneOf(at, floorRows(at), { health: { state: 'degraded', failing: ['workers'], since: at - 2 * MINUTE } }),
  undelivered: (at: number) => sceneOf(at, floorRows(at), { undelivered: 3 }),
  polling: (at: number) => sceneOf(at, floorRows(at), { freshness: { kind: 'live', ageMs: 3_000, polling: true } }),
} as const satisfies Readonly<Record<string, (at: number) => Scene>>

export type SceneName = keyof typeof scenes
export const sceneNames = Object.keys(scenes)
export const sceneNamed = (name: string, at: number): Scene => (Object.entries(scenes).find(([key]) => key === name)?.[1] ?? scenes.floor)(at)
