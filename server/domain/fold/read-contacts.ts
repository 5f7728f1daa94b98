import type { ContactFigures, ContactOutcome } from '../floor.ts'
import { FACT_STRIDE, LEG, LEG_STRIDE, NONE, type LegTable } from '../legs.ts'
import type { AgentNumber, SubjectToken } from '../platform-events.ts'
import { instantOf, type Instant } from '../time.ts'
import { CHANNELS, DIRECTIONS, KIND, REASONS } from './fact-kinds.ts'
import type { FloorState } from './floor-state.ts'
import { callbackOf } from './read-callback.ts'
import { responsesOfLeg } from './contact-responses.ts'
import { HANDLING, LegView } from './leg-view.ts'

const OUTCOMES: readonly ContactOutcome[] = ['pending', 'answered', 'abandoned', 'callback', 'flowed-out', 'system', 'refused', 'pending']

export interface ContactQuery {
  readonly from: Instant
  readonly to: Instant
  readonly subject?: SubjectToken
  readonly contactId?: string
  readonly queue?: string
  readonly outcome?: ContactOutcome
  readonly agent?: AgentNumber
  /** Of these alone: visits that asked for a callback, or that a survey was answered for. */
  readonly having?: 'callback' | 'survey'
}

/** Visits that came to a queue in [from, to), oldest first. */
export const readContacts = (state: FloorState, query: ContactQuery): readonly ContactFigures[] => {
  const queue = query.queue === undefined ? null : state.queues.index(query.queue)
  const { legs } = state
  const { contacts, cells } = legs
  const asked = query.contactId === undefined ? null : contacts.of(query.contactId)
  if (asked === NONE) return []
  // What the columns tell without reading the leg: most of two days is passed over by it.
  const mayFit = (leg: number): boolean => {
    const o = leg * LEG_STRIDE
    if (queue !== null && cells[o + LEG.queue] !== queue) return false
    if (asked !== null && cells[o + LEG.contact] !== asked) return false
    if (query.subject !== undefined && contacts.subjects[cells[o + LEG.contact]] !== query.subject) return false
    if (legs.baseOf(leg) + cells[o + LEG.lastAt] < query.from) return false
    return query.having === undefined || tellsOf(legs, leg, TOLD_BY[query.having])
  }
  return selectContacts(state, (view) => view.queuedAt >= query.from && view.queuedAt < query.to && (query.having !== 'survey' || view.surveyed) && (query.agent === undefined || hasAgent(view, query.agent)) && (query.outcome === undefined || OUTCOMES[view.outcome] === query.outcome), mayFit)
}

const TOLD_BY = { callback: KIND.callbackRequested, survey: KIND.survey } as const

/** Whether a fact of this kind is among the leg's. */
const tellsOf = ({ cells, facts }: LegTable, leg: number, kind: number): boolean => {
  for (let fact = cells[leg * LEG_STRIDE + LEG.head]; fact !== NONE; fact = facts[fact * FACT_STRIDE]) if ((facts[fact * FACT_STRIDE + 1] & 31) === kind) return true
  return false
}

const hasAgent = (view: LegView, agent: number): boolean => {
  for (let i = 0; i < view.handlings; i++) if (view.agent[i] === agent) return true
  return false
}

/** Every visit that `wanted` takes, oldest first; `mayFit` says beforehand which legs are worth reading. */
export const selectContacts = (state: FloorState, wanted: (view: LegView, contact: number) => boolean, mayFit: (leg: number) => boolean = () => true): readonly ContactFigures[] => {
  const view = new LegView()
  const found: ContactFigures[] = []
  for (let leg = 0; leg < state.legs.top; leg++) {
    const o = leg * LEG_STRIDE
    if (state.legs.cells[o + LEG.used] === 0 || state.legs.cells[o + LEG.queue] === NONE || !mayFit(leg)) continue
    state.reader.read(leg, view)
    if ((view.offered || view.outcome === 6) && wanted(view, state.legs.contactOf(leg))) found.push(contactOf(state, leg, view))
  }
  return found.sort((a, b) => a.queuedAt - b.queuedAt || (a.contactId < b.contactId ? -1 : a.contactId > b.contactId ? 1 : 0) || (a.legId < b.legId ? -1 : 1))
}

