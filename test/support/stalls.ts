import type { Stall } from './kill-figures.ts'

const BEAT_MS = 20
const LEAST_MS = 100

/** When the process in which it runs stood still: nothing that came then was noted before its end. */
export const watchStalls = (): { readonly seen: readonly Stall[]; readonly close: () => void } => {
  const seen: Stall[] = []
  let last = Date.now()
  const beat = setInterval(() => {
    const now = Date.now()
    if (now - last > LEAST_MS) seen.push({ from: last + BEAT_MS, to: now })
    last = now
  }, BEAT_MS)
  return { seen, close: () => clearInterval(beat) }
}
