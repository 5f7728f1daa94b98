import { describe, expect, it } from '@jest/globals'
import type { Floor } from '../../server/domain/floor.ts'
import type { IntervalFigures } from '../../server/domain/queue-figures.ts'
import { rollUp } from '../../server/domain/kpi/roll-up.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { businessDayOf, dateOf } from '../../server/domain/business-day.ts'
import { instantOf, HOUR, type Instant } from '../../server/domain/time.ts'
import { openQueueLog } from '../../server/ingest/sources/asterisk-queue-log.ts'
import { entryOf, tickAt, utcSettings } from '../support/fact-builders.ts'
import { openFacts } from '../support/facts-of.ts'
import { dataSet, sample } from '../support/recorded-data.ts'

interface Figures {
  readonly offered: number; readonly answered: number; readonly abandoned: number; readonly exited: number; readonly lost: number; readonly open: number; readonly transferred: number
  readonly finished_wait: number; readonly sl_excluding_short_abandons: number | null; readonly abandon_rate: number | null
  readonly answered_within_T: number; readonly abandoned_within_T: number; readonly abandoned_short: number; readonly sl_offered: number | null; readonly sl_answered_only: number | null
  readonly sl_counting_fast_abandons_good: number | null; readonly asa: number | null; readonly max_wait: number | null; readonly mean_abandon_wait: number | null
  readonly handled: number; readonly talk_total: number; readonly aht: number | null; readonly still_talking: number; readonly ended_by_agent: number; readonly ended_by_caller: number; readonly ring_mean: number | null
}
type Table = Readonly<Record<string, Readonly<Record<string, Figures>>>>
interface Expected {
  readonly parameters: { readonly local_timezone: string }
  readonly total: Figures
  readonly per_queue: Readonly<Record<string, Figures>>
  readonly per_queue_per_hour_utc: Table
  readonly per_queue_per_day_utc: Table
  readonly per_queue_per_day_local: Table
  readonly per_queue_per_hour_of_day_local: Table
  readonly per_agent: Readonly<Record<string, { readonly answered: number; readonly talk_total: number; readonly handled: number; readonly ring_no_answer: number; readonly ring_no_answer_ms: number; readonly aht: number }>>
  readonly peak_waiting: Readonly<Record<string, { readonly max_waiting: number; readonly first_at_epoch: number }>>
  readonly live_checkpoints: readonly { readonly epoch: number; readonly queues: Readonly<Record<string, { readonly waiting: number; readonly longest_wait: number; readonly talking: number; readonly agents_talking: readonly string[] }>> }[]
}

const round = (value: number | null): number | null => (value === null ? null : Number(value.toFixed(4)))
const perThousand = (value: number | null): number | null => round(value === null ? null : value / 1000)

/** Figures of a row under the names of the expected file. The longest wait is compared by queue. */
const named = (row: IntervalFigures): Partial<Figures> => ({
  offered: row.offered,
  answered: row.answered,
  abandoned: row.abandoned,
  exited: row.flowedOut,
  lost: row.systemEnded,
  open: row.pending,
  finished_wait: row.offered - row.pending,
  sl_excluding_short_abandons: round(row.offered === row.shortAbandoned ? null : row.answeredInTarget / (row.offered - row.shortAbandoned)),
  abandon_rate: round(row.offered === 0 ? null : row.abandoned / row.offered),
  transferred: row.transferred,
  answered_within_T: row.answeredInTarget,
  abandoned_within_T: row.abandonedInTarget,
  abandoned_short: row.shortAbandoned,
  sl_offered: round(row.offered === 0 ? null : row.answeredInTarget / row.offered),
  sl_answered_only: round(row.answered === 0 ? null : row.answeredInTarget / row.answered),
  sl_counting_fast_abandons_good: round(row.offered === 0 ? null : (row.answeredInTarget + row.abandonedInTarget + row.callbacksInTarget) / row.offered),
  asa: perThousand(row.asaMs),
  mean_abandon_wait: perThousand(row.abandoned === 0 ? null : row.abandonWaitMsTotal / row.abandoned),
  handled: row.handled,
  talk_total: row.talkMsTotal / 1000,
  aht: perThousand(row.ahtMs),
  ended_by_agent: row.endedByAgent ?? 0,
  ended_by_caller: row.endedByCustomer ?? 0,
  ring_mean: perThousand(row.ringMs),
})

const zoned = (timeZone: string) => utcSettings({ day: { timeZone, startsAt: '00:00' } }, { sources: { log: { platform: 'asterisk-queue-log', acw: 'none', expectedEveryMs: null, agentHeartbeatMs: null } } })

