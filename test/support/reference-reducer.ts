import type { Fact } from '../../server/domain/platform-events.ts'
import type { FloorSettings } from '../../server/domain/settings.ts'

/**
 * The figures of METRICS sections 1 to 5 computed the plain way: facts in the order of their instants, one object per visit, and every
 * number a filter over all visits. Slow and obvious; it shares nothing with the fold but the types.
 */
export interface Handling {
  agent: number | null
  answeredAt: number
  endedAt: number | null
  talkMs: number
  holdMs: number
  holdKnown: boolean
  heldSince: number | null
  wrappedAt: number | null
  acwMs: number | null
  transferred: boolean
  endedBy: string | null
}

export interface Visit {
  contactId: string
  queue: string
  channel: string
  queuedAt: number | null
  refusedAt: number | null
  outcome: 'pending' | 'answered' | 'abandoned' | 'callback' | 'flowedOut' | 'system' | 'refused'
  outcomeAt: number | null
  waitMs: number
  /** Since when whom it rings at. */
  ringing: Map<number, number>
  ringMs: number | null
  misses: number[]
  handlings: Handling[]
  identified: boolean
  repeat: boolean
  resolved: boolean | null
  resolvedAt: number | null
  survey: { at: number; score: number; of: number } | null
  holdLeftAt: number | null
  surveySentAt: number | null
  /** Begin of the burst that nobody answered; what was answered, and whether the platform tells of messages. */
  askedAt: number | null
  answers: { askedAt: number; at: number }[]
  written: boolean
  over: boolean
  firstAskedAt: number | null
  conversationEndedAt: number | null
}

const DAY = 86_400_000

const handlingOf = (visit: Visit, agent: number | null): Handling | undefined => visit.handlings.findLast((each) => each.agent === agent || agent === null)

const newVisit = (contactId: string, queue: string, channel: string): Visit => ({ contactId, queue, channel, queuedAt: null, refusedAt: null, outcome: 'pending', outcomeAt: null, waitMs: 0, ringing: new Map(), ringMs: null, misses: [], handlings: [], identified: false, repeat: false, resolved: null, resolvedAt: null, survey: null, holdLeftAt: null, surveySentAt: null, askedAt: null, answers: [], written: false, over: false, firstAskedAt: null, conversationEndedAt: null })

const close = (visit: Visit, outcome: Visit['outcome'], at: number, waitMs: number | null): void => {
  if (outcome !== 'answered') {
    visit.askedAt = null
    visit.over = true
  }
  if (visit.outcome !== 'pending') return
  visit.outcome = outcome
  visit.outcomeAt = at
  visit.waitMs = waitMs ?? at - (visit.queuedAt ?? at)
  visit.ringing.clear()
}

