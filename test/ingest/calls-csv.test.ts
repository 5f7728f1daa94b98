import { describe, expect, it, jest } from '@jest/globals'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import { instantOf } from '../../server/domain/time.ts'
import { instantAt } from '../../server/domain/wall-clock.ts'
import { callsReader, type CallsMap } from '../../server/ingest/calls-csv.ts'
import { checkEvent, UnreadableItem } from '../../server/ingest/check-event.ts'
import { dateReader, durationOf, guessDelimiter, recordOf } from '../../server/ingest/table-values.ts'
import { dataSet } from '../support/recorded-data.ts'

jest.setTimeout(120_000)

const now = instantOf(Date.parse('2026-11-22T10:00:00Z'))
const itemsOf = (map: CallsMap, text: string, zone = 'UTC') => {
  const reader = callsReader(map, zone)
  return text.split('\n').filter((line) => line !== '').flatMap((line) => [...reader.read(line.replace(/\r$/, ''))])
}
const eventsOf = (map: CallsMap, text: string, zone?: string): readonly CanonicalEvent[] =>
  itemsOf(map, text, zone).map((item) => {
    const checked = checkEvent(item, now, 'import')
    if (!checked.ok) throw new Error(`${checked.code} ${checked.detail}`)
    return checked.event
  })
const of = <T extends CanonicalEvent['type']>(events: readonly CanonicalEvent[], type: T) => events.filter((event): event is Extract<CanonicalEvent, { type: T }> => event.type === type)

interface Figures { readonly offered: number; readonly answered: number; readonly abandoned?: number; readonly asa: number; readonly max_wait?: number; readonly handled?: number; readonly talk_total: number; readonly aht: number }
/** Sums over the events alone; the fold is held against them elsewhere. */
const sums = (events: readonly CanonicalEvent[], withinS: number) => {
  const answered = of(events, 'contact.answered')
  const ended = of(events, 'contact.ended')
  const waits = answered.map((event) => (event.waitMs ?? Number.NaN) / 1_000)
  const talk = ended.reduce((sum, event) => sum + (event.talkMs ?? Number.NaN) / 1_000, 0)
  const surveys = of(events, 'survey.received')
  return {
    offered: of(events, 'contact.queued').length,
    answered: answered.length,
    abandoned: of(events, 'contact.abandoned').length,
    within: waits.filter((wait) => wait <= withinS).length,
    asa: Number((waits.reduce((sum, wait) => sum + wait, 0) / waits.length).toFixed(4)),
    handled: ended.length,
    talk_total: talk,
    aht: Number((talk / ended.length).toFixed(4)),
    resolved: ended.filter((event) => event.resolved === true).length,
    ratings: surveys.length,
    top2: surveys.filter((event) => (event.score ?? 0) >= 4).length,
  }
}
const byKey = (events: readonly CanonicalEvent[], keyOf: (event: Extract<CanonicalEvent, { type: 'contact.queued' }>) => string): ReadonlyMap<string, readonly CanonicalEvent[]> => {
  const keys = new Map(of(events, 'contact.queued').map((event) => [event.contactId, keyOf(event)]))
  const groups = new Map<string, CanonicalEvent[]>()
  for (const event of events) {
    const key = 'contactId' in event ? (keys.get(event.contactId) ?? '') : ''
    const group = groups.get(key)
    if (group) group.push(event)
    else groups.set(key, [event])
  }
  return groups
}

const bank = dataSet('anonymous_bank_1999_02a')
const pwc = dataSet('call_center_pwc_2021a')
const simulated = dataSet('call_center_simulated_2021h1')

