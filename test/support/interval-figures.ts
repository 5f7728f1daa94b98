import type { IntervalFigures } from '../../server/domain/queue-figures.ts'
import { COUNTERS } from '../../server/domain/fold/counters.ts'
import { metricBlock, type CounterSums } from '../../server/domain/kpi/metric-block.ts'
import { noResponses } from '../../server/domain/kpi/responses.ts'
import { instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'

/** A quarter-hour row made of the counters given; all else is nothing. */
export const intervalFigures = (from: number, counters: Partial<CounterSums> = {}, more: Partial<Pick<IntervalFigures, 'queue' | 'channel' | 'basis' | 'complete' | 'revised' | 'sketches'>> = {}): IntervalFigures => {
  const sums = { ...Object.fromEntries(COUNTERS.map(({ name }) => [name, 0])), ...counters } as CounterSums
  return {
    ...metricBlock(sums, 0, more.basis ?? 'outcome', 'V3', { waitMsP50: null, waitMsP90: null, handleMsP50: null, handleMsP90: null }),
    ...noResponses,
    queue: 'support',
    channel: 'voice',
    basis: 'outcome',
    complete: true,
    revised: false,
    sketches: { wait: [], handle: [] },
    ...more,
    from: instantOf(from),
    to: instantOf(from + QUARTER_HOUR),
  }
}
