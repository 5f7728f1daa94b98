import { describe, expect, it } from '@jest/globals'
import type { Fact } from '../../server/domain/platform-events.ts'
import type { FloorSettings } from '../../server/domain/settings.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { explainPast } from '../../server/domain/reports/explain-past.ts'
import { rollUp } from '../../server/domain/kpi/roll-up.ts'
import { HOUR, instantOf, MINUTE } from '../../server/domain/time.ts'
import { decodeFigures, encodeFigures, fieldOf } from '../../server/redis/row-codec.ts'
import { breachReading } from '../../server/domain/breach/breach-reading.ts'
import { entriesOf, entryOf, fact, NINE, settingsEntry, tickAt, utcSettings } from '../support/fact-builders.ts'

const S = 1_000
/** Fridays and Mondays from nine to five, with a break at noon; NINE is a Friday. */
const office = { alwaysOpen: false, timeZone: 'UTC', week: { 5: [{ from: '09:00', to: '12:00' }, { from: '13:00', to: '17:00' }], 1: [{ from: '09:00', to: '17:00' }] }, holidays: [], openings: [] }
const mail = (more: Partial<FloorSettings> = {}): FloorSettings => utcSettings({ channel: 'email', hours: 'office', target: { percent: 0.8, withinMs: 2 * HOUR, variant: 'V3' } }, { calendars: { office }, ...more })
const floorAfter = (facts: readonly Fact[], until: number, settings = mail()) => {
  const floor = createFloor('test', settings)
  for (const entry of entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt))) floor.apply(entry)
  floor.apply(tickAt(Math.max(until, floor.asOf)))
  return floor
}
type From = 'customer' | 'person' | 'machine'
const writes = (from: From, afterMs: number, contactId = 'c1', agent: number | null = from === 'person' ? 7 : null) => fact('contact.message', NINE + afterMs, { contactId, channel: 'email', from, agent })
const queued = (afterMs: number, contactId = 'c1', more = {}) => fact('contact.queued', NINE + afterMs, { contactId, channel: 'email', ...more })
const answersOf = (facts: readonly Fact[], until = 12 * HOUR) => floorAfter(facts, NINE + until).queue('support')?.digital

