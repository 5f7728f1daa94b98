import { describe, expect, it } from '@jest/globals'
import { calendarOf } from '../../server/domain/clock/calendar.ts'
import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import { expectedWait, waitErrorOf, waitSums } from '../../server/domain/kpi/expected-wait.ts'
import { asTold } from '../../server/domain/kpi/whole-ms.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { callbackFigures, callbackRowOf } from '../../server/domain/reports/callbacks.ts'
import { cohortTally, type CohortRow } from '../../server/domain/reports/cohort-tally.ts'
import { fcrCohorts } from '../../server/domain/reports/fcr-cohorts.ts'
import { firstResponses } from '../../server/domain/reports/first-response.ts'
import { surveyAnswerOf } from '../../server/domain/reports/survey-answers.ts'
import { DAY, HOUR, instantOf, MINUTE } from '../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { everySeed } from '../support/seeded-random.ts'

const S = 1_000
const at = (ms: number) => instantOf(NINE + ms)
const contact = (contactId: string, more: Partial<ContactFigures> = {}): ContactFigures => ({
  contactId, legId: '1', rootContactId: null, queue: 'support', channel: 'voice', direction: 'in', agent: 7, queuedAt: NINE, answeredAt: at(S), endedAt: at(MINUTE), wrappedAt: null, outcome: 'answered', outcomeAt: at(S), reason: null, waitMs: S, talkMs: null, holdMs: null, acwMs: null,
  ringNoAnswer: 0, transferred: false, resolved: null, repeat: null, surveyScore: null, surveyAt: null, surveyComment: null, holdLeftAt: null, callback: null, uncertain: false, subject: null, ...more,
})
const floorAfter = (facts: readonly Fact[], until: number) => {
  const floor = createFloor('test', utcSettings())
  for (const entry of entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt))) floor.apply(entry)
  floor.apply(tickAt(until))
  return floor
}
const handled = (contactId: string, agent: number, queueId: string, from: number, ms: number) => [fact('contact.queued', from, { contactId, queueId }), fact('contact.answered', from + S, { contactId, queueId, agent }), fact('contact.ended', from + S + ms, { contactId, queueId, agent }), fact('contact.wrapped', from + S + ms, { contactId, queueId, agent, acwMs: 0 })]

it('tells every duration in whole milliseconds, percentiles too, and leaves shares as they are', () => {
  expect([asTold('waitMsP50', 10_047.5), asTold('ahtMs', 180_000.4), asTold('csat', 0.5), asTold('handleMsP90', null)]).toEqual([10_048, 180_000, 0.5, null])
})

