import { describe, expect, it } from '@jest/globals'
import type { FloorBase } from '../../server/domain/floor.ts'
import { shareInterval } from '../../server/domain/kpi/confidence.ts'
import { rollUp } from '../../server/domain/kpi/roll-up.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { explainPast } from '../../server/domain/reports/explain-past.ts'
import { figureOf } from '../../server/domain/reports/read-figure.ts'
import { HOUR, instantOf, MINUTE } from '../../server/domain/time.ts'
import { entriesOf, entryOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'

const S = 1_000
const floorAfter = (facts: Parameters<typeof entriesOf>[0], until: number = NINE) => {
  const floor = createFloor('test', utcSettings())
  for (const entry of entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt))) floor.apply(entry)
  floor.apply(tickAt(Math.max(until, floor.asOf)))
  return floor
}

describe('utilisation', () => {
  it('has AUX in its denominator where occupancy has not, counts a shared agent once, and is null without signed-in time', () => {
    const floor = floorAfter(
      [
        fact('agent.state', NINE, { queues: ['support', 'billing'] }),
        fact('contact.queued', NINE),
        fact('contact.answered', NINE + 10 * MINUTE),
        fact('contact.ended', NINE + 20 * MINUTE),
        fact('contact.wrapped', NINE + 20 * MINUTE, { acwMs: 0 }),
        fact('agent.state', NINE + 30 * MINUTE, { state: 'aux', reason: 'Lunch' }),
        fact('agent.state', NINE + 50 * MINUTE, { state: 'offline' }),
      ],
      NINE + 60 * MINUTE,
    )
    expect(floor.agent(7)?.today).toMatchObject({ occupancy: 10 / 30, utilisation: 10 / 50 })
    // The site's live figure is that of its explanation, over the same minutes.
    const half = floorAfter([fact('agent.state', NINE, { queues: ['support'] }), fact('contact.queued', NINE), fact('contact.answered', NINE + 10 * MINUTE), fact('contact.ended', NINE + 20 * MINUTE), fact('contact.wrapped', NINE + 20 * MINUTE, { acwMs: 0 })], NINE + 35 * MINUTE)
    for (const metric of ['occupancy', 'utilisation'] as const) expect([half.totals().now[metric], half.queue('support')?.now[metric]]).toEqual([half.explain({ metric, queue: null, window: 'now' })?.value, half.explain({ metric, queue: 'support', window: 'now' })?.value])
    // So is that of an area: another queue makes 'support' a part of the site, whose agents are the same.
    const part = floorAfter([fact('contact.queued', NINE - MINUTE, { contactId: 'c9', queueId: 'billing' }), fact('contact.abandoned', NINE - MINUTE, { contactId: 'c9', queueId: 'billing', waitMs: 0 }), fact('agent.state', NINE, { queues: ['support'] }), fact('contact.queued', NINE), fact('contact.answered', NINE + 10 * MINUTE), fact('contact.ended', NINE + 20 * MINUTE), fact('contact.wrapped', NINE + 20 * MINUTE, { acwMs: 0 })], NINE + 35 * MINUTE)
    for (const metric of ['occupancy', 'utilisation', 'handlingMsTotal', 'availableMsTotal', 'signedInMsTotal'] as const) expect([metric, part.totals(['support']).now[metric], part.totals(['support', 'gone']).now[metric], part.totals().now[metric]]).toEqual([metric, ...Array.from({ length: 3 }, () => part.queue('support')?.now[metric])])
    for (const metric of ['occupancy', 'offered', 'abandoned'] as const) expect(part.explain({ metric, queue: null, queues: ['support'], window: 'now' })?.value).toEqual(part.totals(['support']).now[metric])
    expect(floor.explainAgent({ metric: 'utilisation', agent: 7 })).toMatchObject({ numerator: 10 * MINUTE, denominator: 50 * MINUTE, value: 10 / 50, basis: 'clock' })
    expect(floor.explainAgent({ metric: 'ahtMs', agent: 7 })).toMatchObject({ value: 10 * MINUTE, denominator: 1, denominatorContacts: [{ contactId: 'c1' }] })
    expect([floor.explainAgent({ metric: 'csat', agent: 7 })?.value, floor.explainAgent({ metric: 'serviceLevelFloor', agent: 7 }), floor.explainAgent({ metric: 'ahtMs', agent: 99 })]).toEqual([null, null, null])
    for (const row of [floor.queue('support'), floor.queue('billing'), floor.totals(), floor.totals(['support'])]) expect(row?.today).toMatchObject({ handlingMsTotal: 10 * MINUTE, signedInMsTotal: 50 * MINUTE, occupancy: 10 / 30, utilisation: 10 / 50 })
    expect(floor.intervals({ from: NINE, to: instantOf(NINE + 60 * MINUTE), basis: 'outcome', queue: 'billing' }).map(({ from, signedInMsTotal, utilisation }) => [(from - NINE) / MINUTE, (signedInMsTotal ?? 0) / MINUTE, utilisation])).toEqual([[0, 15, 5 / 15], [15, 15, 5 / 15], [30, 15, 0], [45, 5, 0]])
    expect(floorAfter([fact('contact.queued', NINE)]).queue('support')?.today.utilisation).toBeNull()
  })
})

