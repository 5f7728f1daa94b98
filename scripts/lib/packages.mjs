import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endsOf, npm, root, run, tailOf } from './run.mjs'
import { Hindrance, say, step } from './say.mjs'

const modules = join(root, 'node_modules')
const stampFile = join(modules, '.floorwatch-packages')

const stampNow = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform} ${process.arch} ${process.versions.modules}`)
    .digest('hex')

const readStamp = () => (existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '')

const installedCount = () => {
  if (!existsSync(modules)) return 0
  return readdirSync(modules).reduce((count, name) => {
    if (name.startsWith('.')) return count
    return count + (name.startsWith('@') ? readdirSync(join(modules, name)).length : 1)
  }, 0)
}

const fitsHere = ({ os, cpu }) => (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true)

const lockedCount = () =>
  Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages).filter(([path, about]) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path) && fitsHere(about)).length

/** Installs the packages of the lock file when it or the platform has changed since the last time. */
export const ensurePackages = async () => {
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) return // kept by someone else
  const stamp = stampNow()
  if (readStamp() === stamp) return
  const wanted = lockedCount()
  const { command, args } = npm()
  const { code, output } = await step(`Installing ${wanted} npm packages`, () => run(command, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { env: { ...process.env, NODE_ENV: 'development' } }), {
    progress: () => `${installedCount()} of about ${wanted} in place`,
  })
  if (code !== 0) {
    throw new Hindrance(`npm could not install the packages:\n${endsOf(output)}\n\nCheck that the npm registry can be reached (npm ping) and that this folder can be written, then run the same command again.`)
  }
  if (output.trim()) say(tailOf(output, 5))
  writeFileSync(stampFile, stamp)
}
