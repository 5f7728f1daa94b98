import type { ContactFigures } from '../contact-figures.ts'
import type { Explanation } from '../explanation.ts'
import type { IntervalFigures } from '../queue-figures.ts'
import { LEAST_SIGNED_IN_MS } from '../kpi/occupancy.ts'
import { EXPLAINED, explainedFcr, explainedLevel } from '../fold/explain-metrics.ts'
import { explainedResponses, isResponseMetric, kindOfResponse } from '../fold/explain-responses.ts'
import type { ResponseKind } from '../fold/response-sums.ts'
import { EXPLAINED_SUMS, isPercentile, PERCENTILES, type PercentileName } from '../fold/explain-sums.ts'
import { definitions } from '../kpi/definitions.ts'
import { mergeSketches, percentileOf } from '../kpi/percentile.ts'
import { responsesOfRows } from '../kpi/responses.ts'
import { levelOfRows } from '../kpi/level-of-rows.ts'
import { thresholdsBehind } from '../kpi/thresholds.ts'
import { newestRules, sumsOfRows } from '../kpi/roll-up.ts'
import { SERVICE_LEVEL_VARIANTS, shareOf } from '../kpi/service-level.ts'
import type { ServiceLevelVariant } from '../settings.ts'
import { QUARTER_HOUR, type Instant } from '../time.ts'
import { levelsAdd, rulesOfContacts, variantsOf, type SettingsOf } from './level-rules.ts'

/** A figure of a range that is over, explained by its stored rows and by the contacts of its days. */
export interface PastQuestion {
  readonly metric: string
  readonly queue: string | null
  readonly from: Instant
  readonly to: Instant
  /** Quarter hours on the outcome basis. */
  readonly rows: readonly IntervalFigures[]
  /** Of a day before the range on: who came then may have ended in it. */
  readonly contacts: readonly ContactFigures[]
  /** The present ones, for rows that do not say theirs. */
  readonly settingsOf: SettingsOf
}

type Takes = (contact: ContactFigures) => boolean
type Sides = readonly [numerator: Takes, denominator: Takes]

const nobody: Takes = () => false