describe('tables of finished calls', () => {
  ;(bank.present ? it : it.skip)('a real bank: every figure in total, per kind of service and per day', () => {
    const map: CallsMap = { timeZone: 'Asia/Jerusalem', dateFormat: 'yyMMdd', columns: { queue: 'type', agent: 'server', customer: 'customer_id', queuedAt: ['date', 'vru_exit'], wait: 'q_time', answered: { column: 'outcome', yes: ['AGENT'] }, talk: { column: 'ser_time', none: [0] }, skip: { column: 'outcome', in: ['PHANTOM'] } } }
    const events = eventsOf(map, bank.text('calls.tsv'))
    const expected = bank.json('expected.json') as { total: Figures & { answered_within_20: number }; per_type: Record<string, Figures & { answered_within_20: number }>; per_day: Record<string, { offered: number; answered: number; talk_total: number }> }
    const want = ({ offered, answered, abandoned, answered_within_20: within, asa, handled, talk_total, aht }: Figures & { answered_within_20: number }) => ({ offered, answered, abandoned, within, asa, handled, talk_total, aht })
    expect(sums(events, 20)).toMatchObject(want(expected.total))
    const types = byKey(events, (event) => event.queueId)
    for (const [type, figures] of Object.entries(expected.per_type)) expect({ type, ...sums(types.get(type) ?? [], 20) }).toMatchObject({ type, ...want(figures) })
    const days = byKey(events, (event) => new Date(Date.parse(event.occurredAt) + 2 * 3_600_000).toISOString().slice(0, 10))
    for (const [day, { offered, answered, talk_total }] of Object.entries(expected.per_day)) expect({ day, ...sums(days.get(day) ?? [], 20) }).toMatchObject({ day, offered, answered, talk_total })
  })

  ;(pwc.present ? it : it.skip)('a help line: waits, talks, resolutions and ratings', () => {
    const map: CallsMap = { columns: { id: 'Call Id', queue: 'Topic', agent: 'Agent', queuedAt: ['Date', 'Time'], wait: 'Speed of answer in seconds', answered: 'Answered (Y/N)', talk: 'AvgTalkDuration', resolved: 'Resolved', score: 'Satisfaction rating' } }
    const { total } = pwc.json('expected.json') as { total: Figures & { resolved: number; ratings: number; csat_top2: number } }
    const figures = sums(eventsOf(map, pwc.text('calls.csv')), 20)
    expect(figures).toMatchObject({ offered: total.offered, answered: total.answered, abandoned: total.abandoned, asa: total.asa, talk_total: total.talk_total, aht: total.aht, resolved: total.resolved, ratings: total.ratings })
    expect(figures.top2 / figures.ratings).toBeCloseTo(total.csat_top2, 4)
  })

  ;(simulated.present ? it : it.skip)('a simulated centre with clock times of twelve hours', () => {
    const map: CallsMap = { columns: { id: 'call_id', queuedAt: ['date', 'call_started'], wait: 'wait_length', talk: 'service_length' } }
    const { total, per_day: perDay } = simulated.json('expected.json') as { total: Figures & { within_60: number }; per_day: Record<string, { offered: number; within_60: number; talk_total: number }> }
    const events = eventsOf(map, simulated.text('calls.csv'))
    expect(sums(events, 60)).toMatchObject({ offered: total.offered, answered: total.answered, within: total.within_60, asa: total.asa, talk_total: total.talk_total, aht: total.aht })
    const days = byKey(events, (event) => event.occurredAt.slice(0, 10))
    for (const [day, { offered, within_60: within, talk_total }] of Object.entries(perDay)) expect({ day, ...sums(days.get(day) ?? [], 60) }).toMatchObject({ day, offered, within, talk_total })
  })
})

describe('one row', () => {
  const map: CallsMap = { columns: { id: 'id', queue: 'q', agent: 'who', customer: 'customer', queuedAt: 'at', wait: 'wait', answered: 'ok', talk: 'talk', hold: 'hold', acw: 'acw', score: 'score' } }
  const header = 'id,q,who,customer,at,wait,ok,talk,hold,acw,score'

  it('becomes the whole life of its contact', () => {
    const events = eventsOf(map, `${header}\nc1,sales,anna,77,2026-03-02 09:00:00,12,Y,1:00,0:05,30,5`)
    expect(events.map((event) => [event.type, event.occurredAt.slice(11, 19)])).toEqual([['contact.queued', '09:00:00'], ['contact.answered', '09:00:12'], ['contact.ended', '09:01:17'], ['contact.wrapped', '09:01:47'], ['survey.received', '09:01:17']])
    expect(events).toMatchObject([{ contactId: 'c1', queueId: 'sales', customer: { ref: '77' } }, { agentId: 'anna', waitMs: 12_000 }, { talkMs: 60_000, holdMs: 5_000 }, { acwMs: 30_000 }, { score: 5 }])
  })

  it('abandoned has a wait and nothing after it; without a conversation on record its end is not made up', () => {
    expect(eventsOf(map, `${header}\nc1,sales,,,2026-03-02 09:00:00,12,N,,,,`).map((event) => event.type)).toEqual(['contact.queued', 'contact.abandoned'])
    expect(eventsOf(map, `${header}\nc1,sales,anna,,2026-03-02 09:00:00,12,Y,,,,`).map((event) => event.type)).toEqual(['contact.queued', 'contact.answered'])
  })

  it('that cannot be read is told by its column, and the next one goes on', () => {
    const items = itemsOf(map, `${header}\nc1,q,,,2026-02-30 09:00:00,1,Y,1,,,\nc2,q,,,2026-03-02 09:00:00,soon,Y,1,,,\nc3,q\nc4,q,,,2026-03-02 09:00:00,1,Y,1,,,`)
    expect(items.map((item) => (item instanceof UnreadableItem ? item.detail : (item as { type: string }).type))).toEqual(['column "at": not a time of the format yyyy-MM-dd', 'column "wait": not a duration; expected seconds, m:ss or h:mm:ss', '2 fields; the header has 11', 'contact.queued', 'contact.answered', 'contact.ended'])
  })

  it('without an id is known by what it says; twice the same are two', () => {
    const plain: CallsMap = { columns: { queuedAt: 'at' } }
    const text = 'at\n2026-03-02 09:00:00\n2026-03-02 09:00:00'
    const ids = () => eventsOf(plain, text).map((event) => event.id)
    expect(new Set(ids()).size).toBe(ids().length)
    expect(ids()).toEqual(ids())
  })

  it('goes on from a saved state, in the middle of a quoted field too', () => {
    const lines = [header, 'c1,"sales', 'and more",anna,,2026-03-02 09:00:00,1,Y,1,,,', 'c2,q,,,2026-03-02 09:00:00,1,Y,1,,,']
    const whole = callsReader(map, 'UTC')
    const want = lines.flatMap((line) => [...whole.read(line)])
    for (const cut of [1, 2, 3]) {
      const first = callsReader(map, 'UTC')
      const before = lines.slice(0, cut).flatMap((line) => [...first.read(line)])
      const second = callsReader(map, 'UTC', JSON.parse(JSON.stringify(first.save())))
      expect([...before, ...lines.slice(cut).flatMap((line) => [...second.read(line)])]).toEqual(want)
    }
  })

  it('of a file without a column of the map names what is missing and what there is', () => {
    expect(() => itemsOf(map, 'id,queue\n1,2')).toThrow('the file has no column "q", "who"')
  })
})

