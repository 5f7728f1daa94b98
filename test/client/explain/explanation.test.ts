import { describe, expect, it } from '@jest/globals'
import { closeSeconds, isLive, kindOf, readExplanation, readJourney, sidesOf, targetBehind, waitText } from '../../../client/explain/explanation.ts'

const contact = (contactId: string) => ({ contactId, legId: `${contactId}:1`, queuedAt: '2026-11-22T09:00:00.000Z' })
const body = { metric: 'serviceLevel', formula: 'A_T / A', numerator: 1, denominator: 2, numeratorContacts: [contact('a')], denominatorContacts: [contact('a'), contact('b')] }

describe('the contacts behind a figure', () => {
  it('are those it counts and those that keep it from being better', () => {
    const { counted, missed, same } = sidesOf(readExplanation(body))
    expect([counted.map(({ contactId }) => contactId), missed.map(({ contactId }) => contactId), same]).toEqual([['a'], ['b'], false])
  })
  it('of an average are the same on both sides', () => {
    expect(sidesOf(readExplanation({ ...body, numeratorContacts: body.denominatorContacts })).same).toBe(true)
  })
  it('are refused, not half shown, when the answer has another shape', () => {
    expect(() => readExplanation({ ...body, denominatorContacts: [{}] })).toThrow('another shape')
  })
})

describe('a wait beside a limit', () => {
  const waits = (...given: readonly (number | null)[]) => given.map((waitMs) => ({ waitMs }))
  const close = closeSeconds({ counted: waits(10_000, 3_200, 7_100), missed: waits(10_400, 10_004, 7_900, 31_500, null) }, [10_000])
  it('is told to the decimal where the second alone is on both sides', () => {
    expect([10_000, 10_400, 10_004, 10_970, 7_100, 7_900].map((ms) => waitText(ms, close))).toEqual(['0:10', '0:10.4', '0:10.004', '0:10.9', '0:07.1', '0:07.9'])
  })
  it('is told in whole seconds elsewhere', () => {
    expect([3_200, 31_500].map((ms) => waitText(ms, close))).toEqual(['0:03', '0:31'])
  })
  it('is told to the decimal beside the limit although nobody was reached at it', () => {
    expect(waitText(20_300, closeSeconds({ counted: [], missed: waits(20_300) }, [20_000]))).toBe('0:20.3')
  })
  it('is told in whole seconds where no limit of waiting decides', () => {
    expect(closeSeconds({ counted: waits(7_100), missed: waits(7_900) }, []).size).toBe(0)
  })
})

describe('a figure', () => {
  it.each([['serviceLevel', 10, 'ratio'], ['ahtMs', 4, 'time'], ['answered', null, 'count'], ['oldestWaitMs', null, 'time'], ['serviceLevelDebt', 10, 'count']] as const)('%s over %p is shown as a %s', (metric, denominator, kind) => {
    expect(kindOf({ metric, denominator })).toBe(kind)
  })
})

describe('the target behind a level', () => {
  const target = { percent: 0.8, withinMs: 20_000 }
  const level = (window: string, ...thresholds: readonly number[]) => ({ metric: 'serviceLevel', window, thresholds })
  it('is the present one in a window of now', () => {
    expect(targetBehind(level('R30', 20_000), target)).toEqual({ percent: 0.8, withinMs: [20_000] })
    expect(targetBehind(level('D'), target)).toEqual({ percent: 0.8, withinMs: [20_000] })
  })
  it('is said without a percentage where it was another one, or several, or nobody knows which', () => {
    expect(targetBehind(level('D', 20_000, 40_000), target)).toEqual({ percent: null, withinMs: [20_000, 40_000] })
    expect(targetBehind(level('D', 40_000), target)).toEqual({ percent: null, withinMs: [40_000] })
    expect(targetBehind(level('range', 20_000), target)).toEqual({ percent: null, withinMs: [20_000] })
    expect(targetBehind(level('D', 20_000), null)).toEqual({ percent: null, withinMs: [20_000] })
  })
  it('is not said where nothing is known of it, or of another figure', () => {
    expect(targetBehind(level('range'), target)).toBeNull()
    expect(targetBehind({ ...level('R30', 20_000), metric: 'asaMs' }, target)).toBeNull()
  })
})

it('a span that is over is not the floor of now: what was raised since does not belong to it', () => {
  expect([isLive({ window: 'R30' }), isLive({ window: 'D' }), isLive({ window: 'range' })]).toEqual([true, true, false])
})

describe('a journey', () => {
  it('leaves out steps of kinds that this screen does not know', () => {
    expect(readJourney({ identified: true, steps: [{ kind: 'survey', at: '2026-11-22T09:00:00.000Z', contactId: 'a', queue: 'q', score: 4 }, { kind: 'letter', at: '2026-11-22T09:00:00.000Z' }, 7] }).steps.map(({ kind }) => kind)).toEqual(['survey'])
  })
})