/** All visits of the facts, which must be complete and in order. */
export const visitsFrom = (facts: readonly Fact[], settings: FloorSettings): readonly Visit[] => {
  const visits: Visit[] = []
  /** Who wrote before they were enqueued, and since when. */
  const early = new Map<string, number>()
  for (const each of facts) {
    if (!('contactId' in each)) continue
    const channel = each.channel ?? settings.defaults.channel
    if (each.type === 'contact.queued' || each.type === 'contact.refused') {
      visits.push({ ...newVisit(each.contactId, each.queueId ?? '', channel), askedAt: early.get(each.contactId) ?? null, firstAskedAt: early.get(each.contactId) ?? null, written: early.has(each.contactId) })
      early.delete(each.contactId)
    }
    const visit = visits.findLast((other) => other.contactId === each.contactId && (each.queueId === null || other.queue === each.queueId))
    if (visit === undefined && each.type === 'contact.message' && each.from === 'customer' && !early.has(each.contactId)) early.set(each.contactId, each.occurredAt)
    if (visit === undefined) continue
    const at: number = each.occurredAt
    switch (each.type) {
      case 'contact.queued':
        visit.queuedAt = at
        visit.identified = each.subject !== null
        visit.repeat = each.subject !== null && each.previousEndAt !== null && at - each.previousEndAt <= settings.defaults.repeatWithinMs
        break
      case 'contact.refused':
        visit.outcome = 'refused'
        visit.refusedAt = at
        break
      case 'contact.offered':
        if (each.agent !== null && !visit.ringing.has(each.agent)) visit.ringing.set(each.agent, at)
        break
      case 'contact.offer_missed':
        if (each.agent !== null) visit.ringing.delete(each.agent)
        if (each.reason !== 'withdrawn') visit.misses.push(at)
        break
      case 'contact.answered': {
        const rungAt = each.agent === null ? undefined : visit.ringing.get(each.agent)
        visit.ringMs ??= each.ringMs ?? (rungAt === undefined ? null : at - rungAt)
        close(visit, 'answered', at, each.waitMs)
        visit.handlings.push({ agent: each.agent, answeredAt: at, endedAt: null, talkMs: 0, holdMs: 0, holdKnown: false, heldSince: null, wrappedAt: null, acwMs: null, transferred: false, endedBy: null })
        break
      }
      case 'contact.abandoned':
        close(visit, 'abandoned', at, each.waitMs)
        break
      case 'contact.left_queue':
        close(visit, 'flowedOut', at, each.waitMs)
        break
      case 'contact.callback_requested':
        close(visit, 'callback', at, null)
        break
      case 'contact.failed':
        close(visit, 'system', at, null)
        break
      case 'contact.held': {
        const handling = handlingOf(visit, each.agent)
        if (handling !== undefined) handling.heldSince = at
        break
      }
      case 'contact.resumed': {
        const handling = handlingOf(visit, each.agent)
        if (handling === undefined || handling.heldSince === null) break
        handling.holdMs += at - handling.heldSince
        handling.holdKnown = true
        handling.heldSince = null
        break
      }
      case 'contact.transferred':
      case 'contact.ended': {
        const handling = handlingOf(visit, each.agent)
        if (handling === undefined) break
        handling.endedAt = at
        if (each.type === 'contact.ended') {
          visit.askedAt = null
          visit.over = true
          visit.conversationEndedAt ??= at
        }
        if (handling.heldSince !== null) {
          if (each.type === 'contact.ended' && each.by !== 'agent' && each.by !== 'system') visit.holdLeftAt = at
          handling.holdMs += at - handling.heldSince
          handling.holdKnown = true
          handling.heldSince = null
        }
        handling.transferred = each.type === 'contact.transferred'
        handling.endedBy = each.type === 'contact.ended' ? each.by : null
        if (each.holdMs !== null) {
          handling.holdMs = each.holdMs
          handling.holdKnown = true
        }
        handling.talkMs = each.talkMs !== null ? each.talkMs - (each.holdMs === null ? handling.holdMs : 0) : at - handling.answeredAt - handling.holdMs
        if (each.type === 'contact.ended' && each.resolved !== null) {
          visit.resolved = each.resolved
          visit.resolvedAt = at
        }
        break
      }
      case 'contact.wrapped': {
        const handling = handlingOf(visit, each.agent)
        if (handling === undefined || handling.endedAt === null) break
        handling.wrappedAt = at
        handling.acwMs = Math.min(each.acwMs ?? at - handling.endedAt, settings.defaults.acwCapMs)
        break
      }
      case 'contact.message': {
        visit.written = true
        if (each.from === 'customer') {
          visit.askedAt ??= at
          visit.firstAskedAt ??= at
        }
        if (each.from !== 'person') break
        const since = visit.askedAt ?? (visit.answers.length === 0 && !visit.over ? visit.queuedAt : null)
        if (since !== null) visit.answers.push({ askedAt: since, at })
        visit.askedAt = null
        break
      }
      case 'survey.sent':
        visit.surveySentAt ??= at
        break
      case 'survey.received':
        if (each.score !== null) visit.survey = { at, score: each.score, of: each.scaleMax }
        break
      default:
        break
    }
  }
  return visits
}

/** When a handling counts: at the end of its wrap-up, or at its end when no wrap-up came within the cap. */
export const countedAt = (handling: Handling, now: number, capMs: number): number | null => {
  if (handling.endedAt === null) return null
  if (handling.wrappedAt !== null) return handling.wrappedAt
  return handling.endedAt + capMs <= now ? handling.endedAt : null
}

/** From connected to the end of a wrap-up that was told, within the cap; null while the conversation runs. */
const contactEndOf = (handling: Handling, capMs: number): number | null => (handling.endedAt === null || handling.wrappedAt === null ? handling.endedAt : Math.max(handling.endedAt, Math.min(handling.wrappedAt, handling.endedAt + capMs)))

