import type { AgentBand, AgentState } from '../agent-figures.ts'

const ON_QUEUE: ReadonlySet<AgentState> = new Set(['available', 'ringing', 'on-contact', 'acw'])

/** On the queue, whatever they did there. */
export const isOnQueue = (state: AgentState): boolean => ON_QUEUE.has(state)

/** What a plan is held against, and no more: stretches on the queue as one (`available`), and those that touch in one state joined. */
export const queueBands = (bands: readonly AgentBand[]): readonly AgentBand[] => {
  const joined: AgentBand[] = []
  for (const band of bands) {
    const state = isOnQueue(band.state) ? 'available' : band.state
    const last = joined.at(-1)
    if (last?.state === state && last.to >= band.from) joined[joined.length - 1] = { ...last, to: band.to }
    else joined.push({ ...band, state })
  }
  return joined
}