describe('clock time of a minute in which everybody left', () => {
  it('is booked in that minute, and leaves the window when its half hour is over', () => {
    const floor = floorAfter([fact('agent.state', NINE + 10 * S, { queues: ['support'] }), fact('agent.state', NINE + 40 * S, { state: 'offline' })], NINE + 5 * MINUTE)
    expect([floor.queue('support')?.today.availableMsTotal, floor.totals().today.signedInMsTotal, floor.totals().now.availableMsTotal]).toEqual([30 * S, 30 * S, 30 * S])
    floor.apply(tickAt(NINE + 32 * MINUTE))
    expect([floor.queue('support')?.now.availableMsTotal, floor.totals().now.availableMsTotal]).toEqual([0, 0])
  })
})

describe('an agent whose coming is heard of late, after minutes with nobody', () => {
  it('has time since they came, as if they had been heard of at once', () => {
    const floor = floorAfter([fact('agent.state', NINE, { queues: ['support'] }), fact('agent.state', NINE + 40 * S, { state: 'offline' })], NINE + 20 * MINUTE)
    floor.apply(entryOf(NINE + 20 * MINUTE, [fact('agent.state', NINE + 5 * MINUTE, { queues: ['support'] })]))
    floor.apply(tickAt(NINE + 22 * MINUTE))
    expect(floor.totals().today.availableMsTotal).toBe(40 * S + 17 * MINUTE)
  })
})

describe('the state of an agent after a catch-up batch', () => {
  const state = (minute: number, said: 'available' | 'aux' | 'offline') => fact('agent.state', NINE + minute * MINUTE, { state: said, queues: ['support'] })
  const [queued, answered, ended, wrapped] = [fact('contact.queued', NINE + 9 * MINUTE), fact('contact.answered', NINE + 10 * MINUTE), fact('contact.ended', NINE + 20 * MINUTE), fact('contact.wrapped', NINE + 21 * MINUTE)]
  const first = [state(0, 'available')]

  it.each([
    ['whoever a contact names first', [], [queued, answered], 'on-contact', 10],
    ['and is named as a member later', [], [queued, answered, fact('agent.queue_joined', NINE + 35 * MINUTE)], 'on-contact', 10],
    ['a contact told backwards', first, [wrapped, ended, answered, queued], 'available', 21],
    ['its end before its answer', first, [queued, ended, answered], 'acw', 20],
    ['reports told backwards', first, [state(20, 'available'), state(10, 'aux')], 'available', 20],
    ['another state told backwards', first, [state(20, 'aux'), state(10, 'available')], 'aux', 20],
    ['a pause before the contact it followed', first, [state(30, 'aux'), queued, answered, ended, wrapped], 'aux', 30],
  ] as const)('holds since it began, not since it was heard: %s', (_case, before, batch, held, since) => {
    const floor = createFloor('test', utcSettings())
    for (const entry of entriesOf([...before])) floor.apply(entry)
    floor.apply(entryOf(NINE + 40 * MINUTE, [...batch]))
    expect([floor.agent(7)?.state, ((floor.agent(7)?.since ?? 0) - NINE) / MINUTE]).toEqual([held, since])
  })
})