describe('cells', () => {
  it('of quoted records and other delimiters', () => {
    expect(recordOf('a,"b ""c"", d",,e', ',')).toEqual(['a', 'b "c", d', '', 'e'])
    expect(recordOf('a,"open', ',')).toBeNull()
    expect([guessDelimiter('a\tb\tc'), guessDelimiter('a;b;c'), guessDelimiter('a,b'), guessDelimiter('a')]).toEqual(['\t', ';', ',', ','])
  })

  it('of durations', () => {
    expect(['', '109', '0:02:23', '4:02', '1.5', '1:00:00', 'x', '1:2', '-5'].map(durationOf)).toEqual([null, 109_000, 143_000, 242_000, 1_500, 3_600_000, undefined, undefined, undefined])
  })

  it('of dates in any order, with twelve hours, in one cell or two', () => {
    const at = (format: string | undefined, date: string, time: string | null = null) => {
      const clock = dateReader(format).read(date, time)
      const instant = clock === null ? null : instantAt('UTC', clock)
      return instant === null ? null : new Date(instant).toISOString().slice(0, 19)
    }
    expect(at(undefined, '2021-01-01', '9:12:58')).toBe('2021-01-01T09:12:58')
    expect(at(undefined, '2021-01-01T09:12:58')).toBe('2021-01-01T09:12:58')
    expect(at('yyMMdd', '990201', '7:02:47')).toBe('1999-02-01T07:02:47')
    expect(at('M/d/yyyy', '2/9/2021', '12:05 AM')).toBe('2021-02-09T00:05:00')
    expect(at('dd.MM.yyyy HH:mm', '09.02.2021 23:59')).toBe('2021-02-09T23:59:00')
    expect(at('M/d/yyyy h:mm a', '2/9/2021 12:05 pm')).toBe('2021-02-09T12:05:00')
    expect([at(undefined, '2021-02-30', '1:00'), at(undefined, '2021-02-01', '25:00'), at(undefined, '2021-02-01', '13:00 PM'), at(undefined, 'x', '1:00')]).toEqual([null, null, null, null])
  })

  it('of local times on the days that clocks change', () => {
    const london = (hour: number, minute: number, day: number, month: number) => new Date(instantAt('Europe/London', { year: 2026, month, day, hour, minute, second: 0 }) ?? 0).toISOString().slice(11, 16)
    // 29 March 2026: 01:00 becomes 02:00. 25 October 2026: 02:00 becomes 01:00.
    expect([london(0, 30, 29, 3), london(1, 30, 29, 3), london(2, 30, 29, 3), london(0, 30, 25, 10), london(1, 30, 25, 10), london(2, 30, 25, 10)]).toEqual(['00:30', '01:30', '01:30', '23:30', '00:30', '02:30'])
  })
})
