import { describe, expect, it } from '@jest/globals'
import type { AgentGains } from '../../../server/domain/agent-figures.ts'
import type { Floor } from '../../../server/domain/floor.ts'
import { agentFigures, type AgentReportFigures } from '../../../server/domain/kpi/agent-sums.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { agentStretches } from '../../../server/domain/reports/agent-stretches.ts'
import { agentTally, teamParts, type AgentTallyQuery } from '../../../server/domain/reports/agent-tally.ts'
import { teamsNow, windowOf } from '../../../server/domain/reports/teams-now.ts'
import { DAY, HOUR, instantOf, MINUTE, QUARTER_HOUR, type Instant } from '../../../server/domain/time.ts'
import { agentDays, agentLine, tellLine, type AgentLine } from '../../../server/redis/agent-book.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'
import { randomDay } from '../../support/random-day.ts'
import { everySeed } from '../../support/seeded-random.ts'

const S = 1_000
const midnight = instantOf(Math.floor(NINE / DAY) * DAY)
const dayOf = (at: Instant): Instant => instantOf(Math.floor(at / DAY) * DAY)
const whole = { from: midnight, to: instantOf(midnight + DAY) }

const folded = (facts: readonly Fact[], until: number): Floor => {
  const floor = createFloor('test', utcSettings())
  for (const entry of entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt))) floor.apply(entry)
  floor.apply(tickAt(Math.max(until, Math.ceil(floor.asOf / MINUTE) * MINUTE)))
  return floor
}
type Asked = Omit<AgentTallyQuery, 'dayOf'>
const tallied = (floor: Floor, asked: Asked, tell: (gains: (team: string | null) => AgentGains) => void) => {
  const tally = agentTally({ ...asked, dayOf })
  tell((team) => tally.gains((agent) => team ?? floor.agent(agent)?.team ?? null))
  return tally.parts()
}
const live = (floor: Floor, asked: Asked = { by: 'agent' }, range = whole) => tallied(floor, asked, (gains) => void Array.from(floor.agentGains(range, gains(null))))
/** As a closed day is kept: hour by hour, as lines of its book. */
const kept = (floor: Floor, asked: Asked = { by: 'agent' }, range = whole) => tallied(floor, asked, (gains) => {
  for (let at = midnight; at < midnight + DAY; at = instantOf(at + HOUR)) {
    for (const stretch of agentStretches(floor, at, instantOf(at + HOUR))) tellLine(JSON.parse(JSON.stringify(agentLine(stretch, at))) as AgentLine, range.from, range.to, gains(stretch.team))
  }
})
const byAgent = (parts: ReturnType<typeof live>) => [...parts].sort((a, b) => a.agent - b.agent || (a.day ?? 0) - (b.day ?? 0)).map(({ agent, sums }) => ({ agent, ...agentFigures(sums) }))
const one = (floor: Floor, agent = 7): AgentReportFigures | undefined => byAgent(live(floor)).find((row) => row.agent === agent)

describe('teams now', () => {
  it('have the occupancy of the last 30 minutes that the site has, states that add up, and who has been longest in each', () => {
    everySeed(2, (random) => {
      const floor = folded(randomDay(random, { contacts: 60, spanMs: 3 * HOUR }).filter(({ occurredAt }) => occurredAt < NINE + 90 * MINUTE), NINE + 90 * MINUTE)
      const { from, to } = windowOf(floor.asOf)
      const members = floor.agentNumbers().flatMap((agent) => floor.agent(agent) ?? []).map((figures) => ({ figures, team: figures.agent % 2 === 0 ? 'even' : null, bands: floor.bands(figures.agent, from, to) }))
      const [together] = teamsNow(members.map((member) => ({ ...member, team: null })))
      expect(together).toMatchObject({ team: null, agents: members.length, signedIn: floor.totals().signedIn, occupancy: floor.totals().now.occupancy })
      expect(together?.occupancy).toBeGreaterThan(0)
      const teams = teamsNow(members)
      expect(teams.map(({ team }) => team)).toEqual(['even', null])
      for (const { agents, states, longest } of teams) {
        expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(agents)
        for (const { state, agent, since } of longest) expect([floor.agent(agent)?.state, floor.agent(agent)?.since]).toEqual([state, since])
      }
      for (const { state, since } of together?.longest ?? []) expect(Math.min(...members.filter(({ figures }) => figures.state === state).map(({ figures }) => figures.since))).toBe(since)
    })
  })
})

