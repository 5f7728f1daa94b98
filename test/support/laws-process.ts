import { foldFromAnyBase, foldInAnyOrder, statesInAnyOrder, type Told } from './fold-laws.ts'
import { seeded } from './seeded-random.ts'

/** `node laws-process FIRST COUNT`: laws 2 and 3 for these seeds. One line of JSON for each that fails, and at last what was told. */
const [first = 1, count = 1] = process.argv.slice(2).map(Number)
const laws = { 2: foldFromAnyBase, 3: foldInAnyOrder, '3 of agents': statesInAnyOrder } as const
const told: Told = new Map()
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

for (let seed = first; seed < first + count; seed++) {
  for (const [law, holds] of Object.entries(laws)) {
    try {
      holds(seeded(seed), seed, told)
    } catch (error) {
      say({ law, seed, failed: error instanceof Error ? error.message.slice(0, 2_000) : String(error) })
    }
  }
}
say({ told: Object.fromEntries(told) })
