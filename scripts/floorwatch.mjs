/** `npm run floorwatch -- COMMAND`: the command line, from a fresh clone too. What it sets up first it says on stderr: stdout is the command's alone. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireNode } from './lib/node-version.mjs'

// Only a Node that is too old is worth a line here; `doctor` tells the rest.
requireNode((text) => process.versions.node.startsWith('20.') && Number(process.versions.node.split('.')[1]) >= 19 ? undefined : process.stderr.write(`${text}\n`))
const { root } = await import('./lib/run.mjs')
const environmentFile = join(root, '.env')
if (existsSync(environmentFile)) process.loadEnvFile(environmentFile)

const main = join(root, 'dist/server/cli/main.js')
const write = process.stdout.write
try {
  process.stdout.write = process.stderr.write.bind(process.stderr)
  // An image holds what was built and no compiler.
  if (!existsSync(main) || existsSync(join(root, 'node_modules/typescript'))) {
    const { setUp } = await import('./lib/setup.mjs')
    await setUp({ build: ['server'] })
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
} finally {
  process.stdout.write = write
}
const { withOwnRedis } = await import('./lib/redis-for-command.mjs')
await withOwnRedis(process.argv.slice(2), () => import(pathToFileURL(main).href))
