import { NONE } from '../legs.ts'
import type { Response } from './response-sums.ts'
import type { SharedPart } from './shared-part.ts'

export const OUTCOME = { pending: 0, answered: 1, abandoned: 2, callback: 3, flowedOut: 4, system: 5, refused: 6, none: 7 } as const
export const LIVE = { none: 0, waiting: 1, alerting: 2, inProgress: 3, inAcw: 4 } as const

/** Handlings and rings at once that a view can hold. */
export const MOST_PARTS = 16

/** Answers of one conversation that are counted: the first ones. */
export const MOST_RESPONSES = 128

/** What the facts of one leg say, at the leg's own clock. One view is reused for every fact: instants and sums are numbers, NONE where unknown. */
export class LegView {
  exists = false
  queue = NONE
  channel = 0
  direction = NONE
  queuedAt = 0.5
  offered = false
  outcome: number = OUTCOME.none
  outcomeAt = 0.5
  reason = 0
  waitMs = 0.5
  /** How long the agent who answered let it ring, NONE when unknown. */
  ringMs = 0.5
  inTarget = false
  short = false
  uncertain = false
  overTarget = false
  live: number = LIVE.none
  identified = false
  repeat = false
  /** Seconds between the end of the subject's previous contact and this one, NONE when unknown. */
  previousGap = NONE
  /** 0 none, 1 no, 2 yes. */
  resolved = 0
  resolvedAt = 0.5
  surveyAt = 0.5
  surveyScore = 0.5
  satisfied = false
  surveyed = false
  /** Of an answer from 0 to 10: 0 none, 1 detractor, 2 passive, 3 promoter. */
  nps = 0
  surveyResolved = 0
  /** When the customer was first asked for an answer; 0 when nobody did. */
  surveySentAt = 0.5
  /** When the customer left while on hold; 0 when they did not. */
  holdLeftAt = 0.5
  callbackDueAt = 0.5

  /** Handlings: one agent's part in the leg. */
  handlings = 0
  readonly agent = new Int32Array(MOST_PARTS)
  readonly answeredAt = new Float64Array(MOST_PARTS)
  /** 0 while the conversation runs. */
  readonly endedAt = new Float64Array(MOST_PARTS)
  readonly wrappedAt = new Float64Array(MOST_PARTS)
  readonly talk = new Float64Array(MOST_PARTS)
  readonly hold = new Float64Array(MOST_PARTS)
  readonly acw = new Float64Array(MOST_PARTS)
  /** When the agent was free of it again, wrapped up or not waited for any more; 0 while they are not. */
  readonly freeAt = new Float64Array(MOST_PARTS)
  /** Of talk, hold and wrap-up together: the part that is this contact's, where the agent had others at once. */
  readonly active = new Float64Array(MOST_PARTS)
  /** When the handling counted (END basis); 0 while it has not. */
  readonly countedAt = new Float64Array(MOST_PARTS)
  readonly flags = new Int32Array(MOST_PARTS)

  misses = 0
  missAt = new Float64Array(MOST_PARTS)
  missAgent = new Int32Array(MOST_PARTS)
  /** How long each of them rang, NONE when unknown. */
  missRing = new Float64Array(MOST_PARTS)

  /** Answers of people in a written conversation: since when the customer had asked, when it was answered, and by whom. */
  responses = 0
  readonly askedAt = new Float64Array(MOST_RESPONSES)
  readonly respondedAt = new Float64Array(MOST_RESPONSES)
  readonly responder = new Int32Array(MOST_RESPONSES)
  /** The part of that time within the queue's hours, and whether it is within the target. */
  readonly responseBusinessMs = new Float64Array(MOST_RESPONSES)
  readonly responseInTarget = new Uint8Array(MOST_RESPONSES)
  /** Its first answer is the conversation's first response: the customer began it. */
  firstResponded = false
  /** A written conversation that is not over; since when the customer waits for an answer, and when that is due: 0 when they do not. */
  isOpen = false
  unansweredSince = 0.5
  dueAt = 0.5
  /** When a written conversation was resolved, 0 while it is not; the time of its clock so far, and since when that runs (0: it stands). */
  resolvedConversationAt = 0.5
  resolutionMs = 0.5
  resolutionBusinessMs = 0.5
  resolutionSince = 0.5
  resolutionJudged = false
  resolutionInTarget = false
  reopened = 0

  /** Attempts to call the customer back: by whom, since when, and until when; 0 while it lasts. */
  dials = 0
  readonly dialAgent = new Int32Array(MOST_PARTS)
  readonly dialAt = new Float64Array(MOST_PARTS)
  readonly dialUntil = new Float64Array(MOST_PARTS)

