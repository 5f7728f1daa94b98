import { describe, expect, it } from '@jest/globals'
import { defaultSettings, incidentSettingsOf, parseSettings } from '../../../server/contract/settings.ts'
import { maintenanceOf } from '../../../server/domain/escalation/maintenance.ts'
import { decideMending } from '../../../server/domain/incident/decide-mending.ts'
import { evolved } from '../../../server/domain/incident/evolve.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { HOUR, MINUTE, later, type Instant } from '../../../server/domain/time.ts'
import { at, everybody, settingsWith, story } from '../../support/incident-story.ts'
import { instantOfWall, wallOf } from '../clock/oracle.ts'

const site = { id: 'north', name: 'North', timeZone: 'Europe/London' }
const parsed = (maintenance: object, more: object = {}) => {
  const answer = parseSettings({ maintenance, ...more }, { outboundAllow: [], today: '2026-11-01' })
  if (!answer.ok) throw new Error(JSON.stringify(answer.faults))
  return incidentSettingsOf(answer.settings, site, 1)
}
const faultsOf = (maintenance: object) => {
  const answer = parseSettings({ maintenance }, { outboundAllow: [], today: '2026-11-01' })
  return answer.ok ? [] : answer.faults.map(({ path, code }) => `${path} ${code}`)
}
const held = { priority: 'P3', channel: 'monitoring', queue: 'support', service: 'Payments', category: 'technology' } as const
const raised = { channel: 'monitoring', impact: 3, urgency: 3 } as const

describe('planned work', () => {
  const zones = [['Pacific/Auckland', '2026-09-26'], ['Europe/London', '2026-10-24'], ['America/Los_Angeles', '2026-10-31']] as const
  it.each(zones)('louislam/uptime-kuma#3626, cachethq/cachet#4389: round midnight in %s (%s, the night the clocks change) it holds, and the status page shows it, at exactly the minutes of its wall clock', (timeZone, day) => {
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
    const [from, to] = [Date.parse(`${day}T23:30:00Z`), Date.parse(`${next}T00:45:00Z`)]
    const weekday = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][new Date(`${day}T12:00:00Z`).getUTCDay()] ?? ''
    for (const window of [{ from: `${day}T23:30`, to: `${next}T00:45`, timeZone }, { week: { [weekday]: ['23:30-00:45'] }, timeZone }]) {
      const { holding, windows } = maintenanceOf(parsed({ work: window }).maintenance)
      const first = Date.parse(`${day}T00:00:00Z`) - 14 * HOUR
      const edges = [from, to].map((edge) => instantOfWall(edge, timeZone))
      // Every minute at the ends, every half hour for two and a half days round them.
      for (const now of Array.from({ length: 62 * 60 }, (_, minute) => (first + minute * MINUTE) as Instant).filter((moment) => moment % (30 * MINUTE) === 0 || edges.some((edge) => Math.abs(moment - edge) <= MINUTE))) {
        const wall = wallOf(now, timeZone)
        const inside = wall >= from && wall < to
        const shown = windows(now, later(now, 1)).filter((one) => one.from <= now)
        expect([new Date(now).toISOString(), holding(held, now) !== null, shown.length]).toEqual([new Date(now).toISOString(), inside, inside ? 1 : 0])
        if (inside) expect([wallOf(shown[0]?.from ?? 0, timeZone), wallOf(holding(held, now)?.until ?? 0, timeZone)]).toEqual([from, to])
      }
    }
  })

  it('holds back what a machine raised as P3 or P4, and nothing else', () => {
    const { holding } = maintenanceOf(parsed({ work: { from: '2026-11-23T09:00', to: '2026-11-23T12:00', queues: ['support'] } }).maintenance)
    const now = at('2026-11-23T10:00:00Z')
    const others = [{ priority: 'P1' }, { priority: 'P2' }, { channel: 'voice' }, { queue: 'billing' }, { queue: null }] as const
    expect(others.map((other) => holding({ ...held, ...other }, now))).toEqual([null, null, null, null, null])
    expect(holding({ ...held, priority: 'P4' }, now)).toMatchObject({ until: at('2026-11-23T12:00:00Z') })
    expect(holding(held, at('2026-11-23T12:00:00Z'))).toBeNull()
  })

  it('is over when the last of several that follow each other is', () => {
    const { holding } = maintenanceOf(parsed({ one: { from: '2026-11-23T09:00', to: '2026-11-23T10:30' }, two: { from: '2026-11-23T10:30', to: '2026-11-23T11:00' }, three: { from: '2026-11-23T11:01', to: '2026-11-23T12:00' } }).maintenance)
    expect(holding(held, at('2026-11-23T10:00:00Z'))?.until).toBe(at('2026-11-23T11:00:00Z'))
  })

  it('that no longer holds an incident takes back no word that was given meanwhile', () => {
    const { maintenance } = parsed({ work: { from: '2026-11-23T09:00', to: '2026-11-23T13:00' } })
    const told = story({ report: { ...raised, service: 'Payments' }, settings: { maintenance, updates: { approve: [] } } }).until('2026-11-23T12:00:00Z').when({ type: 'update-stakeholders', text: 't4', state: 'investigating', audience: 'all', nextUpdateAt: null })
    const graver = told.until('2026-11-23T12:05:00Z').when({ type: 'set-priority', priority: 'P2', reason: 't9' })
    const dueOf = (kind: string) => new Date(graver.record.clocks.find((one) => one.kind === kind)?.dueAt ?? 0).toISOString()
    // P2: an hour from the last word; the resolution counts from the report again.
    expect([graver.record.maintenance, dueOf('update')]).toEqual([null, '2026-11-23T13:00:00.000Z'])
    expect(graver.record.clocks.find(({ kind }) => kind === 'resolution')?.startedAt).toBe(graver.record.reportedAt)
  })

  it('is refused with its fault where it cannot be', () => {
    expect(faultsOf({ a: { from: '2026-11-23T09:00' } })).toEqual(['maintenance.a bad_value'])
    expect(faultsOf({ a: { from: '2026-11-23T09:00', to: '2026-11-23T08:00' } })).toEqual(['maintenance.a.to out_of_range'])
    expect(faultsOf({ a: { from: '2026-02-30T09:00', to: '2026-11-23T08:00' } })).toEqual(['maintenance.a.from bad_value'])
    expect(faultsOf({ a: { week: { sun: ['02:00-04:00'] }, categories: ['nope'] } })).toEqual(['maintenance.a.categories.0 unknown_category'])
  })
})

