import type { CanonicalEvent } from '../server/contract/events.ts'
import type { Fact } from '../server/domain/platform-events.ts'
import { createFloor } from '../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../server/domain/settings.ts'
import { instantOf } from '../server/domain/time.ts'
import { openFacts } from '../test/support/facts-of.ts'
import { type Bench, median, resultOf } from './bench.ts'
import { madeEvents, type MadeFloor } from './support/made-events.ts'

const FROM = Date.UTC(2026, 10, 20, 6)
/** 133 a second, the peak hour of 4 million events a day. */
const PACE = 133
const EVENTS = 200_000
const FACTS_AN_ENTRY = 20
const settings = defaultFloorSettings({ id: 'bench', name: 'Bench', timeZone: 'UTC' }, instantOf(0))

interface Floor {
  readonly facts: readonly Fact[]
  readonly us: () => number
}

const planned = (size: Pick<MadeFloor, 'queues' | 'agents' | 'events'>): Floor => {
  const made = openFacts()
  const at = (event: CanonicalEvent) => Date.parse(event.occurredAt)
  const signedIn = Array.from({ length: size.agents }, (_, n): CanonicalEvent => ({ type: 'agent.state', id: `in-${n}`, occurredAt: new Date(FROM).toISOString(), source: 'made', agentId: `agent-${n}`, state: 'available', queues: [`queue-${n % size.queues}`, `queue-${(n * 7) % size.queues}`] }))
  const facts = made.of([...signedIn, ...[...madeEvents({ ...size, from: FROM, spanMs: (size.events / PACE) * 1_000 })].sort((a, b) => at(a) - at(b))])
  return {
    facts,
    us: () => {
      const floor = createFloor('bench', settings)
      const entries = Array.from({ length: Math.ceil(facts.length / FACTS_AN_ENTRY) }, (_, n) => facts.slice(n * FACTS_AN_ENTRY, (n + 1) * FACTS_AN_ENTRY))
      const began = process.cpuUsage()
      entries.forEach((some, n) => floor.apply({ kind: 'facts', id: `${n + 1}-0`, at: some.at(-1)?.occurredAt ?? instantOf(FROM), facts: some }))
      const { user, system } = process.cpuUsage(began)
      if (floor.totals(['queue-1']).today.offered === 0) throw new Error('nothing was folded')
      return (user + system) / facts.length
    },
  }
}

const heldMb = ({ facts }: Floor): number => {
  globalThis.gc?.()
  const before = process.memoryUsage()
  const floor = createFloor('bench', settings)
  for (let n = 0; n < facts.length; n += FACTS_AN_ENTRY) floor.apply({ kind: 'facts', id: `${n + 1}-0`, at: facts[Math.min(n + FACTS_AN_ENTRY, facts.length) - 1]?.occurredAt ?? instantOf(FROM), facts: facts.slice(n, n + FACTS_AN_ENTRY) })
  globalThis.gc?.()
  const after = process.memoryUsage()
  if (floor.queueIds().length === 0) throw new Error('nothing was folded')
  return (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1_048_576
}

/** T22: a floor of 1,000 queues and 5,000 agents: what an event costs beside one on a tenth of it, and beside the first half of the same stream. */
export const run: Bench = async ({ rounds }) => {
  const large = planned({ queues: 1_000, agents: 5_000, events: EVENTS })
  const small = planned({ queues: 100, agents: 500, events: EVENTS })
  const half = planned({ queues: 1_000, agents: 5_000, events: EVENTS / 2 })
  const [size, length, us]: [number[], number[], number[]] = [[], [], []]
  for (let round = -1; round < rounds; round += 1) {
    const [one, tenth, short] = [large.us(), small.us(), half.us()]
    // The first round warms the compiler up.
    if (round < 0) continue
    us.push(one)
    size.push(one / tenth)
    length.push(one / short)
  }
  const figures = { 'us an event': median(us).toFixed(2), events: EVENTS, 'floor MB': Math.round(heldMb(large)), 'a tenth of it, MB': Math.round(heldMb(small)) }
  return [
    resultOf({ id: 'T22', title: '1,000 queues x 5,000 agents floor: CPU an event', target: '<= 2x', baseline: '100 queues and 500 agents, as many events', rounds: size, figures, atMost: 2 }),
    resultOf({ id: 'T22', title: '1,000 queues x 5,000 agents floor: cost linear in events', target: '<= 1.1x', baseline: 'half as many events', rounds: length, figures, atMost: 1.1 }),
  ]
}
