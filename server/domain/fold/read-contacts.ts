import type { ContactCounted, ContactFigures, ContactOutcome } from '../contact-figures.ts'
import { FACT_STRIDE, LEG, LEG_STRIDE, NONE, type LegTable } from '../legs.ts'
import type { AgentNumber, SubjectToken } from '../platform-events.ts'
import { instantOf, type Instant } from '../time.ts'
import { CHANNELS, DIRECTIONS, KIND, REASONS } from './fact-kinds.ts'
import type { FloorState } from './floor-state.ts'
import { callbackOf } from './read-callback.ts'
import { PHASE } from './newest-fact.ts'
import { resolutionOfLeg, responsesOfLeg } from './contact-responses.ts'
import { answeredSurvey, HANDLING, LegView } from './leg-view.ts'
import { transfersOf } from './read-transfers.ts'

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
  // What the columns tell without reading the leg: most of two days is passed over by it.
  const mayFit = (leg: number): boolean => {
    const o = leg * LEG_STRIDE
    if (legs.cells[o + LEG.used] === 0 || (queue !== null && legs.cells[o + LEG.queue] !== queue)) return false
    // When one with a simple life came is known; none comes after its last fact.
    const queuedAt = legs.baseOf(leg) + legs.cells[o + LEG.queuedAt]
    if (legs.cells[o + LEG.phase] === PHASE.other ? legs.baseOf(leg) + legs.cells[o + LEG.lastAt] < query.from : queuedAt < query.from || queuedAt >= query.to) return false
    return query.having === undefined || tellsOf(legs, leg, TOLD_BY[query.having])
  }
  return selectContacts(state, (view) => view.queuedAt >= query.from && view.queuedAt < query.to && (query.having !== 'survey' || view.surveyed) && (query.agent === undefined || hasAgent(view, query.agent)) && (query.outcome === undefined || OUTCOMES[view.outcome] === query.outcome), fitting(legsOf(state, query), mayFit))
}

const TOLD_BY = { callback: KIND.callbackRequested, survey: KIND.survey } as const

/** Whether a fact of this kind is among the leg's. */
const tellsOf = ({ cells, facts }: LegTable, leg: number, kind: number): boolean => {
  for (let fact = cells[leg * LEG_STRIDE + LEG.head]; fact !== NONE; fact = facts[fact * FACT_STRIDE]) if ((facts[fact * FACT_STRIDE + 1] & 31) === kind) return true
  return false
}

function* fitting(legs: Iterable<number>, mayFit: (leg: number) => boolean): Generator<number> {
  for (const leg of legs) if (mayFit(leg)) yield leg
}

/** Legs of one contact or of one customer, so that two days of a large floor are not read for one of them; all where neither is asked for. */
const legsOf = ({ legs }: FloorState, { contactId, subject }: ContactQuery): Iterable<number> => {
  const { contacts } = legs
  const known = contactId === undefined ? NONE : contacts.of(contactId)
  if (contactId !== undefined) return known === NONE || (subject !== undefined && contacts.subjects[known] !== subject) ? [] : visitsOf(legs, known)
  return subject === undefined ? every(legs) : contacts.subjects.flatMap((of, contact) => (of === subject ? [...visitsOf(legs, contact)] : []))
}

function* visitsOf({ contacts, cells }: FloorState['legs'], contact: number): Generator<number> {
  for (let leg = contacts.first[contact]; leg !== NONE; leg = cells[leg * LEG_STRIDE + LEG.next]) yield leg
}
function* every({ top }: FloorState['legs']): Generator<number> {
  for (let leg = 0; leg < top; leg++) yield leg
}

const hasAgent = (view: LegView, agent: number): boolean => {
  for (let i = 0; i < view.handlings; i++) if (view.agent[i] === agent) return true
  return false
}

