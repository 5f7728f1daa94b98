/** `npm test`: sets up what is missing, then lint, types and all tests. The last line is `N passed, N failed, N skipped`. */
import { requireNode } from './lib/node-version.mjs'

requireNode((text) => process.stderr.write(`${text}\n`))
const { test } = await import('./lib/test.mjs')
await test()
