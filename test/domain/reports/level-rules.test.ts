import { expect, it } from '@jest/globals'
import type { IntervalFigures } from '../../../server/domain/queue-figures.ts'
import { levelsAdd } from '../../../server/domain/reports/level-rules.ts'
import type { ServiceTarget } from '../../../server/domain/settings.ts'
import { instantOf, QUARTER_HOUR } from '../../../server/domain/time.ts'
import { NINE } from '../../support/fact-builders.ts'
import { intervalFigures } from '../../support/interval-figures.ts'

const target = (withinMs: number): ServiceTarget => ({ percent: 0.8, withinMs, variant: 'V3' })
const [OLD, NEW] = [target(20_000), target(60_000)]
/** By the target of that quarter hour after nine. */
const row = (queue: string, quarter: number, own: ServiceTarget): IntervalFigures => ({ ...intervalFigures(NINE + quarter * QUARTER_HOUR, { answered: 1 }, { queue }), rules: { target: own, shortAbandonMs: 5_000, day: { from: instantOf(NINE), to: instantOf(NINE + 96 * QUARTER_HOUR) } } })
const set = (now: Readonly<Record<string, ServiceTarget>>) => (queue: string) => ({ shortAbandonMs: 5_000, target: now[queue] ?? OLD })

it('levels of queues with different targets are not added, whenever their contacts came', () => {
  expect(levelsAdd([row('day', 0, OLD), row('night', 0, NEW)], set({ night: NEW }))).toBe(false)
  expect(levelsAdd([row('day', 0, OLD), row('night', 40, NEW)], set({ night: NEW }))).toBe(false)
  expect(levelsAdd([row('night', 0, NEW), row('day', 40, OLD)], set({ night: NEW }))).toBe(false)
  expect(levelsAdd([row('day', 0, OLD), row('night', 40, OLD)], set({ night: NEW }))).toBe(true)
})

it('levels of before and after a change of all are added, also of a queue that had no contact since', () => {
  const changed = [row('day', 0, OLD), row('night', 1, OLD), row('day', 8, NEW)]
  expect(levelsAdd([...changed, row('night', 12, NEW)], set({ day: NEW, night: NEW }))).toBe(true)
  expect(levelsAdd(changed, set({ day: NEW, night: NEW }))).toBe(true)
  expect(levelsAdd([row('day', 0, OLD), row('day', 8, NEW), row('night', 12, NEW)], set({ day: NEW, night: NEW }))).toBe(true)
})

it('levels are not added once one of the queues was changed and the others went on', () => {
  const changed = [row('day', 0, OLD), row('night', 1, OLD), row('day', 8, NEW)]
  expect(levelsAdd(changed, set({ day: NEW }))).toBe(false)
  expect(levelsAdd([...changed, row('night', 9, OLD), row('night', 12, NEW)], set({ day: NEW, night: NEW }))).toBe(false)
  expect(levelsAdd(changed.filter(({ queue }) => queue === 'day'), set({ day: NEW }))).toBe(true)
})
