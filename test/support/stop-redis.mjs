import { rmSync } from 'node:fs'

export default async function stopRedis() {
  const running = globalThis.__floorwatchRedis
  if (!running) return
  globalThis.__floorwatchRedis = undefined
  await new Promise((resolve) => {
    running.child.once('exit', resolve)
    running.child.kill('SIGTERM')
  })
  rmSync(running.dir, { recursive: true, force: true })
}
