import { expect, it } from '@jest/globals'
import { createFloor } from '../../../server/domain/project-floor.ts'
import { stuckOf } from '../../../server/domain/reports/stuck.ts'
import { HOUR, instantOf, MINUTE } from '../../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'

const sources = { pbx: { platform: 'events', acw: null, expectedEveryMs: null, agentHeartbeatMs: 10_000 } }
const stuckAfter = (facts: Parameters<typeof entriesOf>[0], at: number) => {
  const floor = createFloor('test', utcSettings({}, { sources }))
  for (const entry of entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt))) floor.apply(entry)
  for (let next = floor.nextTickAt(); next !== null && next < at; next = floor.nextTickAt()) floor.apply(tickAt(next))
  floor.apply(tickAt(at))
  const open = floor.contacts({ from: instantOf(0), to: instantOf(at + 1) }).filter(({ endedAt }) => endedAt === null)
  const agents = floor.agentNumbers().flatMap((number) => floor.agent(number) ?? [])
  return stuckOf({ asOf: floor.asOf, agents, open, settingsOf: () => ({ acwCapMs: 30 * MINUTE }) }).map(({ kind, agent, contactId, evidence }) => [kind, agent, contactId, evidence])
}

it('a floor on which everything is as it says has nothing stuck', () => {
  const calm = [
    fact('agent.state', NINE, { agent: 7, state: 'available', queues: ['support'] }),
    fact('contact.queued', NINE + MINUTE),
    fact('contact.answered', NINE + MINUTE + 5_000, { agent: 7 }),
  ]
  expect(stuckAfter(calm, NINE + 30 * MINUTE)).toEqual([])
})

it('an agent without heartbeat, a forgotten wrap-up, one ringing nobody and one on no contact are told with their evidence', () => {
  const facts = [
    fact('agent.state', NINE, { agent: 1, state: 'available', queues: ['support'], source: 'pbx' }),
    fact('agent.state', NINE, { agent: 2, state: 'acw', queues: ['support'] }),
    fact('agent.state', NINE + 50 * MINUTE, { agent: 3, state: 'ringing', queues: ['support'] }),
    fact('agent.state', NINE + 40 * MINUTE, { agent: 4, state: 'on-contact', queues: ['support'] }),
    // Two minutes are only on their way.
    fact('agent.state', NINE + 59 * MINUTE, { agent: 5, state: 'ringing', queues: ['support'] }),
  ]
  expect(stuckAfter(facts, NINE + 60 * MINUTE)).toEqual([
    ['wrap-up-forgotten', 2, null, 'in wrap-up for 60 min, the cap is 30 min'],
    ['agent-unreachable', 1, null, 'available, but unreachable for 59 min: the heartbeat that the source promises stopped before'],
    ['on-contact-without-contact', 4, null, 'on a contact for 20 min, but no contact names them'],
    ['ringing-nobody', 3, null, 'ringing for 10 min, but no contact is offered to them'],
  ])
})

it('a contact that never ends is told after four hours', () => {
  expect(stuckAfter([fact('contact.queued', NINE)], NINE + 4 * HOUR)).toEqual([])
  expect(stuckAfter([fact('contact.queued', NINE)], NINE + 5 * HOUR)).toEqual([['contact-never-ends', null, 'c1', 'waiting for 300 min']])
})
