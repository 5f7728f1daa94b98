import type { AgentBand, AgentFigures, AgentGains } from './agent-figures.ts'
import type { ContactFigures, LateAnswer } from './contact-figures.ts'
import type { Explanation } from './explanation.ts'
import type { Floor, FloorBase, FloorChanges, SourceFigures } from './floor.ts'
import type { IntervalFigures, QueueFigures, QueueQuotes, QueueWait, RollingFigures, WindowFigures } from './queue-figures.ts'
import { foldVersion } from './fold-version.ts'
import { readAgentGains } from './fold/agent-gains.ts'
import { applyAgentFact, applyPlainState } from './fold/apply-agents.ts'
import { applySourceFact, applySourceStatus, closeGap, dropSources, hearSource, tellGaps } from './fold/apply-sources.ts'
import { advanceClock, nextTick } from './fold/clock.ts'
import { explainAgent } from './fold/explain-agent.ts'
import { explain, type ExplainQuery } from './fold/explain.ts'
import { batchOf, CELL, CELLS, OTHER, type FactBatch } from './fold/fact-batch.ts'
import { CHANNELS, KIND } from './fold/fact-kinds.ts'
import { BASE_FORMAT, loadFloor, saveFloor } from './fold/floor-base.ts'
import { FloorState } from './fold/floor-state.ts'
import { readAgent, readBands } from './fold/read-agents.ts'
import { readLateAnswers } from './fold/read-answers.ts'
import { readContacts, type ContactQuery } from './fold/read-contacts.ts'
import { readIntervals, type IntervalQuery } from './fold/read-intervals.ts'
import { readQueue, readTotals } from './fold/read-queues.ts'
import { readRolling, readWindow } from './fold/read-window.ts'
import { readQuotes, readWaits } from './fold/wait-model.ts'
import { stageFact } from './fold/stage-fact.ts'
import { AHEAD_MS } from './hot-hours.ts'
import type { IncidentRecord } from './incident/incident.ts'
import type { EntryId, LogEntry } from './log-entry.ts'
import { NONE } from './legs.ts'
import { REPORTED_STATES, type AgentNumber } from './platform-events.ts'
import type { FloorSettings } from './settings.ts'
import { instantOf, QUARTER_HOUR, type Instant } from './time.ts'


const UNASKED = -2

class SiteFloor implements Floor {
  readonly site: string
  readonly #state: FloorState

  constructor(state: FloorState) {
    this.site = state.site
    this.#state = state
  }

  get entry(): EntryId {
    return this.#state.entry
  }

  get asOf(): Instant {
    return instantOf(this.#state.asOf)
  }

  nextTickAt(): Instant | null {
    const next = nextTick(this.#state)
    return next === null ? null : instantOf(next)
  }

  apply(entry: LogEntry): void {
    const state = this.#state
    advanceClock(state, entry.at)
    state.entry = entry.id
    switch (entry.kind) {
      case 'facts':
        this.#facts(entry.batch ?? batchOf(entry.facts))
        return
      case 'incident':
        state.incidents.set(entry.record.ref, entry.record)
        state.dirtyIncidents.add(entry.record.ref)
        state.urgent = true
        return
      case 'settings':
        this.#settings(entry.settings)
        return
      case 'source':
        applySourceStatus(state, entry.status)
        return
      case 'tick':
        return
      default:
        return entry satisfies never
    }
  }

  #facts(batch: FactBatch): void {
    const texts = batch.texts
    if (this.#places.length < texts.length + 1) this.#places = new Int32Array(texts.length * 2 + 1)
    this.#places.fill(UNASKED, 0, texts.length + 1)
    for (let index = 0; index < batch.length; index++) this.#fact(batch, index)
    this.#state.crew.catchUp()
    this.#state.contacts.shareTime()
  }

  /** The floor's number of each text of the batch that names a queue. */
  #places = new Int32Array(64)

  #queueOf(batch: FactBatch, text: number): number {
    if (text === 0) return NONE
    const known = this.#places[text]
    if (known !== UNASKED) return known
    const queue = this.#state.queue(batch.texts[text - 1])
    this.#places[text] = queue
    return queue
  }

  #fact(batch: FactBatch, index: number): void {
    const state = this.#state
    const o = index * CELLS
    const kind = batch.cells[o + CELL.kind]
    const latest = state.asOf + AHEAD_MS
    let at = batch.at[index]
    if (at > latest) {
      state.clamped++
      at = latest
    }
    const text = batch.cells[o + CELL.source]
    const source = state.source(text === 0 ? null : batch.texts[text - 1])
    if (source < state.sources.length) {
      if (state.gaps.length > 0 && kind !== OTHER.reset) {
        closeGap(state, source, at)
        tellGaps(state, source, at)
      }
      hearSource(state, source)
    }
    if (kind < OTHER.agentState) this.#contact(batch, index, source, Math.floor(at))
    else this.#other(batch, index, source, at)
  }

