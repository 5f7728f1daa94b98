import { describe, expect, it } from '@jest/globals'
import type { ContactFigures } from '../../../server/domain/contact-figures.ts'
import { agentFigures } from '../../../server/domain/kpi/agent-sums.ts'
import type { CohortVerdict } from '../../../server/domain/kpi/cohort-sums.ts'
import { agentTally, teamParts } from '../../../server/domain/reports/agent-tally.ts'
import { cohortTally, type CohortContact } from '../../../server/domain/reports/cohort-tally.ts'
import { maturedUntil } from '../../../server/domain/reports/matured.ts'
import { teamHistory } from '../../../server/domain/reports/team-history.ts'
import { DAY, HOUR, instantOf, MINUTE, type Instant } from '../../../server/domain/time.ts'
import { agentSums } from '../../../server/redis/cohort-agents.ts'
import { NINE } from '../../support/fact-builders.ts'
import { everySeed } from '../../support/seeded-random.ts'

const midnight = instantOf(Math.floor(NINE / DAY) * DAY)
const at = (ms: number): Instant => instantOf(midnight + ms)
const D = 7 * DAY
const contact = (contactId: string, queuedMs: number, more: Partial<ContactFigures> = {}): ContactFigures => ({
  contactId, legId: '1', rootContactId: null, queue: 'support', channel: 'voice', direction: 'in', agent: 7, queuedAt: at(queuedMs), answeredAt: at(queuedMs), endedAt: at(queuedMs + 5 * MINUTE), wrappedAt: null, outcome: 'answered', outcomeAt: at(queuedMs), reason: null, waitMs: 0, talkMs: null, holdMs: null, acwMs: null,
  ringNoAnswer: 0, transferred: false, resolved: null, repeat: null, surveyScore: null, surveyAt: null, surveyComment: null, holdLeftAt: null, callback: null, uncertain: false, subject: 'ann', ...more,
})
const inOrder = (contacts: readonly ContactFigures[]): readonly ContactFigures[] => [...contacts].sort((a, b) => a.queuedAt - b.queuedAt)

interface Line {
  readonly agent: number | null
  readonly queue: string | null
  readonly id: string
  readonly at: Instant
  readonly verdict: CohortVerdict
}
const linesOf = ({ leg: { agent, queue, contactId, legId, endedAt }, inQueue, inSite }: CohortContact): readonly Line[] => [[null, inSite] as const, [queue, inQueue] as const].map(([of, verdict]) => ({ agent, queue: of, id: `${contactId}/${legId}`, at: endedAt, verdict }))
const sorted = (lines: readonly Line[]): readonly Line[] => [...lines].sort((a, b) => a.id.localeCompare(b.id) || (a.queue ?? '').localeCompare(b.queue ?? ''))

const tallied = (contacts: readonly ContactFigures[], range: { readonly from: Instant; readonly to: Instant }, windowMs: (queue: string | null) => number = () => D): readonly CohortContact[] => {
  const tally = cohortTally({ ...range, windowMs })
  for (const one of inOrder(contacts)) tally.add(one)
  const found: CohortContact[] = []
  tally.take(range.to, (one) => void found.push(one))
  return found
}

/** As it is told: each answered leg beside all other contacts. */
const plainly = (contacts: readonly ContactFigures[], range: { readonly from: Instant; readonly to: Instant }, windowMs: (queue: string | null) => number): readonly Line[] => {
  const inbound = inOrder(contacts).filter(({ direction }) => direction !== 'out')
  const interaction = ({ rootContactId, contactId }: ContactFigures) => rootContactId ?? contactId
  const handled = inbound.filter((one) => one.outcome === 'answered' && one.endedAt !== null && one.endedAt - one.queuedAt <= 50 * HOUR)
  return handled.flatMap((leg) => {
    const end = leg.endedAt ?? instantOf(0)
    if (end < range.from || end >= range.to) return []
    return [null, leg.queue].map((queue): Line => {
      const within = windowMs(queue)
      const later = handled.slice(handled.indexOf(leg) + 1).some((other) => other.subject === leg.subject && interaction(other) === interaction(leg) && (queue === null || other.queue === queue) && other.queuedAt - end <= within)
      const again = inbound.some((other) => other.subject === leg.subject && interaction(other) !== interaction(leg) && other.queuedAt > end && other.queuedAt - end <= within)
      return { agent: leg.agent, queue, id: `${leg.contactId}/${leg.legId}`, at: end, verdict: leg.subject === null || later ? 'none' : again || leg.resolved === false ? 'again' : 'resolved' }
    })
  })
}

