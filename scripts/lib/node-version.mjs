/** Even releases and the day on which their support ends. */
const endOfLife = { 20: '2026-04-30', 22: '2027-04-30', 24: '2028-04-30', 26: '2029-04-30' }
const least = [20, 19]

/**
 * Written in the oldest syntax that can be parsed, so that an old Node says what is wrong instead of failing on a word.
 * Returns { ok, message }: message is a refusal or a warning, or null.
 */
export function checkNode(version, today) {
  const [major, minor] = version.split('.').map(Number)
  if (major < least[0] || (major === least[0] && minor < least[1])) {
    return { ok: false, message: `Floorwatch needs Node ${least.join('.')} or newer; this is ${version}. Install a current release from nodejs.org, or with nvm: nvm install 24` }
  }
  const end = endOfLife[major]
  if (end === undefined && major < 26) return { ok: true, message: `Node ${version} is not a long-term release and gets no security fixes; use Node 24.` }
  if (end !== undefined && today > end) return { ok: true, message: `Node ${major} has had no security fixes since ${end}; Floorwatch runs, but move to Node 24 soon.` }
  return { ok: true, message: null }
}

/** Ends the process with a clear message when this Node is too old. */
export function requireNode(say) {
  const { ok, message } = checkNode(process.versions.node, new Date().toISOString().slice(0, 10))
  if (message !== null) say(message)
  if (!ok) process.exit(1)
}
