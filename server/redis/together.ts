import { RedisUnavailable } from './unavailable.ts'

interface Waiting<Item, Reply> {
  readonly item: Item
  readonly since: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

export interface TogetherLimits {
  readonly most: number
  readonly inFlight: number
  /** Who has waited longer has been told that the outcome is unknown: it is not sent any more. */
  readonly patienceMs: number
  readonly ticks?: () => number
}

/**
 * Calls that meet leave together: with `appendfsync always` whatever travels in one transaction shares one wait for the disk.
 * A call that meets nobody leaves at once. The slower the disk, the more travel together.
 */
export const together = <Item, Reply>(send: (items: readonly Item[]) => Promise<readonly Reply[]>, { most, inFlight, patienceMs, ticks = () => performance.now() }: TogetherLimits) => {
  const waiting: Waiting<Item, Reply>[] = []
  let flying = 0
  let pumping = false

  const fly = async (group: readonly Waiting<Item, Reply>[]): Promise<void> => {
    flying += 1
    try {
      const replies = await send(group.map(({ item }) => item))
      group.forEach(({ resolve, reject }, index) => (index < replies.length ? resolve(replies[index] as Reply) : reject(new Error('a call that travelled with others was not answered'))))
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      flying -= 1
      pump()
    }
  }
  const pump = (): void => {
    pumping = false
    while (waiting.length > 0 && flying < inFlight) {
      const first = waiting.findIndex(({ since }) => ticks() - since < patienceMs)
      for (const { reject } of waiting.splice(0, first < 0 ? waiting.length : first)) reject(new RedisUnavailable('timeout', `not sent within ${patienceMs} ms`))
      if (waiting.length > 0) void fly(waiting.splice(0, most))
    }
  }

  return (item: Item): Promise<Reply> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, since: ticks(), resolve, reject })
      if (pumping) return
      // Not at once: what is asked in the same breath travels with it.
      pumping = true
      queueMicrotask(pump)
    })
}