/** The contacts behind both sides of a metric; none where only clock time stands behind it. */
const sidesOf = ({ metric, from, to, rows, settingsOf }: PastQuestion): Sides | null => {
  const { judging, variantOf } = rulesOfContacts(rows, settingsOf)
  const inside = (at: Instant | null): boolean => at !== null && at >= from && at < to
  const ended = (...outcomes: readonly ContactFigures['outcome'][]): Takes => ({ outcome, outcomeAt }) => outcomes.includes(outcome) && inside(outcomeAt)
  const either = (...all: readonly Takes[]): Takes => (contact) => all.some((takes) => takes(contact))
  const and = (first: Takes, second: Takes): Takes => (contact) => first(contact) && second(contact)
  const inTarget: Takes = (contact) => contact.waitMs !== null && contact.waitMs <= judging(contact).withinMs
  const short: Takes = (contact) => contact.outcome === 'abandoned' && contact.waitMs !== null && contact.waitMs <= judging(contact).shortAbandonMs
  const not = (takes: Takes): Takes => (contact) => !takes(contact)
  const [answered, abandoned, flowedOut, callbacks] = [ended('answered'), ended('abandoned'), ended('flowed-out'), ended('callback')]
  const lasting = and(abandoned, not(short))
  const closed = ended('answered', 'abandoned', 'callback', 'flowed-out')
  const arrived: Takes = ({ outcome, queuedAt }) => outcome !== 'refused' && inside(queuedAt)
  const handled: Takes = ({ talkMs, endedAt, wrappedAt }) => talkMs !== null && inside(wrappedAt ?? endedAt)
  const surveyed: Takes = ({ surveyScore, surveyAt }) => surveyScore !== null && inside(surveyAt)
  const mayRepeat: Takes = ({ repeat, direction }) => repeat !== null && direction !== 'out'
  const identified = and(arrived, mayRepeat)
  const judged = and(answered, mayRepeat)
  // Whether it was resolved is said at the end of the conversation, or later with the wrap-up, which a contact's record does not tell apart.
  const asked: Takes = ({ resolved, repeat, endedAt }) => resolved !== null && repeat !== true && inside(endedAt)
  const rung = and(answered, ({ counted }) => counted?.ringMs !== undefined)
  const invited: Takes = ({ counted }) => inside(counted?.surveySentAt ?? null)
  const replied: Takes = ({ counted }) => counted?.surveyAnswered === true
  const rated = (by?: 'promoter' | 'detractor'): Takes => ({ counted }) => counted?.nps !== undefined && (by === undefined || counted.nps === by)
  const levels: Readonly<Record<ServiceLevelVariant, Sides>> = {
    V1: [and(answered, inTarget), answered],
    V2: [and(answered, inTarget), either(answered, abandoned)],
    V3: [and(answered, inTarget), either(answered, lasting)],
    V4: [and(answered, inTarget), either(answered, and(abandoned, not(inTarget)))],
    V5: [and(either(answered, abandoned, flowedOut), inTarget), either(answered, abandoned, flowedOut)],
    V6: [and(either(answered, abandoned, callbacks), inTarget), closed],
    V7: [and(answered, inTarget), closed],
  }
  const known: Readonly<Record<string, Sides>> = {
    ...levels,
    serviceLevel: [(contact) => levels[variantOf(contact)][0](contact), (contact) => levels[variantOf(contact)][1](contact)],
    asaMs: [answered, answered],
    ahtMs: [handled, handled],
    activeMs: [handled, handled],
    talkMs: [handled, handled],
    holdMs: [handled, handled],
    acwMs: [handled, handled],
    holdOfHeldMs: [and(handled, ({ holdMs }) => (holdMs ?? 0) > 0), and(handled, ({ holdMs }) => (holdMs ?? 0) > 0)],
    acwOfWrappedMs: [and(handled, ({ acwMs }) => (acwMs ?? 0) > 0), and(handled, ({ acwMs }) => (acwMs ?? 0) > 0)],
    csatMean: [surveyed, surveyed],
    abandonRate: [lasting, either(ended('answered', 'callback', 'flowed-out'), lasting)],
    csat: [and(surveyed, ({ surveyScore }) => (surveyScore ?? 0) >= 4), surveyed],
    fcrDisposition: [and(asked, ({ resolved }) => resolved === true), asked],
    fcrRepeat: [and(judged, ({ repeat }) => repeat === false), judged],
    repeatRate: [and(identified, ({ repeat }) => repeat === true), identified],
    transferRate: [and(handled, ({ transferred }) => transferred), handled],
    timeToAbandonMs: [lasting, lasting],
    offered: [arrived, nobody],
    answered: [answered, nobody],
    abandoned: [abandoned, nobody],
    shortAbandoned: [and(abandoned, short), nobody],
    callbacks: [callbacks, nobody],
    flowedOut: [flowedOut, nobody],
    systemEnded: [ended('system'), nobody],
    refused: [ended('refused'), nobody],
    holdAbandoned: [({ holdLeftAt }) => inside(holdLeftAt), nobody],
    handled: [handled, nobody],
    transferred: [and(handled, ({ transferred }) => transferred), nobody],
    surveys: [surveyed, nobody],
    answeredInTarget: [and(answered, inTarget), nobody],
    abandonedInTarget: [and(abandoned, inTarget), nobody],
    flowedOutInTarget: [and(flowedOut, inTarget), nobody],
    callbacksInTarget: [and(callbacks, inTarget), nobody],
    waitMsTotal: [answered, nobody],
    abandonWaitMsTotal: [abandoned, nobody],
    shortAbandonWaitMsTotal: [and(abandoned, short), nobody],
    identified: [identified, nobody],
    repeats: [and(identified, ({ repeat }) => repeat === true), nobody],
    identifiedAnswered: [judged, nobody],
    repeatsAnswered: [and(judged, ({ repeat }) => repeat === true), nobody],
    talkMsTotal: [handled, nobody],
    holdMsTotal: [and(handled, ({ holdMs }) => (holdMs ?? 0) > 0), nobody],
    acwMsTotal: [and(handled, ({ acwMs }) => (acwMs ?? 0) > 0), nobody],
    activeMsTotal: [handled, nobody],
    held: [and(handled, ({ holdMs }) => (holdMs ?? 0) > 0), nobody],
    wrapped: [and(handled, ({ acwMs }) => (acwMs ?? 0) > 0), nobody],
    holdKnown: [and(handled, ({ holdMs }) => holdMs !== null), nobody],
    acwKnown: [and(handled, ({ acwMs }) => acwMs !== null), nobody],
    surveysSatisfied: [and(surveyed, ({ surveyScore }) => (surveyScore ?? 0) >= 4), nobody],
    surveyScoreTotal: [surveyed, nobody],
    csatLow: [and(surveyed, ({ surveyScore }) => (surveyScore ?? 0) >= 4), surveyed],
    csatHigh: [and(surveyed, ({ surveyScore }) => (surveyScore ?? 0) >= 4), surveyed],
    resolutionsAsked: [asked, nobody],
    resolved: [and(asked, ({ resolved }) => resolved === true), nobody],
    surveysSent: [invited, nobody],
    surveysAnswered: [and(invited, replied), nobody],
    surveyResponseRate: [and(invited, replied), invited],
    ringMs: [rung, rung],
    ringMsTotal: [rung, nobody],
    ringKnown: [rung, nobody],
    ringNoAnswer: [({ counted }) => counted?.missedAt?.some(inside) === true, nobody],
    endedByAgent: [and(handled, ({ counted }) => counted?.endedBy?.includes('agent') === true), nobody],
    endedByCustomer: [and(handled, ({ counted }) => counted?.endedBy?.includes('customer') === true), nobody],
    nps: [and(surveyed, rated('promoter')), and(surveyed, rated())],
    npsAnswers: [and(surveyed, rated()), nobody],
    npsPromoters: [and(surveyed, rated('promoter')), nobody],
    npsDetractors: [and(surveyed, rated('detractor')), nobody],
    occupancy: [nobody, nobody],
    utilisation: [nobody, nobody],
  }
  return Object.hasOwn(known, metric) ? (known[metric] ?? null) : Object.hasOwn(EXPLAINED_SUMS, metric) ? [nobody, nobody] : null
}

