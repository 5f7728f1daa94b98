/** `npm run soak [-- laws kills week wedge]`: all of it, or the named parts. Ends after 25 minutes at the latest; `TEST_SEED` repeats a run. */
const LIMIT_MS = 25 * 60_000
const parts = { laws: () => import('./laws.ts'), kills: () => import('./kills.ts'), week: () => import('./week.ts'), wedge: () => import('./wedge.ts') } as const
type Part = keyof typeof parts

const isPart = (name: string): name is Part => Object.hasOwn(parts, name)
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !isPart(name))
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are: ${Object.keys(parts).join(', ')}`)
  process.exit(2)
}
setTimeout(() => {
  console.error(`not done within ${LIMIT_MS / 60_000} minutes`)
  process.exit(1)
}, LIMIT_MS).unref()

for (const name of asked.length === 0 ? (['laws', 'kills', 'week', 'wedge'] as const) : asked.filter(isPart)) {
  console.log(`\n${name}`)
  const { run } = await parts[name]()
  if (!(await run())) process.exitCode = 1
}
process.exit()
