import { RECOVERED_WITHIN_MS } from '../support/kill-figures.ts'
import { killRun } from '../support/kill-run.ts'
import { freshSeed } from '../support/seeded.ts'

/** A hundred kills, five at each of twenty marked points. `KILLS` changes their number. */
export const run = async (): Promise<boolean> => {
  const seed = freshSeed()
  const kills = Number(process.env['KILLS'] ?? 100)
  console.log(`TEST_SEED=${seed}, ${kills} kills`)
  const { rows, ...figures } = await killRun({ kills, seed, away: [0, 2_000], told: (line) => console.log(line) })
  for (const row of rows) console.log(row)
  console.log(JSON.stringify(figures, null, 2))
  const { missed, early, twice, afterAcknowledgement, forged, afterRecovery } = figures
  return [missed, early, twice, afterAcknowledgement, forged].every((count) => count === 0) && afterRecovery.max <= RECOVERED_WITHIN_MS
}
