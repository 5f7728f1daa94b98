import type { MetricBlock, ResponseFigures } from '../domain/metric-figures.ts'
import type { IntervalFigures, IntervalRules } from '../domain/queue-figures.ts'
import { RESPONSE_SKETCHES, type ResponseSketch } from '../domain/fold/response-sums.ts'
import type { ServiceLevelVariant } from '../domain/settings.ts'
import { instantOf, QUARTER_HOUR } from '../domain/time.ts'

/** Positional: a row is a quarter of its JSON with names. Only ever add at the end; older rows lack what came later (null). */
const places: Readonly<Record<Exclude<Place, Early>, true>> = {
  offered: true, answered: true, abandoned: true, shortAbandoned: true, callbacks: true, flowedOut: true, systemEnded: true, pending: true, refused: true, handled: true,
  answeredInTarget: true, abandonedInTarget: true, flowedOutInTarget: true, callbacksInTarget: true, transferred: true, ringNoAnswer: true,
  surveys: true, surveysSatisfied: true, resolutionsAsked: true, resolved: true, identified: true, repeats: true, acwCapped: true, holdKnown: true, acwKnown: true,
  waitMsTotal: true, talkMsTotal: true, holdMsTotal: true, acwMsTotal: true, abandonWaitMsTotal: true, shortAbandonWaitMsTotal: true, surveyScoreTotal: true, handlingMsTotal: true, availableMsTotal: true,
  serviceLevel: true, asaMs: true, ahtMs: true, talkMs: true, holdMs: true, acwMs: true, abandonRate: true, occupancy: true, fcr: true, fcrMethod: true, csat: true,
  waitMsP50: true, waitMsP90: true, handleMsP50: true, handleMsP90: true,
  holdAbandoned: true, npsAnswers: true, npsPromoters: true, npsDetractors: true, signedInMsTotal: true, utilisation: true, nps: true,
  held: true, wrapped: true, endedByAgent: true, endedByCustomer: true, ringKnown: true, ringMsTotal: true, holdOfHeldMs: true, acwOfWrappedMs: true, ringMs: true, surveysSent: true, surveysAnswered: true, surveyResponseRate: true,
  identifiedAnswered: true, repeatsAnswered: true,
  firstResponses: true, firstResponsesInTarget: true, firstResponseMsTotal: true, firstResponseBusinessMsTotal: true, nextResponses: true, nextResponsesInTarget: true, nextResponseMsTotal: true, nextResponseBusinessMsTotal: true,
  firstResponseMs: true, firstResponseBusinessMs: true, nextResponseMs: true, nextResponseBusinessMs: true,
  firstResponseMsP50: true, firstResponseMsP90: true, firstResponseBusinessMsP50: true, firstResponseBusinessMsP90: true, nextResponseMsP50: true, nextResponseMsP90: true, nextResponseBusinessMsP50: true, nextResponseBusinessMsP90: true,
  firstResponseSketch: true, firstResponseBusinessSketch: true, nextResponseSketch: true, nextResponseBusinessSketch: true,
  resolutions: true, resolutionsJudged: true, resolutionsInTarget: true, resolutionMsTotal: true, resolutionBusinessMsTotal: true, resolutionMs: true, resolutionBusinessMs: true,
  resolutionMsP50: true, resolutionMsP90: true, resolutionBusinessMsP50: true, resolutionBusinessMsP90: true, resolutionSketch: true, resolutionBusinessSketch: true,
}
const cells = Object.keys(places) as readonly (keyof typeof places)[]
type Place = keyof MetricBlock | keyof ResponseFigures | `${ResponseSketch}Sketch`
/** What calls have as well, and was counted after all that only conversations in writing have: at the end it would cost a call forty empty places. */
type Early = 'activeMsTotal' | 'activeMs'
const sketchOf = new Map<string, ResponseSketch>(RESPONSE_SKETCHES.map((name) => [`${name}Sketch`, name]))

export const fieldOf = ({ basis, channel, from, queue }: Pick<IntervalFigures, 'basis' | 'channel' | 'from' | 'queue'>): string => `${from}|${basis === 'outcome' ? 'o' : 'a'}|${channel}|${queue}`

export interface FieldParts {
  readonly from: number
  readonly basis: IntervalFigures['basis']
  readonly channel: string
  readonly queue: string
}

export const partsOf = (field: string): FieldParts => {
  const [from = '', basis = '', channel = '', ...queue] = field.split('|')
  return { from: Number(from), basis: basis === 'o' ? 'outcome' : 'arrival', channel, queue: queue.join('|') }
}

/** First place of a row: whether it is complete alone, as older versions wrote it, or what has come to it since. */
type Head = readonly [complete: number, activeMsTotal: number | null, activeMs: number | null, ...(readonly [dayFrom: number, dayTo: number, percent: number, withinMs: number, variant: ServiceLevelVariant, shortAbandonMs: number] | readonly [])]
const headOf = ({ complete, activeMsTotal, activeMs, rules }: IntervalFigures): Head => {
  const figures = [complete ? 1 : 0, activeMsTotal ?? null, activeMs ?? null] as const
  if (rules === undefined) return figures
  const { target, shortAbandonMs, day } = rules
  return [...figures, day.from, day.to, target.percent, target.withinMs, target.variant, shortAbandonMs]
}
/** The cell of a stored row that says whether it is complete, without reading the row: alone in the first place, or first in it. */
export const completeIn = (text: string): string | undefined => text[text[1] === '[' ? 2 : 1]
const rulesOf = ([, , , from, to, percent, withinMs, variant, shortAbandonMs]: Head): IntervalRules | null =>
  from === undefined || to === undefined || percent === undefined || withinMs === undefined || variant === undefined || shortAbandonMs === undefined ? null : { target: { percent, withinMs, variant }, shortAbandonMs, day: { from: instantOf(from), to: instantOf(to) } }

export const encodeFigures = (row: IntervalFigures): string => {
  const length = row.to - row.from
  const values = cells.map((name) => {
    const sketch = sketchOf.get(name)
    return sketch === undefined ? (row[name as keyof MetricBlock] ?? null) : (row.sketches[sketch] ?? null)
  })
  // What a call does not have costs nothing.
  while (values.at(-1) === null) values.pop()
  return JSON.stringify([headOf(row), row.revised ? 1 : 0, length === QUARTER_HOUR ? 0 : length, row.sketches.wait, row.sketches.handle, ...values])
}

export const decodeFigures = (field: string, text: string): IntervalFigures => {
  const { from, basis, channel, queue } = partsOf(field)
  const [first, revised, length, wait, handle, ...values] = JSON.parse(text) as readonly [number | Head, number, number, readonly number[], readonly number[], ...(number | string | readonly number[] | null)[]]
  const head: Head = typeof first === 'number' ? [first, null, null] : first
  const rules = rulesOf(head)
  const named: Record<string, unknown> = { activeMsTotal: head[1], activeMs: head[2] }
  const sketches: Record<string, unknown> = { wait, handle }
  cells.forEach((name, i) => {
    const sketch = sketchOf.get(name)
    const value = values[i] ?? null
    if (sketch === undefined) named[name] = value
    else if (value !== null) sketches[sketch] = value
  })
  return { ...named, queue, channel, basis, from: instantOf(from), to: instantOf(from + (length || QUARTER_HOUR)), complete: head[0] === 1, revised: revised === 1, ...(rules === null ? {} : { rules }), sketches } as unknown as IntervalFigures
}