  /** All its rings: whose, since when, and until when; 0 while it rings. */
  rings = 0
  rungAgent = new Int32Array(MOST_PARTS)
  rungAt = new Float64Array(MOST_PARTS)
  rungUntil = new Float64Array(MOST_PARTS)

  ringing = 0
  readonly ringAgent = new Int32Array(MOST_PARTS)
  readonly ringSince = new Float64Array(MOST_PARTS)

  clear(): void {
    this.exists = false
    this.offered = false
    this.outcome = OUTCOME.none
    this.handlings = 0
    this.misses = 0
    this.responses = 0
    this.ringing = 0
    this.rings = 0
    this.dials = 0
    this.queue = NONE
    this.live = LIVE.none
    this.identified = false
    this.surveyed = false
    this.nps = 0
    this.ringMs = NONE
    this.holdLeftAt = 0
    this.surveySentAt = 0
    this.firstResponded = false
    this.isOpen = false
    this.unansweredSince = 0
    this.dueAt = 0
    this.resolvedConversationAt = 0
    this.resolutionMs = NONE
    this.resolutionSince = 0
    this.resolved = 0
  }
}

/** Bits of LegView.flags. */
export const HANDLING = { transferred: 1, holdKnown: 2, acwKnown: 4, capped: 8, lost: 16, awaitsWrap: 32, byAgent: 64, byCustomer: 128 } as const

/** The agent had, or has, work after the conversation. */
export const hasWrapUp = (view: LegView, i: number): boolean => view.endedAt[i] !== 0 && (view.wrappedAt[i] !== 0 || view.freeAt[i] !== view.endedAt[i])

/** When the agent's contact time in it was over: at the end of a wrap-up that was told, within the cap; Infinity while the conversation runs. */
export const contactEnd = (view: LegView, i: number): number => (view.endedAt[i] === 0 ? Infinity : view.wrappedAt[i] === 0 ? view.endedAt[i] : view.freeAt[i])

/**
 * Active handle time of a handling, ms: handle time times the share of its wall time that is this conversation's, so it is handle time itself where the
 * agent had no other, and the shared wall time where the platform's own figures agree with its instants (METRICS section 3; decision 0908).
 */
export const activeMsOf = (handleMs: number, part: SharedPart | undefined): number => {
  if (part === undefined) return handleMs
  const wallMs = part.to - part.from
  return Math.round(handleMs === wallMs ? part.ms : (handleMs * part.ms) / wallMs)
}

/** One of its answers. */
export const responseOf = (view: LegView, i: number): Response => ({ kind: i === 0 && view.firstResponded ? 'firstResponse' : 'nextResponse', judged: true, ms: view.respondedAt[i] - view.askedAt[i], businessMs: view.responseBusinessMs[i], inTarget: view.responseInTarget[i] === 1 })

/** Who had the conversation when it was resolved; -1 where nobody is known. */
export const resolverOf = (view: LegView): number => (view.handlings === 0 ? -1 : view.agent[view.handlings - 1])

/** Its resolution, once it has one. */
export const resolutionOf = (view: LegView): Response => ({ kind: 'resolution', judged: view.resolutionJudged, ms: view.resolutionMs, businessMs: view.resolutionBusinessMs, inTarget: view.resolutionInTarget })

/** An invitation is open for so long (METRICS section 4). */
export const SURVEY_OPEN_MS = 72 * 3_600_000

/** Inbound, and the customer is known: it can be told whether they came before. */
export const mayRepeat = (view: LegView): boolean => view.identified && view.direction !== 1

/** An answer speaks of whoever handled the contact last; -1 when nobody did. */
export const surveyedAgent = (view: LegView): number => (view.handlings > 0 ? view.agent[view.handlings - 1] : NONE)
/** Of an agent's figures an answer belongs to the end of the contact it speaks of (METRICS section 8); while that runs, to when it came. */
export const surveyCountsAt = (view: LegView): number => (view.handlings > 0 && view.endedAt[view.handlings - 1] !== 0 ? view.endedAt[view.handlings - 1] : view.surveyAt)

/** The customer answered what they were asked, in time. */
export const answeredSurvey = (view: Pick<LegView, 'surveyed' | 'surveyAt' | 'surveySentAt'>): boolean => view.surveyed && view.surveySentAt !== 0 && view.surveyAt - view.surveySentAt <= SURVEY_OPEN_MS
