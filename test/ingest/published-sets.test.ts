import { describe, expect, it, jest } from '@jest/globals'
import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import type { IntervalFigures } from '../../server/domain/queue-figures.ts'
import { levelOfRows } from '../../server/domain/kpi/level-of-rows.ts'
import { figureOf } from '../../server/domain/reports/read-figure.ts'
import { shareOf } from '../../server/domain/kpi/service-level.ts'
import type { CallsMap } from '../../server/ingest/calls-csv.ts'
import { foldImported, type Imported } from '../support/fold-imported.ts'
import { dataSet } from '../support/recorded-data.ts'

jest.setTimeout(300_000)

/** Published figures, reproduced by reading the file as an import does and folding it as the floor does. */

/** The sets are rounded to four digits. */
const HALF_A_DIGIT = 0.000050001
const close = (got: number | null | undefined, want: number | null | undefined): boolean => got === want || (typeof got === 'number' && typeof want === 'number' && !Number.isInteger(got) && Math.abs(got - want) <= HALF_A_DIGIT)
const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

type Figures = Readonly<Record<string, number | null>>
const sum = (rows: readonly IntervalFigures[], of: (row: IntervalFigures) => number): number => rows.reduce((total, row) => total + of(row), 0)

/** All that rows can say, under the names of the sets; `T` is the threshold they were folded with. */
const rowFigures = (rows: readonly IntervalFigures[], T: number): Figures => {
  const [offered, answered, within] = [sum(rows, (row) => row.offered), sum(rows, (row) => row.answered), sum(rows, (row) => row.answeredInTarget)]
  const [talk, handled, asked, resolved, ratings] = [sum(rows, (row) => row.talkMsTotal), sum(rows, (row) => row.handled), sum(rows, (row) => row.resolutionsAsked), sum(rows, (row) => row.resolved), sum(rows, (row) => row.surveys)]
  const of = (numerator: number, denominator: number) => shareOf({ numerator, denominator })
  return {
    offered,
    answered,
    abandoned: sum(rows, (row) => row.abandoned),
    abandoned_within_5: sum(rows, (row) => row.shortAbandoned),
    answer_rate: of(answered, offered),
    abandon_rate: of(sum(rows, (row) => row.abandoned), offered),
    [`answered_within_${T}`]: within,
    [`within_${T}`]: within,
    [`sl${T}`]: shareOf(levelOfRows(rows, () => 'V7')),
    [`sl${T}_offered`]: shareOf(levelOfRows(rows, () => 'V7')),
    [`sl${T}_answered`]: shareOf(levelOfRows(rows, () => 'V1')),
    asa: (seconds(figureOf('asaMs', rows, 'V3').value)),
    handled,
    talk_total: seconds(talk),
    aht: (seconds(figureOf('ahtMs', rows, 'V3').value)),
    resolved,
    resolution_of_answered: of(resolved, answered),
    resolution_of_offered: of(resolved, offered),
    resolutions_asked: asked,
    ratings,
    csat_mean: (shareOf({ numerator: sum(rows, (row) => row.surveyScoreTotal), denominator: ratings })),
    csat_top2: (figureOf('csat', rows, 'V3').value),
  }
}

/** What only contacts tell. */
const contactFigures = (contacts: readonly ContactFigures[]): Figures => {
  const answered = contacts.filter(({ outcome }) => outcome === 'answered')
  const waited = answered.filter(({ waitMs }) => (waitMs ?? 0) > 0)
  const mean = (of: readonly ContactFigures[], value: (one: ContactFigures) => number) => (shareOf({ numerator: of.reduce((total, one) => total + value(one), 0) / 1_000, denominator: of.length }))
  const handled = answered.filter(({ talkMs }) => talkMs !== null)
  const talk = handled.reduce((total, one) => total + (one.talkMs ?? 0), 0)
  return { answered: answered.length, queued: contacts.filter(({ waitMs }) => (waitMs ?? 0) > 0).length, asa_of_queued: mean(waited, (one) => one.waitMs ?? 0), max_wait: Math.max(0, ...contacts.map(({ waitMs }) => waitMs ?? 0)) / 1_000, talk_total: talk / 1_000, aht: mean(handled, (one) => one.talkMs ?? 0) }
}

