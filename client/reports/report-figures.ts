import type { IntervalRow, QueueRow } from '../../server/contract/rows.ts'
import { abandonRate } from '../../server/domain/kpi/abandonment.ts'
import { firstContactResolution } from '../../server/domain/kpi/first-contact-resolution.ts'
import { satisfaction } from '../../server/domain/kpi/satisfaction.ts'
import { levelOfRows, readByDay } from '../../server/domain/kpi/level-of-rows.ts'
import { shareOf, type Ratio } from '../../server/domain/kpi/service-level.ts'
import { speedOfAnswer } from '../../server/domain/kpi/speed-of-answer.ts'

/** A figure of a table that somebody asks about. */
export interface RangeFigure {
  readonly metric: string
  readonly label: string
  readonly from: string
  readonly to: string
}

type Variant = QueueRow['target']['variant']

/** What one figure of a summary needs; a ratio without a denominator is null and is said to be none. */
export interface Summary {
  readonly offered: number
  readonly answered: number
  readonly abandoned: number
  readonly serviceLevel: number | null
  readonly asaMs: number | null
  readonly ahtMs: number | null
  readonly activeMs: number | null
  readonly abandonRate: number | null
  readonly fcr: number | null
  readonly csat: number | null
  readonly surveys: number
}

const added = ['offered', 'answered', 'abandoned', 'shortAbandoned', 'callbacks', 'flowedOut', 'handled', 'waitMsTotal', 'talkMsTotal', 'holdMsTotal', 'acwMsTotal', 'activeMsTotal', 'surveys', 'surveysSatisfied', 'resolved', 'resolutionsAsked', 'identifiedAnswered', 'repeatsAnswered'] as const
type Sums = Readonly<Record<(typeof added)[number], number>>
const emptySums = (): Record<(typeof added)[number], number> => ({ offered: 0, answered: 0, abandoned: 0, shortAbandoned: 0, callbacks: 0, flowedOut: 0, handled: 0, waitMsTotal: 0, talkMsTotal: 0, holdMsTotal: 0, acwMsTotal: 0, activeMsTotal: 0, surveys: 0, surveysSatisfied: 0, resolved: 0, resolutionsAsked: 0, identifiedAnswered: 0, repeatsAnswered: 0 })
const sumsOf = (rows: readonly IntervalRow[]): Sums => {
  const sums = emptySums()
  // Nobody's time is nothing, also where it was not counted yet.
  for (const row of rows) for (const name of added) sums[name] += name === 'activeMsTotal' && row.handled === 0 ? 0 : (row[name] ?? Number.NaN)
  return sums
}

const variantsIn = (rows: readonly IntervalRow[], variant: Variant) => readByDay(rows, ({ targetVariant, dayStartedAt, from }) => (targetVariant === null || dayStartedAt === null ? null : { variant: targetVariant, day: dayStartedAt, at: Date.parse(from) }), () => variant)

/** Both sides of the level of one queue's rows, each day read by the variant of its time. */
export const levelIn = (rows: readonly IntervalRow[], variant: Variant): Ratio => levelOfRows(rows, variantsIn(rows, variant))

/** Rows added up by the formulas of the server; of several queues with `variant` null, since levels against different targets must not be added. */
export const summaryOf = (rows: readonly IntervalRow[], variant: Variant | null): Summary => {
  const sums = sumsOf(rows)
  return {
    offered: sums.offered, answered: sums.answered, abandoned: sums.abandoned, surveys: sums.surveys,
    serviceLevel: variant === null ? null : shareOf(levelIn(rows, variant)),
    asaMs: speedOfAnswer(sums.waitMsTotal, sums.answered),
    ahtMs: shareOf({ numerator: sums.talkMsTotal + sums.holdMsTotal + sums.acwMsTotal, denominator: sums.handled }),
    activeMs: shareOf({ numerator: sums.activeMsTotal, denominator: sums.handled }),
    abandonRate: abandonRate(sums),
    fcr: firstContactResolution(sums).fcr,
    csat: satisfaction(sums.surveysSatisfied, sums.surveys),
  }
}

export interface OnTarget {
  readonly met: number
  readonly judged: number
}

/** How many of the intervals in which anything happened reached the queue's target. */
export const intervalsOnTarget = (rows: readonly IntervalRow[], percent: number): OnTarget => {
  const judged = rows.filter(({ serviceLevel }) => serviceLevel !== null)
  return { met: judged.filter(({ serviceLevel, targetPercent }) => (serviceLevel ?? 0) >= (targetPercent ?? percent)).length, judged: judged.length }
}

/** Mean times of answers in written conversations; null where nobody was answered, or not known of a row of an older version. */
export interface Answers {
  readonly firstResponseMs: number | null
  readonly nextResponseMs: number | null
}

const answersOf = (rows: readonly IntervalRow[]): Answers => {
  const written = rows.filter(({ channel }) => channel !== 'voice')
  const sum = (name: 'firstResponses' | 'firstResponseMsTotal' | 'nextResponses' | 'nextResponseMsTotal'): number => written.reduce((total, row) => total + (row[name] ?? Number.NaN), 0)
  return { firstResponseMs: shareOf({ numerator: sum('firstResponseMsTotal'), denominator: sum('firstResponses') }), nextResponseMs: shareOf({ numerator: sum('nextResponseMsTotal'), denominator: sum('nextResponses') }) }
}

export interface IntervalLine extends Summary, Answers {
  readonly from: string
  readonly to: string
  readonly complete: boolean
  readonly revised: boolean
  /** What the level is held against: the target of its time. */
  readonly targetPercent: number | null
}

/** Why a line has no level: over several queues none is reckoned, however much there was to judge. */
export const whyNoLevel = ({ answered, abandoned }: Pick<Summary, 'answered' | 'abandoned'>, severalQueues: boolean): 'targets' | 'noContacts' => (severalQueues && answered + abandoned > 0 ? 'targets' : 'noContacts')

/** The target of the newest of these rows; `present` where none says it. */
export const targetIn = (rows: readonly IntervalRow[], present: number | null): number | null =>
  rows.reduce<IntervalRow | null>((newest, row) => (row.targetPercent !== null && row.targetPercent !== undefined && (newest === null || row.from > newest.from) ? row : newest), null)?.targetPercent ?? present

/** One line a moment: channels of a queue that share an interval are added. */
export const byInterval = (rows: readonly IntervalRow[], target: QueueRow['target'] | null): readonly IntervalLine[] => {
  const groups = new Map<string, IntervalRow[]>()
  for (const row of rows) groups.set(row.from, [...(groups.get(row.from) ?? []), row])
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [{ ...summaryOf(group, target?.variant ?? null), ...answersOf(group), targetPercent: targetIn(group, target?.percent ?? null), from: first.from, to: first.to, complete: group.every(({ complete }) => complete), revised: group.some(({ revised }) => revised) }]
  }).sort((a, b) => a.from.localeCompare(b.from))
}
