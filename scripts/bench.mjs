/** `npm run bench [-- t04 t05 ...] [--rounds N]`: the benchmarks of bench/, on a Redis of their own, as a table and as bench/results.json. */
import { requireNode } from './lib/node-version.mjs'

requireNode((text) => process.stderr.write(`${text}\n`))
const { bench } = await import('./lib/bench.mjs')
await bench(process.argv.slice(2))
