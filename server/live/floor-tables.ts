import type { Row } from '../contract/messages.ts'
import { inArea, type Area } from '../contract/roles.ts'
import type { ForecastRow } from '../contract/forecast.ts'
import type { AgentRow, Incident, MessagesRow, QueueRow, SourceRow, TimelineRow } from '../contract/rows.ts'
import { AGENT_STATES } from '../domain/agent-states.ts'
import type { AgentState } from '../domain/agent-figures.ts'
import type { Floor } from '../domain/floor.ts'
import { businessDayOf } from '../domain/business-day.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { maskedCaller } from '../incidents/masked-caller.ts'
import type { AgentIdentity } from '../redis/sealed-agents.ts'
import type { ChangeSet } from './change-ring.ts'
import type { Dirty } from './dirty.ts'
import { rowTable, type RowTable } from './row-table.ts'
import type { Scope } from './scope.ts'
import { worthTelling } from './source-rows.ts'
import { agentId, publicSourceRow, toAgentRow, toQueueRow, toTotalsRow, TOTALS_ID } from './to-rows.ts'
import { wallSafe } from './wall-safe.ts'

/** What the tables need to know beside the floor itself, found before they are written: nothing here waits. */
export interface Known {
  readonly agent: (number: AgentNumber) => AgentIdentity | null
  readonly incident: (ref: string) => Incident | null
  readonly timeline: (ref: string) => readonly TimelineRow[]
  readonly forecast: (ref: string) => ForecastRow | null
}

export const areaKey = (area: Area | null): string => area?.id ?? ''
/** Where the agents of an area stand: as their own rows, without what lies beyond it. */
export const agentsTable = (area: Area | null): string => (area === null ? 'agents' : `agents/${areaKey(area)}`)

export interface FloorTables {
  readonly table: (name: string) => RowTable
  readonly forget: (name: string) => void
  /** Writes the rows of what is dirty, and says which rows look different now. */
  readonly update: (floor: Floor, dirty: Dirty, known: Known) => ChangeSet
  /** `all`: a flush is made anyway, so every sign of life goes with it. */
  readonly putSources: (rows: readonly SourceRow[], all: boolean) => { readonly changed: boolean; readonly stateChanged: boolean }
  /** How many messages reached nobody; true when that is another number. */
  readonly putLetters: (deadLetters: number) => boolean
  /** Totals, tallies and agents exist per area: they are kept from the first viewer of that area on. */
  readonly keepArea: (floor: Floor, scope: Scope) => void
  /** Of a site of which nothing was heard yet, whose day only the clock moves. */
  readonly retell: (floor: Floor) => void
  readonly takeChanged: () => ChangeSet
  /** Rows that were written since the last take, those that look as before included. */
  readonly takeWritten: () => ChangeSet
}

const putRows = (table: RowTable, rows: ReadonlyMap<string, Row>): void => {
  for (const id of [...table.ids()]) if (!rows.has(id)) table.drop(id)
  for (const [id, row] of rows) table.put(id, row)
}
const setRow = (table: RowTable, id: string, row: Row | null): void => (row === null ? table.drop(id) : table.put(id, row))