  #contact(batch: FactBatch, index: number, source: number, at: number): void {
    const state = this.#state
    const o = index * CELLS
    const queue = this.#queueOf(batch, batch.cells[o + CELL.queue])
    if (queue >= 0) state.queues.sources[queue] |= 1 << (source & 31)
    stageFact(batch, index, queue, source, at, state.staged)
    state.crew.at = at
    const contact = state.contacts.apply(batch.contacts[index], batch.cells[o + CELL.hash], batch.names[index], state.staged)
    const token = batch.tokens[index]
    if (token !== null && state.staged.kind === KIND.survey) state.legs.comment(contact, at, token)
    else if (token !== null && state.staged.kind === KIND.transferred) state.legs.tellTransfer(contact, [at, state.staged.agent, token])
    else if (token !== null) state.contacts.identify(contact, token)
    state.contacts.follow(contact, state.staged.kind, at)
    state.crew.settle(at)
    state.crew.at = 0
  }

  #other(batch: FactBatch, index: number, source: number, at: number): void {
    const state = this.#state
    const fact = batch.others[index]
    if (fact === null) applyPlainState(state, batch.cells[index * CELLS + CELL.agent], REPORTED_STATES[batch.cells[index * CELLS + CELL.v1]], at, source)
    else if (fact.type === 'source.reset' || fact.type === 'source.snapshot') applySourceFact(state, fact, at, source)
    else applyAgentFact(state, fact, at, source)
  }

  #settings(settings: FloorSettings): void {
    const state = this.#state
    dropSources(state, state.settings.current, settings)
    const judgedBy = state.settings.current
    if (judgedBy.version === 0 && state.settings.latest === 0 && state.legs.live === 0) state.settings.takePlace(settings)
    else {
      state.settings.add(settings)
      state.contacts.judgeFrom(Math.max(settings.validFrom, state.asOf))
    }
    state.settingsChanged = true
    for (const id of Object.keys(settings.queues)) state.queue(id)
    for (let queue = 0; queue < state.queues.ids.length; queue++) {
      const fresh = queue === 0 ? state.agents.agents.length === 0 : state.queues.isFresh(queue)
      state.queues.days[queue].change(state.settings.queue(state.settings.latest, queue).day, this.asOf, fresh)
      state.queues.refreshDay(queue)
      state.dirtyQueues.mark(queue)
    }
    if (state.agents.agents.length === 0) state.agents.startDay(state.queues.dayFrom[0], state.queues.dayTo[0])
  }

  takeChanges(): FloorChanges {
    const state = this.#state
    const queues = state.dirtyQueues.take().filter((queue) => queue > 0)
    const agents = state.dirtyAgents.take()
    const changes: FloorChanges = {
      queues: queues.map((queue) => state.queues.ids[queue]),
      agents: agents.map((index) => state.agents.agents[index].number),
      incidents: [...state.dirtyIncidents],
      sources: state.dirtySources.take().map((source) => state.sourceIds[source]).filter((id) => id !== null),
      settings: state.settingsChanged,
      intervals: state.queues.rows.takeChanged().map(({ lane, basis, interval }) => ({
        queue: state.queues.ids[state.queues.laneQueue[lane]],
        channel: CHANNELS[state.queues.laneChannel[lane]],
        from: instantOf(interval * QUARTER_HOUR),
        basis: basis === 0 ? 'outcome' : 'arrival',
      })),
      urgent: state.urgent || state.crew.agentsChanged,
    }
    state.dirtyIncidents.clear()
    state.settingsChanged = false
    state.urgent = false
    state.crew.agentsChanged = false
    return changes
  }

  settings(): FloorSettings {
    return this.#state.settings.current
  }

  settingsVersions(): readonly FloorSettings[] {
    return this.#state.settings.all()
  }

  queueIds(): readonly string[] {
    return this.#state.queues.ids.slice(1)
  }

  queue(id: string): QueueFigures | null {
    return readQueue(this.#state, id)
  }

  totals(queues?: readonly string[]): QueueFigures {
    return readTotals(this.#state, queues ?? this.queueIds())
  }

  agentNumbers(): readonly AgentNumber[] {
    return this.#state.agents.agents.map((agent) => agent.number)
  }

  agent(number: AgentNumber, within?: readonly string[]): AgentFigures | null {
    return readAgent(this.#state, number, within)
  }

  bands(number: AgentNumber, from: Instant, to: Instant): readonly AgentBand[] {
    return readBands(this.#state, number, from, to)
  }

  agentGains(query: { readonly from: Instant; readonly to: Instant }, gains: AgentGains): Iterable<void> {
    return readAgentGains(this.#state, query, gains)
  }

  incident(ref: string): IncidentRecord | null {
    return this.#state.incidents.get(ref) ?? null
  }

  incidents(): readonly IncidentRecord[] {
    return [...this.#state.incidents.values()]
  }

  sources(): readonly SourceFigures[] {
    return this.#state.sources.flatMap((record) => {
      if (record.id === null || record.removedAt !== 0) return []
      const { sources } = this.#state.settings.current
      const settings = Object.hasOwn(sources, record.id) ? sources[record.id] : null
      const lastEventAt = record.lastEventAt === 0 ? null : instantOf(record.lastEventAt)
      const status = record.status ?? { source: record.id, platform: settings?.platform ?? record.id, connected: true, beatMs: settings?.expectedEveryMs ?? null, lastAliveAt: lastEventAt ?? this.asOf, detail: null }
      return [{ ...status, lastEventAt, ...(record.status === null ? { pushed: true } : {}) }]
    })
  }

  unnamedEventAt(): Instant | null {
    const unnamed = this.#state.sources.find(({ id }) => id === null)
    return unnamed === undefined || unnamed.lastEventAt === 0 ? null : instantOf(unnamed.lastEventAt)
  }

  intervals(query: IntervalQuery): readonly IntervalFigures[] {
    return readIntervals(this.#state, query)
  }

  contacts(query: ContactQuery): readonly ContactFigures[] {
    return readContacts(this.#state, query)
  }

  lateAnswers(contactIds?: readonly string[]): readonly LateAnswer[] {
    return readLateAnswers(this.#state, contactIds ?? null)
  }

  explain(query: ExplainQuery): Explanation | null {
    return explain(this.#state, query)
  }

  explainAgent(query: { readonly metric: string; readonly agent: AgentNumber }): Explanation | null {
    return explainAgent(this.#state, query)
  }

  window(query: { readonly queue: string | null; readonly queues?: readonly string[] | undefined; readonly window: string }): WindowFigures | null {
    return readWindow(this.#state, query)
  }

  rolling(queue: string, minutes: 15 | 30 | 60): RollingFigures | null {
    return readRolling(this.#state, queue, minutes)
  }

  waits(query: { readonly queue?: string; readonly from: Instant; readonly to: Instant }): readonly QueueWait[] {
    return readWaits(this.#state, query)
  }

  quotes(query: { readonly from: Instant; readonly to: Instant }): readonly QueueQuotes[] {
    return readQuotes(this.#state, query)
  }

  toBase(): FloorBase {
    return saveFloor(this.#state, foldVersion)
  }
}

/** An empty floor; `settings` hold from the beginning. */
export const createFloor = (site: string, settings: FloorSettings): Floor => {
  const state = new FloorState(site, settings)
  state.queues.add('', state.settings, 0)
  for (const id of Object.keys(settings.queues)) state.queue(id)
  return new SiteFloor(state)
}

/** The floor a base describes. A base holds facts and no sums, so another fold version may read it; throws when its format is another. */
export const floorFromBase = (base: FloorBase): Floor => {
  if (base.format !== BASE_FORMAT) throw new Error(`floor base of format ${base.format}; this version reads format ${BASE_FORMAT}`)
  return new SiteFloor(loadFloor(base))
}
