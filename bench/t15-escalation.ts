import { median, resultOf, type Bench } from './bench.ts'
import { delayedJobs, quantile, ringing, type Lateness } from './escalation-floor.ts'

const DUE = 200
const WITHIN_MS = 2_000
const BURST = 1_000

const p99 = ({ begun }: Lateness): number => quantile(begun, 0.99)
const over = (runs: readonly Lateness[], part: 'begun' | 'stored', share: number): number => median(runs.map((run) => quantile(run[part], share)))

/** T15: lateness of due levels against BullMQ's delayed jobs, and with 1,000 against 100,000 pending. T17: 1,000 due in one millisecond. */
export const run: Bench = async ({ redisUrl, rounds }) => {
  const baseline: Lateness[] = []
  const few: Lateness[] = []
  const many: Lateness[] = []
  const burstBaseline: Lateness[] = []
  const burst: Lateness[] = []
  for (let round = 0; round < rounds; round += 1) {
    baseline.push(await delayedJobs({ redisUrl, due: DUE, withinMs: WITHIN_MS, pending: 1_000 }))
    few.push(await ringing({ redisUrl, due: DUE, withinMs: WITHIN_MS, pending: 1_000 }))
    many.push(await ringing({ redisUrl, due: DUE, withinMs: WITHIN_MS, pending: 100_000 }))
    burstBaseline.push(await delayedJobs({ redisUrl, due: BURST, withinMs: 0, pending: 0 }))
    burst.push(await ringing({ redisUrl, due: BURST, withinMs: 0, pending: 0 }))
  }
  const ratios = (product: readonly Lateness[], against: readonly Lateness[], of: (lateness: Lateness) => number) => product.map((run, index) => of(run) / of(against[index] ?? run))
  const last = ({ begun }: Lateness): number => Math.max(...begun)
  return [
    resultOf({
      id: 'T15',
      title: 'escalation lateness p99',
      target: '<= 0.10x',
      baseline: 'BullMQ delayed jobs, Redis at its own hz',
      rounds: ratios(few, baseline, p99),
      atMost: 0.1,
      figures: { 'p50 ms': over(few, 'begun', 0.5), 'p99 ms': over(few, 'begun', 0.99), 'stored p99 ms': over(few, 'stored', 0.99), 'baseline p50 ms': over(baseline, 'begun', 0.5), 'baseline p99 ms': over(baseline, 'begun', 0.99) },
    }),
    resultOf({
      id: 'T15b',
      title: 'escalation lateness p99, 100,000 pending against 1,000',
      target: '<= 1.1x',
      baseline: 'the same with 1,000 pending',
      rounds: ratios(many, few, p99),
      atMost: 1.1,
      figures: { 'p50 ms': over(many, 'begun', 0.5), 'p99 ms': over(many, 'begun', 0.99), 'stored p99 ms': over(many, 'stored', 0.99) },
    }),
    resultOf({
      id: 'T17',
      title: '1,000 due in one ms: the last one begins',
      target: '<= 0.5x',
      baseline: 'BullMQ delayed jobs, the same burst',
      rounds: ratios(burst, burstBaseline, last),
      atMost: 0.5,
      figures: { 'last ms': over(burst, 'begun', 1), 'last stored ms': over(burst, 'stored', 1), 'baseline last ms': over(burstBaseline, 'begun', 1) },
    }),
  ]
}
