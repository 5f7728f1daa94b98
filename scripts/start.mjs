/** `npm start`: from a fresh clone to a running Floorwatch, and back to nothing when it ends. `--dev`: the same with live reload. */
import { requireNode } from './lib/node-version.mjs'

requireNode((text) => process.stderr.write(`${text}\n`))
const { start } = await import('./lib/start.mjs')
await start({ dev: process.argv.includes('--dev') })
