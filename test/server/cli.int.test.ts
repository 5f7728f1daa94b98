import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { floorwatchCommand } from '../support/floorwatch-command.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await runServer()
  await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })
})
afterAll(() => server.close())

// The data folder alone gives the right to administer: no token is in this environment.
const environment = () => ({ PATH: process.env.PATH ?? '', PORT: new URL(server.url).port, DATA_DIR: server.config.dataDir, DEMO: 'off' })
const floorwatch = (...args: readonly string[]) => floorwatchCommand(environment())(...args)

describe('the command line', () => {
  it('prints the token of a new key alone, and that token works', async () => {
    const { code, out, err } = await floorwatch('key', 'create', '--site', 'acme', '--role', 'supervisor', '--name', 'Night')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^fwk_[0-9a-f]{18}_[A-Za-z0-9_-]{43}\n$/)
    expect((await server.ask('GET', '/api/v1/session', { token: out.trim() })).body).toMatchObject({ role: 'supervisor', person: { name: 'Night' } })
  })

  it('ends with 1 when it failed and 2 when it was used wrongly, and says why', async () => {
    const failed = await floorwatch('key', 'create', '--site', 'absent', '--role', 'source')
    expect([failed.code, failed.out, failed.err]).toEqual([1, '', 'site "absent" does not exist\n'])
    const wrong = await floorwatch('key', 'create', '--site', 'acme')
    expect([wrong.code, wrong.out]).toEqual([2, ''])
    expect(wrong.err).toMatch("required option '--role <role>'")
  })

  it('tells every fault of a settings document as JSON', async () => {
    const file = join(server.config.dataDir, 'settings.yaml')
    await writeFile(file, 'sla: { P1: { responseMs: 0 } }\nbogus: 1\n')
    const { code, out } = await floorwatch('settings', 'check', file, '--site', 'acme', '--json')
    expect([code, JSON.parse(out).faults.map(({ path }: { path: string }) => path)]).toEqual([1, ['sla.P1.responseMs', 'bogus']])
  })

  it('follows a queue_log to the server, and goes on after a stop', async () => {
    const { spawn } = await import('node:child_process')
    const log = join(server.config.dataDir, 'queue_log')
    const now = Math.floor(Date.now() / 1_000) - 60
    const call = (n: number) => `${now + n}|call-${n}|support|NONE|ENTERQUEUE||+4420794600${n}|1\n${now + n + 9}|call-${n}|support|Agent/7|CONNECT|9|x|3\n`
    await writeFile(log, `${now - 300_000}|old|support|NONE|ENTERQUEUE||1|1\n${call(1)}`)
    const following = async (until: string, meanwhile = async (): Promise<void> => undefined): Promise<string> => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'server/cli/main.ts', 'follow', 'asterisk-queue-log', log, '--site', 'acme'], { env: environment() })
      let out = ''
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString()
        if (out.includes(until)) child.kill('SIGINT')
      })
      await meanwhile()
      expect(await ended).toBe(0)
      return out
    }
    expect(await following('known already.')).toBe('2 lines: 2 events accepted, 0 known already.\n')
    await writeFile(log, call(2), { flag: 'a' })
    expect(await following('known already.')).toBe('2 lines: 2 events accepted, 0 known already.\n')
    expect((await server.admin('GET', '/api/v1/sites/acme/floor')).body.queues).toMatchObject([{ queue: 'support', inProgress: 2 }])
    expect((await floorwatch('follow', 'pbx', log, '--site', 'acme')).code).toBe(2)
    const replay = await floorwatchCommand({ ...environment(), REDIS_URL: server.config.redisUrl ?? '' })('replay', '--site', 'nowhere', '--day', '2026-11-20')
    expect([replay.code, replay.err]).toEqual([1, 'there is no site "nowhere"\n'])
  })

  it('lists incidents and acknowledges one of the only site', async () => {
    const report = { type: 'incident', title: 'Lines are down', nature: 'No calls', channel: 'monitoring', location: 'Leeds', service: 'Voice', reporter: 'NOC', callerId: 'withheld', callerSafe: true, category: 'technology', impact: 1, urgency: 1 }
    const { ref } = (await server.admin('POST', '/api/v1/sites/acme/incidents', report)).body
    expect((await floorwatch('incidents')).out).toMatch(new RegExp(`^REF .*\n${ref} +P1 +open +0 +- +Lines are down\n$`))
    const { code, out } = await floorwatch('ack', ref)
    expect([code, out]).toEqual([0, `${ref} is acknowledged, owner Administrator.\n`])
  })
})
