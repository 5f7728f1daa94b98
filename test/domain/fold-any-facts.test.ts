import { describe, it } from '@jest/globals'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { instantOf } from '../../server/domain/time.ts'
import { entryOf, NINE, utcSettings } from '../support/fact-builders.ts'
import { randomFact } from '../support/random-facts.ts'
import { lawRuns } from '../support/seeded-random.ts'
import { seeded } from '../support/seeded.ts'

const ALL = { from: instantOf(NINE - 200_000_000), to: instantOf(NINE + 200_000_000) }

describe('facts that make no sense together', () => {
  it('never stop the fold, and the sums still add up', () => {
    for (let seed = 1; seed <= lawRuns(40); seed++) {
      const random = seeded(seed)
      let floor = createFloor('test', utcSettings())
      const few = random.int(3, 40)
      for (let n = 0; n < 150; n++) {
        const fact = randomFact(random, NINE, n)
        const facts = 'contactId' in fact ? [{ ...fact, contactId: `c${n % few}`, legId: fact.legId === null ? null : `l${n % 3}` }] : [fact]
        floor.apply(entryOf(NINE + n * 20_000, facts))
        if (n % 50 === 49) floor = floorFromBase(JSON.parse(JSON.stringify(floor.toBase())))
      }
      for (const row of floor.intervals({ ...ALL, basis: 'arrival' })) {
        const ended = row.answered + row.abandoned + row.callbacks + row.flowedOut + row.systemEnded
        if (row.offered !== ended + row.pending || row.pending < 0) throw new Error(`seed ${seed}: ${row.queue} at ${row.from} offered ${row.offered}, ended ${ended}, pending ${row.pending}`)
      }
      const totals = floor.totals()
      const states = floor.agentNumbers().map((number) => floor.agent(number)?.state)
      const present = states.filter((state) => state !== 'offline' && state !== 'unreachable').length
      if (present !== totals.signedIn) throw new Error(`seed ${seed}: ${present} agents are signed in, the total says ${totals.signedIn}`)
      if (Math.min(totals.waiting, totals.alerting, totals.inProgress, totals.inAcw) < 0) throw new Error(`seed ${seed}: a gauge is below zero`)
      floor.contacts(ALL)
      for (const metric of ['serviceLevel', 'ahtMs', 'fcr', 'csat', 'waiting', 'queueHealth']) floor.explain({ metric, queue: null, window: 'today' })
      floor.nextTickAt()
    }
  })
})
