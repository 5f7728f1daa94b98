import { describe, expect, it } from '@jest/globals'
import type { FloorBase } from '../../server/domain/floor.ts'
import type { AgentNumber } from '../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { entryOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'

const M = 60_000
/** Found by place, at the edges of what is, and far beyond. */
const AGENTS: readonly AgentNumber[] = [1, 1_023, 1_024, 262_143, 262_144, 1_900_000_000]

const workedFloor = () => {
  const floor = createFloor('test', utcSettings())
  floor.apply(entryOf(NINE, AGENTS.map((agent) => fact('agent.state', NINE, { agent, queues: ['support'], team: 'North' }))))
  AGENTS.forEach((agent, n) => {
    const at = NINE + (2 + 5 * n) * M
    const call = { contactId: `c${n}`, agent }
    floor.apply(entryOf(at, [fact('contact.queued', at, { contactId: call.contactId })]))
    floor.apply(entryOf(at + 10_000, [fact('contact.answered', at + 10_000, call)]))
    floor.apply(entryOf(at + 3 * M, [fact('contact.ended', at + 3 * M, call), fact('contact.wrapped', at + 3 * M, { ...call, acwMs: 0 })]))
  })
  const late = NINE + 40 * M + 20_000
  floor.apply(entryOf(late, [fact('agent.state', late, { agent: AGENTS[0], queues: ['support', 'sales'] }), fact('agent.state', late, { agent: AGENTS[1], queues: [] })]))
  return floor
}

const figuresOf = (floor: ReturnType<typeof workedFloor>) => ({
  agents: AGENTS.map((agent) => floor.agent(agent)),
  queues: [floor.queue('support'), floor.queue('sales')],
  rows: floor.intervals({ from: NINE, to: (NINE + 120 * M) as typeof NINE, basis: 'outcome' }),
})

describe('a base', () => {
  it('goes on as the floor it was taken from, agents with small and great numbers alike', () => {
    const floor = workedFloor()
    const again = floorFromBase(JSON.parse(JSON.stringify(floor.toBase())) as FloorBase)
    expect(figuresOf(again)).toEqual(figuresOf(floor))
    expect(floor.agent(AGENTS[5])).toMatchObject({ state: 'available', today: { handled: 1 } })
    for (const minutes of [41, 50, 75, 95]) {
      for (const each of [floor, again]) each.apply(tickAt(NINE + minutes * M))
      expect(figuresOf(again)).toEqual(figuresOf(floor))
    }
    expect(again.toBase().state).toEqual(floor.toBase().state)
  })

  it('books the time of a minute to the queues an agent is in at its end', () => {
    const floor = workedFloor()
    floor.apply(tickAt(NINE + 60 * M))
    const available = (queue: string) => floor.intervals({ from: NINE, to: (NINE + 60 * M) as typeof NINE, basis: 'outcome' }).filter((row) => row.queue === queue).map((row) => row.availableMsTotal)
    expect(available('sales')).toEqual([5 * M, 15 * M])
    expect(available('support').at(-1)).toBe(5 * 15 * M)
  })

  it('of another format is refused by name', () => {
    const base = workedFloor().toBase()
    expect(() => floorFromBase({ ...base, format: 1 })).toThrow('floor base of format 1; this version reads format 2')
  })
})