describe('the expected wait', () => {
  it('is position x handle time / people; "no agents" is null and never 0 minutes', () => {
    expect(expectedWait(4, 300_000, 6)).toMatchObject({ meanMs: 200_000 })
    expect(expectedWait(4, 300_000, 0)).toMatchObject({ position: 4, meanMs: null, p50Ms: null, p90Ms: null })
    expect(expectedWait(4, null, 6).meanMs).toBeNull()
  })

  it('its P50 and P90 hold for ends that come by chance', () => {
    for (const position of [1, 2, 5, 12]) {
      let [half, most, all] = [0, 0, 0]
      const { p50Ms, p90Ms } = expectedWait(position, 300_000, 6)
      everySeed(2_000, (random) => {
        let wait = 0
        for (let end = 0; end < position; end++) wait -= Math.log(1 - random.next()) * 50_000
        all++
        if (wait <= (p50Ms ?? 0)) half++
        if (wait <= (p90Ms ?? 0)) most++
      })
      expect([Math.abs(half / all - 0.5) < 0.04, Math.abs(most / all - 0.9) < 0.03]).toEqual([true, true])
    }
  })

  it('counts shared people by the share that the queue had of their last hour, and nobody on a break', () => {
    const floor = floorAfter(
      [
        ...[1, 2, 3].map((agent) => fact('agent.state', NINE, { agent, queues: ['support', 'billing'] })),
        fact('agent.state', NINE, { agent: 4, queues: ['support'] }),
        ...handled('a', 1, 'support', NINE + MINUTE, 6 * MINUTE),
        ...handled('b', 1, 'billing', NINE + 10 * MINUTE, 2 * MINUTE),
        fact('agent.state', NINE + 20 * MINUTE, { agent: 3, state: 'aux', reason: 'Lunch' }),
        fact('contact.queued', NINE + 29 * MINUTE, { contactId: 'w' }),
      ],
      NINE + 30 * MINUTE,
    )
    const [support] = floor.waits({ queue: 'support', from: NINE, to: at(HOUR) })
    // One by three quarters, one who handled nothing by half, one of this queue alone.
    expect(support).toMatchObject({ position: 2, people: 0.75 + 0.5 + 1, ahtMs: 6 * MINUTE, meanMs: (2 * 6 * MINUTE) / 2.25 })
    expect(floorAfter([fact('contact.queued', NINE)], NINE + MINUTE).waits({ queue: 'support', from: NINE, to: at(HOUR) })).toMatchObject([{ position: 2, people: 0, ahtMs: null, meanMs: null, error: { quotes: 0, meanErrorMs: null, biasMs: null, withinP90: null } }])
  })

  it('reckons by active time: whoever has two chats at once ends two in the time of one', () => {
    const chats = [...handled('a', 4, 'support', NINE, 6 * MINUTE), ...handled('b', 4, 'support', NINE, 6 * MINUTE)]
    const floor = floorAfter([fact('agent.state', NINE, { agent: 4, queues: ['support'] }), ...chats], NINE + 30 * MINUTE)
    expect(floor.waits({ queue: 'support', from: NINE, to: at(HOUR) })).toMatchObject([{ position: 1, people: 1, ahtMs: 6 * MINUTE, activeMs: 3 * MINUTE, meanMs: 3 * MINUTE }])
  })

  it('publishes how wrong it was: what was told at each enqueue beside what came, from the record alone', () => {
    const one = (n: number, from: number, wait: number) => [fact('contact.queued', from, { contactId: `e${n}` }), fact('contact.answered', from + wait, { contactId: `e${n}` }), fact('contact.ended', from + wait + MINUTE, { contactId: `e${n}` }), fact('contact.wrapped', from + wait + MINUTE, { contactId: `e${n}`, acwMs: 0 })]
    // One agent, a minute each: the second and third find them busy.
    const floor = floorAfter([fact('agent.state', NINE - MINUTE, { queues: ['support'] }), ...one(0, NINE, S), ...one(1, NINE + 70 * S, S), ...one(2, NINE + 90 * S, 41 * S), ...one(3, NINE + 100 * S, 91 * S)], NINE + 10 * MINUTE)
    const [{ error }] = floor.waits({ queue: 'support', from: NINE, to: at(HOUR) })
    // Told 60 s and 120 s, waited 41 s and 91 s.
    expect(error).toEqual({ quotes: 2, meanErrorMs: 24_000, biasMs: 24_000, withinP50: 1, withinP90: 1 })
    // Hour by hour, as they are stored, they come to the same.
    const hourly = [0, 1].flatMap((minute) => floor.quotes({ from: at(minute * 95 * S), to: at((minute + 1) * 95 * S) }))
    expect([hourly.map(({ queue, sums }) => [queue, sums.quotes]), waitErrorOf(hourly.map(({ sums }) => sums))]).toEqual([[['support', 1], ['support', 1]], error])
    expect(waitErrorOf([waitSums([{ meanMs: 10, p50Ms: 8, p90Ms: 20, waitedMs: 30 }])]).biasMs).toBe(-20)
  })
})

