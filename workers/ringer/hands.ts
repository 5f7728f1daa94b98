/** How many timers a process has claimed and not yet worked on. */
export interface Hands {
  /** Whether so many more may be taken now. */
  free(many: number): boolean
  /** Resolves once so many may be taken, in the order of asking; whoever holds nothing may always take. */
  room(many: number): Promise<void>
  /** Holds so many for as long as the work lasts. */
  hold<T>(many: number, work: () => Promise<T>): Promise<T>
}

/** A claim that cannot be worked on within its lease is one that is taken back and made again: no more are taken than can be. */
export const openHands = (most: number): Hands => {
  const waiting: { readonly many: number; readonly go: () => void }[] = []
  let held = 0
  const free = (many: number): boolean => held === 0 || held + many <= most
  const next = (): void => {
    while (waiting[0] !== undefined && free(waiting[0].many)) waiting.shift()?.go()
  }
  return {
    free: (many) => waiting.length === 0 && free(many),
    room: (many) => (waiting.length === 0 && free(many) ? Promise.resolve() : new Promise((go) => void waiting.push({ many, go }))),
    hold: async (many, work) => {
      held += many
      try {
        return await work()
      } finally {
        held -= many
        next()
      }
    },
  }
}
