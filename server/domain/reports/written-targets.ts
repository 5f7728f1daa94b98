import type { Calendar } from '../clock/calendar.ts'
import type { ContactFigures } from '../contact-figures.ts'
import type { IntervalFigures } from '../queue-figures.ts'
import { OPEN_HORIZON_MS } from '../fold/clock.ts'
import type { ResponseKind } from '../fold/response-sums.ts'
import { responseFigures, responsesOfRows } from '../kpi/responses.ts'
import { shareOf } from '../kpi/service-level.ts'
import { wholeMs } from '../kpi/whole-ms.ts'
import type { ResponseTargets } from '../settings.ts'
import { instantOf, type Instant } from '../time.ts'

/** Later answers, or resolutions, held against a target of their own: what came of it by when it came, what is owed by when it is due. */
export interface TargetFigures {
  readonly n: number | null
  readonly medianMs: number | null
  readonly p90Ms: number | null
  readonly businessMedianMs: number | null
  readonly businessP90Ms: number | null
  /** Owed now: answers that customers wait for, conversations that are open. */
  readonly open: number
  /** Of these: due in the range, and not done. They are misses now. */
  readonly pastTarget: number
  /** Within the target, of those done and those past it; null without a target. */
  readonly met: number | null
  /** Owed, not late, and more than three quarters of the target are used up. */
  readonly atRisk: number
}

export const AT_RISK = 0.75

export interface WrittenQuestion {
  /** Of the queue's channel in the range, on the outcome basis. */
  readonly rows: readonly IntervalFigures[]
  /** Conversations of it that are open now. */
  readonly open: readonly ContactFigures[]
  readonly targets: ResponseTargets
  readonly hours: Calendar
  readonly from: Instant
  readonly to: Instant
  readonly asOf: Instant
}

interface Owed {
  /** Of the target's clock, at `asOf`. */
  readonly spentMs: number
  /** Null: the clock stands. */
  readonly dueAt: Instant | null
}

const owedAnswers = ({ open, targets, hours, asOf }: WrittenQuestion): readonly Owed[] =>
  open.flatMap(({ responses }) => {
    const since = responses?.unansweredSince ?? null
    if (since === null || responses?.first === null) return []
    return [{ spentMs: hours.workingBetween(since, asOf), dueAt: hours.addWorking(since, targets.nextMs) }]
  })

const openResolutions = ({ open, targets: { resolutionMs }, hours, asOf }: WrittenQuestion): readonly Owed[] =>
  open.flatMap(({ resolution }) => {
    if (resolution === undefined || resolution.at !== null) return []
    const { businessMs, runningSince } = resolution
    if (runningSince === null) return [{ spentMs: businessMs, dueAt: null }]
    return [{ spentMs: businessMs + hours.workingBetween(runningSince, asOf), dueAt: resolutionMs === null ? null : hours.addWorking(runningSince, Math.max(0, resolutionMs - businessMs)) }]
  })

const figuresOf = (question: WrittenQuestion, kind: Exclude<ResponseKind, 'firstResponse'>, owed: readonly Owed[], withinMs: number | null): TargetFigures => {
  const { rows, from, to, asOf } = question
  const totals = responsesOfRows(rows)
  const figures = totals === null ? null : responseFigures(totals)
  const late = withinMs === null ? [] : owed.filter(({ spentMs }) => spentMs > withinMs)
  // One whose clock stands became late nobody knows when: it is a miss as long as it is open.
  const pastTarget = late.filter(({ dueAt }) => dueAt === null || (dueAt >= from && dueAt < to && dueAt <= asOf)).length
  const judged = figures === null ? 0 : kind === 'resolution' ? figures.resolutionsJudged : figures.nextResponses
  const inTarget = figures?.[`${kind}sInTarget`] ?? 0
  return {
    n: figures === null ? 0 : figures[`${kind}s`],
    medianMs: wholeMs(figures?.[`${kind}MsP50`] ?? null),
    p90Ms: wholeMs(figures?.[`${kind}MsP90`] ?? null),
    businessMedianMs: wholeMs(figures?.[`${kind}BusinessMsP50`] ?? null),
    businessP90Ms: wholeMs(figures?.[`${kind}BusinessMsP90`] ?? null),
    open: owed.length,
    pastTarget,
    met: judged === null ? null : shareOf({ numerator: inTarget, denominator: judged + pastTarget }),
    atRisk: withinMs === null ? 0 : owed.filter(({ spentMs }) => spentMs > AT_RISK * withinMs && spentMs <= withinMs).length,
  }
}

/** Targets are judged each by itself: one that is met hides no other that is not. */
export const writtenTargets = (question: WrittenQuestion): { readonly next: TargetFigures; readonly resolution: TargetFigures } => ({
  next: figuresOf(question, 'nextResponse', owedAnswers(question), question.targets.nextMs),
  resolution: figuresOf(question, 'resolution', openResolutions(question), question.targets.resolutionMs),
})

/** A conversation that is not over, whoever owes what in it. */
export const isOpenConversation = ({ channel, responses, resolution }: ContactFigures): boolean => channel !== 'voice' && ((responses?.unansweredSince ?? null) !== null || (resolution !== undefined && resolution.at === null))

/** As far back as the floor knows open conversations. */
export const openSince = (asOf: Instant): Instant => instantOf(asOf - OPEN_HORIZON_MS)
