import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dueByStepping, workingMinutes } from '../domain/clock/oracle.ts'
import { randomCalendar } from './random-calendar.ts'
import { seeded } from './seeded.ts'

/**
 * Writes test/domain/clock/golden-deadlines.json: 200 deadlines over random calendars in six zones, the two changes of the clocks of each among
 * them, by the minute-by-minute walk alone; no line of the calendar under test takes part. Run: node --import tsx test/support/make-golden-deadlines.ts
 */
const changes: Readonly<Record<string, readonly string[]>> = {
  'Europe/London': ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z'],
  'America/New_York': ['2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z'],
  'Pacific/Auckland': ['2026-04-04T14:00:00Z', '2026-09-26T14:00:00Z'],
  'America/St_Johns': ['2026-03-08T05:30:00Z', '2026-11-01T04:30:00Z'],
  'America/Santiago': ['2026-04-05T03:00:00Z', '2026-09-06T04:00:00Z'],
}
const zones = Object.keys(changes)
const ROWS = 200
const NEAR_A_CHANGE = 8
const LIMIT_DAYS = 25

const random = seeded(20_261_128)
const iso = (at: number) => new Date(at).toISOString()
const rows: object[] = []
const add = (timeZone: string, start: number, change: string | null): void => {
  for (;;) {
    const calendar = randomCalendar(random, start, timeZone)
    const limit = start + LIMIT_DAYS * 86_400_000
    const minutes = random.int(1, change === null ? 3_000 : 1_200)
    const due = dueByStepping(workingMinutes(calendar, start, limit), start, minutes, limit)
    if (due === null || (change !== null && due <= Date.parse(change))) continue
    rows.push({ calendar, start: iso(start), minutes, due: iso(due), change })
    return
  }
}
for (const timeZone of zones) for (const change of changes[timeZone] ?? []) for (let index = 0; index < NEAR_A_CHANGE; index += 1) add(timeZone, Date.parse(change) - random.int(1, 30 * 60) * 60_000, change)
while (rows.length < ROWS) add(random.pick(zones), Date.parse('2026-01-01T00:00:00Z') + random.int(0, 500_000) * 60_000, null)
writeFileSync(join(import.meta.dirname, '../domain/clock/golden-deadlines.json'), `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
