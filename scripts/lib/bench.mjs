import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { compile } from './compile-server.mjs'
import { prepareRedis } from './own-redis.mjs'
import { answerOf, root } from './run.mjs'
import { Hindrance, say, sayError, secondsSince } from './say.mjs'
import { setUp } from './setup.mjs'
import { table } from './table.mjs'

const LEAST_ROUNDS = 5

const parsed = (args) => {
  const at = args.indexOf('--rounds')
  const rounds = at < 0 ? LEAST_ROUNDS : Number(args[at + 1])
  if (!Number.isInteger(rounds) || rounds < LEAST_ROUNDS) throw new Hindrance(`--rounds must be a whole number from ${LEAST_ROUNDS} on: fewer say nothing`, 2)
  return { rounds, wanted: args.filter((_, index) => at < 0 || (index !== at && index !== at + 1)) }
}

const filesOf = (wanted) => {
  const all = readdirSync(join(root, 'bench')).filter((name) => /^t\d+.*\.ts$/.test(name)).sort()
  const chosen = wanted.length === 0 ? all : all.filter((name) => wanted.some((prefix) => name === prefix || new RegExp(`^${prefix}(?!\\d)`).test(name)))
  if (chosen.length === 0) throw new Hindrance(`No benchmark is called ${wanted.join(', ') || 'anything'}; there are: ${all.join(', ') || 'none yet'}`, 2)
  return chosen
}

/** A Redis configured as the product's, on an empty folder, that ends with us. */
const startRedis = async (redisServer) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'floorwatch-bench-'))
  const redis = await prepareRedis({ dataDir, durability: 'disk' })
  const child = spawn(process.execPath, [join(root, 'scripts/lib/guard.mjs'), redisServer, redis.configFile], { stdio: ['pipe', 'ignore', 'inherit'] })
  for (const until = Date.now() + 10_000; (await redis.ask()) !== '+PONG'; ) {
    if (Date.now() > until) throw new Hindrance(`redis-server did not start within 10 s; see ${redis.logFile}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    url: redis.url,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.stdin.end()
      await gone
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Compiled like the product: a loader that translates as it goes names every inner function anew at each call, and that would be measured too. */
const build = async () => {
  await compile(['bench', 'test/support', 'client/build-flags.ts'])
  for (const name of readdirSync(join(root, 'bench/support')).filter((file) => file.endsWith('.mjs'))) cpSync(join(root, 'bench/support', name), join(root, 'dist/bench/support', name))
}

/** Each file has a process of its own: the heap and the compiled code of one must not flatter or hurt the next. */
const runFile = (file, { redisUrl, rounds, redisServer }) =>
  new Promise((settle) => {
    const output = join(mkdtempSync(join(tmpdir(), 'floorwatch-bench-')), 'results.json')
    const env = { ...process.env, NODE_ENV: 'production', BENCH_REDIS_URL: redisUrl, BENCH_ROUNDS: String(rounds), BENCH_OUTPUT: output, REDIS_SERVER: redisServer }
    const child = spawn(process.execPath, ['--expose-gc', join(root, 'dist/bench/run.js'), join(root, 'dist/bench', file.replace(/\.ts$/, '.js'))], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('exit', (code) => {
      const results = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')) : []
      rmSync(join(output, '..'), { recursive: true, force: true })
      settle({ code: code ?? 1, results })
    })
  })

const machine = () => ({ node: process.versions.node, redis: answerOf('redis-server', ['--version']), cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryMib: Math.round(totalmem() / 1_048_576), commit: answerOf('git', ['-C', root, 'rev-parse', '--short', 'HEAD']) })

const short = (value) => (typeof value === 'number' ? (Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString()) : String(value))

const rowsOf = (results) => results.map(({ id, title, ratio, target, holds, baseline, figures }) => [id, title, short(ratio), target, holds ? 'holds' : 'MISSED', baseline, Object.entries(figures).map(([name, value]) => `${name} ${short(value)}`).join(', ')])

const run = async (args) => {
  const { rounds, wanted } = parsed(args)
  const { redisServer } = await setUp({ redis: true, build: ['server'] })
  await build()
  const results = []
  let broken = 0
  for (const file of filesOf(wanted)) {
    const at = Date.now()
    say(`  ${file} ...`)
    const redis = await startRedis(redisServer)
    const { code, results: rows } = await runFile(file, { redisUrl: redis.url, rounds, redisServer })
    await redis.stop()
    if (code !== 0) broken += 1
    say(`  ${file}: ${code === 0 ? 'done' : `FAILED with code ${code}`} in ${secondsSince(at)}`)
    results.push(...rows)
  }
  writeFileSync(join(root, 'bench/results.json'), `${JSON.stringify({ at: new Date().toISOString(), rounds, machine: machine(), results }, null, 2)}\n`)
  say(`\n${table(['id', 'what', 'ratio', 'target', '', 'against', 'figures'], rowsOf(results))}\n`)
  say(`${results.filter(({ holds }) => holds).length} of ${results.length} hold. Written to bench/results.json.`)
  return broken === 0 ? 0 : 1
}

export const bench = async (args) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
  try {
    process.exit(await run(args))
  } catch (error) {
    sayError(error instanceof Hindrance ? error.message : error.stack)
    process.exit(error.code === 2 ? 2 : 1)
  }
}
