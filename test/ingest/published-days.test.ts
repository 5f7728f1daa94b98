import { describe, expect, it } from '@jest/globals'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import { calendarOf } from '../../server/domain/clock/calendar.ts'
import { rollUp } from '../../server/domain/kpi/roll-up.ts'
import { serviceLevelOf, shareOf } from '../../server/domain/kpi/service-level.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { DAY, HOUR, instantOf } from '../../server/domain/time.ts'
import { inSteps } from '../../server/live/interval-steps.ts'
import { entryOf, tickAt, utcSettings } from '../support/fact-builders.ts'
import { openFacts } from '../support/facts-of.ts'
import { intervalFigures } from '../support/interval-figures.ts'
import { dataSet } from '../support/recorded-data.ts'

const daily = dataSet('call_center_daily_sl')
;(daily.present ? describe : describe.skip)('eight hundred days of a published report', () => {
  interface Day { readonly incoming: number; readonly answered: number; readonly abandoned: number; readonly asa: number; readonly aht: number; readonly sl20: number }
  const expected = daily.present ? (daily.json('expected.json') as { readonly checks: Readonly<Record<string, number>>; readonly total: Readonly<Record<string, number>>; readonly days: readonly Day[] }) : { checks: {}, total: {}, days: [] }
  const counts = (day: Day, shortAbandoned: number, answeredInTarget: number) => ({ offered: day.incoming, answered: day.answered, answeredInTarget, abandoned: day.abandoned, shortAbandoned, abandonedInTarget: 0, callbacksInTarget: 0, flowedOut: 0, flowedOutInTarget: 0 })

  it('are rows of ours: sums, weighted means and the rate of answers of all of them', () => {
    const rows = expected.days.map((day, index) => intervalFigures(index * DAY, { offered: day.incoming, answered: day.answered, abandoned: day.abandoned, waitMsTotal: day.asa * day.answered * 1_000, handled: day.answered, talkMsTotal: day.aht * day.answered * 1_000 }))
    const total = rollUp(rows, { from: instantOf(0), to: instantOf(800 * DAY), asOf: instantOf(800 * DAY), variant: 'V3' })
    const four = (value: number | null): number => Number((value ?? Number.NaN).toFixed(4))
    expect({ rows: rows.length, incoming: total.offered, answered: total.answered, abandoned: total.abandoned, answer_rate: four(total.answered / total.offered), asa_weighted: four((total.asaMs ?? 0) / 1_000), aht_weighted: four((total.ahtMs ?? 0) / 1_000) }).toEqual({ rows: expected.checks['rows'], ...Object.fromEntries(Object.entries(expected.total).filter(([name]) => !name.includes('WRONG'))) })
    expect(rows.filter(({ offered, answered, abandoned }) => offered === answered + abandoned)).toHaveLength(expected.checks['incoming=answered+abandoned'] ?? 0)
  })

  it('have service levels that V3 gives with some number of short abandons on all days but one, and V7 on few', () => {
    const published = (day: Day, variant: 'V3' | 'V7', short: number): boolean => {
      const within = Math.round(day.sl20 * (day.incoming - (variant === 'V3' ? short : 0)))
      const share = shareOf(serviceLevelOf(variant, counts(day, short, within)))
      // One day was published as 100 % of all that came in, though one of them was not answered: V7 cannot be that.
      return (variant === 'V7' || within <= day.answered) && share !== null && Math.abs(share - day.sl20) <= 0.000050001
    }
    const fits = (variant: 'V3' | 'V7') => expected.days.filter((day) => Array.from({ length: variant === 'V3' ? day.abandoned + 1 : 1 }, (_, short) => short).some((short) => published(day, variant, short))).length
    expect([fits('V3'), fits('V7')]).toEqual([expected.checks['sl=within20/(incoming-short_abandons)'], expected.checks['sl=within20/incoming']])
  })
})

