/**
 * Who may import whom, as data. Paths are relative to the project, with forward slashes.
 * A part that is missing from the table may import nothing of the server: forgetting a row is noticed at once.
 */
const values = ['server/domain']
const wire = [...values, 'server/contract']
const common = ['server/config.ts', 'server/log.ts']
/** Small doors that every routes file uses: refusals, bodies and rights. */
const routeDoors = ['server/http/problem.ts', 'server/http/body.ts', 'server/access/guard.ts']

/** Folder or file -> what it may import besides itself; the longest matching key counts. */
export const importTable = {
  'server/domain': [],
  'server/contract': values,
  'server/redis': [...wire, ...common],
  'server/replica': [...values, 'server/redis', ...common],
  'server/ingest': [...wire, 'server/redis', ...common, ...routeDoors],
  'server/incidents': [...wire, 'server/redis', ...common, ...routeDoors],
  'server/access': [...wire, 'server/redis', ...common, ...routeDoors],
  'server/live': [...wire, 'server/redis', 'server/replica', 'server/ingest', 'server/incidents', 'server/access', ...common, ...routeDoors],
  'server/http': [...wire, ...common, ...routeDoors],
  'server/config.ts': [...wire, 'server/config-secrets.ts'],
  'server/log.ts': values,
  /** Wiring and the command line may use every part. */
  'server/main.ts': ['server'],
  'server/cli': ['server'],
  server: [],
  workers: [...wire, 'server/redis', 'server/replica', 'server/ingest', 'server/incidents', ...common],
  client: ['server/contract', 'server/domain/agent-states.ts', 'server/domain/kpi', 'server/domain/clock/wall-intervals.ts'],
  test: ['server', 'workers', 'client', 'bench', 'scripts'],
  bench: ['server', 'workers', 'client', 'test/support'],
  scripts: ['scripts', 'server', 'dist'],
}

/** Client folders that belong to no feature: everybody may use them. */
const clientCommons = ['explain', 'live', 'stores', 'http', 'kpi', 'base', 'composables', 'format', 'styles', 'locales', 'sound']

/** One door per library: only these files may import it. Type declarations count too, so that a library can be exchanged at its door. */
export const doors = {
  redis: ['server/redis/**', 'test/**', 'bench/**'],
  'socket.io': ['server/live/**', 'test/**', 'bench/**'],
  express: ['server/http/**', 'server/access/guard.ts', '**/*routes.ts', 'test/**', 'bench/**'],
  bullmq: ['workers/**', 'test/**', 'bench/**'],
  'socket.io-client': ['client/live/**', 'test/**', 'bench/**'],
  'chart.js': ['client/kpi/**'],
  'ical.js': ['server/incidents/rota-calendar.ts', 'test/**'],
}

/** `@redis/client` is the inside of `redis`, `chartjs-plugin-*` of `chart.js`. */
const family = (name) => (name.startsWith('@redis/') ? 'redis' : /^chartjs-/.test(name) ? 'chart.js' : name)

const packageOf = (specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')

const patternOf = (glob) =>
  new RegExp(`^${glob.split('**/').map((part) => part.replace(/[.+]/g, '\\$&').replace(/\*\*/g, '.+').replace(/(?<!\.)\*/g, '[^/]*')).join('(?:.*/)?')}$`)
const doorPatterns = Object.fromEntries(Object.entries(doors).map(([name, globs]) => [name, globs.map(patternOf)]))

const within = (file, folder) => file === folder || file.startsWith(`${folder}/`)

const rowOf = (file) =>
  Object.keys(importTable)
    .filter((key) => within(file, key))
    .sort((a, b) => b.length - a.length)[0]

const featureOf = (file) => {
  const [top, folder, rest] = file.split('/')
  return top === 'client' && rest !== undefined && !clientCommons.includes(folder) ? folder : null
}

const sharedBetweenFeatures = (file) => /(?:-store|-types|\/types)\.ts$/.test(file)

/** Why `from` may not import the file `to`, or null. `typeOnly`: an `import type`, gone after compiling. */
export const faultOfFile = (from, to, typeOnly = false) => {
  const row = rowOf(from)
  if (row === undefined || within(to, row)) return faultBetweenFeatures(from, to, typeOnly)
  if (row === 'client' && typeOnly && within(to, 'server/domain')) return null
  if (importTable[row].some((allowed) => within(to, allowed))) return null
  const known = importTable[row].length === 0 ? 'nothing outside itself' : importTable[row].join(', ')
  return `${from} may not import ${to}: ${row} imports ${known}`
}

const faultBetweenFeatures = (from, to, typeOnly) => {
  const [mine, theirs] = [featureOf(from), featureOf(to)]
  if (mine === null && theirs !== null && from.split('/').length > 2) return `${from} is used by every screen and may not import ${to} of one screen`
  // The gallery shows the parts of every screen.
  if (mine === null || theirs === null || mine === theirs || mine === 'gallery' || typeOnly || sharedBetweenFeatures(to)) return null
  return `${from} may not import ${to}: screens share stores and types only`
}

/** Why `from` may not import the package `specifier`, or null. */
export const faultOfPackage = (from, specifier) => {
  const name = family(packageOf(specifier))
  if (within(from, 'server/domain') && name !== 'temporal-polyfill') return `${from} may not import ${specifier}: the domain imports nothing from outside but the time polyfill`
  if (within(from, 'client') && specifier.startsWith('node:')) return `${from} may not import ${specifier}: the client runs in a browser`
  const allowed = doorPatterns[name]
  if (allowed === undefined || allowed.some((pattern) => pattern.test(from))) return null
  return `${from} may not import ${specifier}: ${name} has one door: ${doors[name][0]}`
}

