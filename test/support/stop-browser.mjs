import { rmSync } from 'node:fs'

export default async function stopBrowser() {
  const running = globalThis.__floorwatchBrowser
  if (!running) return
  globalThis.__floorwatchBrowser = undefined
  const { product, browser } = running
  await browser.close()
  product.child.removeAllListeners('exit')
  await new Promise((resolve) => {
    product.child.once('exit', resolve)
    product.child.kill('SIGTERM')
  })
  rmSync(product.dataDir, { recursive: true, force: true })
}
