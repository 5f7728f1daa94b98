import { freshSeed } from '../support/seeded.ts'
import { simulateDays, type DayFigures } from '../support/simulated-days.ts'

/** `npm run soak`: a simulated week through log, keeper and a reader. `SOAK_DAYS`, `SOAK_CONTACTS` (a minute) and `TEST_SEED` change it; it ends after 25 minutes at the latest. */
const LIMIT_MS = 25 * 60_000
const days = Number(process.env['SOAK_DAYS'] ?? 7)
const contactsAMinute = Number(process.env['SOAK_CONTACTS'] ?? 3)
const seed = freshSeed()

setTimeout(() => {
  console.error(`not done within ${LIMIT_MS / 60_000} minutes`)
  process.exit(1)
}, LIMIT_MS).unref()

const names = ['day', 'facts', 'logEntries', 'redisMb', 'rowsMb', 'keeperHeapMb', 'keeperRssMb', 'readerHeapMb', 'readerRssMb'] as const satisfies readonly (keyof DayFigures)[]
const line = (cells: readonly (string | number)[]): string => cells.map((cell) => String(cell).padStart(13)).join('')

console.log(`TEST_SEED=${seed}, ${days} days, ${contactsAMinute} contacts a minute`)
console.log(line(names))
const figures = await simulateDays({ days, contactsAMinute, seed, onDay: (figure) => console.log(line(names.map((name) => figure[name]))) })

const [third, last] = [figures[2], figures.at(-1)]
if (third !== undefined && last !== undefined && last !== third) {
  const grown = (['redisMb', 'keeperHeapMb', 'readerHeapMb'] as const).map((name) => ({ name, percent: Math.round((last[name] / third[name] - 1) * 100) }))
  console.log(`From day 3 to day ${last.day}: ${grown.map(({ name, percent }) => `${name} ${percent >= 0 ? '+' : ''}${percent} %`).join(', ')}`)
  if (grown.some(({ percent }) => percent > 25)) process.exitCode = 1
}
process.exit()
