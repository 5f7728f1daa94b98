import { describe, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const log = pathToFileURL(resolve(import.meta.dirname, '../../server/log.ts')).href

describe('the log', () => {
  it('lets the process end although nobody reads its standard output any longer', async () => {
    const program = `
      import { createLog } from '${log}'
      const log = createLog('info', 'test')
      process.on('SIGTERM', () => { log.info('stopping'); log.info('stopped'); process.exit(7) })
      setInterval(() => {}, 1000)
      log.info('up')`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)))
    await new Promise((done) => child.stdout.once('data', done))
    child.stdout.destroy()
    child.kill('SIGTERM')
    const stuck = setTimeout(() => child.kill('SIGKILL'), 20_000)
    expect(await ended).toBe(7)
    clearTimeout(stuck)
  })
})
