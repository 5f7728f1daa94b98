import { describe, expect, it } from '@jest/globals'
import { calendarOf } from '../../../server/domain/clock/calendar.ts'
import { recomputedClock, startedClock, targetDueOf } from '../../../server/domain/clock/sla-clock.ts'
import type { CalendarSettings } from '../../../server/domain/incident-settings.ts'
import type { IncidentEvent } from '../../../server/domain/incident/events.ts'
import { at, dutyManager, everybody, settingsWith, story, type Story } from '../../support/incident-story.ts'

const iso = (instant: number | null | undefined) => (typeof instant === 'number' ? new Date(instant).toISOString().slice(0, 19) : instant)
const clock = ({ record }: Story, kind: string) => record.clocks.find((one) => one.kind === kind)
const resolve = { type: 'resolve', code: 'fixed', text: 't9', serviceRestored: true } as const
const of = <T extends IncidentEvent['type']>(told: Story, type: T) => told.events.filter((event): event is Extract<IncidentEvent, { type: T }> => event.type === type)
const deadlineTimes = (told: Story) => of(told, 'level-fired').flatMap((event) => (event.ladder === 'deadline' ? [`${event.clock ?? ''} ${iso(event.firedAt) ?? ''}`] : []))
const p3 = { report: { impact: 3, urgency: 2 } } as const

describe('a breach', () => {
  it('is told again as long as it is open, to the owner and the duty managers, and no more after the resolution', () => {
    const late = story().when({ type: 'acknowledge' }).asleepUntil('2026-11-23T14:00:00.001Z').wake().until('2026-11-23T14:41:00Z')
    expect(of(late, 'breach-reminded').filter((event) => event.clock === 'resolution').map(({ at: when, people, told }) => [iso(when), people, told])).toEqual([
      ['2026-11-23T14:20:00', ['ada'], 2],
      ['2026-11-23T14:40:00', ['ada'], 3],
    ])
    const ended = late.when(resolve)
    expect(of(ended.until('2026-11-24T14:00:00Z'), 'breach-reminded')).toHaveLength(of(late, 'breach-reminded').length)
  })

  it('of a P3 outside the hours is recorded at once and told when they begin', () => {
    // Half a business hour from Friday 16:30 ends with the close of the day.
    const sla = { ...settingsWith().sla, P3: { ...settingsWith().sla.P3, responseMs: 1_800_000 } }
    const told = story({ ...p3, report: { ...p3.report, reportedAt: at('2026-11-20T16:30:00Z') }, settings: { sla } }).until('2026-11-23T09:30:00Z')
    expect(of(told, 'clock-breached').find((event) => event.clock === 'response')).toMatchObject({ dueAt: at('2026-11-20T17:00:00Z'), detectedAt: at('2026-11-20T17:00:00.001Z') })
    expect(deadlineTimes(told)).toContain('response 2026-11-23T09:00:00')
    expect(deadlineTimes(told).filter((line) => line.startsWith('response'))).toHaveLength(1)
  })

  it('whose ladder names nothing but what is gone tells those who lead', () => {
    const policies = { default: { id: 'default', ownership: { levels: [{ targets: [{ role: 'supervisor' }], waitMs: 0 }], repeat: 0 }, deadline: { on: [{ at: 'breach' as const, targets: [{ webhook: 'noc' }] }] } } }
    const late = story({ settings: { policies }, directory: { ...everybody, webhooks: [] } }).until('2026-11-23T10:06:00Z')
    expect(of(late, 'level-fired').find(({ ladder }) => ladder === 'deadline')?.targets.flatMap(({ people }) => people)).toEqual(['ada', 'root'])
  })

  it('is excused by a duty manager, and stays a breach', () => {
    const late = story().until('2026-11-23T10:06:00Z')
    expect(late.refused({ type: 'excuse-breach', clock: 'response', name: null, reason: 't1' }).code).toBe('needs_duty_manager')
    expect(late.refused({ type: 'excuse-breach', clock: 'update', name: null, reason: 't1' }, dutyManager).code).toBe('not_breached')
    const excused = late.when({ type: 'excuse-breach', clock: 'response', name: null, reason: 't1' }, dutyManager)
    expect(clock(excused, 'response')).toMatchObject({ state: 'breached', breachedAt: at('2026-11-23T10:05:00Z'), excused: { by: 'ada' } })
  })

  it('is silent until the review of a recovery plan, then told again', () => {
    const late = story().when({ type: 'acknowledge' }).asleepUntil('2026-11-23T14:00:01Z').wake()
    expect(story().when({ type: 'acknowledge' }).refused({ type: 'plan-recovery', text: 't', reviewAt: at('2026-11-23T12:00:00Z') }, dutyManager).code).toBe('nothing_late')
    const planned = late.when({ type: 'plan-recovery', text: 't1', reviewAt: at('2026-11-23T15:30:00Z') }, dutyManager)
    const reminders = of(planned.until('2026-11-23T15:31:00Z'), 'breach-reminded')
    expect(reminders.map(({ at: when }) => iso(when))).toEqual(reminders.map(() => '2026-11-23T15:30:00'))
    expect(reminders.length).toBeGreaterThan(0)
  })
})