describe('the report of agents', () => {
  it('knows no active time where a part of the range was kept before it was counted', () => {
    const chat = (contactId: string, from: number, to: number) => [fact('contact.queued', from, { contactId }), fact('contact.answered', from, { contactId }), fact('contact.ended', to, { contactId }), fact('contact.wrapped', to, { contactId })]
    const [part] = live(folded([...chat('a', NINE, NINE + 10 * MINUTE), ...chat('b', NINE + 5 * MINUTE, NINE + 15 * MINUTE)], NINE + HOUR))
    if (part === undefined) throw new Error('nobody did anything')
    expect(agentFigures(part.sums)).toMatchObject({ handled: 2, ahtMs: 10 * MINUTE, activeMs: 7.5 * MINUTE, activeMsTotal: 15 * MINUTE })
    const { activeMsTotal: _total, activeKnown: _known, ...before } = part.sums.counts
    const together = { ...part.sums, counts: { ...before, handled: 3, activeMsTotal: 15 * MINUTE, activeKnown: 2 } }
    expect(agentFigures(together)).toMatchObject({ handled: 3, activeMs: null, activeMsTotal: null })
  })

  it('says of today what the people screen and what explains it say', () => {
    let compared = 0
    everySeed(2, (random) => {
      const floor = folded(randomDay(random, { contacts: 60, spanMs: 4 * HOUR }), NINE + 6 * HOUR)
      const rows = new Map(byAgent(live(floor)).map((row) => [row.agent, row]))
      for (const agent of floor.agentNumbers()) {
        // Answers in writing have figures of their own beside these.
        const { responses: _responses, ...today } = floor.agent(agent)?.today ?? {}
        const row = rows.get(agent)
        expect({ agent, handled: row?.handled ?? 0, ahtMs: row?.ahtMs ?? null, activeMs: row?.activeMs ?? null, csat: row?.csat ?? null, surveys: row?.surveys ?? 0, ringNoAnswer: row?.ringNoAnswer ?? 0, ringNoAnswerMs: row?.ringNoAnswerMs ?? 0, ringMs: row?.ringMs ?? null, occupancy: row?.occupancy ?? null, utilisation: row?.utilisation ?? null }).toEqual({ agent, ...today })
        for (const metric of ['handled', 'ahtMs', 'activeMs', 'csat', 'surveys', 'ringNoAnswer', 'occupancy', 'utilisation'] as const) expect([metric, row?.[metric] ?? (metric.endsWith('s') || metric === 'handled' || metric === 'ringNoAnswer' ? (metric === 'ahtMs' || metric === 'activeMs' ? null : 0) : null)]).toEqual([metric, floor.explainAgent({ metric, agent })?.value])
        compared += row === undefined ? 0 : 1
      }
    })
    expect(compared).toBeGreaterThan(8)
  })

  it('adds up to what queues and the site have', () => {
    everySeed(2, (random) => {
      const floor = folded(randomDay(random, { contacts: 60, spanMs: 3 * HOUR }), NINE + 5 * HOUR)
      const rows = floor.intervals({ ...whole, basis: 'outcome' })
      const sum = (name: 'handled' | 'transferred' | 'ringNoAnswer' | 'resolutionsAsked' | 'firstResponses' | 'talkMsTotal' | 'acwCapped') => rows.reduce((total, row) => total + (row[name] ?? 0), 0)
      const [team] = teamParts(live(floor).map((part) => ({ ...part, team: null })))
      for (const name of ['handled', 'transferred', 'ringNoAnswer', 'resolutionsAsked', 'firstResponses', 'talkMsTotal', 'acwCapped'] as const) expect([name, team?.sums.counts[name]]).toEqual([name, sum(name)])
      const { occupancy, utilisation } = floor.totals().today
      expect(team && agentFigures(team.sums)).toMatchObject({ occupancy, utilisation })
    })
  })

  it('says of a closed day what it said while the day was live, by agent, team, day, queue and part of the day', () => {
    everySeed(2, (random) => {
      const floor = folded(randomDay(random, { contacts: 60, spanMs: 3 * HOUR }), NINE + 5 * HOUR)
      for (const asked of [{ by: 'agent' }, { by: 'team' }, { by: 'day' }, { by: 'agent', queue: 'billing' }, { by: 'agent', channel: 'chat' }] as const) expect(byAgent(kept(floor, asked))).toEqual(byAgent(live(floor, asked)))
      const hour = { from: instantOf(NINE + HOUR), to: instantOf(NINE + 2 * HOUR) }
      expect(byAgent(kept(floor, { by: 'agent' }, hour))).toEqual(byAgent(live(floor, { by: 'agent' }, hour)))
    })
  })

  it('says hour by hour what it says of the day, whatever was lost of the contacts', () => {
    everySeed(20, (random) => {
      const floor = folded(randomDay(random, { contacts: 40, spanMs: 3 * HOUR }).filter(() => !random.chance(0.4)), NINE + 5 * HOUR)
      expect(byAgent(kept(floor))).toEqual(byAgent(live(floor)))
    })
  })

  it('says the same by sums of the day as by its hours, also of somebody who changed teams in it', () => {
    let [lines, sums] = [0, 0]
    everySeed(2, (random) => {
      const floor = folded(randomDay(random, { contacts: 60, spanMs: 3 * HOUR }), NINE + 5 * HOUR)
      const days = agentDays(midnight)
      const hours: AgentLine[] = []
      for (let at = midnight; at < midnight + DAY; at = instantOf(at + HOUR)) {
        // Some are of one team all day, some of none, and some of another team from ten o'clock on.
        const some = agentStretches(floor, at, instantOf(at + HOUR)).map((stretch) => agentLine({ ...stretch, team: [null, 'blue', at < NINE + HOUR ? 'blue' : 'red'][stretch.agent % 3] ?? null }, at))
        days.add(some)
        hours.push(...some)
      }
      const told = (all: readonly AgentLine[], asked: Asked) => [...tallied(floor, asked, (gains) => {
        for (const line of JSON.parse(JSON.stringify(all)) as readonly AgentLine[]) tellLine(line, whole.from, whole.to, gains(line[1]))
      })].sort((a, b) => a.agent - b.agent || String(a.team).localeCompare(String(b.team))).map(({ agent, team, day, queues, sums: of }) => ({ agent, team, day, queues: [...queues].sort(), ...agentFigures(of) }))
      for (const asked of [{ by: 'agent' }, { by: 'team' }, { by: 'day' }, { by: 'agent', queue: 'billing' }, { by: 'team', channel: 'chat' }] as const) expect(told(days.lines(), asked)).toEqual(told(hours, asked))
      lines += hours.length
      sums += days.lines().length
    })
    expect([lines > 0, sums > 0, sums < lines / 2]).toEqual([true, true, true])
  })

  it('is the same of a floor that was read from a base', () => {
    everySeed(2, (random) => {
      const floor = folded(randomDay(random, { contacts: 40, spanMs: 2 * HOUR }), NINE + 3 * HOUR)
      expect(byAgent(live(floorFromBase(floor.toBase())))).toEqual(byAgent(live(floor)))
    })
  })

  it('has the time by state and, of AUX, by reason; a new reason is no new pause; reports may come in any order', () => {
    const states = [
      fact('agent.state', NINE, { state: 'available', team: 'blue' }), fact('agent.state', NINE + 10 * MINUTE, { state: 'aux', reason: 'Break' }), fact('agent.state', NINE + 25 * MINUTE, { state: 'aux', reason: 'Training' }),
      fact('agent.state', NINE + 40 * MINUTE, { state: 'available' }), fact('agent.state', NINE + 50 * MINUTE, { state: 'aux' }), fact('agent.state', NINE + HOUR, { state: 'offline' }),
    ]
    const floor = folded(states, NINE + 2 * HOUR)
    const figures = one(floor)
    expect(figures).toMatchObject({ signedInMs: HOUR, availableMs: 20 * MINUTE, auxMs: 40 * MINUTE, aux: [{ reason: 'Break', ms: 15 * MINUTE }, { reason: 'Training', ms: 15 * MINUTE }, { reason: null, ms: 10 * MINUTE }], occupancy: 0, utilisation: 0 })
    const paused = folded(states.slice(0, 3), NINE + 30 * MINUTE)
    expect(paused.agent(7)).toMatchObject({ state: 'aux', since: NINE + 10 * MINUTE, reason: 'Training', reasonSince: NINE + 25 * MINUTE })
    // The word on the break comes after the word on what followed it.
    const late = createFloor('test', utcSettings())
    for (const entry of entriesOf([states[0], states[2], states[1], ...states.slice(3)].flatMap((each) => each ?? []))) late.apply({ ...entry, at: instantOf(Math.max(entry.at, late.asOf)) })
    late.apply(tickAt(NINE + 2 * HOUR))
    const told = byAgent(live(late, { by: 'agent' }, { from: instantOf(NINE + 30 * MINUTE), to: instantOf(NINE + HOUR) }))
    expect(told).toMatchObject([{ aux: [{ reason: null, ms: 10 * MINUTE }, { reason: 'Training', ms: 10 * MINUTE }] }])
  })

  it('gives an answer to the day in which the contact ended, and to whoever handled it last', () => {
    const call = [fact('contact.queued', midnight - MINUTE), fact('contact.answered', midnight - 50 * S), fact('contact.ended', midnight - 10 * S), fact('contact.wrapped', midnight - 5 * S), fact('survey.received', midnight + HOUR, { queueId: 'support', score: 5 })]
    const floor = folded(call, midnight + 2 * HOUR)
    expect(floor.agent(7)?.today).toMatchObject({ surveys: 0, csat: null })
    expect(floor.queue('support')?.today).toMatchObject({ surveys: 1, csat: 1 })
    expect(byAgent(live(floor, { by: 'day' }, { from: instantOf(midnight - DAY), to: whole.to }))).toMatchObject([{ surveys: 1, csat: 1, csatMean: 5, handled: 1 }, { surveys: 0, handled: 0 }])
    // An answer while the customer still talks counts at once, and moves when they hang up.
    const early = folded([fact('contact.queued', NINE), fact('contact.answered', NINE + S), fact('survey.received', NINE + MINUTE, { queueId: 'support', score: 1 }), fact('contact.ended', NINE + 20 * MINUTE, { talkMs: 1_199_000 })], NINE + HOUR)
    expect(early.agent(7)?.today).toMatchObject({ surveys: 1, csat: 0 })
    expect(byAgent(live(early, { by: 'agent' }, { from: NINE, to: instantOf(NINE + QUARTER_HOUR) })).map(({ surveys }) => surveys)).toEqual([0])
  })

  it('counts first answers in writing for whoever wrote them, and capped wrap-up, which is listed', () => {
    const written = [fact('contact.queued', NINE, { channel: 'chat' }), fact('contact.message', NINE, { from: 'customer' }), fact('contact.answered', NINE + S, { agent: 7 }), fact('contact.message', NINE + MINUTE, { from: 'person', agent: 8 })]
    const forgotten = [fact('contact.queued', NINE, { contactId: 'c2' }), fact('contact.answered', NINE, { contactId: 'c2', agent: 9 }), fact('contact.ended', NINE + MINUTE, { contactId: 'c2', agent: 9, talkMs: MINUTE }), fact('contact.wrapped', NINE + 29 * MINUTE, { contactId: 'c2', agent: 9, acwMs: 45 * MINUTE })]
    const floor = folded([...written, ...forgotten], NINE + 2 * HOUR)
    expect([one(floor, 7)?.firstResponses, one(floor, 8)]).toMatchObject([0, { firstResponses: 1, firstResponsesInTarget: 0, firstResponseMs: MINUTE }])
    expect(one(floor, 9)).toMatchObject({ handled: 1, acwCapped: 1, acwMsTotal: 30 * MINUTE, ahtMs: 31 * MINUTE })
  })

  it('makes figures of a team from sums, with each agent once, and none from less than five minutes', () => {
    const talks = (agent: number, contactId: string, from: number, ms: number) => [fact('contact.queued', from, { contactId }), fact('contact.answered', from, { contactId, agent }), fact('contact.ended', from + ms, { contactId, agent, talkMs: ms }), fact('contact.wrapped', from + ms, { contactId, agent, acwMs: 0 })]
    const here = (agent: number, team: string, until: number) => [fact('agent.state', NINE, { agent, state: 'available', team, queues: ['support', 'billing'] }), fact('agent.state', until, { agent, state: 'offline' })]
    const floor = folded([...here(1, 'blue', NINE + HOUR), ...here(2, 'blue', NINE + 10 * MINUTE), ...here(3, 'red', NINE + 4 * MINUTE), ...talks(1, 'a', NINE + MINUTE, 30 * MINUTE), ...talks(2, 'b', NINE + MINUTE, MINUTE), ...talks(2, 'c', NINE + 3 * MINUTE, MINUTE)], NINE + 2 * HOUR)
    const teams = teamParts(live(floor, { by: 'team' })).map(({ team, agents, sums }) => ({ team, agents, ...agentFigures(sums) }))
    expect(teams).toMatchObject([
      // 32 of 70 minutes, where the mean of 30/60 and 2/10 would be 35 %.
      { team: 'blue', agents: 2, handled: 3, ahtMs: (32 * MINUTE) / 3, occupancy: 32 / 70, utilisation: 32 / 70 },
      { team: 'red', agents: 1, handled: 0, ahtMs: null, signedInMs: 4 * MINUTE, occupancy: null, utilisation: null, csat: null, adherence: null },
    ])
  })
})