describe('the band of an agent', () => {
  it('says what they were and when, as far as the clock has come', () => {
    const floor = floorAfter([fact('agent.state', NINE, { queues: ['support'] }), fact('contact.queued', NINE + MINUTE), fact('contact.answered', NINE + 2 * MINUTE), fact('contact.ended', NINE + 5 * MINUTE), fact('contact.wrapped', NINE + 6 * MINUTE), fact('agent.state', NINE + 6 * MINUTE, { state: 'aux', reason: 'Break', plannedEndAt: instantOf(NINE + 16 * MINUTE) })], NINE + 10 * MINUTE)
    expect(floor.bands(7, instantOf(NINE + MINUTE), instantOf(NINE + 60 * MINUTE)).map(({ state, from, to }) => [state, (from - NINE) / MINUTE, (to - NINE) / MINUTE])).toEqual([['available', 1, 2], ['on-contact', 2, 5], ['acw', 5, 6], ['aux', 6, 10]])
    expect(floor.agent(7)).toMatchObject({ state: 'aux', reason: 'Break', plannedEndAt: NINE + 16 * MINUTE })
    expect(floor.bands(99, NINE, instantOf(NINE + MINUTE))).toEqual([])
  })
})

describe('a customer who leaves on hold', () => {
  it('is a hold abandon: neither B nor a normal end, and not when the agent ended it', () => {
    const held = (contactId: string, by: 'customer' | 'agent' | 'system' | null, resumes = false) => [fact('contact.queued', NINE, { contactId }), fact('contact.answered', NINE + 5 * S, { contactId }), fact('contact.held', NINE + 30 * S, { contactId }), ...(resumes ? [fact('contact.resumed', NINE + 60 * S, { contactId })] : []), fact('contact.ended', NINE + 90 * S, { contactId, by })]
    const floor = floorAfter([...held('a', 'customer'), ...held('b', null), ...held('c', 'agent'), ...held('d', 'system'), ...held('e', 'customer', true)])
    expect(floor.queue('support')?.today).toMatchObject({ answered: 5, abandoned: 0, holdAbandoned: 2 })
    expect(floor.contacts({ from: NINE, to: instantOf(NINE + 1) }).map(({ holdLeftAt }) => holdLeftAt)).toEqual([NINE + 90 * S, NINE + 90 * S, null, null, null])
  })
})

describe('rings, and who ended a conversation', () => {
  const floor = floorAfter([
    fact('agent.state', NINE, { queues: ['support'] }),
    fact('contact.queued', NINE),
    fact('contact.offered', NINE + S),
    fact('contact.offer_missed', NINE + 9 * S),
    fact('contact.offered', NINE + 10 * S),
    fact('contact.answered', NINE + 14 * S),
    fact('contact.held', NINE + 20 * S),
    fact('contact.resumed', NINE + 50 * S),
    fact('contact.ended', NINE + 60 * S, { by: 'agent' }),
    fact('contact.wrapped', NINE + 60 * S, { acwMs: 0 }),
    fact('contact.queued', NINE, { contactId: 'c2' }),
    fact('contact.answered', NINE + 30 * S, { contactId: 'c2', ringMs: 6_000 }),
    fact('contact.transferred', NINE + 90 * S, { contactId: 'c2' }),
    fact('contact.ended', NINE + 91 * S, { contactId: 'c2', by: 'agent' }),
    fact('contact.wrapped', NINE + 100 * S, { contactId: 'c2', acwMs: 10_000 }),
  ])

  it('are told by the platform or seen, of a queue and of an agent; whoever passes a contact on does not end it', () => {
    expect(floor.queue('support')?.today).toMatchObject({ ringKnown: 2, ringMs: 5 * S, endedByAgent: 1, endedByCustomer: 0, transferred: 1 })
    expect(floor.agent(7)?.today).toMatchObject({ ringNoAnswer: 1, ringNoAnswerMs: 8 * S, ringMs: 5 * S })
  })

  it('hold and wrap-up are over the legs that had them, beside those over all', () => {
    expect(floor.queue('support')?.today).toMatchObject({ handled: 2, holdMs: 15 * S, holdOfHeldMs: 30 * S, acwMs: 5 * S, acwOfWrappedMs: 10 * S })
    expect(floor.explain({ metric: 'holdOfHeldMs', queue: 'support', window: 'today' })).toMatchObject({ numerator: 30 * S, denominator: 1, value: 30 * S, denominatorContacts: [{ contactId: 'c1' }] })
    expect(floor.explain({ metric: 'endedByAgent', queue: 'support', window: 'today' })).toMatchObject({ value: 1, numeratorContacts: [{ contactId: 'c1' }] })
  })

  it('are not known of rows kept before they were counted, which is not zero', () => {
    const [row] = floor.intervals({ from: NINE, to: instantOf(NINE + 1), basis: 'outcome', queue: 'support' })
    if (row === undefined) throw new Error('no row')
    const old = { ...row, held: null, wrapped: null, endedByAgent: null, endedByCustomer: null, ringKnown: null, ringMsTotal: null, surveysSent: null, surveysAnswered: null, activeMsTotal: null, activeMs: null }
    const bucket = { from: row.from, to: row.to, asOf: floor.asOf, variant: 'V3' } as const
    expect(rollUp([row, old], bucket)).toMatchObject({ handled: 2 * row.handled, holdMs: row.holdMs, held: null, endedByAgent: null, ringMs: null, holdOfHeldMs: null, acwOfWrappedMs: null, ahtMs: row.ahtMs, activeMsTotal: null, activeMs: null })
    expect([figureOf('activeMs', [row, old], 'V3').value, figureOf('activeMs', [row, { ...old, handled: 0 }], 'V3').value]).toEqual([null, row.activeMs])
    expect([figureOf('ringMs', [row, old], 'V3').value, figureOf('ringMs', [row, row], 'V3').value]).toEqual([null, 5 * S])
  })
})