describe('resolution at first contact by agent', () => {
  const day = { from: midnight, to: at(DAY) }
  const verdicts = (contacts: readonly ContactFigures[]) => tallied(contacts, day).map(({ leg, inQueue, inSite }) => [leg.contactId, leg.agent, inQueue, inSite])

  it('belongs to whoever had the contact that was to solve it, not to whoever takes the one that follows', () => {
    expect(verdicts([contact('first', 9 * HOUR, { agent: 1 }), contact('second', 15 * HOUR, { agent: 2 })])).toEqual([['first', 1, 'again', 'again'], ['second', 2, 'resolved', 'resolved']])
  })

  it('counts a customer who comes again on another channel, past midnight, or gives up waiting; exactly D is within', () => {
    expect(verdicts([contact('late', DAY - 10 * MINUTE), contact('chat', DAY + 10 * MINUTE, { channel: 'chat', queue: 'web', agent: 2 })])).toEqual([['late', 7, 'again', 'again']])
    expect(verdicts([contact('one', 9 * HOUR), contact('gone', 10 * HOUR, { outcome: 'abandoned', endedAt: at(10 * HOUR), agent: null })])).toEqual([['one', 7, 'again', 'again']])
    expect(verdicts([contact('one', 9 * HOUR), contact('at', 9 * HOUR + 5 * MINUTE + D)])).toEqual([['one', 7, 'again', 'again']])
    expect(verdicts([contact('one', 9 * HOUR), contact('after', 9 * HOUR + 5 * MINUTE + D + 1)])).toEqual([['one', 7, 'resolved', 'resolved']])
  })

  it('of a transfer the last agent speaks for the site, and each queue has its own; also when the transfer passes midnight', () => {
    const passed = (first: number) => [contact('t', first, { agent: 1, legId: '1' }), contact('t', first + 6 * MINUTE, { agent: 2, legId: '2', queue: 'billing' })]
    expect(verdicts(passed(9 * HOUR))).toEqual([['t', 1, 'resolved', 'none'], ['t', 2, 'resolved', 'resolved']])
    expect(verdicts(passed(DAY - 6 * MINUTE))).toEqual([['t', 1, 'resolved', 'none']])
    expect(tallied(passed(DAY - 6 * MINUTE), { from: at(DAY), to: at(2 * DAY) }).map(({ leg, inSite }) => [leg.agent, inSite])).toEqual([[2, 'resolved']])
  })

  it('leaves out withheld numbers, our own calls and whoever was not answered', () => {
    expect(verdicts([contact('withheld', 9 * HOUR, { subject: null }), contact('ours', 10 * HOUR, { direction: 'out' }), contact('lost', 11 * HOUR, { outcome: 'abandoned', agent: null })])).toEqual([['withheld', 7, 'none', 'none']])
    expect(verdicts([contact('said-no', 9 * HOUR, { resolved: false })])).toEqual([['said-no', 7, 'again', 'again']])
  })

  it('is what each contact beside all others says, whatever days it is taken in', () => {
    let eligible = 0
    everySeed(40, ({ whole: int }) => {
      const windowMs = (queue: string | null): number => (queue === 'q1' ? 2 : queue === 'q2' ? 5 : 3) * DAY
      const contacts = inOrder(Array.from({ length: 90 }, (_, i) => {
        const queued = int(-2 * 24 * 4, 10 * 24 * 4) * 15 * MINUTE + i
        return contact(`c${int(0, 70)}`, queued, {
          legId: String(i), rootContactId: int(0, 2) === 0 ? `c${int(0, 70)}` : null, queue: `q${int(0, 2)}`, channel: int(0, 1) === 0 ? 'voice' : 'chat', direction: int(0, 9) === 0 ? 'out' : 'in', agent: int(0, 8) === 0 ? null : int(1, 4),
          endedAt: int(0, 15) === 0 ? null : at(queued + int(1, 60 * 60) * MINUTE), outcome: int(0, 5) === 0 ? 'abandoned' : 'answered', resolved: int(0, 6) === 0 ? false : null, subject: int(0, 5) === 0 ? null : `s${int(0, 15)}`,
        })
      }))
      const range = { from: midnight, to: at(4 * DAY) }
      const want = sorted(plainly(contacts, range, windowMs))
      const whole = tallied(contacts, range, windowMs)
      expect(sorted(whole.flatMap(linesOf))).toEqual(want)

      // Each day for itself, from what a day's reader reads of it.
      const daily = [0, 1, 2, 3].flatMap((n) => {
        const part = { from: at(n * DAY), to: at((n + 1) * DAY) }
        return tallied(contacts.filter(({ queuedAt }) => queuedAt >= part.from - 50 * HOUR && queuedAt <= part.to + 5 * DAY), part, windowMs)
      })
      expect(sorted(daily.flatMap(linesOf))).toEqual(want)

      // Taken while contacts pass, as soon as nothing can change a day any more.
      const tally = cohortTally({ ...range, windowMs })
      const passing: CohortContact[] = []
      let taken = 1
      for (const one of contacts) {
        for (; taken < 4 && at(taken * DAY) + 5 * DAY < one.queuedAt; taken++) tally.take(at(taken * DAY), (found) => void passing.push(found))
        tally.add(one)
      }
      tally.take(range.to, (found) => void passing.push(found))
      expect(sorted(passing.flatMap(linesOf))).toEqual(want)

      // Sums of agents are sums of their contacts.
      const sums = agentSums()
      for (const one of whole) sums.add(one)
      for (const { agent, queue, channel, ...counted } of sums.all()) {
        const own = whole.filter(({ leg }) => leg.agent === agent && leg.channel === channel && (queue === null || leg.queue === queue)).map(({ inQueue, inSite }) => (queue === null ? inSite : inQueue))
        expect(counted).toEqual({ answered: own.length, eligible: own.filter((verdict) => verdict !== 'none').length, resolvedAtFirst: own.filter((verdict) => verdict === 'resolved').length })
        eligible += counted.eligible
      }
    })
    expect(eligible).toBeGreaterThan(500)
  })

  it('of a team is a ratio of sums, each agent once, by the team of then; null without eligible contacts', () => {
    const tally = agentTally({ by: 'team', dayOf: () => midnight })
    const told = (agent: number, team: string | null, hour: number) => tally.gains(() => team).count(agent, at(hour * HOUR), { queue: 'support', channel: 'voice' }, 'handled', 1)
    told(1, 'blue', 9)
    told(2, 'blue', 9)
    told(2, 'red', 14)
    told(3, 'red', 9)
    tally.cohort(1, at(9 * HOUR), 'voice', { answered: 100, eligible: 90, resolvedAtFirst: 81 })
    tally.cohort(2, at(10 * HOUR), 'voice', { answered: 10, eligible: 10, resolvedAtFirst: 0 })
    tally.cohort(2, at(15 * HOUR), 'voice', { answered: 4, eligible: 0, resolvedAtFirst: 0 })
    // What is planned is of the team that they are of now, whichever cohort was read before.
    tally.cohort(2, at(10 * HOUR), 'voice', { answered: 0, eligible: 0, resolvedAtFirst: 0 })
    tally.planned(2, at(16 * HOUR), { scheduledMs: 8 * HOUR, exceptionMs: 0 })
    expect(teamParts(tally.parts()).map(({ team, sums }) => [team, sums.scheduledMs])).toEqual([['blue', 0], ['red', 8 * HOUR]])
    const teams = teamParts(tally.parts()).map(({ team, agents, sums }) => ({ team, agents, ...agentFigures(sums) }))
    expect(teams).toMatchObject([
      { team: 'blue', agents: 2, fcrCohort: 0.81, fcrEligible: 100, fcrResolvedAtFirst: 81, fcrIdentifiedShare: 100 / 110 },
      { team: 'red', agents: 2, fcrCohort: null, fcrCohortLow: null, fcrEligible: 0, fcrIdentifiedShare: 0 },
    ])
    expect(teams[0]?.fcrCohortLow).toBeLessThan(0.81)
    // A day in which somebody changed teams is no sum.
    expect([tally.asOne(midnight, at(DAY)), tally.asOne(at(14 * HOUR), at(DAY))]).toEqual([false, true])
  })

  it('of one channel counts its contacts alone', () => {
    const tally = agentTally({ by: 'agent', channel: 'chat', dayOf: () => midnight })
    tally.cohort(1, midnight, 'voice', { answered: 5, eligible: 5, resolvedAtFirst: 5 })
    tally.cohort(1, midnight, 'chat', { answered: 2, eligible: 2, resolvedAtFirst: 1 })
    expect(tally.parts().map(({ sums }) => agentFigures(sums).fcrCohort)).toEqual([0.5])
  })
})

