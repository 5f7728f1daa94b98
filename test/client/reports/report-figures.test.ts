import { describe, expect, it } from '@jest/globals'
import { byInterval, intervalsOnTarget, summaryOf, whyNoLevel } from '../../../client/reports/report-figures.ts'
import { levelGrid, shadeOf } from '../../../client/reports/level-grid.ts'
import { SERVICE_LEVEL_VARIANTS } from '../../../server/domain/kpi/service-level.ts'
import { rollUp } from '../../../server/domain/kpi/roll-up.ts'
import { createFloor } from '../../../server/domain/project-floor.ts'
import { instantOf, QUARTER_HOUR } from '../../../server/domain/time.ts'
import { toIntervalRow } from '../../../server/live/to-rows.ts'
import { entriesOf, NINE, utcSettings } from '../../support/fact-builders.ts'
import { randomDay } from '../../support/random-day.ts'
import { everySeed, type Seeded } from '../../support/seeded-random.ts'

const ALL = { from: instantOf(NINE - 86_400_000), to: instantOf(NINE + 86_400_000), basis: 'outcome' } as const
const target = { variant: 'V3', percent: 0.8, withinMs: 20_000 } as const
const dayOf = (random: Seeded) => {
  const floor = createFloor('test', utcSettings())
  for (const entry of entriesOf(randomDay(random, { contacts: 30 }))) floor.apply(entry)
  return floor.intervals(ALL)
}

describe('rows added up on the screen', () => {
  it('give what the server gives when it adds them up, for every variant', () => {
    everySeed(40, (random) => {
      const all = dayOf(random)
      for (const queue of new Set(all.map((row) => row.queue))) {
        const rows = all.filter((row) => row.queue === queue && row.channel === all[0]?.channel)
        if (rows.length === 0) continue
        for (const variant of SERVICE_LEVEL_VARIANTS) {
          const whole = rollUp(rows, { from: ALL.from, to: ALL.to, asOf: ALL.to, variant })
          const { serviceLevel, offered, answered, abandoned, asaMs, ahtMs, activeMs, abandonRate, fcr, csat, surveys } = whole
          expect(summaryOf(rows.map(toIntervalRow), variant)).toEqual({ serviceLevel, offered, answered, abandoned, asaMs, ahtMs, activeMs, abandonRate, fcr, csat, surveys })
        }
      }
    })
  })
  it('have no service level across queues with targets of their own', () => {
    everySeed(1, (random) => expect(summaryOf(dayOf(random).map(toIntervalRow), null).serviceLevel).toBeNull())
  })
  it.each([[3, 0, true, 'targets'], [0, 1, true, 'targets'], [0, 0, true, 'noContacts'], [0, 0, false, 'noContacts'], [0, 2, false, 'noContacts']] as const)('%p answered, %p abandoned, over several queues %p: no level because of %s', (answered, abandoned, several, why) => {
    expect(whyNoLevel({ answered, abandoned }, several)).toBe(why)
  })
  it('of nothing are dashes, not zeros', () => {
    expect(summaryOf([], 'V3')).toEqual({ offered: 0, answered: 0, abandoned: 0, surveys: 0, serviceLevel: null, asaMs: null, ahtMs: null, activeMs: null, abandonRate: null, fcr: null, csat: null })
  })
  it('are one line an interval, in order', () => {
    everySeed(5, (random) => {
      const lines = byInterval(dayOf(random).map(toIntervalRow), target).map(({ from }) => from)
      expect(lines).toEqual([...new Set(lines)].sort())
    })
  })
})

describe('rows of another time', () => {
  const row = () => ({ ...toIntervalRow(rowOfNothing()), handled: 0, activeMsTotal: 0, answered: 3, abandoned: 1, shortAbandoned: 0, answeredInTarget: 3, abandonedInTarget: 0 })
  it('do not hide active time where nobody was handled before it was counted', () => {
    expect(summaryOf([{ ...row(), activeMsTotal: null as never }, { ...row(), handled: 2, activeMsTotal: 60_000 }], 'V3').activeMs).toBe(30_000)
    expect(summaryOf([{ ...row(), handled: 1, activeMsTotal: null as never }, { ...row(), handled: 2, activeMsTotal: 60_000 }], 'V3').activeMs).toBeNull()
  })
  it('are held against the target of their time, and those of a day are read by its newest variant', () => {
    const [then, now] = [{ ...row(), targetVariant: 'V2', targetPercent: 0.7, dayStartedAt: '2026-11-23T00:00:00.000Z', from: '2026-11-23T09:00:00.000Z' }, { ...row(), targetVariant: 'V1', targetPercent: 0.9, dayStartedAt: '2026-11-24T00:00:00.000Z', from: '2026-11-24T09:00:00.000Z' }] as const
    // V2: 3 of 4; V1: 3 of 3.
    expect([summaryOf([then, now], 'V7').serviceLevel, summaryOf([then, { ...now, dayStartedAt: then.dayStartedAt }], 'V7').serviceLevel]).toEqual([6 / 7, 1])
    expect(byInterval([then, now], target).map(({ targetPercent }) => targetPercent)).toEqual([0.7, 0.9])
    expect(byInterval([{ ...row(), targetPercent: null }], target).map(({ targetPercent }) => targetPercent)).toEqual([0.8])
    const grid = levelGrid([{ ...then, answered: 30, answeredInTarget: 30, abandoned: 10 }, now], 'UTC', { first: '2026-11-23', last: '2026-11-24' }, target)
    expect([shadeOf(grid.at('2026-11-23', 540)), grid.targets]).toEqual([0, [0.7, 0.9]])
  })
})

