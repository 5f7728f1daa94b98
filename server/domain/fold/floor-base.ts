import type { SavedDay } from '../business-day.ts'
import type { FloorBase } from '../floor.ts'
import type { IncidentRecord } from '../incident/incident.ts'
import { FACT_STRIDE, LEG, LEG_STRIDE, NONE, STATE_EXPLICIT, StagedFact } from '../legs.ts'
import type { SourceStatus } from '../log-entry.ts'
import type { FloorSettings } from '../settings.ts'
import { instantOf, MINUTE, QUARTER_HOUR } from '../time.ts'
import type { AuxReasons } from './aux-reasons.ts'
import { loadAgents, savedAgents, settleAgents, type SavedAgent } from './base-agents.ts'
import { hashOf } from './contact-table.ts'
import { COUNT } from './counters.ts'
import { FloorState, type Gap } from './floor-state.ts'
import { RING } from './queue-table.ts'
import { KEPT, type SharedPart } from './shared-part.ts'
import type { ToldTransfer } from './transfer-words.ts'

/** Raised when a portable base can no longer be read as it was written. */
export const BASE_FORMAT = 2

/** One contact: id, root id or null, and its legs. Facts are flat runs of seven numbers; their instants and the leg's clock are ms from `base`, a whole minute. */
type SavedLeg = readonly [queue: number, version: number, base: number, clock: number, legId: string | null, facts: readonly number[], gap?: number, keptGap?: number, shared?: readonly number[]]
type SavedContact = readonly [contactId: string, rootId: string | null, legs: readonly SavedLeg[], subject?: string | null, comment?: readonly [at: number, text: string] | null, transfers?: readonly ToldTransfer[]]

/** The third is missing where an earlier version wrote the base. */
type AgentTime = readonly [handlingMs: number, availableMs: number, signedInMs?: number]

export interface SavedFloor {
  readonly site: string
  readonly asOf: number
  readonly started: boolean
  readonly settings: readonly FloorSettings[]
  readonly queues: readonly { readonly id: string; readonly day: SavedDay; readonly sources: number; readonly ring: readonly (readonly [minute: number, ...AgentTime])[]; readonly dayTime: AgentTime }[]
  readonly lanes: readonly (readonly [number, number])[]
  readonly rows: readonly (readonly [lane: number, basis: number, interval: number, revised: number, ...AgentTime])[]
  readonly sources: readonly { readonly id: string | null; readonly lastEventAt: number; readonly status: SourceStatus | null; readonly removedAt?: number }[]
  readonly gaps: readonly { readonly source: number; readonly from: number; readonly to: number | null; readonly told?: readonly (readonly [source: number, at: number])[] }[]
  readonly agents: readonly SavedAgent[]
  readonly incidents: readonly IncidentRecord[]
  /** Legs bring what is theirs of time that agents shared; missing where an earlier version wrote the base. */
  readonly sharesTime?: boolean
  /** Why agents were in AUX, by agent number; missing where an earlier version wrote the base. */
  readonly auxReasons?: readonly (readonly [agent: number, told: ReturnType<AuxReasons['save']>])[]
  /** Slices of 200 contacts, so that whoever stores the base can store it in pieces. */
  readonly contacts: readonly (readonly SavedContact[])[]
}

const SLICE = 200

/** Legs are what sums are made of, so a base holds legs, what only the clock knows, and no sum that legs give. */
export const saveFloor = (state: FloorState, foldVersion: number): FloorBase => ({
  format: BASE_FORMAT,
  foldVersion,
  entry: state.entry,
  at: instantOf(state.asOf),
  state: {
    site: state.site,
    asOf: state.asOf,
    started: state.started,
    settings: state.settings.all(),
    queues: state.queues.ids.map((id, queue) => ({ id, day: state.queues.days[queue].save(), sources: state.queues.sources[queue], ring: savedRing(state, queue), dayTime: agentTimeAt(state, state.queues.dayBlock(queue)) })),
    lanes: state.queues.laneQueue.map((queue, lane) => [queue, state.queues.laneChannel[lane]] as const),
    rows: savedRows(state),
    sources: state.sources.map(({ removedAt, ...source }) => (removedAt === 0 ? source : { ...source, removedAt })),
    gaps: state.gaps.map((gap) => ({ source: gap.source, from: gap.from, to: gap.to === Infinity ? null : gap.to, ...(gap.told.size === 0 ? {} : { told: [...gap.told] }) })),
    agents: savedAgents(state),
    auxReasons: state.agents.agents.map(({ number }, index) => [number, state.agents.auxReasons.save(index, state.asOf)] as const).filter(([, told]) => told.length > 0),
    sharesTime: true,
    incidents: [...state.incidents.values()],
    contacts: savedContacts(state),
  } satisfies SavedFloor,
})