describe('callbacks', () => {
  it('say what is due, what was promised within the hour, and how many promises were kept', () => {
    const asked = (contactId: string, more: Partial<NonNullable<ContactFigures['callback']>>) => contact(contactId, { outcome: 'callback', callback: { requestedAt: at(S), dueAt: at(30 * MINUTE), promisedUntil: at(60 * MINUTE), attempts: 0, connectedAt: null, failedAt: null, ...more } })
    const all = [asked('a', { attempts: 1, connectedAt: at(40 * MINUTE) }), asked('b', { attempts: 3, connectedAt: at(70 * MINUTE) }), asked('c', {}), asked('d', { dueAt: at(5 * HOUR), promisedUntil: at(6 * HOUR) }), asked('e', { attempts: 2, failedAt: at(50 * MINUTE) }), asked('f', { promisedUntil: at(100 * MINUTE) }), contact('g')]
    const rows = all.flatMap((one) => callbackRowOf(one, at(80 * MINUTE)) ?? [])
    expect(rows.map(({ contactId, state, kept }) => [contactId, state, kept])).toEqual([['a', 'connected', true], ['b', 'connected', false], ['c', 'due', false], ['d', 'scheduled', null], ['e', 'failed', false], ['f', 'due', null]])
    expect(callbackFigures(rows, at(80 * MINUTE))).toEqual({ dueNow: 2, oldestDueAt: at(30 * MINUTE), scheduled: 1, promisedWithinHour: 1, kept: 1 / 4, keptN: 4, success: 2 / 3, attemptsPerSuccess: 6 / 2, customerWaitMsMean: 55 * MINUTE })
    expect(callbackFigures([], at(0))).toMatchObject({ dueNow: 0, oldestDueAt: null, kept: null, success: null, attemptsPerSuccess: null, customerWaitMsMean: null })
  })
})

describe('resolution at first contact', () => {
  const cohorts = (contacts: readonly ContactFigures[], asOf: number) => {
    const tally = cohortTally({ from: NINE, to: at(DAY), windowMs: () => 7 * DAY })
    for (const one of [...contacts].sort((a, b) => a.queuedAt - b.queuedAt)) tally.add(one)
    const rows = tally.take(at(DAY)).filter(({ queue }) => queue === null)
    return fcrCohorts(rows, { to: at(DAY), windowMs: 7 * DAY, step: 'day', day: { timeZone: 'UTC', startsAt: '00:00' }, asOf: instantOf(asOf) })
  }
  const again = (subject: string, afterMs: number, more: Partial<ContactFigures> = {}) => contact(`${subject}-again`, { subject, queuedAt: at(afterMs), answeredAt: at(afterMs + S), endedAt: at(afterMs + MINUTE), ...more })

  it('is of those answered whose customer is known and did not come again within D; exactly D is within', () => {
    const first = ['a', 'b', 'c', 'd'].map((subject) => contact(`${subject}-1`, { subject }))
    const [row] = cohorts([...first, again('a', 2 * DAY), again('b', 7 * DAY + MINUTE), again('c', 7 * DAY + MINUTE + 1), contact('unknown')], NINE + 30 * DAY)
    expect(row).toMatchObject({ eligible: 4, resolvedAtFirst: 2, fcr: 0.5, identifiedShare: 4 / 5, matured: true })
  })

  it('leaves out abandons, our own calls and transfers of one interaction; one that gave up still came again', () => {
    const [row] = cohorts([contact('gave-up', { subject: 'x', outcome: 'abandoned', answeredAt: null, agent: null }), contact('ours', { subject: 'y', direction: 'out' }), contact('t', { subject: 'z' }), contact('t', { subject: 'z', legId: '2', queuedAt: at(2 * MINUTE), endedAt: at(5 * MINUTE) }), again('z', 3 * DAY, { outcome: 'abandoned', answeredAt: null, agent: null })], NINE + 30 * DAY)
    expect(row).toMatchObject({ eligible: 1, resolvedAtFirst: 0, fcr: 0 })
    expect(cohorts([contact('said-no', { subject: 's', resolved: false })], NINE + 30 * DAY)).toMatchObject([{ eligible: 1, resolvedAtFirst: 0 }])
  })

  it('is final only when the last of its contacts has had its D; without known customers it is null', () => {
    expect(cohorts([contact('a', { subject: 'a' })], NINE + 2 * DAY)).toMatchObject([{ matured: false, fcr: null, soFar: 1 }])
    expect(cohorts([contact('a')], NINE + 30 * DAY)).toMatchObject([{ eligible: 0, fcr: null, identifiedShare: 0 }])
    expect(cohorts([], NINE + 30 * DAY)).toEqual([])
  })
})