it('teams of somebody are known by when, whatever order the hours are told in', () => {
  const teams = teamHistory()
  for (const [team, hour] of [['blue', 10], ['blue', 9], ['red', 14], ['red', 12]] as const) teams.told(1, team, at(hour * HOUR))
  expect([8, 9, 11, 12, 20].map((hour) => teams.of(1, at(hour * HOUR)))).toEqual(['blue', 'blue', 'blue', 'red', 'red'])
  expect([teams.of(2, midnight), teams.changed(midnight, at(12 * HOUR)), teams.changed(midnight, at(12 * HOUR + 1))]).toEqual([null, false, true])
})

it('a cohort has matured by whole business days, or to its end once that has had its D', () => {
  const day = { timeZone: 'Europe/London', startsAt: '00:00' }
  const winter = (text: string): Instant => instantOf(Date.parse(text))
  const ends = (from: string, to: string, asOf: string) => new Date(maturedUntil({ from: winter(from), to: winter(to), asOf: winter(asOf), windowMs: D, day })).toISOString()
  expect(ends('2026-10-20T00:00:00Z', '2026-10-21T12:00:00Z', '2026-10-28T12:00:00Z')).toBe('2026-10-21T12:00:00.000Z')
  expect(ends('2026-10-20T00:00:00Z', '2026-10-21T12:00:00Z', '2026-10-28T11:59:59Z')).toBe('2026-10-20T23:00:00.000Z')
  // The clock went back on the 25th.
  expect(ends('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', '2026-11-02T08:00:00Z')).toBe('2026-10-26T00:00:00.000Z')
  expect(ends('2026-10-20T00:00:00Z', '2026-10-21T00:00:00Z', '2026-10-20T12:00:00Z')).toBe('2026-10-20T00:00:00.000Z')
})