/** A sum over rows of which one did not count it yet is not known. */
const countedOr = (sum: number): number | null => (Number.isNaN(sum) ? null : sum)

const bare = ({ metric, queue, from, to }: PastQuestion) => ({ metric, queue, window: 'range', variant: null, from, to, threshold: null, limit: null, since: null, clears: null, range: null }) as const
const percentileOfPast = (question: PastQuestion, metric: PercentileName): Explanation => {
  const { rows, contacts } = question
  const [{ formula, basis, counter }, ofWaits] = [PERCENTILES[metric], metric === 'waitMsP50' || metric === 'waitMsP90']
  const part = metric === 'waitMsP50' || metric === 'handleMsP50' ? 0.5 : 0.9
  const sides = sidesOf({ ...question, metric: counter })
  return { ...bare(question), formula, basis, numerator: null, denominator: sumsOfRows(rows)[counter], value: percentileOf(mergeSketches(rows.map(({ sketches }) => (ofWaits ? sketches.wait : sketches.handle))), part), numeratorContacts: [], denominatorContacts: contacts.filter(sides?.[0] ?? nobody) }
}
/** What waited when the range ended: the rows of its last quarter hour say how many. */
const pendingOfPast = (question: PastQuestion): Explanation => {
  const { rows, contacts, to } = question
  const last = Math.max(...rows.map(({ from }) => from))
  const value = rows.filter(({ from }) => from === last && from + QUARTER_HOUR >= to).reduce((sum, { pending }) => sum + pending, 0)
  return { ...bare(question), formula: definitions['pending']?.text ?? 'pending', basis: 'now', numerator: value, denominator: null, value, numeratorContacts: contacts.filter(({ outcome, outcomeAt, queuedAt }) => outcome !== 'refused' && queuedAt < to && (outcomeAt === null || outcomeAt >= to)), denominatorContacts: [] }
}

