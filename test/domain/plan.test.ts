import { describe, expect, it } from '@jest/globals'
import type { AgentBand, AgentState } from '../../server/domain/agent-figures.ts'
import { adherenceOf, type Activity } from '../../server/domain/plan/adherence.ts'
import { breakRowOf } from '../../server/domain/plan/break-board.ts'
import { expectedOf } from '../../server/domain/plan/day-plan.ts'
import { rollCallOf } from '../../server/domain/plan/roll-call.ts'
import { slotLoadOf } from '../../server/domain/plan/slot-load.ts'
import { staffingOf, staffingTotal } from '../../server/domain/plan/staffing.ts'
import { instantOf, MINUTE } from '../../server/domain/time.ts'
import { NINE } from '../support/fact-builders.ts'
import { intervalFigures } from '../support/interval-figures.ts'

const at = (minutes: number) => instantOf(NINE + minutes * MINUTE)
const day: readonly Activity[] = [{ activity: 'work', from: at(0), to: at(120) }, { activity: 'break', from: at(120), to: at(135) }, { activity: 'work', from: at(135), to: at(240) }]
/** Minute at which each state begins; the last holds until `end`. */
const bands = (end: number, ...changes: readonly (readonly [AgentState, number])[]): readonly AgentBand[] => changes.map(([state, from], index) => ({ state, from: at(from), to: at(changes[index + 1]?.[1] ?? end) }))
const judged = (given: readonly AgentBand[], asOf = 240) => adherenceOf(day, given, { asOf: at(asOf), rules: {} })

describe('adherence', () => {
  it('is 1 less exception time of scheduled time; shorter than the tolerance is none', () => {
    expect(judged(bands(240, ['available', 0], ['on-contact', 30], ['acw', 40], ['available', 41], ['aux', 121], ['available', 136]))).toMatchObject({ scheduledMs: 240 * MINUTE, exceptionMs: 0, adherence: 1 })
    // Ten minutes late and back from the break five minutes late.
    expect(judged(bands(240, ['offline', 0], ['available', 10], ['aux', 120], ['available', 140]))).toMatchObject({ exceptionMs: 15 * MINUTE, adherence: 1 - 15 / 240 })
    // A call that runs seven minutes into the break.
    expect(judged(bands(240, ['available', 0], ['on-contact', 110], ['aux', 127], ['available', 135]))).toMatchObject({ exceptionMs: 7 * MINUTE })
  })

  it('is null without a schedule or before the shift, and never below 0', () => {
    expect(adherenceOf([], bands(240, ['available', 0]), { asOf: at(240), rules: {} })).toMatchObject({ scheduledMs: 0, adherence: null, conformance: null })
    expect(judged(bands(240, ['available', 0]), -10)).toMatchObject({ adherence: null, conformance: null })
    expect(judged([], 100)).toMatchObject({ adherence: 0, conformance: 0 })
    expect(adherenceOf([{ activity: 'sick', from: at(0), to: at(240) }], [], { asOf: at(240), rules: {} }).adherence).toBeNull()
    expect(adherenceOf([...day, { activity: 'sick', from: at(-60), to: at(600) }], [], { asOf: at(240), rules: {} }).adherence).toBeNull()
  })

  it('judges only what has passed, and no time of which nobody knows', () => {
    expect(judged(bands(60, ['available', 0]), 60)).toMatchObject({ scheduledMs: 60 * MINUTE, adherence: 1 })
    expect(judged(bands(100, ['available', 0], ['unreachable', 40]), 100)).toMatchObject({ scheduledMs: 40 * MINUTE, exceptionMs: 0 })
  })

  it('has tolerances and meanings of its own for each activity', () => {
    const training: readonly Activity[] = [{ activity: 'email', from: at(0), to: at(60) }]
    const away = bands(60, ['available', 0])
    expect(adherenceOf(training, away, { asOf: at(60), rules: {} }).adherence).toBe(0)
    expect(adherenceOf(training, away, { asOf: at(60), rules: { email: { expects: 'queue' } } }).adherence).toBe(1)
    expect(adherenceOf(training, bands(60, ['available', 0], ['aux', 50]), { asOf: at(60), rules: { email: { expects: 'queue', toleranceMs: 10 * MINUTE } } }).adherence).toBe(1)
  })

  it('conformance looks perfect when somebody is late and stays late, which is why it stands beside it', () => {
    expect(judged(bands(270, ['offline', 0], ['available', 30], ['aux', 120], ['available', 135]), 270)).toMatchObject({ adherence: 1 - 30 / 240, conformance: 1 })
    expect(judged(bands(300, ['available', 0]), 300).conformance).toBeGreaterThan(1)
  })
})

describe('the roll-call', () => {
  const state = (given: readonly AgentBand[], asOf: number, now: AgentState | null) => rollCallOf(day, now === null ? null : { state: now }, given, at(asOf))
  it('says who is due, in, late, absent, gone early and finished', () => {
    expect([
      state([], -5, null).state,
      state([], 1, null).state,
      state([], 5, null),
      state([], 31, null).state,
      state(bands(40, ['offline', 0], ['available', 8]), 40, 'available'),
      state(bands(40, ['available', -3]), 40, 'available').lateMs,
      state(bands(90, ['available', 0], ['offline', 60]), 90, 'offline').state,
      state(bands(250, ['available', 0], ['offline', 240]), 250, 'offline').state,
    ]).toEqual(['due', 'due', expect.objectContaining({ state: 'late', lateMs: 5 * MINUTE }), 'absent', expect.objectContaining({ state: 'in', inAt: at(8), lateMs: 8 * MINUTE }), 0, 'left-early', 'finished'])
    expect(rollCallOf([...day, { activity: 'sick', from: at(0), to: at(240) }], null, [], at(60))).toMatchObject({ state: 'excused', excuse: 'sick' })
    expect(rollCallOf([], { state: 'available' }, [], at(60)).state).toBe('in')
  })
})