const replay = (text: string, expected: Expected) => {
  const reader = openQueueLog({ source: 'log', acw: 'none' })
  const facts = openFacts()
  const lines = text.split('\n').filter((line) => line !== '').map((line): readonly [number, readonly Fact[]] => {
    const result = reader.read(line)
    return [Number(line.split('|')[0]), result.kind === 'events' ? facts.of(result.events) : []]
  })
  const floor = createFloor('recorded', zoned(expected.parameters.local_timezone))
  return { floor, lines, facts }
}

/** Folds a whole file and looks in after each second that the expected file asks about. */
const folded = (text: string, expected: Expected, peek: (floor: Floor, epoch: number, agentId: (number: number) => string | null) => void) => {
  const { floor, lines, facts } = replay(text, expected)
  const asked = new Set(expected.live_checkpoints.map((checkpoint) => checkpoint.epoch))
  lines.forEach(([epoch, some], index) => {
    floor.apply(some.length > 0 ? entryOf(epoch * 1000, some) : tickAt(epoch * 1000))
    const second = lines[index + 1]?.[0] ?? epoch + 1
    if (second === epoch) return
    for (const at of [...asked].filter((each) => each >= epoch && each < second).sort()) {
      asked.delete(at)
      floor.apply(tickAt(at * 1000))
      peek(floor, at, facts.agentId)
    }
  })
  return { floor, facts }
}

/** Business days close after 50 hours in memory: rows are taken as a keeper would, whenever they close or change. */
const kept = (text: string, expected: Expected) => {
  const { floor, lines, facts } = replay(text, expected)
  const store = new Map<string, IntervalFigures>()
  const agents = new Map<string, { handled: number; talkMs: number; misses: number; missedMs: number }>()
  const longest = new Map<string, number>()
  const take = (): void => {
    for (const change of floor.takeChanges().intervals) {
      if (change.basis !== 'arrival') continue
      for (const row of floor.intervals({ from: change.from, to: instantOf(change.from + 1), basis: 'arrival', queue: change.queue, channel: change.channel })) store.set(`${row.queue} ${row.channel} ${row.from}`, row)
    }
  }
  let day = 0
  const closeDay = (): void => {
    for (const queue of floor.queueIds()) longest.set(queue, Math.max(longest.get(queue) ?? 0, floor.queue(queue)?.today.maxWaitMs ?? 0))
    for (const number of floor.agentNumbers()) {
      const figures = floor.agent(number)
      const name = facts.agentId(number) ?? ''
      const sum = agents.get(name) ?? { handled: 0, talkMs: 0, misses: 0, missedMs: 0 }
      agents.set(name, { handled: sum.handled + (figures?.today.handled ?? 0), talkMs: sum.talkMs + Math.round((figures?.today.ahtMs ?? 0) * (figures?.today.handled ?? 0)), misses: sum.misses + (figures?.today.ringNoAnswer ?? 0), missedMs: sum.missedMs + (figures?.today.ringNoAnswerMs ?? 0) })
    }
  }
  for (const [epoch, some] of lines) {
    const bounds = businessDayOf({ timeZone: expected.parameters.local_timezone, startsAt: '00:00' }, instantOf(epoch * 1000))
    if (day !== 0 && bounds.from !== day) closeDay()
    day = bounds.from
    floor.apply(some.length > 0 ? entryOf(epoch * 1000, some) : tickAt(epoch * 1000))
    take()
  }
  closeDay()
  const last = lines.at(-1)?.[0] ?? 0
  floor.apply(tickAt((last + 1_800) * 1000))
  take()
  return { rows: [...store.values()].sort((a, b) => a.from - b.from), agents, longest, asOf: floor.asOf }
}