/** Answers of a range that is over; later ones of a contact are told apart by the first and the last of them. */
const pastResponses = (metric: string, { queue, from, to, rows, contacts, settingsOf }: PastQuestion): Explanation => {
  const inside = (at: Instant | null | undefined): boolean => at !== null && at !== undefined && at >= from && at < to
  const kinds: Readonly<Record<ResponseKind, Takes>> = {
    firstResponse: ({ responses }) => inside(responses?.first?.at),
    nextResponse: ({ responses }) => responses?.next != null && responses.next.lastAt >= from && responses.next.firstAt < to,
    resolution: ({ resolution }) => inside(resolution?.at),
  }
  return explainedResponses(metric, responsesOfRows(rows), { queue, window: 'range', from, to, threshold: queue === null ? null : settingsOf(queue).target.withinMs }, contacts.filter(kinds[kindOfResponse(metric)]))
}

/** Null for a metric that a range which is over does not have, such as who waits now. */
export const explainPast = (question: PastQuestion): Explanation | null => {
  const { metric, queue, from, to, rows, contacts, settingsOf } = question
  if (isResponseMetric(metric)) return pastResponses(metric, question)
  const sums = sumsOfRows(rows)
  const whole = isPercentile(metric) ? percentileOfPast(question, metric) : metric === 'pending' ? pendingOfPast(question) : null
  if (whole !== null) return whole
  const target = newestRules(rows)?.target ?? (queue === null && rows[0] === undefined ? undefined : settingsOf(queue ?? rows[0]?.queue ?? '').target)
  const variant = metric === 'serviceLevel' ? (target?.variant ?? null) : (SERVICE_LEVEL_VARIANTS.find((each) => each === metric) ?? null)
  // Of a range in which the variant was changed each day counts by its own.
  const variantOf = variantsOf(rows, (of) => settingsOf(of).target.variant)
  const variants = metric === 'serviceLevel' ? [...new Set(rows.map(variantOf))] : []
  const method = metric === 'fcr' ? explainedFcr(sums) : undefined
  const explained = variant !== null ? explainedLevel(variant) : (method ?? (Object.hasOwn(EXPLAINED, metric) ? EXPLAINED[metric] : Object.hasOwn(EXPLAINED_SUMS, metric) ? EXPLAINED_SUMS[metric] : undefined))
  const sides = sidesOf({ ...question, metric: metric !== 'fcr' ? metric : method === EXPLAINED['fcrRepeat'] ? 'fcrRepeat' : 'fcrDisposition' })
  if (explained === undefined || sides === null) return null
  const summable = variant === null || levelsAdd(rows, settingsOf)
  const ratio = variants.length > 1 ? levelOfRows(rows, variantOf) : explained.ratio(sums)
  const plain = Number.isNaN(ratio.denominator)
  const share = (metric === 'occupancy' || metric === 'utilisation') && sums.signedInMs < LEAST_SIGNED_IN_MS ? null : shareOf(ratio)
  const behind = contacts.filter(sides[1])
  const { judging } = rulesOfContacts(rows, settingsOf)
  return {
    metric,
    queue,
    window: 'range',
    variant: variants.length > 1 ? variants.join(', ') : variant ?? (metric !== 'fcr' ? null : method === EXPLAINED['fcrRepeat'] ? 'repeat' : 'disposition'),
    formula: variants.length > 1 ? variants.map((each) => `${each}: ${explainedLevel(each).formula}`).join('; ') : explained.formula,
    basis: explained.basis,
    from,
    to,
    numerator: ratio.numerator,
    denominator: plain ? null : ratio.denominator,
    value: !summable ? null : explained.value !== undefined ? explained.value(sums) : plain ? countedOr(ratio.numerator) : share === null ? null : share * (explained.scale ?? 1),
    threshold: variant === null ? null : (target?.withinMs ?? null),
    ...(variant === null ? {} : thresholdsBehind(behind, (contact) => judging(contact).withinMs)),
    limit: null,
    since: null,
    clears: null,
    range: null,
    numeratorContacts: contacts.filter(sides[0]),
    denominatorContacts: behind,
  }
}