describe('the break board', () => {
  const row = (now: AgentState, since: number, asOf: number, plannedEndAt: number | null = null) => breakRowOf({ state: now, reason: 'Break', since: at(since), plannedEndAt: plannedEndAt === null ? null : at(plannedEndAt) }, day, { asOf: at(asOf), rules: {} })
  it('has one line for who is on, over by more than two minutes, or due', () => {
    expect([row('aux', 120, 130), row('aux', 120, 137), row('aux', 120, 138), row('aux', 60, 80, 70), row('aux', 60, 65)]).toMatchObject([
      { kind: 'on', backAt: at(135), overMs: null },
      { kind: 'on', overMs: 2 * MINUTE },
      { kind: 'over', overMs: 3 * MINUTE },
      { kind: 'over', backAt: at(70), overMs: 10 * MINUTE },
      { kind: 'on', backAt: null, overMs: null },
    ])
    expect([row('on-contact', 100, 117), row('on-contact', 100, 123), row('available', 0, 60), row('offline', 0, 121)]).toMatchObject([{ kind: 'due', reason: 'break', since: at(120), overMs: null }, { kind: 'due', overMs: 3 * MINUTE }, null, null])
  })
})

describe('slot load', () => {
  it('is of digital channels alone, whose queues share their slots, and null where none says how many', () => {
    expect(slotLoadOf([{ channel: 'chat', slots: 3 }, { channel: 'chat', slots: 4 }, { channel: 'email', slots: 2 }, { channel: 'voice', slots: 1 }], { chat: 2, email: 1, voice: 1 })).toEqual({ active: 3, capacity: 6, slotLoad: 0.5 })
    expect(slotLoadOf([{ channel: 'voice', slots: 1 }, { channel: 'chat', slots: null }], { chat: 2 })).toEqual({ active: 0, capacity: null, slotLoad: null })
  })
})

describe('the plan of a queue', () => {
  const week = (offered: number, more = {}) => [intervalFigures(NINE, { offered, handled: 10, talkMsTotal: 3_000_000, activeMsTotal: 3_000_000, answered: 10, abandoned: 2, waitMsTotal: 100_000, abandonWaitMsTotal: 60_000, ...more })]
  it('is what was given, else the median of four same weekdays, else not known', () => {
    const place = { queue: 'support', from: at(0) }
    expect(expectedOf(null, place, [week(40), week(50), week(44), week(90)])).toEqual({ ...place, forecast: 47, ahtMs: 300_000, activeMs: 300_000, required: null, scheduled: null, basis: 'median', patienceMs: 80_000 })
    expect(expectedOf({ ...place, forecast: 60, ahtMs: null, required: null, scheduled: 9 }, place, [week(40), week(50)])).toMatchObject({ basis: 'plan', forecast: 60, ahtMs: 300_000, scheduled: 9 })
    // People are reckoned by active time; a plan's AHT stands as it was given, and weeks that did not count active time have handle time alone.
    const chats = { activeMsTotal: 1_200_000 }
    expect(expectedOf(null, place, [week(40, chats), week(50, chats)])).toMatchObject({ ahtMs: 300_000, activeMs: 120_000 })
    expect(expectedOf({ ...place, forecast: 60, ahtMs: 200_000, required: null, scheduled: 9 }, place, [week(40, chats), week(50, chats)])).toMatchObject({ ahtMs: 200_000, activeMs: 200_000 })
    expect(expectedOf(null, place, [week(40, chats), week(50, { activeMsTotal: null })])).toMatchObject({ ahtMs: 300_000, activeMs: 300_000 })
    expect(expectedOf(null, place, [week(40), [], [], []])).toMatchObject({ basis: null, forecast: null })
    // A week with rows in which nothing came is a zero, not a gap.
    expect(expectedOf(null, place, [week(0), week(0)])).toMatchObject({ basis: 'median', forecast: 0 })
  })

  it('staffing is required less staffed; queues are added before they are rounded', () => {
    const target = { percent: 0.8, withinMs: 20_000, variant: 'V3' as const }
    const need = (queue: string, required: number | null, forecast = 25) => staffingOf({ queue, from: at(0), forecast, ahtMs: 240_000, activeMs: 240_000, required, scheduled: 6, basis: 'plan', patienceMs: null }, target, 4)
    expect(need('a', 5.4)).toMatchObject({ required: 5.4, requiredBy: 'plan', staffed: 4, gap: 5.4 - 4 })
    expect(need('a', null)).toMatchObject({ requiredBy: 'erlang-c', growsPerMinute: (100 * 4 / 60 - 4) / 4 })
    // Whoever has two at once takes twice as many: the load is half as much.
    expect(staffingOf({ queue: 'a', from: at(0), forecast: 25, ahtMs: 480_000, activeMs: 240_000, required: null, scheduled: 6, basis: 'median', patienceMs: null }, target, 4)).toEqual({ ...need('a', null), basis: 'median', ahtMs: 480_000 })
    expect(staffingTotal([need('a', 5.4), need('b', 5.4)], 9)).toEqual({ required: 11, staffed: 9, gap: 2 })
    expect(staffingTotal([need('a', 5.4), staffingOf({ queue: 'c', from: at(0), forecast: null, ahtMs: null, activeMs: null, required: null, scheduled: null, basis: null, patienceMs: null }, target, 2)], 9)).toEqual({ required: null, staffed: 9, gap: null })
  })
})
