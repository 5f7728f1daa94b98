import { describe, expect, it } from '@jest/globals'
import type { Floor, FloorBase } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import type { AgentNumber, Fact } from '../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { HOUR, instantOf, MINUTE } from '../../server/domain/time.ts'
import { entriesOf, entryOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { folded, readStates, same, timeOfStates } from '../support/fold-readings.ts'
import { randomDay } from '../support/random-day.ts'
import { everySeed } from '../support/seeded-random.ts'

const state = (minute: number, said: 'available' | 'aux' | 'offline', queues: readonly string[] | null = null, agent: AgentNumber = 7) => fact('agent.state', NINE + minute * MINUTE, { agent, state: said, queues })
const call = (minute: number, minutes: number, contactId = `c${minute}`, agent: AgentNumber = 7) => [
  fact('contact.queued', NINE + minute * MINUTE, { contactId }),
  fact('contact.answered', NINE + minute * MINUTE, { contactId, agent }),
  fact('contact.ended', NINE + (minute + minutes) * MINUTE, { contactId, agent }),
  fact('contact.wrapped', NINE + (minute + minutes) * MINUTE, { contactId, agent, acwMs: 0 }),
]
/** Handling, available and signed-in minutes of each quarter hour of support, by its minute from nine; * where it was corrected. */
const rows = (floor: Floor, queue = 'support') =>
  Object.fromEntries(
    floor.intervals({ from: instantOf(NINE - 48 * HOUR), to: floor.asOf, basis: 'outcome', queue }).filter((row) => row.signedInMsTotal !== 0).map((row) => [(row.from - NINE) / MINUTE, [row.handlingMsTotal, row.availableMsTotal, row.signedInMsTotal ?? 0].map((ms) => ms / MINUTE).join(' ') + (row.revised ? ' *' : '')]),
  )
const late = (floor: Floor, minute: number, facts: readonly Fact[]): Floor => folded([entryOf(NINE + minute * MINUTE, facts), tickAt(NINE + minute * MINUTE + MINUTE)], floor)

describe('clock time of agents', () => {
  it('of a state that is told late is put right in the rows that it touches, until the next word on the agent', () => {
    const floor = folded([...entriesOf([state(0, 'available', ['support']), ...call(5, 5), state(60, 'available')]), tickAt(NINE + 80 * MINUTE)])
    expect(rows(floor)).toEqual({ 0: '5 10 15', 15: '0 15 15', 30: '0 15 15', 45: '0 15 15', 60: '0 15 15', 75: '0 5 5' })
    late(floor, 80, [state(20, 'aux'), state(50, 'offline')])
    expect(rows(floor)).toEqual({ 0: '5 10 15', 15: '0 5 15 *', 30: '0 0 15 *', 45: '0 0 5 *', 60: '0 15 15', 75: '0 6 6' })
    expect(floor.takeChanges().intervals.map(({ from }) => (from - NINE) / MINUTE)).toEqual(expect.arrayContaining([15, 30, 45]))
    // Nothing else is corrected: the state that holds is the one that was reported last.
    expect(floor.agent(7)).toMatchObject({ state: 'available', since: NINE + 60 * MINUTE })
    timeOfStates(floor)
  })

  it('of an import of the last days is there, in whatever order its files come', () => {
    const yesterday = -24 * 60
    const states = [state(yesterday, 'available', ['support']), state(yesterday + 30, 'aux'), state(yesterday + 40, 'available'), state(yesterday + 60, 'offline')]
    const calls = [...call(yesterday + 3, 9), ...call(yesterday + 14, 4), ...call(yesterday + 45, 5)]
    for (const files of [[states, calls], [calls, states], [[...states, ...calls].sort((a, b) => a.occurredAt - b.occurredAt)]]) {
      const floor = folded(entriesOf([state(-60, 'available', ['support'])]))
      for (const file of files) late(floor, 0, file)
      expect(rows(floor)).toMatchObject({ [yesterday]: '10 5 15 *', [yesterday + 15]: '3 12 15 *', [yesterday + 30]: '0 5 15 *', [yesterday + 45]: '5 10 15 *', [-60]: '0 15 15' })
      expect(rows(floor)[yesterday + 60]).toBeUndefined()
      expect(floor.intervals({ from: instantOf(NINE - 24 * HOUR), to: instantOf(NINE - 23 * HOUR), basis: 'outcome' })[0]).toMatchObject({ occupancy: 10 / 15, utilisation: 10 / 15 })
      timeOfStates(floor)
    }
  })

  it('of a gap is what a second source tells of it later', () => {
    const floor = folded([...entriesOf([state(0, 'available', ['support'])]), tickAt(NINE + 40 * MINUTE)])
    late(floor, 40, [{ ...state(10, 'aux'), source: 'log' }, ...call(15, 10).map((each) => ({ ...each, source: 'log' })), { ...state(25, 'available'), source: 'log' }])
    expect(rows(floor)).toEqual({ 0: '0 10 15 *', 15: '10 5 15 *', 30: '0 11 11' })
    expect(floor.agent(7)).toMatchObject({ state: 'available', since: NINE + 25 * MINUTE, queues: ['support'] })
  })

  it('belongs to the queues that were served then, and before the first word on them to those it names', () => {
    const floor = folded([...entriesOf([state(0, 'available', ['support']), state(30, 'available', ['billing'])]), tickAt(NINE + 45 * MINUTE)])
    expect([rows(floor), rows(floor, 'billing')]).toEqual([{ 0: '0 15 15', 15: '0 15 15' }, { 30: '0 15 15' }])
    late(floor, 45, [state(-15, 'available'), state(15, 'available', ['billing', 'support'])])
    expect([rows(floor), rows(floor, 'billing')]).toEqual([{ [-15]: '0 15 15 *', 0: '0 15 15', 15: '0 15 15' }, { 15: '0 15 15 *', 30: '0 15 15', 45: '0 1 1' }])
    expect(floor.agent(7)?.queues).toEqual(['billing'])
    expect(floor.totals().today).toMatchObject({ availableMsTotal: 61 * MINUTE, signedInMsTotal: 61 * MINUTE })
  })

  it('forgets what contacts let guess of the queues, before the first who names them too, and in whatever order they are named', () => {
    const queues = ['support', 'billing']
    const guessed = [state(0, 'available'), ...call(5, 2), ...call(20, 2, 'c20').map((each) => ({ ...each, queueId: 'billing' }))]
    const floor = folded([...entriesOf([...guessed, state(30, 'available', queues)]), tickAt(NINE + 45 * MINUTE)])
    const whole = [{ 0: '2 13 15', 15: '2 13 15', 30: '0 15 15' }, { 0: '2 13 15', 15: '2 13 15', 30: '0 15 15' }]
    const unmarked = (at: Floor) => [rows(at), rows(at, 'billing')].map((each) => Object.fromEntries(Object.entries(each).map(([minute, time]) => [minute, time.replace(' *', '')])))
    expect(unmarked(floor)).toEqual(whole)
    expect(unmarked(floorFromBase(JSON.parse(JSON.stringify(floor.toBase())) as FloorBase))).toEqual(whole)
    // The report at sign-in comes last of all.
    const behind = folded([...entriesOf([...guessed.slice(1), state(30, 'available', queues)]), tickAt(NINE + 45 * MINUTE - 1)])
    expect(unmarked(late(behind, 44, [state(0, 'available', queues)]))).toEqual(whole)
  })

  it('goes back where a contact turns out to be another agent’s, or shorter', () => {
    const told = [fact('contact.queued', NINE + 14 * MINUTE), fact('contact.answered', NINE + 20 * MINUTE), fact('contact.ended', NINE + 30 * MINUTE), fact('contact.wrapped', NINE + 30 * MINUTE, { acwMs: 0 })]
    const floor = folded([...entriesOf([state(0, 'available', ['support']), state(0, 'available', ['support'], 8), ...told]), tickAt(NINE + 45 * MINUTE)])
    expect(rows(floor)[15]).toBe('10 20 30')
    // Another agent had taken it five minutes before, and passed it on.
    const first = [fact('contact.answered', NINE + 15 * MINUTE, { agent: 8 }), fact('contact.transferred', NINE + 19 * MINUTE, { agent: 8 }), fact('contact.wrapped', NINE + 21 * MINUTE, { agent: 8 })]
    late(floor, 45, first)
    expect(rows(floor)[15]).toBe('16 14 30 *')
    // And the second had been gone sooner.
    late(floor, 46, [fact('contact.ended', NINE + 25 * MINUTE)])
    expect(rows(floor)[15]).toMatch(/ 30 \*$/)
    timeOfStates(floor)
    same(readStates(folded([...entriesOf([state(0, 'available', ['support']), state(0, 'available', ['support'], 8), ...told, ...first, fact('contact.ended', NINE + 25 * MINUTE)].sort((a, b) => a.occurredAt - b.occurredAt)), tickAt(floor.asOf)])), readStates(floor))
  })

  it('is the same from a base of any hour of three days, and so are late corrections at the edge of what is kept', () => {
    everySeed(2, (random) => {
      const days = [0, 1, 2].flatMap((day) => randomDay(random, { contacts: 6, spanMs: 6 * HOUR }).map((each): Fact => ({ ...each, occurredAt: instantOf(each.occurredAt + day * 24 * HOUR), ...('contactId' in each ? { contactId: `${day}${each.contactId}` } : {}) }) as Fact))
      const end = NINE + 75 * HOUR
      const told = days.filter((each) => each.occurredAt < end).sort((a, b) => a.occurredAt - b.occurredAt)
      const behind = told.filter(() => random.chance(0.1))
      const entries: LogEntry[] = [...entriesOf(told.filter((each) => !behind.includes(each))), ...behind.map((each) => entryOf(each.occurredAt + random.whole(1, 48) * HOUR, [each]))].sort((a, b) => a.at - b.at)
      const last = Math.max(end, ...entries.map(({ at }) => at))
      const whole = folded([...entries, tickAt(last)])
      timeOfStates(whole)
      const expected = readStates(whole)
      for (let tries = 0; tries < 3; tries++) {
        const cut = random.whole(0, entries.length)
        const base = JSON.parse(JSON.stringify(folded(entries.slice(0, cut)).toBase())) as FloorBase
        same(readStates(folded([...entries.slice(cut), tickAt(last)], floorFromBase(base))), expected)
      }
    })
  })

  it('of a base that an earlier version wrote can be corrected too', () => {
    const floor = folded([...entriesOf([state(0, 'available', ['support']), state(30, 'aux'), state(40, 'available')]), tickAt(NINE + 50 * MINUTE)])
    const base = JSON.parse(JSON.stringify(floor.toBase())) as FloorBase & { state: { agents: unknown[][] } }
    base.state.agents = base.state.agents.map((row) => row.slice(0, 18))
    const again = late(floorFromBase(base), 50, [state(10, 'aux')])
    expect(rows(again)).toEqual({ 0: '0 10 15 *', 15: '0 0 15 *', 30: '0 5 15', 45: '0 6 6' })
  })
})

it('ticks the same from a base after a correction that cancels out', () => {
  const floor = createFloor('test', utcSettings())
  folded([entryOf(NINE, [state(0, 'offline')]), entryOf(NINE + 10 * MINUTE, [state(2, 'available')]), entryOf(NINE + 10 * MINUTE + 1, [state(2, 'offline')])], floor)
  expect(floorFromBase(JSON.parse(JSON.stringify(floor.toBase())) as FloorBase).nextTickAt()).toBe(floor.nextTickAt())
})