interface Grouping {
  readonly row?: (row: IntervalFigures) => string
  readonly contact: (contact: ContactFigures) => string
}

const grouped = <T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const group = groups.get(key(one))
    if (group === undefined) groups.set(key(one), [one])
    else group.push(one)
  }
  return groups
}

/** Every group of the set against the same group of the fold; gives how many figures were compared. */
const compare = ({ rows, contacts }: Imported, expected: Readonly<Record<string, Figures>>, T: number, { row, contact }: Grouping): number => {
  let compared = 0
  const [byRow, byContact] = [row === undefined ? null : grouped(rows, row), grouped(contacts, contact)]
  const wrong: string[] = []
  for (const [group, figures] of Object.entries(expected)) {
    const got: Figures = { ...contactFigures(byContact.get(group) ?? []), ...(byRow === null ? {} : rowFigures(byRow.get(group) ?? [], T)) }
    for (const [name, want] of Object.entries(figures)) {
      if (!(name in got)) continue
      compared += 1
      if (!close(got[name], want)) wrong.push(`${group} ${name}: ${String(got[name])}, published ${String(want)}`)
    }
  }
  expect(wrong).toEqual([])
  return compared
}

const local = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })
  const text = (at: number) => format.format(at)
  return { day: (at: number) => text(at).slice(0, 10), hour: (at: number) => text(at).slice(0, 13).replace(' ', 'T'), hourOfDay: (at: number) => text(at).slice(11, 13), month: (at: number) => text(at).slice(0, 7) }
}
const byTime = (of: (at: number) => string): Grouping => ({ row: ({ from }) => of(from), contact: ({ queuedAt }) => of(queuedAt) })
const byQueue: Grouping = { row: ({ queue }) => queue, contact: ({ queue }) => queue }

/** All thresholds and months; without it a part that takes seconds. */
const whole = process.env['WHOLE_SETS'] === '1'

type Sets = Readonly<Record<string, Readonly<Record<string, Figures>>>> & { readonly total: Figures }

const bank = dataSet('anonymous_bank_1999_02a')
;(bank.present ? describe : describe.skip)('two weeks of a bank', () => {
  const zone = 'Asia/Jerusalem'
  const map = (queue: string): CallsMap => ({ timeZone: zone, dateFormat: 'yyMMdd', columns: { queue, agent: 'server', customer: 'customer_id', queuedAt: ['date', 'vru_exit'], wait: 'q_time', answered: { column: 'outcome', yes: ['AGENT'] }, talk: { column: 'ser_time', none: [0] }, skip: { column: 'outcome', in: ['PHANTOM'] } } })
  it('give every figure in total, per type, day, hour, hour of day, priority and agent', () => {
    const expected = bank.json('expected.json') as Sets
    // One call came at 23:59:56 and stood in the queue from 0:00:02 on: the set books it at the first hour of the day that was over. Read as the set reads it, it is there too.
    const asTheSet = bank.text('calls.tsv').replace('\t990210\t23:59:56\t23:59:56\t0\t0:00:02\t', '\t990210\t23:59:56\t0:00:02\t0\t0:00:02\t')
    expect(asTheSet).not.toBe(bank.text('calls.tsv'))
    const folded = foldImported(asTheSet, { map: map('type'), timeZone: zone })
    const at = local(zone)
    expect(compare(folded, { all: expected.total }, 20, { row: () => 'all', contact: () => 'all' })).toBe(15)
    expect(compare(folded, expected['per_type'] ?? {}, 20, byQueue)).toBe(6 * 15)
    expect(compare(folded, expected['per_day'] ?? {}, 20, byTime(at.day))).toBe(14 * 15)
    expect(compare(folded, expected['per_hour'] ?? {}, 20, byTime(at.hour))).toBe(271 * 15)
    expect(compare(folded, expected['per_hour_of_day'] ?? {}, 20, byTime(at.hourOfDay))).toBe(24 * 15)
    const agent = ({ agent: number }: ContactFigures) => (number === null ? '' : (folded.agentId(number) ?? ''))
    expect(compare(folded, expected['per_agent'] ?? {}, 20, { contact: agent })).toBe(24 * 3)
    if (whole) expect(compare(foldImported(bank.text('calls.tsv'), { map: map('priority'), timeZone: zone }), expected['per_priority'] ?? {}, 20, byQueue)).toBe(3 * 15)
  })
})