const byPeriod = (rows: readonly IntervalFigures[], asOf: Instant, periodOf: (from: Instant) => { readonly from: Instant; readonly to: Instant }): readonly IntervalFigures[] => {
  const groups = new Map<string, IntervalFigures[]>()
  for (const row of rows) {
    const key = `${row.queue} ${periodOf(row.from).from}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].map((own) => rollUp(own, { ...periodOf(own[0].from), asOf, variant: 'V3' }))
}
const hourOf = (from: Instant) => ({ from: instantOf(Math.floor(from / HOUR) * HOUR), to: instantOf((Math.floor(from / HOUR) + 1) * HOUR) })

const expectTable = (rows: readonly IntervalFigures[], table: Table, keyOf: (row: IntervalFigures) => string): void => {
  for (const [queue, wanted] of Object.entries(table)) {
    const own = Object.fromEntries(rows.filter((row) => row.queue === queue && (row.offered > 0 || row.refused > 0)).map((row) => [keyOf(row), named(row)]))
    expect(Object.keys(own).sort()).toEqual(Object.keys(wanted).sort())
    for (const [key, figures] of Object.entries(wanted)) expect(figures).toMatchObject(own[key])
  }
}

/** `Agent/1109` and `Local/1109@...` are one agent, known by what they share. */
const plain = (agent: string): string => agent.replace(/^Agent\//, '')

const suite = (text: () => string, read: () => Expected): void => {
  it('gives every figure per queue, hour, day and agent', () => {
    const expected = read()
    const { rows, agents, longest, asOf } = kept(text(), expected)
    const zone = expected.parameters.local_timezone
    const all = { from: instantOf(0), to: instantOf(Number.MAX_SAFE_INTEGER) }
    const queues = Object.fromEntries(byPeriod(rows, asOf, () => all).map((row) => [row.queue, named(row)]))
    for (const [queue, figures] of Object.entries(expected.per_queue)) {
      expect(figures).toMatchObject(queues[queue])
      expect(longest.get(queue)).toBe((figures.max_wait ?? 0) * 1000)
    }
    expect(expected.total).toMatchObject(named(rollUp(rows, { ...all, asOf, variant: 'V3' })))
    expectTable(byPeriod(rows, asOf, hourOf), expected.per_queue_per_hour_utc, (row) => new Date(row.from).toISOString().replace(':00.000Z', 'Z'))
    expectTable(byPeriod(rows, asOf, (from) => businessDayOf({ timeZone: 'UTC', startsAt: '00:00' }, from)), expected.per_queue_per_day_utc, (row) => dateOf(row.from, 'UTC'))
    expectTable(byPeriod(rows, asOf, (from) => businessDayOf({ timeZone: zone, startsAt: '00:00' }, from)), expected.per_queue_per_day_local, (row) => dateOf(row.from, zone))
    const hourOfDay = (from: Instant): string => new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(from)
    expectTable(byPeriod(rows, asOf, (from) => ({ from: instantOf(Number(hourOfDay(from)) * HOUR), to: all.to })), expected.per_queue_per_hour_of_day_local, (row) => String(row.from / HOUR).padStart(2, '0'))
    for (const [agent, figures] of Object.entries(expected.per_agent)) expect(agents.get(plain(agent))).toEqual({ handled: figures.handled, talkMs: figures.talk_total * 1000, misses: figures.ring_no_answer, missedMs: figures.ring_no_answer_ms })
  })

  it('shows the same floor at every checkpoint and the same peaks', () => {
    const expected = read()
    let seen = 0
    const { floor } = folded(text(), expected, (at, epoch, agentId) => {
      const checkpoint = expected.live_checkpoints.find((each) => each.epoch === epoch)
      for (const [queue, wanted] of Object.entries(checkpoint?.queues ?? {})) {
        const figures = at.queue(queue)
        const talking = at.agentNumbers().filter((number) => at.agent(number)?.state === 'on-contact' && at.contacts({ from: instantOf(0), to: instantOf(epoch * 1000 + 1), queue, agent: number }).some((contact) => contact.answeredAt !== null && contact.endedAt === null)).map((number) => agentId(number))
        expect({ waiting: figures?.waiting ?? 0, longest_wait: figures?.oldestWaitingSince === null || figures === null ? 0 : (epoch * 1000 - figures.oldestWaitingSince) / 1000, talking: figures?.inProgress ?? 0, agents_talking: talking.sort() }).toEqual({ ...wanted, agents_talking: wanted.agents_talking.map(plain).sort() })
        seen++
      }
    })
    expect(seen).toBe(expected.live_checkpoints.reduce((sum, each) => sum + Object.keys(each.queues).length, 0))
    expect(floor.totals().waiting).toBe(expected.total.open)
    expect(floor.totals().inProgress).toBe(expected.total.still_talking)
    const peaks = new Map<string, { max_waiting: number; first_at_epoch: number }>()
    const again = replay(text(), expected)
    again.lines.forEach(([epoch, some], index) => {
      again.floor.apply(entryOf(epoch * 1000, some))
      // A second is the finest that a queue_log tells: what stands at its end counts.
      if (again.lines[index + 1]?.[0] === epoch) return
      for (const queue of again.floor.queueIds()) {
        const waiting = again.floor.queue(queue)?.waiting ?? 0
        if (waiting > (peaks.get(queue)?.max_waiting ?? 0)) peaks.set(queue, { max_waiting: waiting, first_at_epoch: epoch })
      }
    })
    expect(Object.fromEntries(peaks)).toEqual(expected.peak_waiting)
  })
}

describe('a floor run by a real Asterisk', () => {
  suite(
    () => sample('queue_log'),
    () => JSON.parse(sample('expected.json')) as Expected,
  )
})

const pbxware = dataSet('queue_log_pbxware')
;(pbxware.present ? describe : describe.skip)('a PBXware call centre of 2018', () => {
  suite(
    () => pbxware.text('queue_log'),
    () => pbxware.json('expected.json') as Expected,
  )
})