/** Handle time less what was somebody else's of it: of each stretch between two edges the handling has an equal part with all that its agent had then. */
export const activeMsOf = (handling: Handling, visits: readonly Visit[], capMs: number): number => {
  const handleMs = handling.talkMs + handling.holdMs + (handling.acwMs ?? 0)
  const [from, to] = [handling.answeredAt, contactEndOf(handling, capMs) ?? handling.answeredAt]
  if (handling.agent === null || to <= from) return handleMs
  const all = visits.flatMap((visit) => visit.handlings).filter((each) => each.agent === handling.agent).map((each) => ({ from: each.answeredAt, to: contactEndOf(each, capMs) ?? Infinity }))
  const edges = [...new Set([from, to, ...all.flatMap((each) => [each.from, each.to])])].filter((edge) => edge >= from && edge <= to).sort((a, b) => a - b)
  const own = edges.slice(1).reduce((sum, edge, i) => sum + (edge - (edges[i] ?? edge)) / all.filter((each) => each.from <= (edges[i] ?? edge) && each.to >= edge).length, 0)
  if (own === to - from) return handleMs
  return Math.round(handleMs === to - from ? own : (handleMs * own) / (to - from))
}

export type Sums = Readonly<Record<string, number>>

export interface Booking {
  readonly counter: string
  readonly at: number
  readonly arrivedAt: number
  readonly queue: string
  readonly channel: string
  readonly amount: number
}

/** Every contribution of every visit with the instant at which it counts. */
export const bookingsOf = (visits: readonly Visit[], settings: FloorSettings, now: number): readonly Booking[] => {
  const bookings: Booking[] = []
  const { target, shortAbandonMs, acwCapMs } = settings.defaults
  for (const visit of visits) {
    const arrivedAt = visit.queuedAt ?? visit.refusedAt ?? 0
    const book = (counter: string, at: number, amount = 1): void => void bookings.push({ counter, at, arrivedAt, queue: visit.queue, channel: visit.channel, amount })
    if (visit.outcome === 'refused') {
      book('refused', visit.refusedAt ?? 0)
      continue
    }
    book('offered', arrivedAt)
    if (visit.identified) book('identified', arrivedAt)
    if (visit.repeat) book('repeats', arrivedAt)
    const within = visit.waitMs <= target.withinMs
    const ended = visit.outcomeAt ?? 0
    if (visit.outcome === 'answered') {
      book('answered', ended)
      if (visit.identified) book('identifiedAnswered', ended)
      if (visit.repeat) book('repeatsAnswered', ended)
      book('waitMsTotal', ended, visit.waitMs)
      if (visit.ringMs !== null) {
        book('ringMsTotal', ended, visit.ringMs)
        book('ringKnown', ended)
      }
      if (within) book('answeredInTarget', ended)
    }
    if (visit.outcome === 'abandoned') {
      book('abandoned', ended)
      book('abandonWaitMsTotal', ended, visit.waitMs)
      if (within) book('abandonedInTarget', ended)
      if (visit.waitMs <= shortAbandonMs) book('shortAbandoned', ended)
    }
    if (visit.outcome === 'callback') book('callbacks', ended)
    if (visit.outcome === 'flowedOut') book('flowedOut', ended)
    if (visit.outcome === 'system') book('systemEnded', ended)
    const answers = visit.written ? visit.answers : visit.outcome === 'answered' ? [{ askedAt: arrivedAt, at: ended }] : []
    if (visit.channel !== 'voice') {
      answers.forEach(({ askedAt, at }, index) => {
        const which = index === 0 ? 'firstResponse' : 'nextResponse'
        book(`${which}s`, at)
        book(`${which}MsTotal`, at, at - askedAt)
        book(`${which}BusinessMsTotal`, at, at - askedAt)
        if (at - askedAt <= target.withinMs) book(`${which}sInTarget`, at)
      })
      if (visit.outcome === 'answered' && visit.conversationEndedAt !== null) {
        const tookMs = visit.conversationEndedAt - Math.min(visit.firstAskedAt ?? arrivedAt, arrivedAt)
        book('resolutions', visit.conversationEndedAt)
        book('resolutionMsTotal', visit.conversationEndedAt, tookMs)
        book('resolutionBusinessMsTotal', visit.conversationEndedAt, tookMs)
      }
    }
    for (const at of visit.misses) book('ringNoAnswer', at)
    for (const handling of visit.handlings) {
      const at = countedAt(handling, now, acwCapMs)
      if (at === null) continue
      book('handled', at)
      book('talkMsTotal', at, handling.talkMs)
      book('holdMsTotal', at, handling.holdMs)
      book('acwMsTotal', at, handling.acwMs ?? 0)
      book('activeMsTotal', at, activeMsOf(handling, visits, acwCapMs))
      if (handling.transferred) book('transferred', at)
      if (handling.holdMs > 0) book('held', at)
      if ((handling.acwMs ?? 0) > 0) book('wrapped', at)
      if (handling.endedBy === 'agent') book('endedByAgent', at)
      if (handling.endedBy === 'customer') book('endedByCustomer', at)
    }
    if (visit.survey !== null) {
      book('surveys', visit.survey.at)
      const { score, of } = visit.survey
      // A scale that begins at 0 is mapped onto 1 to 5; scores are kept to a 1/1024.
      const share = of === 10 ? score / 10 : (score - 1) / 4
      book('surveyScoreTotal', visit.survey.at, Math.round((1 + 4 * share) * 1024) / 1024)
      if (share >= 0.75) book('surveysSatisfied', visit.survey.at)
      if (of === 10) {
        book('npsAnswers', visit.survey.at)
        if (score >= 9) book('npsPromoters', visit.survey.at)
        if (score <= 6) book('npsDetractors', visit.survey.at)
      }
    }
    if (visit.surveySentAt !== null) {
      book('surveysSent', visit.surveySentAt)
      if (visit.survey !== null && visit.survey.at - visit.surveySentAt <= 72 * 3_600_000) book('surveysAnswered', visit.surveySentAt)
    }
    if (visit.holdLeftAt !== null) book('holdAbandoned', visit.holdLeftAt)
    if (visit.resolved !== null && !visit.repeat) {
      book('resolutionsAsked', visit.resolvedAt ?? 0)
      if (visit.resolved) book('resolved', visit.resolvedAt ?? 0)
    }
  }
  return bookings
}

