/** Waits for a condition, asking often; fails with what was waited for. */
export const until = async <T>(what: string, ask: () => T | null | undefined | false | Promise<T | null | undefined | false>, withinMs = 10_000): Promise<T> => {
  const end = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
