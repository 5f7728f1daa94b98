import { describe, expect, it } from '@jest/globals'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { explainPast } from '../../../server/domain/reports/explain-past.ts'
import { onTarget } from '../../../server/domain/reports/on-target.ts'
import { figureOf } from '../../../server/domain/reports/read-figure.ts'
import { HOUR, instantOf, isoOf, MINUTE } from '../../../server/domain/time.ts'
import { inSteps } from '../../../server/live/interval-steps.ts'
import { decodeFigures, encodeFigures, fieldOf } from '../../../server/redis/row-codec.ts'
import { entriesOf, fact, NINE, settingsEntry, tickAt, utcSettings } from '../../support/fact-builders.ts'

const S = 1_000
const SAVED = NINE + 2 * HOUR
/** Nine answered within 20 s, three after 30 s, four gave up after 10 s. */
const hourOf = (from: number): readonly Fact[] => {
  const visit = (n: number, wait: number, end: 'contact.answered' | 'contact.abandoned') => {
    const at = from + n * MINUTE
    const contactId = `c${from + n}`
    return [fact('contact.queued', at, { contactId }), fact(end, at + wait, { contactId }), ...(end === 'contact.answered' ? [fact('contact.ended', at + wait + 20 * S, { contactId })] : [])]
  }
  return Array.from({ length: 16 }, (_, n) => (n < 9 ? visit(n, 5 * S, 'contact.answered') : n < 12 ? visit(n, 30 * S, 'contact.answered') : visit(n, 10 * S, 'contact.abandoned'))).flat()
}
const settings = (variant: 'V1' | 'V2', startsAt: string, percent: number, validFrom: number) => utcSettings({ target: { percent, withinMs: 20 * S, variant }, day: { timeZone: 'UTC', startsAt } }, { version: validFrom, validFrom: instantOf(validFrom) })
const before = settings('V2', '00:00', 0.5, 0)
const after = settings('V1', '06:00', 0.9, SAVED)
const FRIDAY = NINE - 9 * HOUR
/** V2, a day from midnight and 50 % until eleven; then V1, a day from six and 90 %. */
const told = (until: number) => {
  const floor = createFloor('test', before)
  for (const entry of entriesOf([...hourOf(NINE)])) floor.apply(entry)
  floor.apply(tickAt(SAVED - 1))
  floor.apply(settingsEntry(SAVED, after))
  for (const entry of entriesOf([...hourOf(SAVED + HOUR)])) floor.apply(entry)
  for (let due = floor.nextTickAt(); due !== null && due <= until; due = floor.nextTickAt()) floor.apply(tickAt(due))
  floor.apply(tickAt(until))
  return floor
}
const outcome = { from: instantOf(FRIDAY), to: instantOf(FRIDAY + 96 * HOUR), basis: 'outcome' } as const
const daysOf = (floor: ReturnType<typeof told>) => inSteps(floor.intervals(outcome), { step: '1d', timeZone: null, asOf: floor.asOf, settingsOf: () => floor.settings().defaults })