const agentTimeAt = ({ queues: { cells } }: FloorState, block: number): readonly [number, number, number] => [cells.values[block + COUNT.handlingMs], cells.values[block + COUNT.availableMs], cells.values[block + COUNT.signedInMs]]

const savedRing = (state: FloorState, queue: number): SavedFloor['queues'][number]['ring'] => {
  const found: SavedFloor['queues'][number]['ring'][number][] = []
  for (let minute = Math.max(0, state.book.minute - 59); minute <= state.book.minute; minute++) {
    if (state.queues.ringUsed[queue * RING + (minute % RING)] !== 1) continue
    found.push([minute, ...agentTimeAt(state, state.queues.ringBlock(queue, minute))])
  }
  return found
}

const savedRows = (state: FloorState): SavedFloor['rows'] => {
  const rows: SavedFloor['rows'][number][] = []
  state.queues.rows.each((row, lane, basis, interval) => {
    const time = agentTimeAt(state, state.queues.rows.block(row))
    const revised = state.queues.rows.isRevised(row) ? 1 : 0
    if (revised === 1 || time.some((ms) => ms !== 0)) rows.push([lane, basis, interval, revised, ...time])
  })
  return rows
}

const savedContacts = (state: FloorState): SavedFloor['contacts'] => {
  const { legs } = state
  const slices: SavedContact[][] = []
  let slice: SavedContact[] = []
  const { contacts } = legs
  contacts.each((contact) => {
    const first = contacts.first[contact]
    const saved: SavedLeg[] = []
    for (let leg = first; leg !== NONE; leg = legs.cells[leg * LEG_STRIDE + LEG.next]) saved.push(savedLeg(state, leg))
    const subject = contacts.subjects[contact]
    const comment = legs.comments.get(contact)
    const head = [contacts.ids[contact], legs.roots.get(first) ?? null, saved] as const
    const transfers = legs.transfers.get(contact)
    slice.push(transfers !== undefined ? [...head, subject, comment ?? null, transfers] : comment !== undefined ? [...head, subject, comment] : subject !== null ? [...head, subject] : head)
    if (slice.length < SLICE) return
    slices.push(slice)
    slice = []
  })
  if (slice.length > 0) slices.push(slice)
  return slices
}

const savedLeg = (state: FloorState, leg: number): SavedLeg => {
  const { legs } = state
  const o = leg * LEG_STRIDE
  const facts: number[] = []
  for (let fact = legs.cells[o + LEG.head]; fact !== NONE; fact = legs.facts[fact * FACT_STRIDE]) {
    const f = fact * FACT_STRIDE
    facts.push(legs.facts[f + 1], legs.facts[f + 2], legs.facts[f + 3], legs.facts[f + 4], legs.facts[f + 5], legs.facts[f + 6], legs.facts[f + 7])
  }
  const saved = [legs.cells[o + LEG.queue], legs.cells[o + LEG.version], legs.cells[o + LEG.base], legs.cells[o + LEG.clock], legs.legIds.get(leg) ?? null, facts] as const
  const [gap, keptGap] = [legs.cells[o + LEG.gap], legs.cells[o + LEG.keptGap]]
  const shared = legs.shared.get(leg)
  if (shared !== undefined) return [...saved, gap, keptGap, savedParts(shared, legs.baseOf(leg))]
  return gap === 0 && keptGap === 0 ? saved : [...saved, gap, keptGap]
}

/** Runs of agent, begin as a distance, length (KEPT: of what went on) and milliseconds. */
const savedParts = (parts: readonly SharedPart[], base: number): readonly number[] => parts.flatMap(({ agent, from, to, ms }) => [agent, from - base, to === KEPT ? KEPT : to - from, ms])

const loadedParts = (saved: readonly number[], base: number): readonly SharedPart[] => {
  const parts: SharedPart[] = []
  for (let i = 0; i + 3 < saved.length; i += 4) parts.push({ agent: saved[i], from: saved[i + 1] + base, to: saved[i + 2] === KEPT ? KEPT : saved[i + 1] + base + saved[i + 2], ms: saved[i + 3] })
  return parts
}

const FACT_NUMBERS = 7

