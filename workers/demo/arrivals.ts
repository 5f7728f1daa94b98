import { demoQueues, rateAt, type DemoQueue } from './queues.ts'
import type { Stage } from './simulation.ts'

export interface Arrivals {
  /** Extra contacts on a queue, one step after another. */
  surge(queue: string, steps: readonly { readonly perHour: number; readonly ms: number }[]): void
  /** No telephone call reaches the floor. */
  silence(ms: number): void
}

const MINUTE = 60_000
const QUARTER = 15
/** Extra spread of a quarter hour's rate beyond Poisson. */
const SPREAD = 0.12

export const createArrivals = (stage: Stage, arrive: (queue: DemoQueue) => void): Arrivals => {
  const { chance } = stage
  const surges = new Map<string, { perHour: number; until: number }[]>()
  const moods = new Map<string, { quarter: number; factor: number }>()
  let silentUntil = -Infinity

  const poisson = (mean: number): number => {
    let count = 0
    for (let sum = chance.exponential(1); sum < mean; sum += chance.exponential(1)) count += 1
    return count
  }
  const moodOf = (queue: DemoQueue): number => {
    const quarter = Math.floor(stage.now() / (QUARTER * MINUTE))
    const mood = moods.get(queue.id)
    if (mood?.quarter === quarter) return mood.factor
    const factor = chance.factor(SPREAD)
    moods.set(queue.id, { quarter, factor })
    return factor
  }
  const extraOf = (queue: DemoQueue): number => {
    const steps = (surges.get(queue.id) ?? []).filter(({ until }) => until > stage.now())
    surges.set(queue.id, steps)
    return steps[0]?.perHour ?? 0
  }
  const spread = (queue: DemoQueue, perHour: number, ms: number): void => {
    for (let n = poisson((perHour * ms) / 3_600_000); n > 0; n -= 1) {
      stage.plan(stage.now() + chance.uniform() * ms, () => {
        if (stage.now() >= silentUntil || queue.channel !== 'voice') arrive(queue)
      })
    }
  }
  // The day's own arrivals by the minute, a surge by the second, so that it is felt at once.
  const minute = (): void => {
    const weekday = stage.isLiveDay() ? null : stage.weekday()
    for (const queue of demoQueues) spread(queue, rateAt(queue, stage.minute(), weekday) * moodOf(queue), MINUTE)
    stage.plan(stage.now() + MINUTE, minute)
  }
  const second = (queue: DemoQueue): void => {
    const extra = extraOf(queue)
    if (extra === 0) return
    spread(queue, extra, 1_000)
    stage.plan(stage.now() + 1_000, () => second(queue))
  }
  stage.plan(stage.now(), minute)

  return {
    surge: (id, steps) => {
      const queue = demoQueues.find((candidate) => candidate.id === id)
      if (!queue) return
      const running = (surges.get(id) ?? []).length > 0 && extraOf(queue) > 0
      let until = stage.now()
      surges.set(id, steps.map(({ perHour, ms }) => ({ perHour, until: (until += ms) })))
      if (!running) second(queue)
    },
    silence: (ms) => {
      silentUntil = stage.now() + ms
    },
  }
}