it('answers in writing are ratios of sums over the written channels alone, and unknown where a row does not know them', () => {
  const row = (channel: 'voice' | 'chat' | 'email', counts: readonly [number, number, number, number] | null) => ({ ...toIntervalRow(rowOfNothing()), channel, firstResponses: counts?.[0] ?? null, firstResponseMsTotal: counts?.[1] ?? null, nextResponses: counts?.[2] ?? null, nextResponseMsTotal: counts?.[3] ?? null })
  const told = (...rows: Parameters<typeof byInterval>[0]) => byInterval(rows, target).map(({ firstResponseMs, nextResponseMs }) => [firstResponseMs, nextResponseMs])
  expect(told(row('voice', null), row('chat', [9, 90_000, 0, 0]), row('email', [1, 910_000, 2, 60_000]))).toEqual([[100_000, 30_000]])
  expect([told(row('voice', null)), told(row('chat', [0, 0, 0, 0])), told(row('chat', [1, 1_000, 1, 1_000]), row('email', null))]).toEqual([[[null, null]], [[null, null]], [[null, null]]])
})

describe('the share of intervals on target', () => {
  it('leaves out intervals in which nothing was to be judged', () => {
    const level = (serviceLevel: number | null) => ({ ...toIntervalRow(rowOfNothing()), serviceLevel })
    expect(intervalsOnTarget([level(0.8), level(0.79), level(null)], 0.8)).toEqual({ met: 1, judged: 2 })
  })
})

const rowOfNothing = () => {
  let found = null as ReturnType<typeof dayOf>[number] | null
  everySeed(1, (random) => { found = dayOf(random)[0] ?? null })
  if (found === null) throw new Error('a random day without an interval')
  return found
}

describe('the service level map', () => {
  it('has a column for every day of the range and a line for every half hour between the first and the last contact', () => {
    const row = toIntervalRow(rowOfNothing())
    const at = (iso: string) => ({ ...row, from: iso, to: new Date(Date.parse(iso) + 2 * QUARTER_HOUR).toISOString(), answered: 4, answeredInTarget: 3, abandoned: 0, shortAbandoned: 0 })
    const grid = levelGrid([at('2026-11-23T09:00:00.000Z'), at('2026-11-25T10:30:00.000Z')], 'UTC', { first: '2026-11-23', last: '2026-11-25' }, target)
    expect(grid.dates).toEqual(['2026-11-23', '2026-11-24', '2026-11-25'])
    expect(grid.minutes).toEqual([540, 570, 600, 630])
    expect([grid.at('2026-11-23', 540)?.level, grid.at('2026-11-24', 540)]).toEqual([0.75, null])
    expect(grid.at('2026-11-23', 540)).toMatchObject({ from: '2026-11-23T09:00:00.000Z', repeated: false })
  })
  it.each([[0.8, 0], [0.79, 1], [0.75, 1], [0.7, 2], [0.65, 2], [0.64, 3], [null, 'none']] as const)('shades %p as %p against 80 %%', (level, shade) => expect(shadeOf({ level, target: 0.8, thin: false })).toBe(shade))
  it.each([[9, true], [10, false]] as const)('of %p contacts is thin: %p', (answered, thin) => {
    const row = { ...toIntervalRow(rowOfNothing()), targetVariant: null, from: '2026-11-23T09:00:00.000Z', to: '2026-11-23T09:30:00.000Z', answered, answeredInTarget: 1, abandoned: 3, shortAbandoned: 3 }
    const cell = levelGrid([row], 'UTC', { first: '2026-11-23', last: '2026-11-23' }, target).at('2026-11-23', 540)
    expect(cell).toMatchObject({ n: answered, thin })
    expect(shadeOf(cell)).toBe(thin ? 'thin' : 3)
  })
  it('is not thin where nothing is to be judged', () => {
    const row = { ...toIntervalRow(rowOfNothing()), targetVariant: null, from: '2026-11-23T09:00:00.000Z', to: '2026-11-23T09:30:00.000Z', answered: 0, answeredInTarget: 0, abandoned: 0, shortAbandoned: 0 }
    const grid = levelGrid([row], 'UTC', { first: '2026-11-23', last: '2026-11-23' }, target)
    expect([grid.at('2026-11-23', 540)?.thin, shadeOf(grid.at('2026-11-23', 540)), grid.targets]).toEqual([false, 'none', []])
  })
})