describe('FCR by repeats', () => {
  it('is of answered contacts alone, while the repeat rate is of all who came; the tile, the window, the row and their explanations agree', () => {
    const came = (contactId: string, at: number, more: object = {}) => fact('contact.queued', at, { contactId, subject: `s-${contactId}`, direction: 'in', ...more })
    const floor = floorAfter([
      came('c1', NINE), fact('contact.answered', NINE + S, { contactId: 'c1' }),
      came('c2', NINE, { previousEndAt: instantOf(NINE - MINUTE) }), fact('contact.answered', NINE + S, { contactId: 'c2' }),
      came('c3', NINE), fact('contact.abandoned', NINE + S, { contactId: 'c3' }),
      came('c4', NINE),
    ], NINE + 10 * MINUTE)
    const [row] = floor.intervals({ from: NINE, to: instantOf(NINE + 1), basis: 'outcome', queue: 'support' })
    for (const block of [floor.queue('support')?.today, floor.queue('support')?.now, row, floor.window({ queue: 'support', window: 'R30' })?.figures]) expect(block).toMatchObject({ identified: 4, repeats: 1, identifiedAnswered: 2, repeatsAnswered: 1, fcr: 0.5, fcrMethod: 'repeat' })
    expect(floor.queue('support')?.today).toMatchObject({ fcrRepeat: 0.5, repeatRate: 0.25 })
    for (const metric of ['fcr', 'fcrRepeat']) expect(floor.explain({ metric, queue: 'support', window: 'today' })).toMatchObject({ value: 0.5, numeratorContacts: [{ contactId: 'c1' }], denominatorContacts: [{ contactId: 'c1' }, { contactId: 'c2' }] })
    const past = explainPast({ metric: 'fcrRepeat', queue: 'support', from: NINE, to: instantOf(NINE + 15 * MINUTE), rows: row ? [row] : [], contacts: floor.contacts({ from: NINE, to: instantOf(NINE + MINUTE) }), settingsOf: () => floor.settings().defaults })
    expect([past?.value, past?.denominatorContacts.map(({ contactId }) => contactId)]).toEqual([0.5, ['c1', 'c2']])
    if (row === undefined) throw new Error('no row')
    expect(rollUp([row, { ...row, identifiedAnswered: null, repeatsAnswered: null }], { from: row.from, to: row.to, asOf: floor.asOf, variant: 'V3' })).toMatchObject({ identified: 8, identifiedAnswered: null, fcr: null })
  })
})

