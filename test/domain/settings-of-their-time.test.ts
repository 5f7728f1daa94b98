import { describe, expect, it } from '@jest/globals'
import type { Floor, FloorBase } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { explainPast } from '../../server/domain/reports/explain-past.ts'
import type { FloorSettings, QueueSettings } from '../../server/domain/settings.ts'
import { HOUR, instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import { entriesOf, entryOf, fact, NINE, settingsEntry, tickAt, utcSettings } from '../support/fact-builders.ts'
import { endOf } from '../support/fold-laws.ts'
import { folded, invariant, readFacts, same } from '../support/fold-readings.ts'
import { lawStory } from '../support/law-story.ts'
import { everySeed, lawRuns } from '../support/seeded-random.ts'

const S = 1_000
const saved = (version: number, validFrom: number, change: Partial<QueueSettings>): FloorSettings => utcSettings(change, { version, validFrom: instantOf(validFrom) })
const within = (ms: number): Partial<QueueSettings> => ({ target: { percent: 0.8, withinMs: ms, variant: 'V1' } })
const strict = (at: number) => settingsEntry(at, saved(1, at, within(10 * S)))
const mild = (at: number) => settingsEntry(at, saved(2, at, within(60 * S)))
const answered = (contactId: string, queuedAt: number, waitMs: number) => [fact('contact.queued', queuedAt, { contactId }), fact('contact.answered', queuedAt + waitMs, { contactId })]
const inTarget = (floor: Floor): readonly (number | undefined)[] => [floor.queue('support')?.today.answered, floor.queue('support')?.today.answeredInTarget]
const labels = (floor: Floor): readonly number[] => floor.intervals({ from: instantOf(NINE - HOUR), to: instantOf(NINE + HOUR), basis: 'outcome' }).filter(({ answered: count }) => count > 0).map(({ rules }) => rules?.target.withinMs ?? 0)

describe('a contact is judged by the settings of its first fact', () => {
  it('also where it is heard of after they changed, as its row says', () => {
    const floor = folded([strict(NINE - HOUR), mild(NINE + HOUR), entryOf(NINE + HOUR + S, [...answered('c1', NINE, 5 * S), ...answered('c2', NINE, 30 * S), ...answered('c3', NINE + HOUR, 30 * S)])])
    expect(inTarget(floor)).toEqual([3, 2])
    expect(floor.intervals({ from: NINE, to: instantOf(NINE + 2 * HOUR), basis: 'outcome' }).map(({ from, answered: count, answeredInTarget, rules }) => [from - NINE, count, answeredInTarget, rules?.target.withinMs]).filter(([, count]) => count !== 0)).toEqual([[0, 2, 1, 10 * S], [HOUR, 1, 1, 60 * S]])
  })

  it('also where its first fact comes last', () => {
    const floor = folded([strict(NINE - HOUR), mild(NINE), entryOf(NINE + 20 * S, [fact('contact.answered', NINE + 15 * S)])])
    expect(inTarget(floor)).toEqual([1, 1])
    floor.apply(entryOf(NINE + 30 * S, [fact('contact.queued', NINE - S)]))
    expect(inTarget(floor)).toEqual([1, 0])
    invariant(floor)
  })

  it('and while it waits, its target falls due by them', () => {
    const floor = folded([strict(NINE - HOUR), mild(NINE), entryOf(NINE + S, [fact('contact.queued', NINE + S)]), entryOf(NINE + 2 * S, [fact('contact.created', NINE - S)])])
    expect([floor.queue('support')?.queueHealth, floor.nextTickAt()]).toEqual([1, NINE + 11 * S + 1])
    floor.apply(tickAt(NINE + 11 * S + 1))
    for (const metric of ['queueHealth', 'serviceLevelFloor']) expect(floor.explain({ metric, queue: 'support', window: 'now' })?.thresholds).toEqual([10 * S])
    expect(floor.queue('support')?.queueHealth).toBe(0)
    invariant(floor)
  })

  it('with its wrap-up cap and what counts as a short abandon', () => {
    const before = { ...within(20 * S), shortAbandonMs: 5 * S, acwCapMs: 30 * S }
    const floor = folded([
      settingsEntry(NINE - HOUR, saved(1, NINE - HOUR, before)),
      settingsEntry(NINE + HOUR, saved(2, NINE + HOUR, { ...before, shortAbandonMs: 0, acwCapMs: 300 * S })),
      entryOf(NINE + HOUR + S, [fact('contact.queued', NINE), fact('contact.abandoned', NINE + 4 * S), ...answered('c2', NINE, 5 * S), fact('contact.ended', NINE + 60 * S, { contactId: 'c2' }), fact('contact.wrapped', NINE + 160 * S, { contactId: 'c2' })]),
    ])
    expect(floor.queue('support')?.today).toMatchObject({ abandoned: 1, shortAbandoned: 1, acwMsTotal: 30 * S })
  })

  it('by the first that were saved, for all time before, where nobody was judged by the defaults yet', () => {
    const floor = folded([strict(NINE), entryOf(NINE + S, answered('c1', NINE - HOUR, 15 * S))])
    expect([inTarget(floor), labels(floor)]).toEqual([[1, 0], [10 * S]])
    // The defaults answer within 20 s, and whoever was judged by them stays so, with all of that time.
    const judged = folded([entryOf(NINE - HOUR, answered('c1', NINE - HOUR, 15 * S)), strict(NINE), entryOf(NINE + S, answered('c2', NINE - HOUR, 15 * S))])
    expect([inTarget(judged), labels(judged)]).toEqual([[2, 2], [20 * S]])
  })

  it('and an explanation names every target that its contacts had, with the contacts of the figure behind it, also within the quarter hour of the change', () => {
    const floor = folded([strict(NINE - HOUR), entryOf(NINE + S, answered('c1', NINE - 20 * S, 15 * S)), mild(NINE + 60 * S), entryOf(NINE + 200 * S, [...answered('c2', NINE + 30 * S, 20 * S), ...answered('c3', NINE + 90 * S, 20 * S)]), tickAt(NINE + HOUR)])
    const told = { thresholds: [10 * S, 60 * S], numerator: 1, denominator: 3, numeratorContacts: [{ contactId: 'c3' }] }
    expect(floor.explain({ metric: 'serviceLevel', queue: 'support', window: 'today' })).toMatchObject(told)
    const range = { from: instantOf(NINE - HOUR), to: instantOf(NINE + HOUR) }
    expect(explainPast({ metric: 'serviceLevel', queue: 'support', ...range, rows: floor.intervals({ ...range, basis: 'outcome' }), contacts: floor.contacts(range), settingsOf: () => floor.settings().defaults })).toMatchObject(told)
  })

  it('also where it was told of before that fact and those settings had come to pass', () => {
    const floor = folded([strict(NINE - HOUR), entryOf(NINE, answered('c1', NINE + 100 * S, 30 * S)), mild(NINE + 50 * S), entryOf(NINE + 200 * S, answered('c2', NINE + 100 * S, 30 * S))])
    expect(inTarget(floor)).toEqual([2, 2])
    invariant(floor)
  })

  it('and its closed rows belong to the days that there were, also those from before its queue was first heard of', () => {
    const day = (startsAt: string) => ({ ...within(10 * S), day: { timeZone: 'UTC', startsAt } })
    const floor = folded([settingsEntry(NINE - HOUR, saved(1, NINE - HOUR, day('09:45'))), entryOf(NINE, [...answered('c1', NINE - 20 * HOUR, S), ...answered('c2', NINE - 2 * HOUR, S)])])
    const days = () => floor.intervals({ from: instantOf(NINE - 30 * HOUR), to: instantOf(NINE + HOUR), basis: 'outcome' }).filter(({ answered: count }) => count > 0).map(({ rules }) => [(rules?.day.from ?? 0) - NINE, (rules?.day.to ?? 0) - NINE].map((ms) => ms / HOUR))
    const were = [[-23.25, 0.75], [-23.25, 0.75]]
    expect(days()).toEqual(were)
    floor.apply(settingsEntry(NINE + HOUR / 2, saved(2, NINE + HOUR / 2, day('06:00'))))
    for (const hours of [0.75, 12, 22]) {
      floor.apply(tickAt(NINE + hours * HOUR))
      expect(days()).toEqual(were)
      expect(floor.queue('support')?.today.dayStartedAt).toBe(NINE + (hours < 21 ? 0.75 : 21) * HOUR)
    }
    const again = floorFromBase(JSON.parse(JSON.stringify(floor.toBase())) as FloorBase)
    same(readFacts(again), readFacts(floor))
    again.apply(entryOf(NINE + 22 * HOUR, answered('c3', NINE - 25 * HOUR, S)))
    expect(again.intervals({ from: instantOf(NINE - 30 * HOUR), to: NINE, basis: 'outcome' }).filter(({ answered: count }) => count > 0).map(({ rules }) => ((rules?.day.to ?? 0) - NINE) / HOUR)).toEqual([-23.25, 0.75, 0.75])
  })

  it('and a window over several days counts each by the variant that the day is read by, as rows of the same time do', () => {
    const by = (version: number, at: number, variant: 'V1' | 'V2') => settingsEntry(at, saved(version, at, { target: { percent: 0.8, withinMs: 10 * S, variant } }))
    const gone = (contactId: string, at: number) => [fact('contact.queued', at, { contactId }), fact('contact.abandoned', at + 60 * S, { contactId })]
    const floor = folded([by(1, NINE - 20 * HOUR, 'V2'), entryOf(NINE - 12 * HOUR, [...answered('c1', NINE - 12 * HOUR, 5 * S), ...gone('c2', NINE - 12 * HOUR)]), by(2, NINE - HOUR, 'V1'), entryOf(NINE, [...answered('c3', NINE - 10 * S, 5 * S), ...gone('c4', NINE - 90 * S)]), tickAt(NINE + S)])
    // V2 of yesterday: 1 of 2; V1 of today: 1 of 1.
    const window = String(NINE - 14 * HOUR)
    expect(floor.window({ queue: 'support', window })?.figures.serviceLevel).toBe(2 / 3)
    expect(floor.explain({ metric: 'serviceLevel', queue: 'support', window })).toMatchObject({ variant: 'V2, V1', numerator: 2, denominator: 3, value: 2 / 3, numeratorContacts: [{ contactId: 'c1' }, { contactId: 'c3' }], denominatorContacts: [{ contactId: 'c1' }, { contactId: 'c2' }, { contactId: 'c3' }] })
    expect(floor.window({ queue: 'support', window: 'today' })?.figures.serviceLevel).toBe(1)
    const range = { from: instantOf(NINE - 14 * HOUR), to: instantOf(NINE + QUARTER_HOUR) }
    expect(explainPast({ metric: 'serviceLevel', queue: 'support', ...range, rows: floor.intervals({ ...range, basis: 'outcome' }), contacts: floor.contacts(range), settingsOf: () => floor.settings().defaults })).toMatchObject({ value: 2 / 3 })
  })

  it('and by nothing else, in whatever order facts come, through a base as well', () => {
    everySeed(lawRuns(100), (random, seed) => {
      const { facts } = lawStory(random, { agents: false, platform: false })
      if (facts.length === 0) return
      const inOrder = [...facts].sort((a, b) => a.occurredAt - b.occurredAt)
      const changed = inOrder[random.whole(0, inOrder.length - 1)]?.occurredAt ?? NINE
      const [first, second] = [{ ...within(20 * S), shortAbandonMs: 5 * S, acwCapMs: 60 * S, repeatWithinMs: HOUR }, { ...within(random.whole(5, 90) * S), shortAbandonMs: 2 * S, acwCapMs: 120 * S, repeatWithinMs: 2 * QUARTER_HOUR }]
      const begins = settingsEntry(NINE - 24 * HOUR, saved(1, NINE - 24 * HOUR, first))
      const then = settingsEntry(changed, saved(2, changed, second))
      const end = endOf(facts, random)
      const lived = folded([begins, ...entriesOf(inOrder.filter(({ occurredAt }) => occurredAt < changed)), then, ...entriesOf(inOrder.filter(({ occurredAt }) => occurredAt >= changed)), tickAt(end)])
      const shuffled = random.shuffle(inOrder)
      const late: LogEntry[] = [begins, then, ...shuffled.map((each) => entryOf(end, [each]))]
      const cut = random.whole(2, late.length)
      const through = folded(late.slice(cut), seed % 2 === 0 ? folded(late.slice(0, cut)) : floorFromBase(JSON.parse(JSON.stringify(folded(late.slice(0, cut), createFloor('test', utcSettings())).toBase())) as FloorBase))
      same(readFacts(through), readFacts(lived))
      invariant(through)
    })
  })
})
