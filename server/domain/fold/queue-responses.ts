import { mergeResponses, ResponseSums, type Response, type ResponseTotals } from './response-sums.ts'

/** Answers in the minutes and days of queues, by the ring's slots; the rows of intervals keep theirs themselves. */
export class QueueResponses {
  readonly #minutes = new Map<number, ResponseSums>()
  readonly #days = new Map<number, ResponseSums>()

  addToMinute(slot: number, response: Response, sign: number): void {
    addTo(this.#minutes, slot, response, sign)
  }

  addToDay(queue: number, response: Response, sign: number): void {
    addTo(this.#days, queue, response, sign)
  }

  forgetMinute(slot: number): void {
    this.#minutes.delete(slot)
  }

  forgetDay(queue: number): void {
    this.#days.delete(queue)
  }

  ofDay(queue: number): ResponseTotals {
    return mergeResponses(this.#days.has(queue) ? [totalsAt(this.#days, queue)] : [])
  }

  /** Of the slots given: the minutes of a rolling window. */
  ofMinutes(slots: readonly number[]): ResponseTotals {
    return mergeResponses(slots.filter((slot) => this.#minutes.has(slot)).map((slot) => totalsAt(this.#minutes, slot)))
  }
}

const addTo = (sums: Map<number, ResponseSums>, key: number, response: Response, sign: number): void => {
  const known = sums.get(key) ?? new ResponseSums()
  known.add(response, sign)
  sums.set(key, known)
}

const totalsAt = (sums: Map<number, ResponseSums>, key: number): ResponseTotals => (sums.get(key) ?? new ResponseSums()).totals()