export const COUNTERS = ['offered', 'answered', 'abandoned', 'shortAbandoned', 'callbacks', 'flowedOut', 'systemEnded', 'refused', 'handled', 'answeredInTarget', 'abandonedInTarget', 'transferred', 'ringNoAnswer', 'surveys', 'surveysSatisfied', 'resolutionsAsked', 'resolved', 'waitMsTotal', 'talkMsTotal', 'holdMsTotal', 'acwMsTotal', 'activeMsTotal', 'abandonWaitMsTotal', 'surveyScoreTotal', 'identified', 'repeats', 'identifiedAnswered', 'repeatsAnswered', 'holdAbandoned', 'npsAnswers', 'npsPromoters', 'npsDetractors', 'ringMsTotal', 'ringKnown', 'held', 'wrapped', 'endedByAgent', 'endedByCustomer', 'surveysSent', 'surveysAnswered'] as const

/** Counters of written conversations, by the names of the rows. */
export const RESPONSES = ['firstResponses', 'firstResponsesInTarget', 'firstResponseMsTotal', 'firstResponseBusinessMsTotal', 'nextResponses', 'nextResponsesInTarget', 'nextResponseMsTotal', 'nextResponseBusinessMsTotal', 'resolutions', 'resolutionsJudged', 'resolutionsInTarget', 'resolutionMsTotal', 'resolutionBusinessMsTotal'] as const

export const sumsOf = (bookings: readonly Booking[], counters: readonly string[] = COUNTERS): Sums => Object.fromEntries(counters.map((counter) => [counter, bookings.filter((each) => each.counter === counter).reduce((sum, each) => sum + each.amount, 0)]))

const OF_30 = new Set(['offered', 'answered', 'abandoned', 'shortAbandoned', 'callbacks', 'flowedOut', 'systemEnded', 'refused', 'answeredInTarget', 'abandonedInTarget', 'ringNoAnswer', 'waitMsTotal', 'abandonWaitMsTotal', 'identified', 'repeats', 'identifiedAnswered', 'repeatsAnswered', 'ringMsTotal', 'ringKnown'])

/** The rolling window of whole minutes that ends with the minute of `now`. */
export const windowSums = (bookings: readonly Booking[], now: number, counters: readonly string[] = COUNTERS): Sums => {
  const minute = Math.floor(now / 60_000)
  return sumsOf(bookings.filter((each) => Math.floor(each.at / 60_000) > minute - (OF_30.has(each.counter) ? 30 : 60)), counters)
}

/** Sums of the UTC day of `now`. */
export const daySums = (bookings: readonly Booking[], now: number, counters: readonly string[] = COUNTERS): Sums => sumsOf(bookings.filter((each) => Math.floor(each.at / DAY) === Math.floor(now / DAY)), counters)
