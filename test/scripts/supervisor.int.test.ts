import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { configExitCode } from '../../server/config.ts'

interface Fault {
  readonly name: string
  readonly code?: number
  readonly text: string
}
const paths: readonly string[] = ['../../scripts/lib/supervisor.mjs', '../../scripts/lib/part-log.mjs']
const [{ keepRunning }, { partLog }] = (await Promise.all(paths.map((path) => import(path)))) as [{ readonly keepRunning: (part: object) => { readonly stop: () => Promise<void> } }, { readonly partLog: (of: object) => object }]
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fw-supervisor-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a part that refuses to start is told of by its own last words, and not started again', async () => {
  const last = JSON.stringify({ level: 60, msg: 'the web server could not start', reason: 'This data was written by a newer Floorwatch' })
  const program = `console.log('{"level":30,"msg":"ready"}'); process.stdout.write(${JSON.stringify(last)}); process.exit(${configExitCode})`
  const fault = await new Promise<Fault>((resolve) => {
    keepRunning({ name: 'web', command: process.execPath, args: ['-e', program], env: process.env, refusalCode: configExitCode, log: partLog({ folder, name: 'web', leastLevel: 40, show: () => undefined }), onFault: resolve })
  })
  expect(fault).toMatchObject({ name: 'web', code: configExitCode })
  expect(fault.text).toContain('reason=This data was written by a newer Floorwatch')
  expect(fault.text).not.toMatch(/configuration|ready/)
})