describe('a contact that follows another of its customer', () => {
  const visit = (contactId: string, minute: number, more: object = {}) => {
    const own = { contactId, agent: 7 }
    return [fact('contact.queued', NINE + minute * MINUTE, { ...own, subject: 's', previousEndAt: null, ...more }), fact('contact.answered', NINE + (minute + 1) * MINUTE, own), fact('contact.ended', NINE + (minute + 5) * MINUTE, { ...own, resolved: true }), fact('contact.wrapped', NINE + (minute + 6) * MINUTE, own)]
  }
  const repeats = (floor: ReturnType<typeof createFloor>) => floor.contacts({ from: NINE, to: instantOf(NINE + HOUR) }).map(({ contactId, repeat }) => [contactId, repeat])

  it('is a repeat whichever of them is heard of first, live, in rows and in resolution at first contact', () => {
    const floor = createFloor('test', utcSettings())
    for (const [index, late] of [visit('c3', 30), visit('c1', 0), visit('c2', 20)].entries()) floor.apply(entryOf(NINE + (40 + index) * MINUTE, late))
    expect(repeats(floor)).toEqual([['c1', false], ['c2', true], ['c3', true]])
    expect(floor.queue('support')?.today).toMatchObject({ identified: 3, repeats: 2, repeatsAnswered: 2, resolutionsAsked: 1, resolved: 1 })
    expect(floor.intervals({ from: NINE, to: instantOf(NINE + HOUR), basis: 'arrival' }).map((row) => [row.identified, row.repeats, row.revised])).toEqual([[1, 0, true], [1, 1, true], [1, 1, false]])
    // Whoever came while the first was not over follows nobody.
    floor.apply(entryOf(NINE + 50 * MINUTE, [fact('contact.queued', NINE + 4 * MINUTE, { contactId: 'c0', subject: 's' })]))
    expect(repeats(floor)).toEqual([['c1', false], ['c0', false], ['c2', true], ['c3', true]])
    const again = floorFromBase(JSON.parse(JSON.stringify(floor.toBase())) as FloorBase)
    for (const each of [floor, again]) each.apply(entryOf(NINE + 55 * MINUTE, visit('c4', 26)))
    expect(repeats(again)).toEqual(repeats(floor))
  })

  it('is none where both are one interaction, or the first was our own call or left unanswered', () => {
    const before: readonly (readonly [string, readonly Fact[]])[] = [
      ['one interaction', visit('c1', 0, { rootContactId: 'root' })],
      ['our call', visit('c1', 0, { direction: 'out' })],
      ['unanswered', [fact('contact.queued', NINE, { contactId: 'c1', subject: 's' }), fact('contact.abandoned', NINE + MINUTE, { contactId: 'c1' })]],
    ]
    for (const [_case, first] of before) for (const told of [[...first, ...visit('c2', 20, { rootContactId: 'root' })], [...visit('c2', 20, { rootContactId: 'root' }), ...first]]) {
      const floor = createFloor('test', utcSettings())
      floor.apply(entryOf(NINE + 30 * MINUTE, told))
      expect(repeats(floor)).toContainEqual(['c2', false])
    }
  })

  it('goes on following one that the fold has forgotten', () => {
    const floor = createFloor('test', utcSettings())
    const later = visit('c2', 40 * 60)
    for (const entry of entriesOf([...visit('c1', 0), ...later.slice(0, 3)])) floor.apply(entry)
    floor.apply(tickAt(NINE + 53 * HOUR))
    const again = floorFromBase(JSON.parse(JSON.stringify(floor.toBase())) as FloorBase)
    for (const each of [floor, again]) {
      each.apply(entryOf(NINE + 53 * HOUR, [...later.slice(3), ...visit('c3', 51 * 60)]))
      expect(each.contacts({ from: NINE, to: instantOf(NINE + 60 * HOUR) }).map(({ contactId, repeat }) => [contactId, repeat])).toEqual([['c2', true], ['c3', true]])
    }
  })
})

describe('satisfaction', () => {
  const answers = (scores: readonly number[], scaleMin: number, scaleMax: number) => scores.flatMap((score, index) => [fact('contact.queued', NINE, { contactId: `s${index}` }), fact('contact.answered', NINE + S, { contactId: `s${index}` }), fact('survey.received', NINE + MINUTE, { contactId: `s${index}`, score, scaleMin, scaleMax })])

  it('NPS is points from -100 to 100, of answers from 0 to 10 alone', () => {
    expect(floorAfter(answers([10, 9, 9, 8, 7, 6, 0], 0, 10)).queue('support')?.today).toMatchObject({ npsAnswers: 7, npsPromoters: 3, npsDetractors: 2, nps: 100 / 7 })
    expect(floorAfter(answers([0, 0], 0, 10)).queue('support')?.today.nps).toBe(-100)
    expect(floorAfter(answers([5, 5, 1], 1, 5)).queue('support')?.today).toMatchObject({ npsAnswers: 0, nps: null, surveys: 3 })
  })

  it('is the top two boxes, with its mean, n and a range that says how little ten answers are worth', () => {
    expect(floorAfter(answers([5, 5, 4, 3, 1], 1, 5)).queue('support')?.today).toMatchObject({ csat: 0.6, surveys: 5, csatMean: 3.6 })
    const { low = 0, high = 0 } = shareInterval(10, 12) ?? {}
    expect([Math.round(low * 100), Math.round(high * 100)]).toEqual([55, 95])
    expect([shareInterval(0, 0), shareInterval(3, 3)?.high, shareInterval(0, 3)?.low]).toEqual([null, 1, 0])
    expect(floorAfter([]).totals().today).toMatchObject({ csat: null, csatMean: null, csatLow: null, csatHigh: null, nps: null, transferRate: null })
  })
})

