import { describe, expect, it, jest } from '@jest/globals'
import { killRun } from '../support/kill-run.ts'
import { freshSeed } from '../support/seeded.ts'

/** Twelve of the hundred of `npm run soak -- kills`: worker, web server and Redis, each at points between two steps. */
const KILLS = 12
jest.setTimeout(300_000)

describe('kill after kill', () => {
  const seed = freshSeed()
  it(`at ${KILLS} marked points: no level is missed, early, fired twice or told after its acknowledgement (TEST_SEED=${seed})`, async () => {
    const lines: string[] = []
    const { rows, ...figures } = await killRun({ kills: KILLS, seed, away: [0, 100], told: (line) => void lines.push(line) }).catch((error: Error) => {
      throw new Error(`${error.message}\n${lines.join('\n')}`)
    })
    process.stderr.write(`kills: ${JSON.stringify(figures)}\n${rows.join('\n')}\n`)
    expect(figures).toMatchObject({ kills: KILLS, missed: 0, early: 0, twice: 0, afterAcknowledgement: 0, forged: 0 })
    // Ten seconds are promised; this machine may do other work.
    expect(figures.afterRecovery.max).toBeLessThan(20_000)
  })
})
