import { describe, expect, it } from '@jest/globals'
import { rotaOf, type Rota } from '../../../server/domain/escalation/rota.ts'
import { rotaGaps } from '../../../server/domain/escalation/rota-gaps.ts'
import type { RotaLayer, RotaSettings } from '../../../server/domain/incident-settings.ts'
import { DAY, HOUR, instantOf, later } from '../../../server/domain/time.ts'
import { freshSeed, seeded } from '../../support/seeded.ts'
import { instantOfWall, wallOf } from '../clock/oracle.ts'

const at = (iso: string) => instantOf(Date.parse(iso))
const layer = (more: Partial<RotaLayer> = {}): RotaLayer => ({ people: ['ann', 'bob', 'cid'], startsOn: '2026-03-02', handoverAt: '09:00', everyDays: 1, week: null, ...more })
const rota = (more: Partial<RotaSettings> = {}): Rota => rotaOf({ name: 'duty', timeZone: 'Europe/London', layers: [layer()], swaps: [], overrides: [], ...more })
const nineToFive = [{ from: '09:00', to: '17:00' }]
const weekdays = { 1: nineToFive, 2: nineToFive, 3: nineToFive, 4: nineToFive, 5: nineToFive }
const who = (told: Rota, iso: string) => told.at(at(iso)).person

describe('a layer', () => {
  it('changes at its wall-clock hour, half-open', () => {
    expect([who(rota(), '2026-03-02T08:59:59.999Z'), who(rota(), '2026-03-02T09:00:00Z'), who(rota(), '2026-03-03T08:59:59.999Z'), who(rota(), '2026-03-03T09:00:00Z')]).toEqual([null, 'ann', 'ann', 'bob'])
  })

  it('counts only days that have hours: who had Friday does not have Monday', () => {
    const office = rota({ layers: [layer({ people: ['ann', 'bob'], week: weekdays })] })
    expect([who(office, '2026-03-06T10:00:00Z'), who(office, '2026-03-07T10:00:00Z'), who(office, '2026-03-09T10:00:00Z')]).toEqual(['ann', null, 'bob'])
  })

  it('by weeks counts whole weeks, whatever hours they have', () => {
    const weekly = rota({ layers: [layer({ everyDays: 7, week: weekdays })] })
    expect(['2026-03-02', '2026-03-06', '2026-03-09', '2026-03-16', '2026-03-23'].map((date) => who(weekly, `${date}T10:00:00Z`))).toEqual(['ann', 'ann', 'bob', 'cid', 'ann'])
  })

  it('with hours over midnight belongs to one person through the night', () => {
    const nights = rota({ layers: [layer({ week: { 5: [{ from: '22:00', to: '24:00' }], 6: [{ from: '00:00', to: '06:00' }] } })] })
    const shifts = nights.shifts(at('2026-03-06T12:00:00Z'), at('2026-03-07T12:00:00Z')).filter(({ person }) => person !== null)
    expect(shifts.map(({ from, to }) => [new Date(from).toISOString().slice(11, 16), new Date(to).toISOString().slice(11, 16)])).toEqual([['22:00', '06:00']])
  })

  it('that has nobody leaves it to the next one', () => {
    const both = rota({ layers: [layer({ people: ['ann'], week: weekdays }), layer({ people: ['nia'] })] })
    expect([both.at(at('2026-03-04T10:00:00Z')), both.at(at('2026-03-04T20:00:00Z'))]).toEqual([
      { person: 'ann', by: 'layer', layer: 1 },
      { person: 'nia', by: 'layer', layer: 2 },
    ])
  })
})

describe('exceptions', () => {
  const period = { from: at('2026-03-04T20:00:00Z'), to: at('2026-03-05T20:00:00Z') }

  it('a replaced shift has exactly the replacement at every instant', () => {
    const replaced = rota({ overrides: [{ ...period, person: 'dee', replaces: null }] })
    for (let minute = period.from; minute < period.to; minute = later(minute, 60_000)) expect(replaced.at(minute)).toEqual({ person: 'dee', by: 'override', layer: null })
    expect([who(replaced, '2026-03-04T19:59:59.999Z'), who(replaced, '2026-03-05T20:00:00Z')]).toEqual(['cid', 'ann'])
  })

  it('may replace one person alone', () => {
    const replaced = rota({ overrides: [{ ...period, person: 'dee', replaces: 'ann' }] })
    expect([who(replaced, '2026-03-04T21:00:00Z'), who(replaced, '2026-03-05T10:00:00Z')]).toEqual(['cid', 'dee'])
  })

  it('a swap gives each the other’s turns, and an override wins over it', () => {
    const swaps = [{ from: at('2026-03-02T09:00:00Z'), to: at('2026-03-04T09:00:00Z'), people: ['ann', 'bob'] as const }]
    expect(['2026-03-02', '2026-03-03', '2026-03-05'].map((date) => who(rota({ swaps }), `${date}T12:00:00Z`))).toEqual(['bob', 'ann', 'ann'])
    expect(who(rota({ swaps, overrides: [{ from: at('2026-03-02T09:00:00Z'), to: at('2026-03-03T09:00:00Z'), person: 'dee', replaces: null }] }), '2026-03-02T12:00:00Z')).toBe('dee')
  })
})