describe('the response rate of surveys', () => {
  it('is of those sent in the window, whenever the answer comes; who was not asked does not count', () => {
    const asked = (contactId: string, sent: boolean, answered: boolean) => [fact('contact.queued', NINE, { contactId }), fact('contact.answered', NINE + S, { contactId }), ...(sent ? [fact('survey.sent', NINE + MINUTE, { contactId })] : []), ...(answered ? [fact('survey.received', NINE + 70 * MINUTE, { contactId })] : [])]
    const floor = floorAfter([...asked('a', true, true), ...asked('b', true, false), ...asked('c', true, false), ...asked('d', false, true)], NINE + 80 * MINUTE)
    expect(floor.queue('support')?.today).toMatchObject({ surveys: 2, surveysSent: 3, surveysAnswered: 1, surveyResponseRate: 1 / 3 })
    expect(floor.intervals({ from: NINE, to: instantOf(NINE + 1), basis: 'outcome' })).toMatchObject([{ surveysSent: 3, surveysAnswered: 1, surveys: 0 }])
    expect(floor.explain({ metric: 'surveyResponseRate', queue: 'support', window: 'today' })).toMatchObject({ value: 1 / 3, numeratorContacts: [{ contactId: 'a' }] })
  })
})

describe('a callback', () => {
  it('keeps what was promised, how often it was tried and when it came through', () => {
    const ask = (contactId: string, dueAt: number | null) => [fact('contact.queued', NINE, { contactId }), fact('contact.callback_requested', NINE + 60 * S, { contactId, dueAt: dueAt === null ? null : instantOf(dueAt), promisedUntil: instantOf(NINE + 40 * MINUTE) })]
    const floor = floorAfter([...ask('a', NINE + 30 * MINUTE), fact('contact.callback_attempted', NINE + 31 * MINUTE, { contactId: 'a' }), fact('contact.callback_failed', NINE + 32 * MINUTE, { contactId: 'a' }), fact('contact.callback_attempted', NINE + 35 * MINUTE, { contactId: 'a' }), fact('contact.callback_connected', NINE + 36 * MINUTE, { contactId: 'a' }), ...ask('b', null), fact('contact.callback_failed', NINE + 50 * MINUTE, { contactId: 'b', final: true }), fact('contact.queued', NINE, { contactId: 'c' })])
    expect(floor.contacts({ from: NINE, to: instantOf(NINE + 1) }).map(({ callback }) => callback)).toEqual([
      { requestedAt: NINE + 60 * S, dueAt: NINE + 30 * MINUTE, promisedUntil: NINE + 40 * MINUTE, attempts: 2, connectedAt: NINE + 36 * MINUTE, failedAt: null },
      { requestedAt: NINE + 60 * S, dueAt: NINE + 60 * S, promisedUntil: NINE + 40 * MINUTE, attempts: 1, connectedAt: null, failedAt: NINE + 50 * MINUTE },
      null,
    ])
  })

  it('stays a callback when it comes through: no answer, no wait of an hour, but work that is handled', () => {
    const contact = { contactId: 'a', agent: 7 }
    const called = NINE + 60 * MINUTE
    const before = [fact('contact.queued', NINE, contact), fact('contact.callback_requested', NINE + 15 * S, contact), fact('contact.callback_attempted', called - 9 * S, contact), fact('contact.callback_connected', called, contact)]
    const after = [fact('contact.ended', called + 90 * S, { ...contact, talkMs: 90 * S }), fact('contact.wrapped', called + 95 * S, { ...contact, acwMs: 5 * S })]
    for (const told of [[], [fact('contact.offered', called - 9 * S, contact), fact('contact.answered', called, contact)]]) {
      const floor = floorAfter([...before, ...told, ...after], NINE + 70 * MINUTE)
      expect(floor.queue('support')?.today).toMatchObject({ offered: 1, answered: 0, callbacks: 1, callbacksInTarget: 1, waitMsTotal: 0, serviceLevel: null, asaMs: null, abandonRate: 0, handled: 1, ahtMs: 95 * S, maxWaitMs: 15 * S })
      expect(floor.contacts({ from: NINE, to: instantOf(NINE + 1) })).toMatchObject([{ outcome: 'callback', waitMs: 15 * S, agent: 7, callback: { connectedAt: called } }])
    }
  })

  it('has its agent on contact while they dial and talk, where nobody tells of their states', () => {
    const contact = { contactId: 'a', agent: 7 }
    const called = NINE + 30 * MINUTE
    const floor = floorAfter([fact('agent.state', NINE, { queues: ['support'] }), fact('contact.queued', NINE, contact), fact('contact.callback_requested', NINE + 15 * S, contact)])
    const seen: unknown[] = []
    const then = (at: number, ...facts: readonly Fact[]) => {
      floor.apply(facts.length === 0 ? tickAt(at) : entryOf(at, [...facts]))
      seen.push([floor.agent(7)?.state, (at - called) / MINUTE, floor.agent(7)?.contacts.length, floor.queue('support')?.inProgress])
    }
    then(called - 20 * MINUTE, fact('contact.callback_attempted', called - 20 * MINUTE, contact))
    // Of this attempt nobody tells how it ended: it rang as long as anything rings.
    expect(floor.nextTickAt()).toBeLessThanOrEqual(called - 18 * MINUTE)
    then(called - 18 * MINUTE)
    then(called - 10 * MINUTE, fact('contact.callback_attempted', called - 10 * MINUTE, contact))
    then(called - 9 * MINUTE, fact('contact.callback_failed', called - 9 * MINUTE, { ...contact, final: false }))
    then(called - MINUTE, fact('contact.callback_attempted', called - MINUTE, contact))
    then(called, fact('contact.callback_connected', called, contact))
    then(called + 5 * MINUTE, fact('contact.ended', called + 5 * MINUTE, contact))
    then(called + 6 * MINUTE, fact('contact.wrapped', called + 6 * MINUTE, contact))
    expect(seen).toEqual([['on-contact', -20, 1, 0], ['available', -18, 0, 0], ['on-contact', -10, 1, 0], ['available', -9, 0, 0], ['on-contact', -1, 1, 0], ['on-contact', 0, 1, 1], ['acw', 5, 1, 0], ['available', 6, 0, 0]])
    expect(floor.totals().today).toMatchObject({ handlingMsTotal: 10 * MINUTE, availableMsTotal: 26 * MINUTE, handled: 1, ahtMs: 6 * MINUTE, answered: 0, callbacks: 1 })
  })

  it('that is agreed on in a conversation leaves the contact answered', () => {
    const contact = { contactId: 'a', agent: 7 }
    const floor = floorAfter([fact('contact.queued', NINE, contact), fact('contact.answered', NINE + 5 * S, contact), fact('contact.callback_requested', NINE + MINUTE, contact), fact('contact.ended', NINE + 2 * MINUTE, contact)])
    expect(floor.queue('support')?.today).toMatchObject({ answered: 1, callbacks: 0, waitMsTotal: 5 * S })
  })
})

