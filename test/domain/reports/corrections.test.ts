import { expect, it } from '@jest/globals'
import type { IntervalFigures } from '../../../server/domain/queue-figures.ts'
import { changesBetween, type Correction, reconcile } from '../../../server/domain/reports/corrections.ts'
import { HOUR, instantOf, MINUTE, QUARTER_HOUR } from '../../../server/domain/time.ts'

const start = instantOf(Date.parse('2026-11-16T10:00:00.000Z'))
const row = (figures: object): IntervalFigures => ({ queue: 'q', channel: 'voice', basis: 'outcome', from: start, to: instantOf(start + QUARTER_HOUR), revised: false, complete: true, sketches: { wait: [], handle: [] }, ...figures }) as unknown as IntervalFigures
const correction = (more: Partial<Correction>): Correction => ({ queue: 'q', channel: 'voice', basis: 'outcome', from: start, at: instantOf(start + HOUR), reason: 'late', sources: ['pbx'], changes: {}, ...more })

it('a correction has what differs, and of a row that was not there what it has', () => {
  expect(changesBetween(row({ offered: 3, answered: 2, serviceLevel: 0.5 }), row({ offered: 4, answered: 2, serviceLevel: null, revised: true }))).toEqual({ offered: [3, 4], serviceLevel: [0.5, null] })
  expect(changesBetween(null, row({ offered: 1, answered: 0, serviceLevel: null }))).toEqual({ complete: [null, true], offered: [null, 1] })
  expect(changesBetween(row({ offered: 1 }), row({ offered: 1, revised: true }))).toEqual({})
  expect(changesBetween(row({ offered: 1, rules: { shortAbandonMs: 5_000 } }), row({ offered: 1, rules: { shortAbandonMs: 5_000 } }))).toEqual({})
  expect(changesBetween(row({ offered: 1, activeMsTotal: null, activeMs: null }), row({ offered: 2, activeMsTotal: 60_000, activeMs: 60_000 }))).toEqual({ offered: [1, 2] })
  expect(changesBetween(row({ activeMsTotal: 0, activeMs: null }), row({ activeMsTotal: 60_000, activeMs: 60_000 }))).toEqual({ activeMsTotal: [0, 60_000], activeMs: [null, 60_000] })
})

it('the first figure stands against the present one, with the gravest reason and everybody who told of it', () => {
  const found = reconcile(
    [
      correction({ at: instantOf(start + 2 * HOUR), reason: 'gap-repaired', sources: ['queue-log'], changes: { offered: [4, 6], answered: [3, 2] } }),
      correction({ changes: { offered: [3, 4], answered: [2, 3] } }),
      correction({ from: instantOf(start + QUARTER_HOUR), reason: 'expired', sources: [], changes: { pending: [1, 0] } }),
    ],
    instantOf(start + 48 * HOUR + MINUTE),
  )
  expect(found).toMatchObject([
    { from: start, reason: 'gap-repaired', sources: ['pbx', 'queue-log'], corrections: 2, final: true, changes: { offered: [3, 6] } },
    { from: start + QUARTER_HOUR, reason: 'expired', sources: [], corrections: 1, final: false, changes: { pending: [1, 0] } },
  ])
  expect(found[0]?.changes).not.toHaveProperty('answered')
})