/** Every visit that `wanted` takes, oldest first. */
export const selectContacts = (state: FloorState, wanted: (view: LegView, contact: number) => boolean, among: Iterable<number> = every(state.legs)): readonly ContactFigures[] => {
  const view = new LegView()
  const found: ContactFigures[] = []
  for (const leg of among) {
    const o = leg * LEG_STRIDE
    if (state.legs.cells[o + LEG.used] === 0 || state.legs.cells[o + LEG.queue] === NONE) continue
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
  let active: number | null = null
  let ended = 0
  let wrapped = 0
  let transferred = false
  let running = false
  const handledAt: Instant[] = []
  for (let i = 0; i <= last; i++) {
    if (view.endedAt[i] === 0) running = true
    ended = Math.max(ended, view.endedAt[i])
    wrapped = Math.max(wrapped, view.wrappedAt[i])
    talk = add(talk, known(view.talk[i]))
    hold = add(hold, known(view.hold[i]))
    acw = add(acw, known(view.acw[i]))
    if (view.endedAt[i] !== 0) active = add(active, view.active[i])
    if (view.countedAt[i] !== 0) handledAt.push(instantOf(view.countedAt[i]))
    transferred ||= (view.flags[i] & HANDLING.transferred) !== 0
  }
  const responses = responsesOfLeg(view)
  const resolution = resolutionOfLeg(view)
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
    ...(active === null ? {} : { activeMs: active }),
    ringNoAnswer: view.misses,
    transferred,
    ...(transferred ? { transfers: transfersOf(state, leg, view) } : {}),
    ...(last < 0 || (last === 0 && handledAt.length === (running ? 0 : 1)) ? {} : { handled: handledAt.length }),
    ...(last < 1 ? {} : { handledAt }),
    resolved: view.resolved === 0 ? (view.surveyResolved === 0 ? null : view.surveyResolved === 2) : view.resolved === 2,
    repeat: view.identified ? view.repeat : null,
    surveyScore: view.surveyed ? view.surveyScore : null,
    surveyAt: view.surveyed ? instantOf(view.surveyAt) : null,
    surveyComment: view.surveyed ? (legs.comments.get(contact)?.[1] ?? null) : null,
    holdLeftAt: at(view.holdLeftAt),
    callback: callbackOf(legs, leg),
    ...(responses === undefined ? {} : { responses }),
    ...(resolution === undefined ? {} : { resolution }),
    uncertain: view.uncertain,
    counted: countedOf(state, leg, view),
    subject: legs.contacts.subjects[contact],
  }
}

const NPS = ['detractor', 'passive', 'promoter'] as const

const countedOf = ({ settings, legs }: FloorState, leg: number, view: LegView): ContactCounted => {
  const version = legs.cells[leg * LEG_STRIDE + LEG.version]
  const flags = view.flags.subarray(0, view.handlings)
  const endedBy = (['agent', 'customer'] as const).filter((who) => flags.some((each) => (each & (who === 'agent' ? HANDLING.byAgent : HANDLING.byCustomer)) !== 0))
  return {
    withinMs: settings.withinMs(version, view.queue),
    shortAbandonMs: settings.shortAbandonMs(version, view.queue),
    ...(view.ringMs < 0 ? {} : { ringMs: view.ringMs }),
    ...(view.misses === 0 ? {} : { missedAt: Array.from(view.missAt.subarray(0, view.misses), instantOf) }),
    ...(endedBy.length === 0 ? {} : { endedBy }),
    ...(view.surveySentAt === 0 ? {} : { surveySentAt: instantOf(view.surveySentAt) }),
    ...(answeredSurvey(view) ? { surveyAnswered: true as const } : {}),
    ...(view.nps === 0 ? {} : { nps: NPS[view.nps - 1] }),
  }
}

const agentsOf = (view: LegView): readonly AgentNumber[] => [...new Set(Array.from({ length: view.handlings }, (_, i) => view.agent[i]).filter((agent) => agent >= 0))]

const add = (sum: number | null, more: number | null): number | null => (more === null ? sum : (sum ?? 0) + more)
