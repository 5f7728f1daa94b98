import { join } from 'node:path'
import { root } from './run.mjs'
import { Hindrance, say } from './say.mjs'
import { takeLock } from './lock.mjs'
import { ensureBuilt } from './build.mjs'
import { ensurePackages } from './packages.mjs'
import { ensureChromium, ensureRedisServer } from './programs.mjs'

const WAIT_MS = 15 * 60_000

/** Two commands in one folder must not install or build at once: the second waits. */
const alone = async (work) => {
  const path = join(root, '.tmp', 'setup.lock')
  let told = false
  for (const until = Date.now() + WAIT_MS; Date.now() < until; ) {
    const { holder, release } = takeLock(path)
    if (holder === null) {
      try {
        return await work()
      } finally {
        release()
      }
    }
    if (!told) say(`  Process ${holder.pid} is setting up this folder; waiting for it ...`)
    told = true
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Hindrance(`Another process has been setting up this folder for 15 minutes; end it, or remove ${path}`)
}

/** Whatever is missing for the named purposes, in the order in which one needs the other. Resolves what was found: `{ redisServer, chromium }`. */
export const setUp = ({ redis = false, browser = false, build = [] }) =>
  alone(async () => {
    await ensurePackages()
    const redisServer = redis ? await ensureRedisServer() : null
    const chromium = browser ? await ensureChromium() : null
    if (build.length > 0) await ensureBuilt(...build)
    return { redisServer, chromium }
  })