describe('the change of clocks', () => {
  const pairs = [
    ['Europe/London', '2026-03-29', '2026-10-25', 60],
    ['America/New_York', '2026-03-08', '2026-11-01', 60],
    ['Australia/Lord_Howe', '2026-10-04', '2026-04-05', 30],
  ] as const

  it.each(pairs)('covers exactly the real time of each day in %s', (timeZone, spring, autumn, minutes) => {
    const midnight = rota({ timeZone, layers: [layer({ startsOn: '2026-01-05', handoverAt: '00:00' })] })
    const lengthOf = (date: string) => {
      const start = instantOfWall(Date.parse(`${date}T00:00:00Z`), timeZone)
      const shift = midnight.shifts(instantOf(start), instantOf(start + 3 * DAY))[0]
      return shift === undefined ? 0 : (shift.to - shift.from) / 60_000
    }
    expect([lengthOf(spring), lengthOf(autumn)]).toEqual([1_440 - minutes, 1_440 + minutes])
  })

  it.each(pairs)('keeps the wall time of every shift boundary for two weeks round it in %s', (timeZone, spring, autumn, _minutes) => {
    const nine = rota({ timeZone, layers: [layer({ startsOn: '2026-01-05' })] })
    for (const date of [spring, autumn]) {
      const change = Date.parse(`${date}T00:00:00Z`)
      const shifts = nine.shifts(instantOf(change - 14 * DAY), instantOf(change + 14 * DAY))
      expect(shifts.slice(1).map(({ from }) => new Date(wallOf(from, timeZone)).toISOString().slice(11, 16))).toEqual(shifts.slice(1).map(() => '09:00'))
    }
  })
})

describe('random rotas', () => {
  const seed = freshSeed()
  it(`have shifts without holes or overlaps that say what each instant says (TEST_SEED=${seed})`, () => {
    const random = seeded(seed)
    const people = ['ann', 'bob', 'cid', 'dee']
    for (let run = 0; run < 25; run += 1) {
      const from = instantOf(at('2026-03-20T00:00:00Z') + random.int(0, 20 * 24) * HOUR)
      const period = () => {
        const begin = instantOf(from + random.int(-48, 200) * HOUR)
        return { from: begin, to: later(begin, random.int(1, 60) * HOUR) }
      }
      const told = rota({
        timeZone: random.pick(['Europe/London', 'Australia/Lord_Howe', 'America/New_York']),
        layers: Array.from({ length: random.int(0, 3) }, () => layer({ people: random.shuffle(people).slice(0, random.int(1, 4)), everyDays: random.pick([1, 2, 7]), handoverAt: random.pick(['00:00', '02:30', '09:00']), week: random.chance(0.5) ? weekdays : null })),
        swaps: random.chance(0.4) ? [{ ...period(), people: ['ann', 'bob'] as const }] : [],
        overrides: Array.from({ length: random.int(0, 2) }, () => ({ ...period(), person: random.pick(people), replaces: random.chance(0.3) ? random.pick(people) : null })),
      })
      const to = later(from, 10 * DAY)
      const shifts = told.shifts(from, to)
      expect([shifts[0]?.from, shifts.at(-1)?.to]).toEqual([from, to])
      shifts.slice(1).forEach((shift, index) => expect(shift.from).toBe(shifts[index]?.to))
      for (let probe = 0; probe < 200; probe += 1) {
        const when = instantOf(from + random.int(0, 10 * DAY - 1))
        const shift = shifts.find((one) => when >= one.from && when < one.to)
        const { person, by, layer: number } = told.at(when)
        expect([run, new Date(when).toISOString(), shift?.person, shift?.by, shift?.layer]).toEqual([run, new Date(when).toISOString(), person, by, number])
      }
    }
  })
})

describe('the scan for gaps', () => {
  const now = at('2026-03-02T12:00:00Z')

  it('finds the next two weeks’ hours without anybody, and nothing of the past', () => {
    const covered = rota({ layers: [layer({ people: ['ann'] })], overrides: [] })
    expect(rotaGaps(covered, now, () => true)).toEqual([])
    const late = rota({ layers: [layer({ people: ['ann'], startsOn: '2026-03-05' })] })
    expect(rotaGaps(late, now, () => true)).toEqual([{ from: now, to: at('2026-03-05T09:00:00Z'), why: 'nobody', person: null }])
    expect(rotaGaps(late, at('2026-03-06T00:00:00Z'), () => true)).toEqual([])
  })

  it('finds who cannot be woken and who is gone', () => {
    const gaps = rotaGaps(rota(), now, (person) => (person === 'ann' ? true : person === 'bob' ? false : null))
    expect(new Set(gaps.map(({ why, person }) => `${person ?? ''} ${why}`))).toEqual(new Set(['bob unreachable', 'cid unknown']))
    expect(gaps.reduce((sum, { from, to }) => sum + to - from, 0) / DAY).toBeCloseTo(9.125, 1)
  })
})