/** The state behind a base that this fold wrote; format and version were compared by the caller. */
export const loadFloor = (base: FloorBase): FloorState => {
  const saved = base.state as SavedFloor
  const [initial, ...later] = saved.settings
  const state = new FloorState(saved.site, initial)
  for (const settings of later) state.settings.add(settings)
  state.entry = base.entry
  state.asOf = saved.asOf
  state.started = saved.started
  const { book, queues } = state
  book.minute = Math.floor(saved.asOf / 60_000)
  state.agents.minuteStart = book.minute * 60_000
  book.oldestInterval = state.oldestInterval()
  state.agents.stories.forget(state.lookBack())
  state.shared.start(state.lookBack())
  state.shared.load()
  book.asOf = saved.asOf
  book.replaying = true
  state.contacts.now = saved.asOf
  state.crew.now = saved.asOf
  for (const source of saved.sources) {
    const index = state.source(source.id)
    state.sources[index].lastEventAt = source.lastEventAt
    state.sources[index].status = source.status
    state.sources[index].removedAt = source.removedAt ?? 0
  }
  for (const queue of saved.queues) {
    const index = queues.add(queue.id, state.settings, saved.asOf)
    queues.days[index].restore(queue.day)
    queues.refreshDay(index)
    queues.sources[index] = queue.sources
  }
  for (const [queue, channel] of saved.lanes) queues.lane(queue, channel)
  state.gaps.push(...saved.gaps.map((gap): Gap => ({ source: gap.source, from: gap.from, to: gap.to ?? Infinity, told: new Map(gap.told) })))
  if (saved.started) state.agents.startDay(queues.dayFrom[0], queues.dayTo[0])
  loadAgents(state, saved.agents)
  for (const [agent, told] of saved.auxReasons ?? []) state.agents.auxReasons.restore(state.agents.find(agent), told, saved.asOf)
  for (const slice of saved.contacts) for (const contact of slice) loadContact(state, contact)
  state.shared.loaded(saved.sharesTime === true)
  state.contacts.shareTime()
  loadTimes(state, saved)
  settleAgents(state, saved.agents)
  for (const incident of saved.incidents) state.incidents.set(incident.ref, incident)
  book.replaying = false
  state.forgetChanges()
  return state
}

const loadContact = (state: FloorState, [contactId, rootId, savedLegs, subject, comment, transfers]: SavedContact): void => {
  const { legs } = state
  const contact = legs.contacts.add(contactId, hashOf(contactId))
  if (typeof subject === 'string') state.contacts.identify(contact, subject)
  if (comment) legs.comments.set(contact, comment)
  for (const told of transfers ?? []) legs.tellTransfer(contact, told)
  const staged = new StagedFact()
  let first = NONE
  for (const [queue, version, base, clock, legId, facts, gap = 0, keptGap = 0, shared] of savedLegs) {
    const start = base * MINUTE
    const leg = legs.open(contact, queue, start, version)
    legs.cells[leg * LEG_STRIDE + LEG.gap] = gap
    legs.cells[leg * LEG_STRIDE + LEG.keptGap] = keptGap
    if (shared !== undefined) legs.share(leg, loadedParts(shared, start))
    if (legId !== null) {
      legs.legIds.set(leg, legId)
      legs.cells[leg * LEG_STRIDE + LEG.state] |= STATE_EXPLICIT
    }
    if (first === NONE) {
      first = leg
      legs.contacts.first[contact] = leg
      if (rootId !== null) legs.setRoot(leg, rootId)
    } else legs.append(first, leg)
    for (let i = 0; i + FACT_NUMBERS <= facts.length; i += FACT_NUMBERS) {
      staged.meta = facts[i]
      staged.kind = facts[i] & 31
      staged.at = start + facts[i + 1]
      staged.agent = facts[i + 2]
      staged.v1 = facts[i + 3]
      staged.v2 = facts[i + 4]
      staged.wait = facts[i + 5]
      staged.queue = facts[i + 6]
      legs.insert(leg, staged)
    }
    state.contacts.load(leg, start + clock)
  }
}

/** What only the clock knew: agents' time by queue and interval, and the marks of corrections. */
const loadTimes = (state: FloorState, saved: SavedFloor): void => {
  const { queues } = state
  const add = (block: number, [handling, available, signedIn = handling + available]: AgentTime): void => {
    queues.cells.values[block + COUNT.handlingMs] += handling
    queues.cells.values[block + COUNT.availableMs] += available
    queues.cells.values[block + COUNT.signedInMs] += signedIn
  }
  saved.queues.forEach((queue, index) => {
    add(queues.dayBlock(index), queue.dayTime)
    for (const [minute, ...time] of queue.ring) {
      add(queues.ringBlock(index, minute), time)
      queues.ringUsed[index * RING + (minute % RING)] = 1
      if (minute > state.book.minute - 30) add(queues.windowBlock(index), time)
    }
  })
  for (const [lane, basis, interval, revised, ...time] of saved.rows) {
    const row = queues.rows.at(lane, basis, interval * QUARTER_HOUR, state.book.oldestInterval)
    if (row === 0) continue
    add(queues.rows.block(row), time)
    if (revised === 1) queues.rows.setRevised(row)
  }
}