describe('rows of cohorts', () => {
  it('taken day by day while contacts pass are those taken at once', () => {
    everySeed(20, ({ whole: int }) => {
      const contacts = Array.from({ length: 120 }, (_, i) => int(0, 12 * 24) * HOUR + i).sort((a, b) => a - b).map((ms, i) => contact(`c${i}`, { subject: `s${int(0, 30)}`, queue: `q${int(0, 2)}`, rootContactId: `r${int(0, 90)}`, queuedAt: at(ms), answeredAt: at(ms), endedAt: at(ms + int(1, 90) * MINUTE), outcome: int(0, 4) === 0 ? 'abandoned' : 'answered' }))
      const [once, daily] = [0, 1].map(() => cohortTally({ from: at(0), to: at(4 * DAY), windowMs: (queue) => (queue === 'q1' ? 2 : 7) * DAY }))
      const rows: CohortRow[] = []
      let day = 1
      for (const one of contacts) {
        for (; day <= 4 && at(day * DAY + 7 * DAY) < one.queuedAt; day++) rows.push(...(daily?.take(at(day * DAY)) ?? []))
        once?.add(one)
        daily?.add(one)
      }
      rows.push(...(daily?.take(at(4 * DAY)) ?? []))
      const sums = (all: readonly CohortRow[]) => all.reduce((sum, { answered, eligible, resolvedAtFirst }) => [sum[0] + answered, sum[1] + eligible, sum[2] + resolvedAtFirst] as const, [0, 0, 0] as readonly [number, number, number])
      const whole = once?.take(at(4 * DAY)) ?? []
      expect(sums(rows)).toEqual(sums(whole))
      expect(rows).toEqual(whole)
      expect(sums(whole)[2]).toBeGreaterThan(0)
    })
  })
})

describe('the first response', () => {
  const office = calendarOf({ alwaysOpen: false, timeZone: 'UTC', week: { 5: [{ from: '09:00', to: '12:00' }, { from: '13:00', to: '17:00' }], 1: [{ from: '09:00', to: '17:00' }] }, holidays: [], openings: [] })
  it('is by the wall clock and by the hours of the queue, several a day; calls, our own threads and robots are none', () => {
    const found = firstResponses({ calendarOf: () => office, targetMsOf: () => 2 * HOUR, asOf: at(8 * HOUR) })
    const mail = (contactId: string, answeredMs: number | null, more: Partial<ContactFigures> = {}) => contact(contactId, { channel: 'email', queuedAt: NINE, answeredAt: answeredMs === null ? null : at(answeredMs), outcome: answeredMs === null ? 'pending' : 'answered', ...more })
    for (const one of [mail('a', HOUR), mail('b', 4 * HOUR + 30 * MINUTE), mail('ours', HOUR, { direction: 'out' }), mail('robot', S, { agent: null }), contact('call'), mail('open', null), mail('young', null, { queuedAt: at(6 * HOUR + 20 * MINUTE) })]) found.add(one)
    expect(found.rows()).toEqual([{ queue: 'support', channel: 'email', n: 2, medianMs: HOUR, p90Ms: 4.5 * HOUR, businessMedianMs: HOUR, businessP90Ms: 3.5 * HOUR, unanswered: 2, oldestUnansweredSince: NINE, pastTarget: 1, met: 1 / 3, atRisk: 1 }])
  })
})

describe('an answer of a customer', () => {
  it('of 2 or less opens a follow-up for a day', () => {
    const answer = (surveyScore: number, asOf: number, done: number | null = null) => surveyAnswerOf(contact('a', { surveyScore, surveyAt: at(0), surveyComment: 'text-1' }), done === null ? null : at(done), at(asOf))?.followUp?.state ?? null
    expect([answer(2, HOUR), answer(1, DAY), answer(1, DAY + 1), answer(2.5, HOUR), answer(1, 2 * DAY, HOUR)]).toEqual(['open', 'open', 'late', null, 'done'])
    expect(surveyAnswerOf(contact('a'), null, at(0))).toBeNull()
  })
})
