import type { OpenPart } from './keeper.ts'

/** Work that is done at once and again every so often, until it is closed; what takes longer than that is not asked for twice. `work` tells of its own faults. */
export const repeat = (work: () => Promise<void>, everyMs: number): OpenPart => {
  let working: Promise<void> | null = null
  const run = () => {
    working ??= work().finally(() => (working = null))
  }
  const timer = setInterval(run, everyMs)
  run()
  return {
    close: async () => {
      clearInterval(timer)
      await working
    },
  }
}