/** `now`: the day of a site of which nothing was heard yet is the one that runs. */
export const floorTables = (now: () => Instant): FloorTables => {
  const tables = new Map<string, RowTable>()
  const areas = new Map<string, Area | null>()
  /** Id under which an agent's row stands: it changes when the register's row is erased. */
  const wireIds = new Map<AgentNumber, string>()
  const table = (name: string): RowTable => {
    const made = tables.get(name) ?? rowTable()
    tables.set(name, made)
    return made
  }

  /** Of whoever never stood in an area nothing is said there, not even that they are gone. */
  const forgetAgent = (area: Area | null, id: string): void => {
    const rows = table(agentsTable(area))
    if (area === null || rows.get(id) !== undefined) rows.drop(id)
  }
  const showAgent = (floor: Floor, area: Area | null, number: AgentNumber, row: AgentRow): void => {
    const seen = area === null ? null : floor.agent(number, area.queues ?? undefined)
    if (!inArea(area, row)) forgetAgent(area, row.agent)
    else table(agentsTable(area)).put(row.agent, seen === null ? row : { ...row, queues: seen.queues, contacts: seen.contacts })
  }
  const updateAgent = (floor: Floor, number: AgentNumber, known: Known): void => {
    const identity = known.agent(number)
    const figures = floor.agent(number)
    const id = agentId(number, identity)
    const before = wireIds.get(number)
    const shown = new Set([null, ...areas.values()])
    if (before !== undefined && before !== id) for (const area of shown) forgetAgent(area, before)
    const row = figures === null ? null : toAgentRow(figures, identity)
    for (const area of shown) {
      if (row === null) forgetAgent(area, id)
      else showAgent(floor, area, number, row)
    }
    if (figures === null) wireIds.delete(number)
    else wireIds.set(number, id)
  }

  const updateIncident = (floor: Floor, ref: string, known: Known): void => {
    const record = floor.incident(ref)
    const incident = known.incident(ref)
    const shown = record === null || incident === null ? null : { record, incident: { ...incident, callerId: maskedCaller(incident.callerId) } }
    setRow(table('incidents'), ref, shown?.incident ?? null)
    for (const [name, withOwner] of [['incidents/wall', true], ['incidents/display', false]] as const) setRow(table(name), ref, shown && wallSafe(shown.incident, shown.record, { withOwner }))
    if (!tables.has(`timeline/${ref}`)) return
    setRow(table(`forecast/${ref}`), ref, record === null ? null : known.forecast(ref))
    putRows(table(`timeline/${ref}`), new Map(record === null ? [] : known.timeline(ref).map((line) => [String(line.seq), line])))
  }

  const withDay = (floor: Floor, row: QueueRow): QueueRow => {
    if (floor.asOf !== 0) return row
    const { queues, defaults } = floor.settings()
    return { ...row, today: { ...row.today, dayStartedAt: isoOf(businessDayOf((queues[row.queue] ?? defaults).day, now()).from) } }
  }
  const updateQueue = (floor: Floor, id: string): void => {
    const figures = floor.queue(id)
    setRow(table('queues'), id, figures === null ? null : withDay(floor, toQueueRow(figures)))
  }
  const updateTotals = (floor: Floor, area: Area | null): void => {
    table(`totals/${areaKey(area)}`).put(TOTALS_ID, withDay(floor, toTotalsRow(floor.totals(area?.queues ?? undefined), floor.settings().goals)))
  }
  const updateTallies = (area: Area | null): void => {
    const counts = new Map<AgentState, number>()
    for (const { row } of table(agentsTable(area)).rows()) {
      const { state } = row as AgentRow
      counts.set(state, (counts.get(state) ?? 0) + 1)
    }
    const tallies = table(`tallies/${areaKey(area)}`)
    putRows(tallies, new Map([...counts].map(([state, agents]) => [state, { state, agents }])))
    // A state that came and went between two flushes here may still stand on a screen that another server fed.
    tallies.noteWritten(AGENT_STATES)
  }

  const taken = (of: (rows: RowTable) => ReadonlySet<string>): ChangeSet => {
    const changes = new Map<string, ReadonlySet<string>>()
    for (const [name, rows] of tables) {
      const ids = of(rows)
      if (ids.size > 0) changes.set(name, ids)
    }
    return changes
  }
  const takeChanged = (): ChangeSet => taken((rows) => rows.takeChanged())

  return {
    table,
    forget: (name) => void tables.delete(name),
    takeChanged,
    retell: (floor) => {
      for (const id of floor.queueIds()) updateQueue(floor, id)
      for (const area of areas.values()) updateTotals(floor, area)
    },
    takeWritten: () => taken((rows) => rows.takeWritten()),
    update: (floor, dirty, known) => {
      for (const id of dirty.queues) updateQueue(floor, id)
      for (const number of dirty.agents) updateAgent(floor, number, known)
      for (const ref of dirty.incidents) updateIncident(floor, ref, known)
      for (const area of areas.values()) {
        if (dirty.queues.size > 0 || dirty.agents.size > 0) updateTotals(floor, area)
        if (dirty.agents.size > 0) updateTallies(area)
      }
      return takeChanged()
    },
    putSources: (rows, all) => {
      const staff = table('sources')
      const before = new Map([...staff.rows()].map(({ row }) => [(row as SourceRow).id, row as SourceRow]))
      const told = rows.filter((row) => all || worthTelling(before.get(row.id), row))
      const gone = [...before.keys()].filter((id) => !rows.some((row) => row.id === id))
      for (const row of told) {
        staff.put(row.id, row)
        table('sources/display').put(row.id, publicSourceRow(row))
      }
      for (const id of gone) for (const name of ['sources', 'sources/display']) table(name).drop(id)
      return { changed: told.length + gone.length > 0, stateChanged: gone.length > 0 || told.some((row) => before.get(row.id)?.state !== row.state) }
    },
    putLetters: (deadLetters) => {
      const row: MessagesRow = { id: '*', deadLetters }
      const changed = (table('messages').get('*')?.row as MessagesRow | undefined)?.deadLetters !== deadLetters
      table('messages').put('*', row)
      return changed
    },
    keepArea: (floor, { area }) => {
      if (areas.has(areaKey(area))) return
      areas.set(areaKey(area), area)
      // As they stand now, under the ids they have: who comes or changes is shown by the flush that tells of it.
      if (area !== null) for (const [number, id] of wireIds) {
        const stands = table('agents').get(id)
        if (stands !== undefined) showAgent(floor, area, number, stands.row as AgentRow)
      }
      updateTotals(floor, area)
      updateTallies(area)
    },
  }
}
