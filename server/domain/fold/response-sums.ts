import { longBucketOf, mergeSketches, sketchOf, type Sketch } from '../kpi/percentile.ts'

/** Counters of answers in written conversations: only what has such conversations keeps them, so that calls pay nothing for them. */
export const RESPONSE_COUNTERS = ['firstResponses', 'firstResponsesInTarget', 'firstResponseMsTotal', 'firstResponseBusinessMsTotal', 'nextResponses', 'nextResponsesInTarget', 'nextResponseMsTotal', 'nextResponseBusinessMsTotal', 'resolutions', 'resolutionsJudged', 'resolutionsInTarget', 'resolutionMsTotal', 'resolutionBusinessMsTotal'] as const
export type ResponseCounter = (typeof RESPONSE_COUNTERS)[number]
export const RESPONSE_SKETCHES = ['firstResponse', 'firstResponseBusiness', 'nextResponse', 'nextResponseBusiness', 'resolution', 'resolutionBusiness'] as const
export type ResponseSketch = (typeof RESPONSE_SKETCHES)[number]

export type ResponseKind = 'firstResponse' | 'nextResponse' | 'resolution'

/** One answer of a person, or the resolution of a conversation: how long it took, by the wall clock and in the queue's hours. */
export interface Response {
  readonly kind: ResponseKind
  /** There is a target that it is held against. */
  readonly judged: boolean
  readonly ms: number
  readonly businessMs: number
  readonly inTarget: boolean
}

/** What is added up of answers. */
export interface ResponseTotals {
  readonly counts: Readonly<Record<ResponseCounter, number>>
  readonly sketches: Readonly<Record<ResponseSketch, Sketch>>
}

const noCounts = (): Record<ResponseCounter, number> => ({ firstResponses: 0, firstResponsesInTarget: 0, firstResponseMsTotal: 0, firstResponseBusinessMsTotal: 0, nextResponses: 0, nextResponsesInTarget: 0, nextResponseMsTotal: 0, nextResponseBusinessMsTotal: 0, resolutions: 0, resolutionsJudged: 0, resolutionsInTarget: 0, resolutionMsTotal: 0, resolutionBusinessMsTotal: 0 })

/** Sums that answers are booked to, and taken back from. */
export class ResponseSums {
  readonly counts = noCounts()
  readonly #buckets: Readonly<Record<ResponseSketch, Map<number, number>>> = { firstResponse: new Map(), firstResponseBusiness: new Map(), nextResponse: new Map(), nextResponseBusiness: new Map(), resolution: new Map(), resolutionBusiness: new Map() }

  add({ kind, judged, ms, businessMs, inTarget }: Response, sign: number): void {
    const { counts } = this
    counts[`${kind}s`] += sign
    counts[`${kind}MsTotal`] += sign * ms
    counts[`${kind}BusinessMsTotal`] += sign * businessMs
    if (inTarget) counts[`${kind}sInTarget`] += sign
    if (judged && kind === 'resolution') counts.resolutionsJudged += sign
    this.#sample(kind, ms, sign)
    this.#sample(`${kind}Business`, businessMs, sign)
  }

  #sample(name: ResponseSketch, ms: number, sign: number): void {
    const buckets = this.#buckets[name]
    const bucket = longBucketOf(ms)
    const count = (buckets.get(bucket) ?? 0) + sign
    if (count === 0) buckets.delete(bucket)
    else buckets.set(bucket, count)
  }

  get isEmpty(): boolean {
    return this.counts.firstResponses === 0 && this.counts.nextResponses === 0 && this.counts.resolutions === 0
  }

  totals(): ResponseTotals {
    return { counts: this.counts, sketches: sketchesOf((name) => sketchOf(this.#buckets[name])) }
  }
}

const sketchesOf = (sketch: (name: ResponseSketch) => Sketch): Readonly<Record<ResponseSketch, Sketch>> => ({
  firstResponse: sketch('firstResponse'), firstResponseBusiness: sketch('firstResponseBusiness'), nextResponse: sketch('nextResponse'), nextResponseBusiness: sketch('nextResponseBusiness'), resolution: sketch('resolution'), resolutionBusiness: sketch('resolutionBusiness'),
})

/** Counts add, percentiles are of merged sketches (METRICS R6). */
export const mergeResponses = (all: readonly ResponseTotals[]): ResponseTotals => {
  const counts = noCounts()
  for (const one of all) for (const name of RESPONSE_COUNTERS) counts[name] += one.counts[name]
  return { counts, sketches: sketchesOf((name) => mergeSketches(all.map(({ sketches }) => sketches[name]))) }
}
