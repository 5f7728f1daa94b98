import { describe, expect, it } from '@jest/globals'
import { kindOf, readExplanation, readJourney, sidesOf } from '../../../client/explain/explanation.ts'

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

describe('a figure', () => {
  it.each([['serviceLevel', 10, 'ratio'], ['ahtMs', 4, 'time'], ['answered', null, 'count'], ['oldestWaitMs', null, 'time'], ['serviceLevelDebt', 10, 'count']] as const)('%s over %p is shown as a %s', (metric, denominator, kind) => {
    expect(kindOf({ metric, denominator })).toBe(kind)
  })
})

describe('a journey', () => {
  it('leaves out steps of kinds that this screen does not know', () => {
    expect(readJourney({ identified: true, steps: [{ kind: 'survey', at: '2026-11-22T09:00:00.000Z', contactId: 'a', queue: 'q', score: 4 }, { kind: 'letter', at: '2026-11-22T09:00:00.000Z' }, 7] }).steps.map(({ kind }) => kind)).toEqual(['survey'])
  })
})
