/** Runs one benchmark file for `npm run bench` and leaves its results as JSON. */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Bench } from './bench.ts'

const [file] = process.argv.slice(2)
const { BENCH_REDIS_URL: redisUrl, BENCH_ROUNDS: rounds, BENCH_OUTPUT: output } = process.env
if (file === undefined || redisUrl === undefined || output === undefined) throw new Error('bench/run.ts is started by npm run bench')

const { run }: { run: Bench } = await import(pathToFileURL(file).href)
const results = await run({ redisUrl, rounds: Number(rounds) })
writeFileSync(output, JSON.stringify(results))
// Connections that a benchmark left open must not keep the table waiting.
process.exit(0)
