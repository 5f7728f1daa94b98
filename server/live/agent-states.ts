import type { AgentBand } from '../domain/agent-figures.ts'
import type { Floor } from '../domain/floor.ts'
import { queueBands } from '../domain/plan/queue-bands.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import { HOT_MS } from '../domain/hot-hours.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import type { DayBooks } from '../redis/day-books.ts'

/** What agents were in a range of any age. */
export interface AgentStates {
  /** In order of time, stretches on the queue as one. */
  readonly of: (agent: AgentNumber) => readonly AgentBand[]
  /** Whether all of a stretch is kept: what nobody wrote down says nothing of anybody. */
  readonly known: (from: Instant, to: Instant) => boolean
}


export const agentStates = async (books: Pick<DayBooks, 'bands' | 'covered'>, site: string, floor: Pick<Floor, 'asOf' | 'bands'>, from: Instant, to: Instant): Promise<AgentStates> => {
  const hotFrom = instantOf(Math.min(Math.max(from, floor.asOf - HOT_MS), Math.max(from, to)))
  const past = from < hotFrom
  const [bands, covered] = past ? [await books.bands(site, from, hotFrom), await books.covered(site, from, hotFrom)] : [new Map<AgentNumber, readonly AgentBand[]>(), []]
  const known = [...covered].sort((a, b) => a.from - b.from)
  return {
    of: (agent) => queueBands([...(bands.get(agent) ?? []), ...floor.bands(agent, hotFrom, to)]),
    known: (since, until) => {
      let at = since
      for (const day of known) if (day.from <= at && day.to > at) at = day.to
      return until <= since || at >= Math.min(until, hotFrom)
    },
  }
}