const pwc = dataSet('call_center_pwc_2021a')
;(pwc.present ? describe : describe.skip)('six weeks of a help line', () => {
  const columns = { id: 'Call Id', agent: 'Agent', queuedAt: ['Date', 'Time'], wait: 'Speed of answer in seconds', answered: 'Answered (Y/N)', talk: 'AvgTalkDuration', resolved: 'Resolved', score: 'Satisfaction rating' } as const
  it('give every figure at three thresholds in total, per topic, agent, day, hour and hour of day', () => {
    const expected = pwc.json('expected.json') as Sets
    const at = local('UTC')
    let compared = 0
    for (const T of whole ? [20, 30, 60] : [20]) {
      const target = { percent: 0.8, withinMs: T * 1_000, variant: 'V3' as const }
      const fold = (queue: string) => foldImported(pwc.text('calls.csv'), { map: { columns: { ...columns, queuedAt: ['Date', 'Time'], queue } }, timeZone: 'UTC', queue: { target } })
      const folded = fold('Topic')
      compared += compare(folded, { all: expected.total }, T, { row: () => 'all', contact: () => 'all' })
      compared += compare(folded, expected['per_topic'] ?? expected['per_queue'] ?? {}, T, byQueue)
      // Unanswered calls have an agent in this table: an agent here is a reporting group.
      if (whole) compared += compare(fold('Agent'), expected['per_agent'] ?? {}, T, byQueue)
      compared += compare(folded, expected['per_day'] ?? {}, T, byTime(at.day))
      compared += compare(folded, expected['per_hour'] ?? {}, T, byTime(at.hour))
      compared += compare(folded, expected['per_hour_of_day'] ?? {}, T, byTime(at.hourOfDay))
    }
    expect(compared).toBeGreaterThan((whole ? 3 : 1) * 450 * 14)
  })
})

const simulated = dataSet('call_center_simulated_2021h1')
;(simulated.present ? describe : describe.skip)('half a year of a simulated centre', () => {
  it('gives every figure at both thresholds in total, per day, month and hour of day', () => {
    const expected = simulated.json('expected.json') as Sets
    const text = simulated.text('calls.csv')
    const lines = text.split('\n')
    // In every run the first months; all six with WHOLE_SETS=1.
    const last = whole ? '2021-06' : '2021-01'
    const part = [lines[0], ...lines.slice(1).filter((line) => (line.split(',')[1] ?? '').slice(0, 7) <= last)].join('\n')
    const at = local('UTC')
    const within = (groups: Readonly<Record<string, Figures>>) => Object.fromEntries(Object.entries(groups).filter(([group]) => group.slice(0, 7) <= last))
    let compared = 0
    for (const T of whole ? [20, 60] : [60]) {
      const folded = foldImported(part, { map: { columns: { id: 'call_id', queuedAt: ['date', 'call_started'], wait: 'wait_length', talk: 'service_length' } }, timeZone: 'UTC', queue: { target: { percent: 0.9, withinMs: T * 1_000, variant: 'V3' } } })
      compared += compare(folded, within(expected['per_day'] ?? {}), T, byTime(at.day))
      compared += compare(folded, within(expected['per_month'] ?? {}), T, byTime(at.month))
      if (!whole) continue
      compared += compare(folded, { all: expected.total }, T, { row: () => 'all', contact: () => 'all' })
      compared += compare(folded, expected['per_hour_of_day'] ?? {}, T, byTime(at.hourOfDay))
    }
    expect(compared).toBeGreaterThan(whole ? 2 * 146 * 7 : 21 * 7)
  })
})