describe('the first response', () => {
  it('is from the first message of the customer to the first answer of a person, not of a machine, by whoever wrote it', () => {
    const floor = floorAfter([writes('customer', -30 * S), queued(0), writes('machine', S), fact('contact.answered', NINE + MINUTE, { channel: 'email', agent: 4 }), writes('person', 5 * MINUTE)], NINE + HOUR)
    expect(floor.queue('support')?.digital?.today).toMatchObject({ firstResponses: 1, firstResponseMs: 5.5 * MINUTE, firstResponseBusinessMs: 5 * MINUTE, firstResponsesInTarget: 1, nextResponses: 0, nextResponseMs: null })
    expect(floor.contacts({ from: NINE, to: instantOf(NINE + 1) })).toMatchObject([{ agent: 4, responses: { first: { at: NINE + 5 * MINUTE, ms: 5.5 * MINUTE, businessMs: 5 * MINUTE, by: 7 }, next: null, unansweredSince: null } }])
  })

  it('counts from the enqueue where the customer wrote nothing before it, and the connection where no messages are told', () => {
    expect(answersOf([queued(0), fact('contact.answered', NINE + MINUTE), writes('person', 3 * MINUTE)])?.today.firstResponseMs).toBe(3 * MINUTE)
    expect(answersOf([queued(0), fact('contact.answered', NINE + MINUTE)])?.today.firstResponseMs).toBe(MINUTE)
    expect(answersOf([queued(0), fact('contact.answered', NINE + MINUTE, { agent: null })])?.today.firstResponses).toBe(0)
  })

  it('is none of a thread that we began; what the customer writes then is answered all the same', () => {
    const ours = answersOf([queued(0, 'c1', { direction: 'out' }), writes('person', MINUTE), writes('customer', 2 * MINUTE), writes('person', 5 * MINUTE)])
    expect(ours?.today).toMatchObject({ firstResponses: 0, nextResponses: 1, nextResponseMs: 3 * MINUTE })
  })

  it('is by the hours of the queue, several a day, by the calendar that held when the conversation began', () => {
    // Asked at 11:30, answered at 14:00: half an hour before the break and one after it.
    const long = [queued(2.5 * HOUR), writes('customer', 2.5 * HOUR), writes('person', 5 * HOUR)]
    expect(answersOf(long)?.today).toMatchObject({ firstResponseMs: 2.5 * HOUR, firstResponseBusinessMs: 1.5 * HOUR, firstResponsesInTarget: 1 })
    const always = { ...mail({ version: 2, validFrom: instantOf(NINE + 3 * HOUR) }), calendars: { office: { ...office, alwaysOpen: true } } }
    const floor = createFloor('test', mail())
    for (const entry of [...entriesOf(long.slice(0, 2)), settingsEntry(NINE + 3 * HOUR, always), ...entriesOf([queued(3.1 * HOUR, 'c2'), writes('customer', 3.1 * HOUR, 'c2'), ...long.slice(2), writes('person', 5.1 * HOUR, 'c2')])]) floor.apply(entry)
    expect(floor.contacts({ from: NINE, to: instantOf(NINE + 4 * HOUR) }).map(({ responses }) => responses?.first?.businessMs)).toEqual([1.5 * HOUR, 2 * HOUR])
    const friday = floorAfter([queued(7.5 * HOUR), writes('customer', 7.5 * HOUR), writes('person', 74 * HOUR)], NINE + 75 * HOUR)
    // Half an hour on Friday, two hours on Monday; 66 hours and a half by the wall.
    expect(friday.queue('support')?.digital?.today).toMatchObject({ firstResponseBusinessMs: 2.5 * HOUR, firstResponsesInTarget: 0, firstResponseMs: 66.5 * HOUR })
    expect((friday.queue('support')?.digital?.today.firstResponseMsP50 ?? 0) / HOUR).toBeCloseTo(66.5, 0)
  })
})

describe('the day of an agent', () => {
  it('counts the answers that they wrote, first and later ones, whoever the conversation is with; nobody else has any', () => {
    const told = [queued(0), fact('contact.answered', NINE + MINUTE, { channel: 'email', agent: 4 }), writes('customer', MINUTE), writes('person', 3 * MINUTE), writes('customer', 4 * MINUTE), writes('person', 6 * MINUTE), queued(10 * MINUTE, 'c2'), writes('person', 14 * MINUTE, 'c2')]
    const floor = floorAfter(told, NINE + HOUR)
    expect(floor.agent(7)?.today.responses).toMatchObject({ firstResponses: 2, firstResponseMs: 3 * MINUTE, firstResponseBusinessMs: 3 * MINUTE, nextResponses: 1, nextResponseMs: 2 * MINUTE })
    expect(floor.agent(4)?.today).not.toHaveProperty('responses')
    expect(floor.explainAgent({ metric: 'firstResponseMs', agent: 7 })).toMatchObject({ value: 3 * MINUTE, numerator: 6 * MINUTE, denominator: 2, denominatorContacts: [{ contactId: 'c1' }, { contactId: 'c2' }] })
    expect(floor.explainAgent({ metric: 'nextResponses', agent: 7 })).toMatchObject({ value: 1, numeratorContacts: [{ contactId: 'c1' }] })
    floor.takeChanges()
    // An answer between the two turns the second into one of another agent: the row is sent again.
    floor.apply(entryOf(NINE + HOUR, [writes('person', 5 * MINUTE, 'c1', 9)]))
    expect(floor.takeChanges().agents).toEqual(expect.arrayContaining([7, 9]))
    expect(floor.agent(7)?.today.responses).toMatchObject({ firstResponses: 2, nextResponses: 0 })
    expect(floor.agent(9)?.today.responses).toMatchObject({ firstResponses: 0, nextResponses: 1, nextResponseMs: MINUTE })
    floor.apply(tickAt(NINE + 16 * HOUR))
    expect(floor.agent(7)?.today).not.toHaveProperty('responses')
  })
})

