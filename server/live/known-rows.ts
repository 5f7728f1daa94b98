import type { ForecastRow } from '../contract/forecast.ts'
import type { Incident, TimelineRow } from '../contract/rows.ts'
import type { Floor } from '../domain/floor.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { AgentIdentity } from '../redis/sealed-agents.ts'
import type { Dirty } from './dirty.ts'
import type { Known } from './floor-tables.ts'

/** How incidents become rows: names and texts are resolved there, in batches. */
export interface IncidentRows {
  /** Rows as of each record's last change, so that a row changes only when its record does. */
  readonly rows: (site: string, records: readonly IncidentRecord[]) => Promise<ReadonlyMap<string, Incident>>
  readonly timeline: (site: string, ref: string) => Promise<readonly TimelineRow[]>
  /** What is to come; absent: views do not say. */
  readonly forecast?: (site: string, ref: string) => Promise<ForecastRow | null>
}

interface HeldTimeline {
  readonly holders: number
  readonly version: number
  readonly lines: readonly TimelineRow[]
  readonly forecast: ForecastRow | null
}

interface KeptIncident {
  readonly version: number
  readonly row: Incident
}

/** Names, incident rows and timelines that the fold does not hold, gathered before a flush so that the flush itself never waits. */
export interface KnownRows extends Known {
  /** What of the dirt has to be asked for first; null when all is here. */
  readonly missing: (floor: Floor, dirty: Dirty) => Dirty | null
  readonly fetch: (floor: Floor, missing: Dirty) => Promise<void>
  /** Timelines are kept while somebody looks at them; holders are counted. */
  readonly holdTimeline: (ref: string) => void
  /** True when it was the last holder. */
  readonly releaseTimeline: (ref: string) => boolean
  readonly heldTimelines: () => Iterable<string>
  /** After a lost tail a version may have been given twice: nothing is taken for known. */
  readonly forgetIncidents: () => void
  /** An agent is often met in a contact before a fact of their own brings the name: those without one are noted when something happens to them... */
  readonly noteNameless: (dirty: Dirty) => void
  /** ...and looked for again; gives those that have a name now. */
  readonly fetchNameless: () => Promise<readonly AgentNumber[]>
  /** Asks for every name and text again; says what is different now. */
  readonly refresh: (floor: Floor) => Promise<Pick<Dirty, 'agents' | 'incidents'>>
}

interface KnownDeps {
  readonly site: string
  readonly sealed: Pick<Sealed, 'agents'>
  readonly incidents: IncidentRows
}

const sameIdentity = (a: AgentIdentity | null | undefined, b: AgentIdentity | null): boolean => a?.id === b?.id && a?.name === b?.name && a?.team === b?.team

export const knownRows = ({ site, sealed, incidents }: KnownDeps): KnownRows => {
  const agents = new Map<AgentNumber, AgentIdentity | null>()
  const nameless = new Set<AgentNumber>()
  const kept = new Map<string, KeptIncident>()
  const timelines = new Map<string, HeldTimeline>()

  const fetchAgents = async (numbers: readonly AgentNumber[], fresh = false): Promise<readonly AgentNumber[]> => {
    if (numbers.length === 0) return []
    const found = await sealed.agents.resolve(site, numbers, { fresh })
    const moved = numbers.filter((number) => !sameIdentity(agents.get(number), found.get(number) ?? null))
    for (const number of numbers) agents.set(number, found.get(number) ?? null)
    return moved
  }
  const fetchIncidents = async (records: readonly IncidentRecord[]): Promise<void> => {
    if (records.length === 0) return
    const rows = await incidents.rows(site, records)
    for (const record of records) {
      const row = rows.get(record.ref)
      if (row) kept.set(record.ref, { version: record.version, row })
    }
  }
  const fetchTimeline = async (ref: string, version: number): Promise<void> => {
    const [lines, forecast] = await Promise.all([incidents.timeline(site, ref), incidents.forecast?.(site, ref) ?? null])
    const held = timelines.get(ref)
    if (held) timelines.set(ref, { ...held, version, lines, forecast })
  }
  /** Two hours from now are other two hours than they were, and people, rotas and settings change meanwhile. */
  const fetchForecasts = async (): Promise<readonly string[]> => {
    const moved = await Promise.all(
      [...timelines.keys()].map(async (ref) => {
        const forecast = (await incidents.forecast?.(site, ref)) ?? null
        const held = timelines.get(ref)
        if (held === undefined || JSON.stringify(held.forecast) === JSON.stringify(forecast)) return []
        timelines.set(ref, { ...held, forecast })
        return [ref]
      }),
    )
    return moved.flat()
  }
  const recordsOf = (floor: Floor, refs: Iterable<string>) => [...refs].flatMap((ref) => floor.incident(ref) ?? [])

  return {
    agent: (number) => agents.get(number) ?? null,
    incident: (ref) => kept.get(ref)?.row ?? null,
    timeline: (ref) => timelines.get(ref)?.lines ?? [],
    forecast: (ref) => timelines.get(ref)?.forecast ?? null,
    missing: (floor, dirty) => {
      for (const ref of dirty.incidents) if (floor.incident(ref) === null) kept.delete(ref)
      const strangers = [...dirty.agents].filter((number) => !agents.has(number))
      const moved = recordsOf(floor, dirty.incidents).filter(({ ref, version }) => kept.get(ref)?.version !== version || (timelines.has(ref) && timelines.get(ref)?.version !== version))
      return strangers.length + moved.length === 0 ? null : { queues: new Set(), agents: new Set(strangers), incidents: new Set(moved.map(({ ref }) => ref)) }
    },
    fetch: async (floor, missing) => {
      const records = recordsOf(floor, missing.incidents)
      await Promise.all([fetchAgents([...missing.agents]), fetchIncidents(records), ...records.filter(({ ref }) => timelines.has(ref)).map(({ ref, version }) => fetchTimeline(ref, version))])
    },
    holdTimeline: (ref) => {
      const held = timelines.get(ref) ?? { holders: 0, version: -1, lines: [], forecast: null }
      timelines.set(ref, { ...held, holders: held.holders + 1 })
    },
    releaseTimeline: (ref) => {
      const held = timelines.get(ref)
      if (held === undefined) return false
      if (held.holders > 1) timelines.set(ref, { ...held, holders: held.holders - 1 })
      else timelines.delete(ref)
      return held.holders <= 1
    },
    heldTimelines: () => timelines.keys(),
    forgetIncidents: () => {
      kept.clear()
      for (const [ref, held] of timelines) timelines.set(ref, { ...held, version: -1 })
    },
    noteNameless: (dirty) => {
      for (const number of dirty.agents) if (agents.has(number) && (agents.get(number)?.name ?? null) === null) nameless.add(number)
    },
    fetchNameless: async () => {
      const due = [...nameless]
      nameless.clear()
      return fetchAgents(due, true)
    },
    refresh: async (floor) => {
      const beforeRows = new Map([...kept].map(([ref, { row }]) => [ref, JSON.stringify(row)]))
      for (const ref of kept.keys()) if (floor.incident(ref) === null) kept.delete(ref)
      const [moved, , forecasts] = await Promise.all([fetchAgents([...agents.keys()], true), fetchIncidents(recordsOf(floor, kept.keys())), fetchForecasts()])
      return {
        agents: new Set(moved),
        incidents: new Set([...forecasts, ...[...kept].filter(([ref, { row }]) => beforeRows.get(ref) !== JSON.stringify(row)).map(([ref]) => ref)]),
      }
    },
  }
}
