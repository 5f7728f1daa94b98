import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { LegReader } from '../../server/domain/fold/leg-reader.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { instantOf } from '../../server/domain/time.ts'
import { contactFact, entryOf, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { seeded } from '../support/seeded-random.ts'

/** One call a minute, all from one number. */
const calls = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const contact = { contactId: `c${index}`, agent: 1 + (index % 5), subject: 'switchboard' } as never
    const at = NINE + index * 60_000
    return ([['contact.queued', 0], ['contact.answered', 3_000], ['contact.ended', 30_000]] as const).map(([type, after]) => contactFact(type, at + after, contact))
  })
const everything = { from: instantOf(NINE - 1), to: instantOf(NINE + 86_400_000) }
const repeatsOf = (facts: readonly (readonly ReturnType<typeof contactFact>[])[]) => {
  const floor = createFloor('test', utcSettings())
  for (const told of facts) floor.apply(entryOf(NINE + 40 * 60_000, told))
  return floor.contacts(everything).map(({ repeat }) => repeat)
}

describe('a line that many share', () => {
  afterEach(() => { jest.restoreAllMocks() })

  it('says of 32 visits which are repeats, of 33 that none is, in whatever order they are told', () => {
    for (const [count, told] of [[31, true], [32, true], [33, false], [34, false]] as const) {
      const inOrder = repeatsOf(calls(count))
      expect(inOrder).toEqual(Array.from({ length: count }, (_, index) => told && index > 0))
      for (const seed of [1, 2, 3]) expect(repeatsOf(seeded(seed).shuffle(calls(count)))).toEqual(inOrder)
    }
  })

  it('costs no more than calls from different numbers', () => {
    const floor = createFloor('test', utcSettings())
    const [some, more] = [calls(600).slice(0, 300), calls(600).slice(300)]
    for (const told of some.flat()) floor.apply(entryOf(told.occurredAt, [told]))
    const reads = jest.spyOn(LegReader.prototype, 'read')
    for (const told of more.flat()) floor.apply(entryOf(told.occurredAt, [told]))
    expect(reads.mock.calls.length).toBeLessThan(20 * more.flat().length)
    reads.mockClear()
    // All of them leave the floor.
    for (let hour = 0; hour < 72; hour += 1) floor.apply(tickAt(NINE + (10 + hour) * 3_600_000))
    expect(floor.contacts({ from: instantOf(0), to: instantOf(NINE * 2) })).toEqual([])
    expect(reads.mock.calls.length).toBeLessThan(20 * 600)
  })
})