/** Number of the visit within its contact, from 1, where the source gave none. */
const ordinalOf = (state: FloorState, leg: number): string => {
  let ordinal = 1
  for (let other = state.legs.contacts.first[state.legs.contactOf(leg)]; other !== NONE && other !== leg; other = state.legs.cells[other * LEG_STRIDE + LEG.next]) ordinal++
  return String(ordinal)
}

const at = (value: number): Instant | null => (value === 0 ? null : instantOf(value))
const known = (value: number): number | null => (value < 0 ? null : value)

export const contactOf = (state: FloorState, leg: number, view: LegView): ContactFigures => {
  const { legs, queues } = state
  const last = view.handlings - 1
  const contact = legs.contactOf(leg)
  const first = legs.contacts.first[contact]
  let talk: number | null = null
  let hold: number | null = null
  let acw: number | null = null
  let ended = 0
  let wrapped = 0
  let transferred = false
  let running = false
  for (let i = 0; i <= last; i++) {
    if (view.endedAt[i] === 0) running = true
    ended = Math.max(ended, view.endedAt[i])
    wrapped = Math.max(wrapped, view.wrappedAt[i])
    talk = add(talk, known(view.talk[i]))
    hold = add(hold, known(view.hold[i]))
    acw = add(acw, known(view.acw[i]))
    transferred ||= (view.flags[i] & HANDLING.transferred) !== 0
  }
  const responses = responsesOfLeg(view)
  return {
    contactId: legs.contacts.ids[contact],
    legId: legs.legIds.get(leg) ?? ordinalOf(state, leg),
    rootContactId: legs.roots.get(first) ?? legs.roots.get(leg) ?? null,
    queue: queues.ids[view.queue],
    channel: CHANNELS[view.channel],
    direction: view.direction < 0 ? null : DIRECTIONS[view.direction],
    agent: last < 0 || view.agent[last] < 0 ? null : view.agent[last],
    ...(last < 1 ? {} : { agents: agentsOf(view) }),
    queuedAt: instantOf(view.queuedAt),
    answeredAt: last < 0 ? null : at(view.answeredAt[0]),
    endedAt: running ? null : last >= 0 ? at(ended) : view.outcome === 0 ? null : at(view.outcomeAt),
    wrappedAt: at(wrapped),
    outcome: OUTCOMES[view.outcome],
    outcomeAt: view.outcome === 0 || view.outcome === 7 ? null : instantOf(view.outcomeAt),
    reason: REASONS[view.reason],
    waitMs: view.outcome === 0 ? null : known(view.waitMs),
    talkMs: talk,
    holdMs: hold,
    acwMs: acw,
    ringNoAnswer: view.misses,
    transferred,
    resolved: view.resolved === 0 ? (view.surveyResolved === 0 ? null : view.surveyResolved === 2) : view.resolved === 2,
    repeat: view.identified ? view.repeat : null,
    surveyScore: view.surveyed ? view.surveyScore : null,
    surveyAt: view.surveyed ? instantOf(view.surveyAt) : null,
    surveyComment: view.surveyed ? (legs.comments.get(contact)?.[1] ?? null) : null,
    holdLeftAt: at(view.holdLeftAt),
    callback: callbackOf(legs, leg),
    ...(responses === undefined ? {} : { responses }),
    uncertain: view.uncertain,
    subject: legs.contacts.subjects[contact],
  }
}

const agentsOf = (view: LegView): readonly AgentNumber[] => [...new Set(Array.from({ length: view.handlings }, (_, i) => view.agent[i]).filter((agent) => agent >= 0))]

const add = (sum: number | null, more: number | null): number | null => (more === null ? sum : (sum ?? 0) + more)
