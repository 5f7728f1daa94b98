import { longBucketOf, mergeSketches, sketchOf, type Sketch } from '../kpi/percentile.ts'

/** Counters of answers in written conversations: only what has such conversations keeps them, so that calls pay nothing for them. */
export const RESPONSE_COUNTERS = ['firstResponses', 'firstResponsesInTarget', 'firstResponseMsTotal', 'firstResponseBusinessMsTotal', 'nextResponses', 'nextResponsesInTarget', 'nextResponseMsTotal', 'nextResponseBusinessMsTotal'] as const
export type ResponseCounter = (typeof RESPONSE_COUNTERS)[number]
export const RESPONSE_SKETCHES = ['firstResponse', 'firstResponseBusiness', 'nextResponse', 'nextResponseBusiness'] as const
export type ResponseSketch = (typeof RESPONSE_SKETCHES)[number]

/** One answer of a person: how long the customer had waited for it, by the wall clock and in the queue's hours. */
export interface Response {
  readonly first: boolean
  readonly ms: number
  readonly businessMs: number
  readonly inTarget: boolean
}

/** What is added up of answers. */
export interface ResponseTotals {
  readonly counts: Readonly<Record<ResponseCounter, number>>
  readonly sketches: Readonly<Record<ResponseSketch, Sketch>>
}

const noCounts = (): Record<ResponseCounter, number> => ({ firstResponses: 0, firstResponsesInTarget: 0, firstResponseMsTotal: 0, firstResponseBusinessMsTotal: 0, nextResponses: 0, nextResponsesInTarget: 0, nextResponseMsTotal: 0, nextResponseBusinessMsTotal: 0 })

/** Sums that answers are booked to, and taken back from. */
export class ResponseSums {
  readonly counts = noCounts()
  readonly #buckets = { firstResponse: new Map<number, number>(), firstResponseBusiness: new Map<number, number>(), nextResponse: new Map<number, number>(), nextResponseBusiness: new Map<number, number>() }

  add({ first, ms, businessMs, inTarget }: Response, sign: number): void {
    const { counts } = this
    if (first) {
      counts.firstResponses += sign
      counts.firstResponseMsTotal += sign * ms
      counts.firstResponseBusinessMsTotal += sign * businessMs
      if (inTarget) counts.firstResponsesInTarget += sign
    } else {
      counts.nextResponses += sign
      counts.nextResponseMsTotal += sign * ms
      counts.nextResponseBusinessMsTotal += sign * businessMs
      if (inTarget) counts.nextResponsesInTarget += sign
    }
    this.#sample(first ? 'firstResponse' : 'nextResponse', ms, sign)
    this.#sample(first ? 'firstResponseBusiness' : 'nextResponseBusiness', businessMs, sign)
  }

  #sample(name: ResponseSketch, ms: number, sign: number): void {
    const buckets = this.#buckets[name]
    const bucket = longBucketOf(ms)
    const count = (buckets.get(bucket) ?? 0) + sign
    if (count === 0) buckets.delete(bucket)
    else buckets.set(bucket, count)
  }

  get isEmpty(): boolean {
    return this.counts.firstResponses === 0 && this.counts.nextResponses === 0
  }

  totals(): ResponseTotals {
    const { firstResponse, firstResponseBusiness, nextResponse, nextResponseBusiness } = this.#buckets
    return { counts: this.counts, sketches: { firstResponse: sketchOf(firstResponse), firstResponseBusiness: sketchOf(firstResponseBusiness), nextResponse: sketchOf(nextResponse), nextResponseBusiness: sketchOf(nextResponseBusiness) } }
  }
}

/** Counts add, percentiles are of merged sketches (METRICS R6). */
export const mergeResponses = (all: readonly ResponseTotals[]): ResponseTotals => {
  const counts = noCounts()
  for (const one of all) for (const name of RESPONSE_COUNTERS) counts[name] += one.counts[name]
  const merged = (name: ResponseSketch): Sketch => mergeSketches(all.map(({ sketches }) => sketches[name]))
  return { counts, sketches: { firstResponse: merged('firstResponse'), firstResponseBusiness: merged('firstResponseBusiness'), nextResponse: merged('nextResponse'), nextResponseBusiness: merged('nextResponseBusiness') } }
}