describe('the next response', () => {
  const talk = [queued(0), writes('customer', 0), writes('person', MINUTE), writes('customer', 10 * MINUTE), writes('customer', 12 * MINUTE), writes('machine', 12 * MINUTE + S), writes('person', 15 * MINUTE), writes('person', 16 * MINUTE), writes('customer', 20 * MINUTE)]

  it('is from the first of a burst, ends with an answer, and with the end of the conversation without one', () => {
    expect(answersOf(talk)?.today).toMatchObject({ firstResponses: 1, nextResponses: 1, nextResponseMs: 5 * MINUTE, nextResponseMsP90: expect.any(Number) })
    expect(answersOf(talk, 21 * MINUTE)).toMatchObject({ backlog: 1, unanswered: 1, oldestUnansweredSince: NINE + 20 * MINUTE })
    const over = [...talk, fact('contact.ended', NINE + 25 * MINUTE, { agent: 7 })]
    expect(answersOf(over)).toMatchObject({ backlog: 0, unanswered: 0, oldestUnansweredSince: null, nextDueAt: null, dueToday: 0, today: { nextResponses: 1 } })
    // An answer that resolves: both in the same moment.
    expect(answersOf([...talk, writes('person', 25 * MINUTE), fact('contact.ended', NINE + 25 * MINUTE, { agent: 7 })])?.today.nextResponses).toBe(2)
  })

  it('goes on when the customer writes again to what was closed and it is opened again', () => {
    const closed = [...talk.slice(0, 3), fact('contact.answered', NINE + MINUTE), fact('contact.ended', NINE + 2 * MINUTE), writes('customer', HOUR)]
    expect(answersOf(closed, HOUR)).toMatchObject({ backlog: 0, unanswered: 0 })
    const again = [...closed, fact('contact.reopened', NINE + HOUR, { channel: 'email' })]
    expect(answersOf(again, HOUR)).toMatchObject({ backlog: 1, unanswered: 1, oldestUnansweredSince: NINE + HOUR })
    expect(answersOf([...again, writes('person', 2 * HOUR)])).toMatchObject({ unanswered: 0, today: { nextResponses: 1, nextResponseMs: HOUR } })
  })

  it('is due the target after the message, in the hours of the queue: today, or on Monday', () => {
    const open = [queued(HOUR), writes('customer', HOUR), queued(7 * HOUR, 'late'), writes('customer', 7 * HOUR, 'late')]
    expect(answersOf(open, 7.5 * HOUR)).toMatchObject({ backlog: 2, unanswered: 2, oldestUnansweredSince: NINE + HOUR, nextDueAt: NINE + 4 * HOUR - HOUR, dueToday: 1 })
  })
})

