import { answerOf, run, tailOf, which } from './run.mjs'
import { Hindrance, say, step } from './say.mjs'

const isRoot = () => process.getuid?.() === 0
const mayBecomeRoot = () => isRoot() || (which('sudo') !== null && answerOf('sudo', ['-n', 'true']) !== null)

/**
 * Installs a Debian package without letting it start or enable a service: Debian's redis-server would otherwise listen on 6379 from now on.
 * A policy file that is there already is somebody's and stays; what is started all the same is stopped.
 */
const debianScript = (name, service) => `
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
apt-get -q update || echo 'apt-get update failed; trying with the list of packages at hand'
apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install ${name}
${service === null ? '' : `if [ -d /run/systemd/system ]; then systemctl disable --now ${service} || true; elif [ -x /etc/init.d/${service} ]; then update-rc.d ${service} disable || true; fi`}
`

const installed = async (name, title, { service = null, brewName = name, brewArgs = [] }) => {
  if (which('apt-get') && mayBecomeRoot()) {
    const script = debianScript(name, service)
    const { code, output } = await step(`Installing ${title} with apt-get`, () => (isRoot() ? run('sh', ['-c', script]) : run('sudo', ['-n', 'sh', '-c', script])))
    return code === 0 ? { done: true, output: '' } : { done: false, output }
  }
  if (which('brew')) {
    const { code, output } = await step(`Installing ${title} with Homebrew`, () => run('brew', ['install', ...brewArgs, brewName]))
    return code === 0 ? { done: true, output: '' } : { done: false, output }
  }
  return { done: false, output: '' }
}

/** `7.0.15` of `Redis server v=7.0.15 sha=...`, `8.1.1` of `Valkey server v=8.1.1 ...`. */
export const redisVersion = (text) => /\bv=(\d+(?:\.\d+)*)/.exec(text ?? '')?.[1] ?? null

/** Path of a Redis or Valkey server of version 7.0 or newer; installed when there is none. */
export const ensureRedisServer = async () => {
  const find = () => which('redis-server', 'valkey-server')
  let output = ''
  if (find() === null) ({ output } = await installed('redis-server', 'redis-server', { service: 'redis-server', brewName: 'redis' }))
  const path = find()
  if (path === null) {
    throw new Hindrance(
      [
        output ? `redis-server could not be installed:\n${tailOf(output)}\n` : 'Floorwatch keeps its data in Redis, and there is no redis-server on this machine.',
        'Any one of these will do:',
        '  Debian, Ubuntu:   sudo apt-get install redis-server',
        '  Fedora, RHEL:     sudo dnf install valkey',
        '  macOS:            brew install redis',
        '  Docker:           docker compose up',
        '  a Redis you have: REDIS_URL=redis://HOST:6379 npm start',
      ].join('\n'),
    )
  }
  const version = redisVersion(answerOf(path, ['--version']))
  if (version !== null && Number(version.split('.')[0]) < 7) throw new Hindrance(`${path} is version ${version}; Floorwatch needs Redis 7.0 or newer, or Valkey. Install a newer one, or name another with REDIS_URL=redis://HOST:6379`)
  return path
}

/** Path of a Chromium or Chrome, or null. `CHROMIUM_PATH` wins. */
export const findChromium = () =>
  process.env.CHROMIUM_PATH || which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium')

/** The browser of the browser tests; installed when there is none. */
export const ensureChromium = async () => {
  let output = ''
  if (findChromium() === null) ({ output } = await installed('chromium', 'Chromium', { brewArgs: ['--cask'] }))
  const path = findChromium()
  if (path === null) {
    throw new Hindrance(`${output ? `Chromium could not be installed:\n${tailOf(output)}\n` : 'The browser tests need Chromium, and there is none on this machine.'}\nInstall it (Debian: sudo apt-get install chromium, macOS: brew install --cask chromium), or name one with CHROMIUM_PATH=/path/to/chrome`)
  }
  say(`  Browser: ${path}`)
  return path
}
