/** Entry of the image: the role is the command (`all`, `web`, `workers`). Nothing is installed or built here. */
const roles = {
  all: async () => (await import('./lib/start.mjs')).start({ built: true }),
  web: () => import('../dist/server/main.js'),
  workers: () => import('../dist/workers/main.js'),
}
const [role = 'all'] = process.argv.slice(2)
if (!Object.hasOwn(roles, role)) {
  process.stderr.write(`Unknown role "${role}"; there are: ${Object.keys(roles).join(', ')}\n`)
  process.exit(2)
}
await roles[role]()
