import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { root } from './run.mjs'

const lifeline = pathToFileURL(join(root, 'scripts/lib/lifeline.mjs')).href
const guard = join(root, 'scripts/lib/guard.mjs')

const built = ({ env, hold }) =>
  [
    ['workers', 'dist/workers/main.js'],
    ['web', 'dist/server/main.js'],
  ].map(([name, main]) => ({ name, command: process.execPath, args: ['--enable-source-maps', '--import', lifeline, main], env, hold, beats: true }))

/** Node's own watcher outlives its child, so it runs under the guard, which ends both. Nobody waits for beats: who works on the code stops it where they like. */
const watched = ({ env, config, devPort }) => [
  ...[
    ['workers', 'workers/main.ts'],
    ['web', 'server/main.ts'],
  ].map(([name, main]) => ({ name, command: process.execPath, args: [guard, process.execPath, '--watch', '--watch-preserve-output', '--import', 'tsx', '--import', lifeline, main], env })),
  { name: 'vite', command: process.execPath, args: [guard, process.execPath, join(root, 'node_modules/vite/bin/vite.js'), '--host', '127.0.0.1', '--port', String(devPort), '--strictPort', '--clearScreen', 'false'], env: { ...env, PORT: String(config.port) } },
]

/** The parts besides Redis, in the order in which they start; they stop in the opposite one: web before workers. */
export const parts = (options) => (options.devPort !== null ? watched(options) : built(options))