describe('the resolution', () => {
  const began = [writes('customer', -MINUTE), queued(0), fact('contact.answered', NINE + MINUTE, { channel: 'email' }), writes('person', 2 * MINUTE)]
  const ends = (afterMs: number, more = {}) => fact('contact.ended', NINE + afterMs, { agent: 7, ...more })
  const opens = (afterMs: number) => fact('contact.reopened', NINE + afterMs, { channel: 'email' })
  const judged = (more: object) => mail({ defaults: { ...mail().defaults, responses: { resolutionMs: 3 * HOUR, ...more } } })
  const resolutionsOf = (facts: readonly Fact[], settings = judged({})) => floorAfter(facts, NINE + 12 * HOUR, settings).contacts({ from: NINE, to: instantOf(NINE + 1) }).map(({ resolution }) => resolution)
  const told = (facts: readonly Fact[], settings = judged({})) => floorAfter(facts, NINE + 12 * HOUR, settings).queue('support')?.digital?.today

  it('is from the first message to the end, by the wall and in the hours of the queue, held against a target of its own', () => {
    // Ended at 14:30: the hour of the break is no business of ours.
    expect(told([...began, ends(5.5 * HOUR)])).toMatchObject({ resolutions: 1, resolutionsJudged: 1, resolutionsInTarget: 0, resolutionMs: 5.5 * HOUR + MINUTE, resolutionBusinessMs: 4.5 * HOUR, firstResponsesInTarget: 1 })
    expect(told([...began, ends(3 * HOUR)])).toMatchObject({ resolutionsInTarget: 1, resolutionMsP50: expect.any(Number), resolutionBusinessMsP90: expect.any(Number) })
    expect(told([...began, ends(3 * HOUR)], mail())).toMatchObject({ resolutions: 1, resolutionsJudged: 0, resolutionsInTarget: 0 })
  })

  it('stands between an end and what opens it again, and is taken back until it ends again', () => {
    const again = [...began, ends(HOUR), opens(4 * HOUR)]
    expect([told(again)?.resolutions, resolutionsOf(again)]).toEqual([0, [{ at: null, ms: HOUR + MINUTE, businessMs: HOUR, reopened: 1, runningSince: NINE + 4 * HOUR }]])
    expect(resolutionsOf([...again, ends(5 * HOUR)])).toEqual([{ at: NINE + 5 * HOUR, ms: 2 * HOUR + MINUTE, businessMs: 2 * HOUR, reopened: 1, runningSince: null }])
    // Told twice, by two sources: the first word of an end counts.
    expect(resolutionsOf([...began, ends(HOUR), ends(HOUR + 3 * S, { id: 'twice' })])).toMatchObject([{ at: NINE + HOUR, reopened: 0 }])
    // Taken up again without a word of its being opened.
    expect(resolutionsOf([...began, ends(HOUR), fact('contact.answered', NINE + 2 * HOUR, { channel: 'email', agent: 8 }), ends(2.5 * HOUR, { agent: 8 })])).toMatchObject([{ at: NINE + 2.5 * HOUR, ms: 1.5 * HOUR + MINUTE, reopened: 1 }])
  })

  it('stands while it is on hold, where the queue says so, until it is taken up or the customer writes', () => {
    const held = [...began, fact('contact.held', NINE + HOUR), fact('contact.resumed', NINE + 1.5 * HOUR), fact('contact.held', NINE + 2 * HOUR), writes('customer', 2.5 * HOUR), ends(3 * HOUR)]
    expect(resolutionsOf(held)).toMatchObject([{ ms: 3 * HOUR + MINUTE }])
    expect(resolutionsOf(held, judged({ pausesOnHold: true }))).toMatchObject([{ ms: 2 * HOUR + MINUTE, businessMs: 2 * HOUR }])
    expect(resolutionsOf(held.slice(0, -2), judged({ pausesOnHold: true }))).toMatchObject([{ at: null, ms: 1.5 * HOUR + MINUTE, runningSince: null }])
  })

  it('is none of what nobody answered, was passed to another queue, or was begun by us', () => {
    expect(told([queued(0), writes('customer', 0), fact('contact.abandoned', NINE + HOUR)])).toMatchObject({ resolutions: 0 })
    expect(told([...began, fact('contact.transferred', NINE + HOUR, { channel: 'email', toQueueId: 'other' }), ends(HOUR)])).toMatchObject({ resolutions: 0 })
    expect(told([queued(0, 'c1', { direction: 'out' }), fact('contact.answered', NINE + MINUTE, { channel: 'email' }), ends(HOUR)])).toMatchObject({ resolutions: 0 })
  })

  it('has its first and later answers held against targets of theirs', () => {
    const talk = [...began, writes('customer', HOUR), writes('person', HOUR + 20 * MINUTE), writes('customer', 2 * HOUR)]
    const settings = mail({ defaults: { ...mail().defaults, responses: { firstMs: MINUTE, nextMs: 30 * MINUTE } } })
    const digital = floorAfter(talk, NINE + 2.1 * HOUR, settings).queue('support')?.digital
    expect(digital).toMatchObject({ nextDueAt: NINE + 2.5 * HOUR, today: { firstResponses: 1, firstResponsesInTarget: 0, nextResponses: 1, nextResponsesInTarget: 1 } })
    expect(floorAfter([queued(0), writes('customer', 0)], NINE + S, settings).queue('support')?.digital?.nextDueAt).toBe(NINE + MINUTE)
  })

  it('is counted in the day of the agent who had the conversation when it ended; taken up again it is nobody\'s, and then of whoever ends it', () => {
    const floor = floorAfter([...began, ends(HOUR)], NINE + 1.5 * HOUR, judged({}))
    const dayOf = (agent: number) => {
      const { resolutions, resolutionMs, resolutionsInTarget } = floor.agent(agent)?.today.responses ?? { resolutions: 0, resolutionMs: null, resolutionsInTarget: 0 }
      return [resolutions, resolutionMs, resolutionsInTarget]
    }
    expect([dayOf(7), dayOf(8)]).toEqual([[1, HOUR + MINUTE, 1], [0, null, 0]])
    floor.takeChanges()
    floor.apply(entryOf(NINE + 2 * HOUR, [fact('contact.answered', NINE + 2 * HOUR, { channel: 'email', agent: 8 })]))
    expect([dayOf(7), dayOf(8), floor.takeChanges().agents]).toEqual([[0, null, 0], [0, null, 0], expect.arrayContaining([7, 8])])
    floor.apply(entryOf(NINE + 2.5 * HOUR, [ends(2.5 * HOUR, { agent: 8 })]))
    // The hour between its end and its being taken up again is not in it; agent 7 keeps the answer that they wrote.
    expect([dayOf(7), dayOf(8), floor.agent(7)?.today.responses?.firstResponses]).toEqual([[0, null, 0], [1, 1.5 * HOUR + MINUTE, 1], 1])
    expect(floor.explainAgent({ metric: 'resolutionMs', agent: 8 })).toMatchObject({ value: 1.5 * HOUR + MINUTE, denominator: 1, denominatorContacts: [{ contactId: 'c1' }] })
    expect(floor.explainAgent({ metric: 'resolutions', agent: 7 })?.value).toBe(0)
  })

  it('is taken up again on another day: the day of its first end keeps no word of it, that of its last has it', () => {
    const next = 24 * HOUR
    const floor = floorAfter([...began, ends(HOUR), fact('contact.answered', NINE + next, { channel: 'email', agent: 8 }), ends(next + HOUR, { agent: 8 })], NINE + next + 2 * HOUR, judged({}))
    const resolved = floor.intervals({ from: NINE, to: instantOf(NINE + next + 2 * HOUR), basis: 'outcome' }).flatMap(({ from, resolutions, resolutionMsTotal }) => (resolutions === 0 || resolutions === null ? [] : [[(from - NINE) / HOUR, resolutions, resolutionMsTotal]]))
    expect(resolved).toEqual([[25, 1, 2 * HOUR + MINUTE]])
    expect(floor.agent(8)?.today.responses).toMatchObject({ resolutions: 1, resolutionMs: 2 * HOUR + MINUTE })
    expect(floor.agent(7)?.today).not.toHaveProperty('responses')
  })

  it('stands in the interval of its end, as a sum of the legs, and is explained', () => {
    const floor = floorAfter([...began, ends(HOUR)], NINE + 2 * HOUR, judged({}))
    const rows = floor.intervals({ from: NINE, to: instantOf(NINE + 2 * HOUR), basis: 'outcome' }).map(({ from, resolutions, resolutionMsTotal }) => [(from - NINE) / MINUTE, resolutions, resolutionMsTotal]).filter(([, n]) => n !== 0)
    expect(rows).toEqual([[60, 1, 61 * MINUTE]])
    expect(floor.explain({ metric: 'resolutionMs', queue: 'support', window: 'today' })).toMatchObject({ value: 61 * MINUTE, denominator: 1, numeratorContacts: [{ contactId: 'c1' }] })
    expect(floor.explain({ metric: 'resolutionsInTarget', queue: 'support', window: 'today' })).toMatchObject({ value: 1, numeratorContacts: [{ contactId: 'c1' }] })
  })
})