describe('a warning of a P3', () => {
  it('reached at the close of the day waits for the next opening, where it is told once', () => {
    // Eight hours from 13:00 with nine-to-five hours: a half is reached exactly at Friday 17:00.
    const sla = { ...settingsWith().sla, P3: { ...settingsWith().sla.P3, resolutionDays: null, resolutionMs: 8 * 3_600_000 } }
    const told = story({ report: { ...p3.report, reportedAt: at('2026-11-20T13:00:00Z') }, settings: { sla } }).until('2026-11-23T09:10:00Z')
    expect(of(told, 'clock-warned').flatMap((event) => (event.clock === 'resolution' ? [[event.share, iso(event.at)]] : []))).toEqual([[0.5, '2026-11-23T09:00:00']])
  })
})

describe('a due time that lies at the opening of a day', () => {
  // P3: two business days from Thursday 09:00 is Monday 09:00, which is no working time after Friday 17:00.
  const thursday = () => story({ report: { ...p3.report, reportedAt: at('2026-11-19T09:00:00Z') } }).when({ type: 'acknowledge' })
  const heldFrom = (from: string, to: string) => thursday().until(from).when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-24T09:00:00Z') }).until(to).when({ type: 'resume' })

  it('stays there through a hold that takes no working time, and moves by what a hold takes', () => {
    expect(iso(clock(thursday(), 'resolution')?.dueAt)).toBe('2026-11-23T09:00:00')
    expect(iso(clock(heldFrom('2026-11-19T18:00:00Z', '2026-11-19T18:00:01Z'), 'resolution')?.dueAt)).toBe('2026-11-23T09:00:00')
    expect(iso(clock(heldFrom('2026-11-19T10:00:00Z', '2026-11-19T10:00:01Z'), 'resolution')?.dueAt)).toBe('2026-11-23T09:00:01')
    expect(iso(clock(heldFrom('2026-11-20T09:00:00Z', '2026-11-20T17:00:00Z'), 'resolution')?.dueAt)).toBe('2026-11-24T09:00:00')
  })

  it('is that of its close where the working hours are counted', () => {
    const sla = { ...settingsWith().sla, P3: { ...settingsWith().sla.P3, resolutionDays: null, resolutionMs: 16 * 3_600_000 } }
    const hours = story({ report: { ...p3.report, reportedAt: at('2026-11-19T09:00:00Z') }, settings: { sla } }).when({ type: 'acknowledge' })
    expect(iso(clock(hours, 'resolution')?.dueAt)).toBe('2026-11-20T17:00:00')
    const held = hours.until('2026-11-19T18:00:00Z').when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-24T09:00:00Z') }).until('2026-11-19T18:00:01Z').when({ type: 'resume' })
    expect(iso(clock(held, 'resolution')?.dueAt)).toBe('2026-11-20T17:00:00')
  })
})

describe('an update that is nearly due', () => {
  it('is said once to the owner, as a share of what was promised', () => {
    const promised = story().when({ type: 'acknowledge' }).when({ type: 'update-stakeholders', text: 't4', state: 'investigating', audience: 'all', nextUpdateAt: at('2026-11-23T10:50:00Z') }, dutyManager)
    const told = promised.until('2026-11-23T10:15:00Z').when({ type: 'note', text: 't5' }).until('2026-11-23T10:30:00Z').when({ type: 'note', text: 't6' }).until('2026-11-23T10:49:00Z')
    expect(of(told, 'clock-warned').flatMap((event) => (event.clock === 'update' ? [[event.share, iso(event.at), event.people]] : []))).toEqual([[0.9, '2026-11-23T10:45:00', ['sam']]])
  })
})

