import { availableParallelism } from 'node:os'
import { poorIn } from '../support/fold-laws.ts'
import { runLaws } from '../support/law-runs.ts'
import { lawRuns } from '../support/seeded-random.ts'
import { freshSeed } from '../support/seeded.ts'

/** Seeds are whole numbers of 31 bits. */
const SEEDS = 2 ** 31
const MOST_SHOWN = 10
/** Fewer stories are poor by chance. */
const RICH_FROM = 1_000

/** Laws 2 and 3 of the fold, a hundred thousand stories of each, over all cores. `LAW_RUNS` changes their number, `TEST_SEED` the first seed. */
export const run = async (): Promise<boolean> => {
  const runs = lawRuns(100_000)
  const first = Math.min(freshSeed(), SEEDS - runs)
  const processes = Math.min(availableParallelism(), runs)
  console.log(`TEST_SEED=${first}, ${runs} stories of each law in ${processes} processes`)
  const startedAt = Date.now()
  const { told, failures } = await runLaws({ first, runs, processes })
  for (const { law, seed, failed } of failures.slice(0, MOST_SHOWN)) console.error(`law ${law} fails with seed ${seed}: ${failed}\n  again: TEST_SEED=${seed} LAW_RUNS=1 npm run soak -- laws`)
  const poor = runs < RICH_FROM ? [] : poorIn(told)
  if (poor.length > 0) console.error(`the stories have become poor in ${poor.join(', ')}`)
  const [stories, shuffled] = [told.get('stories') ?? 0, told.get('shuffled stories') ?? 0]
  console.log(JSON.stringify({ stories, shuffled, failures: failures.length, seconds: Math.round((Date.now() - startedAt) / 1_000) }))
  return failures.length === 0 && poor.length === 0 && stories === runs && shuffled === runs
}
