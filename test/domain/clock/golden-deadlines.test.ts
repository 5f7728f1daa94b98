import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { calendarOf } from '../../../server/domain/clock/calendar.ts'
import { startedClock } from '../../../server/domain/clock/sla-clock.ts'
import type { CalendarSettings } from '../../../server/domain/incident-settings.ts'
import { instantOf, MINUTE } from '../../../server/domain/time.ts'
import { dueByStepping, workingMinutes } from './oracle.ts'

/** Made by test/support/make-golden-deadlines.ts, minute by minute. */
const rows = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-deadlines.json'), 'utf8')) as readonly { readonly calendar: CalendarSettings; readonly start: string; readonly minutes: number; readonly due: string; readonly change: string | null }[]
const dueOf = ({ calendar: settings, start, minutes }: (typeof rows)[number]): string => {
  const clock = startedClock({ kind: 'resolution', name: null, targetMs: minutes * MINUTE, targetDays: null, calendar: 'golden', calendarVersion: 1, at: instantOf(Date.parse(start)) }, calendarOf(settings))
  return new Date(clock.dueAt ?? 0).toISOString()
}

describe('the golden table', () => {
  it('has two hundred deadlines in six zones, and both changes of the clocks of each', () => {
    expect(rows).toHaveLength(200)
    expect(new Set(rows.map(({ calendar }) => calendar.timeZone)).size).toBe(6)
    expect(new Set(rows.flatMap(({ calendar, change }) => (change === null ? [] : [`${calendar.timeZone} ${change}`]))).size).toBe(12)
  })

  it('is what the clocks say, to the millisecond', () => {
    expect(rows.map((row, index) => `${index} ${dueOf(row)}`)).toEqual(rows.map(({ due }, index) => `${index} ${due}`))
  })

  it('is what the walk says still (every tenth row)', () => {
    for (const { calendar, start, minutes, due } of rows.filter((_, index) => index % 10 === 0)) {
      const [from, limit] = [Date.parse(start), Date.parse(start) + 25 * 86_400_000]
      expect(new Date(dueByStepping(workingMinutes(calendar, from, limit), from, minutes, limit) ?? 0).toISOString()).toBe(due)
    }
  })
})