describe('a clock of the law', () => {
  const breach = { report: { category: 'data-protection', impact: 1, urgency: 1 } } as const

  it('runs 72 hours from awareness by the wall clock, on hold and after the resolution', () => {
    const told = story(breach).when({ type: 'acknowledge' }).when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T10:30:00Z') }, dutyManager)
    expect(clock(told, 'regulatory')).toMatchObject({ name: 'Personal data breach', state: 'running', dueAt: at('2026-11-26T10:00:00Z') })
    expect(clock(told.when(resolve), 'regulatory')?.state).toBe('running')
  })

  it('is stopped by the report, which late needs its reasons, and stands in the way of closing', () => {
    const told = story(breach).when({ type: 'acknowledge' })
    expect(told.refused({ type: 'report-regulator', name: 'DORA', text: null }).code).toBe('unknown_clock')
    expect(clock(told.when({ type: 'report-regulator', name: 'Personal data breach', text: null }), 'regulatory')?.state).toBe('met')
    const late = told.asleepUntil('2026-11-26T10:00:01Z')
    expect(late.refused({ type: 'report-regulator', name: 'Personal data breach', text: null }).code).toBe('reason_required')
    const reported = late.when({ type: 'report-regulator', name: 'Personal data breach', text: 't1' })
    expect(clock(reported, 'regulatory')).toMatchObject({ state: 'breached', breachedAt: at('2026-11-26T10:00:00Z') })
    const resolved = told.when(resolve).when({ type: 'review', text: 't', outcome: 'done' })
    expect(resolved.refused({ type: 'close' }).detail).toContain('report-regulator')
  })

  it('starts with the classification where the law says so, capped by awareness', () => {
    const regulatory = [{ name: 'Major ICT incident', targetMs: 4 * 3_600_000, targetDays: null, endOfDay: false, calendar: 'always', from: 'classification', capMs: 6 * 3_600_000 }] as const
    const categories = { ...settingsWith().categories, ict: { name: 'ICT', impactFloor: null, discreet: false, regulatory } }
    const told = story({ settings: { categories } }).asleepUntil('2026-11-23T11:00:00Z').when({ type: 'categorise', category: 'ict', reason: 't1' })
    expect(iso(clock(told, 'regulatory')?.dueAt)).toBe('2026-11-23T15:00:00')
    const later = story({ settings: { categories } }).asleepUntil('2026-11-23T13:00:00Z').when({ type: 'categorise', category: 'ict', reason: 't1' })
    expect(iso(clock(later, 'regulatory')?.dueAt)).toBe('2026-11-23T16:00:00')
  })

  it('of a cancelled incident is void', () => {
    expect(clock(story(breach).when({ type: 'cancel', reason: 't1' }), 'regulatory')?.state).toBe('void')
  })
})

describe('business days', () => {
  const nineToFive = [{ from: '09:00', to: '12:00' }, { from: '13:00', to: '17:00' }]
  const service: CalendarSettings = { alwaysOpen: false, timeZone: 'Europe/London', week: { 1: nineToFive, 2: nineToFive, 3: nineToFive, 4: nineToFive, 5: nineToFive }, holidays: [{ date: '2026-12-25', from: null, to: null }], openings: [] }

  it('marked to the end of the day end with the close of the last of them', () => {
    const calendar = calendarOf(service)
    expect(iso(calendar.addBusinessDays(at('2026-12-22T15:30:00Z'), 3, true))).toBe('2026-12-28T17:00:00')
    expect(iso(calendar.addBusinessDays(at('2026-12-22T15:30:00Z'), 3))).toBe('2026-12-28T15:30:00')
  })
})

describe('an edit of a calendar', () => {
  const open = (from: string, to: string): CalendarSettings => ({ alwaysOpen: false, timeZone: 'Europe/London', week: Object.fromEntries([1, 2, 3, 4, 5].map((day) => [day, [{ from, to }]])), holidays: [], openings: [] })
  const nine = calendarOf(open('09:00', '17:00'))
  const started = startedClock({ kind: 'resolution', name: null, targetMs: 4 * 3_600_000, targetDays: null, calendar: 'service', calendarVersion: 1, at: at('2026-11-23T15:00:00Z') }, nine)

  it('moves what is due, and later freely', () => {
    expect(iso(started.dueAt)).toBe('2026-11-24T11:00:00')
    const moved = recomputedClock(started, calendarOf(open('12:00', '17:00')), 2, at('2026-11-23T16:30:00Z'))
    expect(iso(moved.dueAt)).toBe('2026-11-24T14:00:00')
    expect(moved).toMatchObject({ generation: 2, calendarVersion: 2 })
  })

  it('brings a due time forward at most to now and the minimum reaction', () => {
    const moved = recomputedClock(started, calendarOf(open('09:00', '22:00')), 2, at('2026-11-23T20:30:00Z'))
    expect(iso(moved.dueAt)).toBe('2026-11-23T20:30:00')
    expect(iso(targetDueOf(moved, calendarOf(open('09:00', '22:00'))))).toBe('2026-11-23T19:00:00')
  })

  it('leaves alone what it does not move, and a breach that was recorded', () => {
    expect(recomputedClock(started, nine, 2, at('2026-11-23T16:00:00Z'))).toBe(started)
    const breached = { ...started, state: 'breached' as const, breachedAt: at('2026-11-24T11:00:00Z') }
    expect(recomputedClock(breached, calendarOf(open('12:00', '17:00')), 2, at('2026-11-23T16:00:00Z'))).toBe(breached)
  })
})
