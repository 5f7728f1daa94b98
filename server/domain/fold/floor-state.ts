import type { IncidentRecord } from '../incident/incident.ts'
import { DirtyList } from '../floor-changes.ts'
import { LegTable, MAX_SOURCES, StagedFact } from '../legs.ts'
import type { EntryId, SourceStatus } from '../log-entry.ts'
import type { FloorSettings } from '../settings.ts'
import { HOUR, QUARTER_HOUR } from '../time.ts'
import { AgentTable } from './agents.ts'
import { ContactFold } from './apply-contacts.ts'
import { Booking } from './booking.ts'
import { ClockTime } from './clock-time.ts'
import { Contributions } from './contributions.ts'
import { Crew } from './crew.ts'
import { LegReader } from './leg-reader.ts'
import { LiveState } from './live-state.ts'
import { QueueTable } from './queue-table.ts'
import { SettingsHistory } from './settings-history.ts'
import { SharedTime } from './shared-time.ts'
import { Timers } from './timers.ts'

/** 48 hours of late facts and a margin. */
export const HORIZON_MS = 50 * HOUR

/** A time in which a source could not be heard; `to` is Infinity while it lasts. */
export interface Gap {
  readonly source: number
  readonly from: number
  to: number
  /** How far other sources have told of this time since: source -> instant of its newest fact. */
  readonly told: Map<number, number>
}

export interface SourceRecord {
  readonly id: string | null
  lastEventAt: number
  status: SourceStatus | null
  /** When the settings dropped it, 0 while they did not: it is shown no more. */
  removedAt: number
}

/** All tables of one floor and the clock they stand at. */
export class FloorState {
  readonly site: string
  readonly queues = new QueueTable()
  readonly sourceIds: (string | null)[] = []
  readonly sources: SourceRecord[] = []
  readonly #sourceIndex = new Map<string | null, number>()
  readonly settings: SettingsHistory
  readonly legs = new LegTable()
  readonly timers = new Timers()
  readonly dirtyQueues = new DirtyList()
  readonly dirtyAgents = new DirtyList()
  readonly agents = new AgentTable(this.dirtyAgents)
  readonly dirtySources = new DirtyList()
  readonly dirtyIncidents = new Set<string>()
  readonly incidents = new Map<string, IncidentRecord>()
  readonly gaps: Gap[] = []
  readonly reader: LegReader
  readonly book: Booking
  readonly contributions: Contributions
  readonly clockTime: ClockTime
  readonly crew: Crew
  readonly live: LiveState
  readonly shared: SharedTime
  readonly contacts: ContactFold
  readonly staged = new StagedFact()
  entry: EntryId = '0-0'
  asOf = 0
  started = false
  settingsChanged = false
  urgent = false
  /** Instants that were clamped because a source's clock runs ahead. */
  clamped = 0

  constructor(site: string, settings: FloorSettings) {
    this.site = site
    this.settings = new SettingsHistory(settings, this.queues.ids, this.sourceIds)
    this.reader = new LegReader(this.legs, this.settings)
    this.book = new Booking(this.queues, this.agents)
    this.contributions = new Contributions(this.queues, this.book)
    this.clockTime = new ClockTime({ agents: this.agents, queues: this.queues, settings: this.settings, book: this.book, dirtyQueues: this.dirtyQueues })
    this.crew = new Crew(this.agents, this.reader, this.clockTime, { queues: this.dirtyQueues, agents: this.dirtyAgents })
    this.live = new LiveState(this.legs, this.queues, this.crew)
    this.shared = new SharedTime(this.legs, this.reader, this.agents)
    this.contacts = new ContactFold({ shared: this.shared, legs: this.legs, reader: this.reader, book: this.book, queues: this.queues, contributions: this.contributions, live: this.live, timers: this.timers, settings: this.settings, dirtyQueues: this.dirtyQueues })
  }

  /** Where the fold's look back began at the last full hour. */
  lookBack(): number {
    return Math.floor(this.asOf / HOUR) * HOUR - HORIZON_MS
  }

  /** Oldest quarter hour that the horizon holds. */
  oldestInterval(): number {
    return Math.floor((Math.floor(this.asOf / QUARTER_HOUR) * QUARTER_HOUR - HORIZON_MS) / QUARTER_HOUR)
  }

  /** Drops all marks of change: whoever just loaded the floor reads it whole. */
  forgetChanges(): void {
    this.dirtyQueues.take()
    this.dirtyAgents.take()
    this.dirtySources.take()
    this.dirtyIncidents.clear()
    this.queues.rows.takeChanged()
    this.settingsChanged = false
    this.urgent = false
    this.crew.forgetTouched()
  }

  /** Index of a queue by id; it appears with the site's defaults when new. */
  queue(id: string): number {
    const known = this.queues.index(id)
    return known >= 0 ? known : this.queues.add(id, this.settings, this.asOf)
  }

  source(id: string | null): number {
    // Facts of one source come in runs.
    if (id === this.#lastSource && this.sourceIds.length > 0) return this.#lastSourceIndex
    const index = this.#sourceOf(id)
    this.#lastSource = id
    this.#lastSourceIndex = index
    return index
  }

  #lastSource: string | null = null
  #lastSourceIndex = 0

  #sourceOf(id: string | null): number {
    const known = this.#sourceIndex.get(id)
    if (known !== undefined) return known
    const index = Math.min(this.sourceIds.length, MAX_SOURCES)
    if (index < MAX_SOURCES) {
      this.sourceIds.push(id)
      this.sources.push({ id, lastEventAt: 0, status: null, removedAt: 0 })
    }
    this.#sourceIndex.set(id, index)
    return index
  }
}