const wazo = dataSet('qos_wazo_cases')
;(wazo.present ? describe : describe.skip)('waits in buckets, as Wazo publishes them', () => {
  interface Call { readonly time: string; readonly waittime: number; readonly status?: 'answered' | 'abandoned' }
  type Bucket = { readonly min: number; readonly max: number | null; readonly answered: number; readonly abandoned: number }
  interface Expected { readonly from: string; readonly until: string; readonly quality_of_service: number | readonly Bucket[]; readonly received?: number; readonly answered?: number; readonly average_waiting_time?: number }
  interface Case { readonly id: string; readonly params: Readonly<Record<string, string | number>>; readonly calls: readonly Call[]; readonly expected: readonly Expected[] }
  const instant = (text: string): number => Date.parse(/[+-]\d\d:\d\d$|Z$/.test(text) ? text : `${text.replace(' ', 'T')}Z`)
  const cases = wazo.present ? (wazo.json('cases.json') as readonly Case[]) : []

  it.each(cases.map((each) => [each.id, each] as const))('%s', (_id, { params, calls, expected }) => {
    const zone = String(params['timezone'] ?? 'UTC')
    const T = Number(params['qos_threshold'] ?? 20)
    const floor = createFloor('wazo', utcSettings({ target: { percent: 0.8, withinMs: T * 1_000, variant: 'V1' } }))
    const facts = openFacts()
    const ordered = [...calls].sort((a, b) => instant(a.time) - instant(b.time))
    ordered.forEach(({ time, waittime, status = 'answered' }, n) => {
      const at = instant(time)
      const common = { contactId: `c${n}`, queueId: 'q', channel: 'voice' as const, source: 'x' }
      const said: CanonicalEvent[] = [{ ...common, type: 'contact.queued', id: `q${n}`, occurredAt: new Date(at).toISOString() }, { ...common, type: status === 'answered' ? 'contact.answered' : 'contact.abandoned', id: `e${n}`, occurredAt: new Date(at + waittime * 1_000).toISOString(), waitMs: waittime * 1_000 }]
      floor.apply(entryOf(at + HOUR, facts.of(said)))
    })
    // Two days and a half lie in one floor: what is older was harvested before, here by asking at once.
    const to = Math.max(...ordered.map(({ time }) => instant(time))) + 2 * HOUR
    floor.apply(tickAt(to))
    const from = Math.min(...ordered.map(({ time }) => instant(time))) - HOUR
    const range = { from: instantOf(from), to: instantOf(to) }
    const week = Object.fromEntries(String(params['week_days'] ?? '1,2,3,4,5,6,7').split(',').map((day) => [Number(day), [{ from: String(params['day_start_time'] ?? '00:00'), to: String(params['day_end_time'] ?? '24:00') }]]))
    const open = calendarOf({ timeZone: zone, alwaysOpen: false, week, holidays: [], openings: [] })
    const contacts = floor.contacts(range).filter(({ queuedAt }) => open.workingBetween(queuedAt, instantOf(queuedAt + 1)) > 0)
    const steps = inSteps(floor.intervals({ ...range, basis: 'arrival' }), { step: params['interval'] === 'day' ? '1d' : '1h', timeZone: zone, asOf: floor.asOf, settingsOf: () => utcSettings().defaults })
    for (const want of expected) {
      const [begin, end] = [instant(want.from), instant(want.until)]
      const own = contacts.filter(({ queuedAt }) => queuedAt >= begin && queuedAt < end)
      const whole = begin === instant(String(params['from_'])) && end === instant(String(params['until']))
      const row = steps.find((step) => step.from === begin)
      // An interval of theirs is one of ours: hours and days of the zone, 25 hours long where clocks go back.
      if (!whole) expect([row?.from, row?.to]).toEqual([begin, end])
      if (typeof want.quality_of_service === 'number') {
        const answered = own.filter(({ outcome }) => outcome === 'answered')
        expect({ received: row?.offered, answered: row?.answered, average_waiting_time: Math.floor((row?.asaMs ?? 0) / 1_000), quality_of_service: Number((100 * (row?.answeredInTarget ?? 0) / answered.length).toFixed(2)) }).toEqual({ received: want.received, answered: want.answered, average_waiting_time: want.average_waiting_time, quality_of_service: want.quality_of_service })
        continue
      }
      const count = (outcome: string, { min, max }: Bucket): number => own.filter((contact) => contact.outcome === outcome && (contact.waitMs ?? 0) >= min * 1_000 && (max === null || (contact.waitMs ?? 0) < max * 1_000)).length
      expect(want.quality_of_service.map((bucket) => ({ ...bucket, answered: count('answered', bucket), abandoned: count('abandoned', bucket) }))).toEqual(want.quality_of_service)
    }
  })
})
