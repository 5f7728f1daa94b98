import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { sortedBy } from '../../../client/format/sort-rows.ts'

interface Row { readonly name: string; readonly figure: number | null }
const byName = (a: Row, b: Row): number => a.name.localeCompare(b.name)
const rows = fc.array(fc.record({ name: fc.stringMatching(/^[a-z]{1,4}$/), figure: fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }) }), { maxLength: 30 })

describe('rows in the order of a figure', () => {
  it('keep every row, put those without the figure last whichever way, and equals by what comes next', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (given, descending) => {
        const sorted = sortedBy<Row>(given, ({ figure }) => figure, descending, byName)
        expect([...sorted].sort(byName)).toEqual([...given].sort(byName))
        for (const [index, after] of sorted.slice(1).entries()) {
          const before = sorted[index]
          if (before === undefined) throw new Error('a row before each but the first')
          if (before.figure === null) expect(after.figure).toBeNull()
          else if (after.figure !== null) expect(descending ? before.figure >= after.figure : before.figure <= after.figure).toBe(true)
          if (before.figure === after.figure) expect(byName(before, after)).toBeLessThanOrEqual(0)
        }
      }),
      { seed: 29_112_026 },
    )
  })
  it('hold words by the alphabet of people, not of machines', () => {
    expect(sortedBy([{ name: 'Zoe' }, { name: 'émile' }, { name: 'Ada' }], ({ name }) => name, false).map(({ name }) => name)).toEqual(['Ada', 'émile', 'Zoe'])
  })
})