describe('what was saved later', () => {
  it('changes no row of before, however it is put together', () => {
    const floor = told(SAVED + 3 * HOUR)
    const hours = inSteps(floor.intervals(outcome), { step: '1h', timeZone: null, asOf: floor.asOf, settingsOf: () => floor.settings().defaults })
    const level = (from: number) => hours.find((row) => row.from === from)?.serviceLevel
    // V2: 9 of 16. V1: 9 of 12.
    expect([level(NINE), level(SAVED + HOUR)]).toEqual([9 / 16, 9 / 12])
    expect(floor.intervals(outcome).filter(({ from }) => from < SAVED).every(({ rules }) => rules?.target.variant === 'V2')).toBe(true)
    // Days together: each by its own.
    const [first, second] = hours.filter(({ offered }) => offered > 0)
    if (first?.rules === undefined || second?.rules === undefined) throw new Error('two hours with their rules')
    expect(figureOf('serviceLevel', [first, { ...second, rules: { ...second.rules, day: { from: instantOf(FRIDAY + 24 * HOUR), to: instantOf(FRIDAY + 48 * HOUR) } } }], 'V7')).toMatchObject({ value: 18 / 28, n: 28 })
    // Rows of a day together are read by its newest variant, as the floor and the row of the day are; each is held against its own target.
    expect(figureOf('serviceLevel', hours, 'V7')).toMatchObject({ value: 18 / 24, n: 24 })
    expect([daysOf(floor).map(({ serviceLevel }) => serviceLevel), floor.queue('support')?.today.serviceLevel]).toEqual([[18 / 24], 18 / 24])
    expect(onTarget(hours, () => after.defaults.target)).toMatchObject([{ intervals: 2, onTarget: 1, target: { percent: 0.9 }, serviceLevel: { value: 18 / 24 } }])
  })

  it('is not in what explains a range: counts, contacts and variant are of their time', () => {
    const floor = told(SAVED + 3 * HOUR)
    const rows = floor.intervals(outcome)
    const contacts = floor.contacts({ from: outcome.from, to: outcome.to })
    const explained = (from: number, to: number) => explainPast({ metric: 'serviceLevel', queue: 'support', from: instantOf(from), to: instantOf(to), rows: rows.filter((row) => row.from >= from && row.from < to), contacts, settingsOf: () => floor.settings().defaults })
    for (const [from, to, variant, n] of [[NINE, SAVED, 'V2', 16], [SAVED, SAVED + 3 * HOUR, 'V1', 12], [NINE, SAVED + 3 * HOUR, 'V1', 24]] as const) {
      const found = explained(from, to)
      expect([found?.variant, found?.denominator, found?.denominatorContacts.length, found?.numeratorContacts.length, found?.numerator]).toEqual([variant, n, n, n === 24 ? 18 : 9, n === 24 ? 18 : 9])
      expect(found?.formula).toContain('A_T')
    }
  })

  it('cuts no day that has begun, in rows as on the floor', () => {
    const running = told(SAVED + 3 * HOUR)
    expect(daysOf(running).map(({ from, to }) => [from, to])).toEqual([[FRIDAY, FRIDAY + 24 * HOUR]])
    expect(running.queue('support')?.today.dayStartedAt).toBe(FRIDAY)
    // The day ends where it was to end; what is left until six is a short one.
    const later = told(FRIDAY + 31 * HOUR)
    for (const entry of entriesOf([fact('contact.queued', FRIDAY + 31 * HOUR, { contactId: 'new' })])) later.apply(entry)
    expect(daysOf(later).map(({ from, offered }) => [isoOf(from), offered])).toEqual([['2026-11-20T00:00:00.000Z', 32], ['2026-11-21T00:00:00.000Z', 0], ['2026-11-21T06:00:00.000Z', 1]])
    expect(later.queue('support')?.today.dayStartedAt).toBe(FRIDAY + 30 * HOUR)
    const fromBase = floorFromBase(JSON.parse(JSON.stringify(later.toBase())))
    expect(fromBase.intervals(outcome)).toEqual(later.intervals(outcome))
  })

  it('is stored with the row; one that an older version wrote is read by the present settings', () => {
    const floor = told(SAVED + 3 * HOUR)
    const rows = floor.intervals(outcome)
    for (const row of rows) expect(decodeFigures(fieldOf(row), encodeFigures(row))).toEqual(row)
    const old = rows.map(({ rules: _none, ...row }) => row)
    for (const row of old) expect(decodeFigures(fieldOf(row), encodeFigures(row))).toEqual(row)
    const days = inSteps(old, { step: '1d', timeZone: null, asOf: floor.asOf, settingsOf: () => after.defaults })
    expect(days.map(({ from, serviceLevel }) => [from, serviceLevel])).toEqual([[FRIDAY + 6 * HOUR, 18 / 24]])
  })
})