describe('a window of one\'s own', () => {
  const day = Array.from({ length: 40 }, (_, index) => {
    const at = NINE + index * 3 * MINUTE
    const contactId = `w${index}`
    // The first hour is answered in time, the second is not.
    const wait = index < 20 ? 10 * S : 50 * S
    return [fact('contact.queued', at, { contactId }), fact('contact.answered', at + wait, { contactId }), fact('contact.ended', at + wait + MINUTE, { contactId }), fact('contact.wrapped', at + wait + MINUTE, { contactId, acwMs: 0 })]
  }).flat()
  const floor = floorAfter(day, NINE + 120 * MINUTE - 1)
  const over = (window: string) => floor.window({ queue: 'support', window })

  it('is 15, 30 or 60 minutes, the day, or from any moment of the last two days on; by the same code', () => {
    expect(['R15', 'R30', 'R60', 'today', String(NINE + 30 * MINUTE)].map((window) => [over(window)?.window, over(window)?.figures.answered])).toEqual([['R15', 5], ['R30', 10], ['R60', 20], ['today', 40], ['since', 30]])
    expect(over('R30')?.figures).toMatchObject({ serviceLevel: 0, asaMs: 50 * S, ahtMs: MINUTE })
    expect(Math.abs((over('R15')?.figures.waitMsP50 ?? 0) - 50 * S)).toBeLessThanOrEqual(500)
    expect(over(String(NINE))?.figures).toMatchObject({ serviceLevel: 0.5, asaMs: 30 * S })
    expect(['R45', 'yesterday', String(NINE - 86_400_000 * 3), String(NINE + 86_400_000)].map(over)).toEqual([null, null, null, null])
    expect(floor.window({ queue: 'nowhere', window: 'R15' })).toBeNull()
    expect(floor.window({ queue: null, window: 'R15' })?.figures.answered).toBe(5)
    expect(floorAfter([]).window({ queue: null, window: 'R15' })?.figures).toMatchObject({ offered: 0, serviceLevel: null, asaMs: null, occupancy: null, csat: null })
  })

  it('is explained by its own contacts, since when it is beyond its limit and what would clear it', () => {
    const told = floor.explain({ metric: 'serviceLevel', queue: 'support', window: 'R60' })
    expect(told).toMatchObject({ window: 'R60', numerator: 0, denominator: 20, value: 0, limit: { side: 'below', value: 0.8 }, clears: { by: 'answers-in-time', count: 80 } })
    expect(told?.denominatorContacts).toHaveLength(20)
    // 4 of 20 were late at the end of minute 70: four fifths still; the fifth came in minute 72.
    expect([(Number(told?.since) - NINE) / MINUTE, told?.sinceAtLeast ?? false]).toEqual([73, false])
    // Nothing was in time for five hours: it is looked for three hours back, and said to be no less. A day that began later is told exactly.
    const late = (now: number) => Array.from({ length: 100 }, (_, n) => [fact('contact.queued', NINE + n * 3 * MINUTE, { contactId: `l${n}` }), fact('contact.answered', NINE + n * 3 * MINUTE + 50 * S, { contactId: `l${n}` })]).flat().filter(({ occurredAt }) => occurredAt < now)
    const long = (now: number, window: string) => {
      const found = floorAfter(late(now), now).explain({ metric: 'serviceLevel', queue: 'support', window })
      return [(Number(found?.since) - NINE) / MINUTE, found?.sinceAtLeast ?? false]
    }
    expect([long(NINE + 300 * MINUTE, 'R60'), long(NINE + 300 * MINUTE, 'today'), long(NINE + 100 * MINUTE, 'R60')]).toEqual([[121, true], [121, true], [1, false]])
    expect(floor.explain({ metric: 'serviceLevel', queue: 'support', window: String(NINE) })).toMatchObject({ window: 'since', numerator: 20, denominator: 40, clears: { by: 'answers-in-time', count: 60 } })
    expect(floor.explain({ metric: 'abandonRate', queue: 'support', window: 'now' })).toMatchObject({ window: 'R30', value: 0, limit: { side: 'above', value: 0.05 }, since: null, clears: null })
    expect(floor.explain({ metric: 'ahtMs', queue: 'support', window: 'R15' })).toMatchObject({ window: 'R15', denominator: 5, limit: null, since: null })
  })

  it('says how many have to be taken before the oldest wait is within its limit, and how many answers bring abandons down', () => {
    const waiting = floorAfter([fact('contact.queued', NINE, { contactId: 'x' }), fact('contact.queued', NINE + 15 * S, { contactId: 'y' }), fact('contact.queued', NINE + 50 * S, { contactId: 'z' })], NINE + 60 * S)
    expect(waiting.explain({ metric: 'oldestWaitMs', queue: 'support', window: 'now' })).toMatchObject({ value: 60 * S, since: NINE + 20 * S, clears: { by: 'contacts-taken', count: 2 } })
    const lost = floorAfter([...Array.from({ length: 19 }, (_, n) => [fact('contact.queued', NINE, { contactId: `a${n}` }), fact('contact.answered', NINE + S, { contactId: `a${n}` })]).flat(), ...Array.from({ length: 2 }, (_, n) => [fact('contact.queued', NINE, { contactId: `b${n}` }), fact('contact.abandoned', NINE + 30 * S, { contactId: `b${n}` })]).flat()])
    // 2 of 21: with 19 more answers it is 2 of 40.
    expect(lost.explain({ metric: 'abandonRate', queue: 'support', window: 'now' })).toMatchObject({ numerator: 2, denominator: 21, clears: { by: 'answers', count: 19 } })
    expect(floorAfter([]).explain({ metric: 'csat', queue: null, window: 'today' })).toMatchObject({ value: null, range: null, clears: null })
  })
})
