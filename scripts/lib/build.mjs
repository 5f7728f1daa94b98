import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { compileServer } from './compile-server.mjs'
import { root, run, tailOf } from './run.mjs'
import { Hindrance, step } from './say.mjs'

const filesIn = (path) => {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesIn(join(path, entry.name)))
}

/** Hash of all that goes into a build: names and contents. */
const sourceHash = (sources) => {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((source) => filesIn(join(root, source)))) {
    hash.update(`${relative(root, file)}\0`)
    hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** What was made of a source that is gone stays otherwise; nothing may import it any longer. */
const prune = (folder) => {
  for (const file of filesIn(join(root, 'dist', folder))) {
    const source = join(root, relative(join(root, 'dist'), file)).replace(/\.js(?:\.map)?$/, '.ts')
    if (/\.js(?:\.map)?$/.test(file) && !existsSync(source)) rmSync(file)
  }
}

const bin = (name) => join(root, 'node_modules', '.bin', name)

const builds = [
  {
    name: 'server',
    title: 'Building the server',
    sources: ['server', 'workers', 'scripts/lib/compile-server.mjs', 'package-lock.json'],
    result: 'dist/server',
    work: async () => {
      prune('server')
      prune('workers')
      await compileServer()
      return { code: 0, output: '' }
    },
  },
  {
    name: 'client',
    title: 'Building the client',
    sources: ['client', 'server/contract', 'server/domain', 'vite.config.ts', 'package-lock.json'],
    result: 'dist/client/index.html',
    work: () => run(bin('vite'), ['build', '--logLevel', 'warn'], { env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' } }),
  },
]

/** Builds what has changed since its last build. The hash is taken before building: a file saved meanwhile is built the next time. */
export const ensureBuilt = async (...names) => {
  const stale = builds
    .filter(({ name }) => names.includes(name))
    .map((build) => ({ ...build, hash: sourceHash(build.sources), stamp: join(root, 'dist', `.${build.name}-stamp`) }))
    .filter(({ result, stamp, hash }) => !(existsSync(join(root, result)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash))
  const built = await Promise.allSettled(
    stale.map(async ({ name, title, work, hash, stamp }) => {
      const { code, output } = await step(title, work)
      if (code !== 0) throw new Hindrance(`The ${name} could not be built:\n${tailOf(output, 40)}`)
      mkdirSync(join(root, 'dist'), { recursive: true })
      writeFileSync(stamp, hash)
    }),
  )
  for (const { reason } of built) if (reason) throw reason
}