describe('an incident that was raised in the middle of it', () => {
  const settings = { maintenance: parsed({ swap: { name: 'Trunk swap', from: '2026-11-23T09:00', to: '2026-11-23T11:00' } }).maintenance }
  const begun = () => story({ report: raised, settings })

  it('is open and seen at once; its ladder and clocks begin when the work is over', () => {
    const told = begun()
    expect(told.record).toMatchObject({ state: 'open', maintenance: { name: 'Trunk swap', until: at('2026-11-23T11:00:00Z') } })
    expect(told.until('2026-11-23T10:59:59Z').types()).toEqual(['opened'])
    expect(told.until('2026-11-23T11:00:00Z').events.at(-1)).toMatchObject({ type: 'level-fired', level: 1, dueAt: at('2026-11-23T11:00:00Z') })
    expect(told.record.clocks.map(({ kind, dueAt }) => [kind, dueAt])).toEqual([['response', at('2026-11-23T12:00:00Z')], ['update', at('2026-11-23T15:00:00Z')], ['resolution', at('2026-11-25T11:00:00Z')]])
  })

  it('counts from its report, and is told at once, when it turns out to be graver', () => {
    const graver = begun().until('2026-11-23T10:10:00Z').when({ type: 'set-priority', impact: 1, urgency: 1 })
    expect(graver.until('2026-11-23T10:10:00Z').types()).toContain('level-fired')
    expect(graver.record).toMatchObject({ maintenance: null, clocks: [{ kind: 'response', startedAt: at('2026-11-23T10:00:00Z') }, {}, {}] })
  })

  it('follows the work when that is moved or called off', () => {
    const { record } = begun()
    const now = at('2026-11-23T10:05:00Z')
    const mended = (to: string | null) => {
      const rules = rulesOf(settingsWith(settings), settingsWith({ maintenance: to === null ? {} : parsed({ swap: { name: 'Trunk swap', from: '2026-11-23T09:00', to } }).maintenance }))
      const events = decideMending(record, { now, rules, directory: everybody, calendarVersion: 2 })
      return events.length === 0 ? record : evolved(record, events, rules)
    }
    expect(mended('2026-11-23T11:00')).toBe(record)
    expect(mended('2026-11-23T11:30')).toMatchObject({ maintenance: { until: at('2026-11-23T11:30:00Z') }, ownership: { nextDueAt: at('2026-11-23T11:30:00Z') }, clocks: [{ dueAt: at('2026-11-23T12:30:00Z') }, {}, {}] })
    expect(mended(null)).toMatchObject({ maintenance: null, ownership: { nextDueAt: now }, clocks: [{ startedAt: now }, {}, {}] })
  })
})

describe('the hours of a service', () => {
  it('count for what is due by the calendar `service`: clocks, routine hours, and when people are told', () => {
    const settings = parsed({}, { calendars: { ...defaultSettings.calendars, shop: { week: { 'mon-sun': ['12:00-20:00'] } } }, services: { Payments: { calendar: 'shop' } } })
    const start = { report: { impact: 3, urgency: 3 }, settings: { calendars: settings.calendars, services: settings.services } } as const
    const told = story(start)
    expect(told.record.clocks.map(({ kind, calendar, dueAt }) => [kind, calendar, dueAt])).toMatchObject([['response', 'shop', at('2026-11-23T13:00:00Z')], ['update', 'shop', at('2026-11-23T16:00:00Z')], ['resolution', 'shop', at('2026-11-25T12:00:00Z')]])
    expect(told.record.ownership.nextDueAt).toBe(at('2026-11-23T12:00:00Z'))
    const other = story({ ...start, report: { ...start.report, service: 'Billing' } })
    expect(other.record.clocks.map(({ calendar }) => calendar)).toEqual(['service', 'service', 'service'])
    expect(other.record.ownership.nextDueAt).toBe(at('2026-11-23T10:00:00Z'))
    expect(told.when({ type: 'set-priority', impact: 4, urgency: 4 }).record.clocks.map(({ calendar }) => calendar)).toEqual(['shop', 'shop', 'shop'])
  })
})