describe('figures of answers', () => {
  const facts = [queued(0), writes('customer', 0), writes('person', 5 * MINUTE), writes('customer', 6 * MINUTE), writes('person', 16 * MINUTE), queued(0, 'c2'), writes('customer', 0, 'c2'), writes('person', 20 * MINUTE, 'c2'), writes('customer', 30 * MINUTE, 'c2')]
  const all = { from: NINE, to: instantOf(NINE + 2 * HOUR) }

  it('stand in the interval of the answer, or with the visit in that of its arrival, and leave the live window after an hour', () => {
    const floor = floorAfter(facts, NINE + 40 * MINUTE)
    const rows = (basis: 'outcome' | 'arrival') => floor.intervals({ ...all, basis }).map(({ from, firstResponses, nextResponses, firstResponseMsTotal }) => [(from - NINE) / MINUTE, firstResponses, nextResponses, firstResponseMsTotal]).filter(([, first, next]) => first !== 0 || next !== 0)
    expect(rows('outcome')).toEqual([[0, 1, 0, 5 * MINUTE], [15, 1, 1, 20 * MINUTE]])
    expect(rows('arrival')).toEqual([[0, 2, 1, 25 * MINUTE]])
    expect([floor.queue('support')?.digital?.now.firstResponses, floor.totals().digital?.now.firstResponses, floor.window({ queue: 'support', window: 'R30' })?.responses?.firstResponses, floor.rolling('support', 30)?.responses?.firstResponses]).toEqual([2, 2, 1, 1])
    for (let next = floor.nextTickAt(); next !== null && next <= NINE + 81 * MINUTE; next = floor.nextTickAt()) floor.apply(tickAt(next))
    expect(floor.queue('support')?.digital).toMatchObject({ now: { firstResponses: 0, firstResponseMs: null }, today: { firstResponses: 2, firstResponseMs: 12.5 * MINUTE } })
  })

  it('are kept with their sketches; rows kept before say null, and so do calls, which spoil no sum', () => {
    const floor = floorAfter([...facts, fact('contact.queued', NINE, { contactId: 'call', queueId: 'billing', channel: 'voice' }), fact('contact.answered', NINE + S, { contactId: 'call', queueId: 'billing', channel: 'voice' })], NINE + 40 * MINUTE)
    const rows = floor.intervals({ ...all, basis: 'outcome' })
    for (const row of rows) expect(decodeFigures(fieldOf(row), encodeFigures(row))).toEqual(JSON.parse(JSON.stringify(row)))
    const own = rows.filter(({ queue }) => queue === 'support')
    const call = rows.find(({ channel }) => channel === 'voice')
    expect([call?.firstResponses, call?.nextResponseMs]).toEqual([null, null])
    const bucket = { ...all, asOf: floor.asOf, variant: 'V3' } as const
    const together = rollUp([...own, ...(call === undefined ? [] : [call])], bucket)
    expect(together).toMatchObject({ firstResponses: 2, firstResponseMs: 12.5 * MINUTE, firstResponseMsP90: expect.any(Number) })
    const old = { ...own[0], firstResponses: null, firstResponseMsTotal: null } as (typeof own)[number]
    expect(rollUp([...own, old], bucket)).toMatchObject({ firstResponses: null, firstResponseMs: null, firstResponseMsP50: null, nextResponses: 1 })
  })

  it('are explained by both sides and the contacts behind them, live and of a range that is over', () => {
    const floor = floorAfter(facts, NINE + 40 * MINUTE)
    const said = (metric: string, window: string) => floor.explain({ metric, queue: 'support', window })
    expect(said('firstResponseMs', 'today')).toMatchObject({ numerator: 25 * MINUTE, denominator: 2, value: 12.5 * MINUTE, basis: 'outcome', threshold: 2 * HOUR, denominatorContacts: [{ contactId: 'c1' }, { contactId: 'c2' }] })
    expect(said('firstResponseMs', 'R30')).toMatchObject({ value: 20 * MINUTE, denominatorContacts: [{ contactId: 'c2' }] })
    expect(said('nextResponseBusinessMs', 'now')).toMatchObject({ window: 'R60', value: 10 * MINUTE, denominatorContacts: [{ contactId: 'c1' }] })
    expect([said('unanswered', 'now'), said('backlog', 'now'), said('dueToday', 'now'), said('oldestUnansweredMs', 'now')].map((each) => [each?.value, each?.numeratorContacts.map(({ contactId }) => contactId)])).toEqual([[1, ['c2']], [2, ['c1', 'c2']], [1, ['c2']], [10 * MINUTE, ['c2']]])
    const past = explainPast({ metric: 'firstResponseMs', queue: 'support', ...all, rows: floor.intervals({ ...all, basis: 'outcome' }), contacts: floor.contacts(all), settingsOf: () => mail().defaults })
    expect(past).toMatchObject({ window: 'range', value: 12.5 * MINUTE, denominator: 2, numeratorContacts: [{ contactId: 'c1' }, { contactId: 'c2' }] })
  })

  it('are all explained, with the value that is shown', () => {
    const floor = floorAfter(facts, NINE + 40 * MINUTE)
    const { digital } = floor.queue('support') ?? {}
    const { now, today, oldestUnansweredSince: _oldest, nextDueAt: _due, ...open } = digital ?? { now: {}, today: {}, oldestUnansweredSince: null, nextDueAt: null }
    for (const [window, shown] of [['now', { ...open, ...now }], ['today', today]] as const) for (const [metric, value] of Object.entries(shown)) expect([metric, floor.explain({ metric, queue: 'support', window })?.value]).toEqual([metric, value])
    const [row] = floor.intervals({ ...all, basis: 'outcome' })
    if (row === undefined) throw new Error('no row')
    for (const metric of Object.keys(today)) expect([metric, explainPast({ metric, queue: 'support', ...all, rows: [row], contacts: [], settingsOf: () => mail().defaults })?.value]).toEqual([metric, Reflect.get(row, metric)])
  })

  it('are watched by rules, over the window that the rule asks for', () => {
    const floor = floorAfter(facts, NINE + 40 * MINUTE)
    const row = floor.queue('support')
    if (row === null) throw new Error('no queue')
    const read = (metric: 'firstResponseMs' | 'unanswered' | 'oldestUnansweredMs', window: 'R60' | 'D') => breachReading({ id: 'r', metric, queue: '*', window, bound: { side: 'above', at: 0 }, forMs: 0, clearAt: null, minimum: 0, raise: null }, row, floor.asOf)
    expect([read('firstResponseMs', 'R60'), read('firstResponseMs', 'D'), read('unanswered', 'D'), read('oldestUnansweredMs', 'D')].map(({ value, count }) => [value, count])).toEqual([[12.5 * MINUTE, 2], [12.5 * MINUTE, 2], [1, 1], [10 * MINUTE, 1]])
  })

  it('are no part of a queue that nobody writes to', () => {
    const floor = floorAfter([fact('contact.queued', NINE), fact('contact.answered', NINE + S), writes('person', MINUTE)].map((each) => ({ ...each, channel: null })), NINE + HOUR, utcSettings())
    expect([floor.queue('support')?.digital, floor.contacts({ from: NINE, to: instantOf(NINE + 1) })[0]?.responses]).toEqual([undefined, undefined])
    expect(floor.explain({ metric: 'unanswered', queue: 'support', window: 'now' })?.value).toBeNull()
  })

  it('are the same in any order of delivery', () => {
    const told = floorAfter(facts, NINE + 40 * MINUTE)
    const shuffled = createFloor('test', mail())
    shuffled.apply(entryOf(NINE + 40 * MINUTE, [...facts].reverse()))
    expect(shuffled.queue('support')?.digital).toEqual(told.queue('support')?.digital)
  })
})
