import { freshSeed } from '../support/seeded.ts'
import { simulateDays, type DayFigures } from '../support/simulated-days.ts'

const names = ['day', 'facts', 'logEntries', 'redisMb', 'rowsMb', 'keeperHeapMb', 'keeperRssMb', 'readerHeapMb', 'readerRssMb'] as const satisfies readonly (keyof DayFigures)[]
const line = (cells: readonly (string | number)[]): string => cells.map((cell) => String(cell).padStart(13)).join('')

/** A simulated week through log, keeper and a reader. `SOAK_DAYS`, `SOAK_CONTACTS` (a minute) and `TEST_SEED` change it. */
export const run = async (): Promise<boolean> => {
  const days = Number(process.env['SOAK_DAYS'] ?? 7)
  const contactsAMinute = Number(process.env['SOAK_CONTACTS'] ?? 3)
  const seed = freshSeed()
  console.log(`TEST_SEED=${seed}, ${days} days, ${contactsAMinute} contacts a minute`)
  console.log(line(names))
  const figures = await simulateDays({ days, contactsAMinute, seed, onDay: (figure) => console.log(line(names.map((name) => figure[name]))) })

  const [third, last] = [figures[2], figures.at(-1)]
  if (third !== undefined && last !== undefined && last !== third) {
    const grown = (['redisMb', 'keeperHeapMb', 'readerHeapMb'] as const).map((name) => ({ name, percent: Math.round((last[name] / third[name] - 1) * 100) }))
    console.log(`From day 3 to day ${last.day}: ${grown.map(({ name, percent }) => `${name} ${percent >= 0 ? '+' : ''}${percent} %`).join(', ')}`)
    if (grown.some(({ percent }) => percent > 25)) return false
  }
  return true
}
