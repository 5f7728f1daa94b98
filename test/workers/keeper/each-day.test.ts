import { expect, it } from '@jest/globals'
import type { ContactFigures } from '../../../server/domain/contact-figures.ts'
import type { IntervalFigures } from '../../../server/domain/queue-figures.ts'
import { DAY, HOUR, instantOf } from '../../../server/domain/time.ts'
import { eachDay } from '../../../workers/keeper/each-day.ts'

const start = Date.parse('2026-11-16T00:00:00.000Z')
const day = (n: number) => ({ day: `day-${n}`, from: instantOf(start + n * DAY), to: instantOf(start + (n + 1) * DAY) })
const stretch = (from: number, to: number) => ({ from: instantOf(start + from), to: instantOf(start + to), rows: [{ from: instantOf(start + from) } as IntervalFigures], contacts: [{ queuedAt: instantOf(start + to - 1) } as ContactFigures], bands: () => new Map(), quotes: () => [], agents: () => [] })

it('what becomes final is settled day after day; days that nobody asked for are passed over, and what was begun is abandoned', async () => {
  const told: string[] = []
  const days = eachDay({
    days: [day(0), day(2), day(3)],
    open: async ({ day: of }) => of,
    write: async (to, { rows, contacts }) => void told.push(`${to}: ${rows.length} rows, ${contacts.length} contacts`),
    settle: async ({ day: of }) => told.push(`${of} is whole`) > 0,
    abandon: async (what) => void told.push(`${what} is abandoned`),
  })
  for (const [from, to] of [[0, 12 * HOUR], [12 * HOUR, 26 * HOUR], [26 * HOUR, 50 * HOUR], [50 * HOUR, 73 * HOUR]] as const) expect(await days.take(stretch(from, to))).toBe(true)
  await days.close()
  expect(told).toEqual([
    'day-0: 1 rows, 1 contacts',
    'day-0: 1 rows, 0 contacts',
    'day-0 is whole',
    'day-2: 0 rows, 1 contacts',
    'day-2: 1 rows, 0 contacts',
    'day-2 is whole',
    'day-3: 0 rows, 1 contacts',
    'day-3 is abandoned',
  ])
})

it('a day that cannot be settled ends the pass', async () => {
  const days = eachDay({ days: [day(0), day(1)], open: async () => null, write: async () => undefined, settle: async () => false, abandon: async () => undefined })
  expect(await days.take(stretch(0, 2 * DAY))).toBe(false)
})

it('what fails while it is settled is abandoned, and the fault goes on; what settling refused is not', async () => {
  const told: string[] = []
  const settled = (settle: () => Promise<boolean>) => eachDay({ days: [day(0)], open: async () => 'a day', write: async () => undefined, settle, abandon: async (what) => void told.push(`${what} is abandoned`) })
  const failing = settled(() => Promise.reject(new Error('no space')))
  await expect(failing.take(stretch(0, DAY))).rejects.toThrow('no space')
  await failing.close()
  expect(told).toEqual(['a day is abandoned'])
  const refused = settled(async () => false)
  expect(await refused.take(stretch(0, DAY))).toBe(false)
  await refused.close()
  expect(told).toHaveLength(1)
})
