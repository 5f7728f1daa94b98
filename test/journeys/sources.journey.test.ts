import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { work, type Working } from '../../workers/work.ts'
import { fakeAmi, type FakeAmi } from '../support/fake-ami.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { until } from '../support/until.ts'

/** Two sources of one telephone system, set in the settings document, dialled and followed by the workers, seen on the floor. */

jest.setTimeout(90_000)

let server: RunningServer
let workers: Working
let ami: FakeAmi
let folder: string
const log = recordingLog()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fw-sources-'))
  server = await runServer({ env: { SOURCE_DIRS: folder } })
  workers = await work({ config: { ...server.config, queueRedisUrl: server.config.redisUrl }, log, fold: { createFloor, floorFromBase }, keyPrefix: server.prefix })
  ami = await fakeAmi('floor-secret')
})
afterAll(async () => {
  await workers.close()
  await server.close()
  await ami.close()
  rmSync(folder, { recursive: true, force: true })
})

const frame = (fields: Readonly<Record<string, string | number>>) => Object.entries(fields).map(([key, value]) => `${key}: ${value}`).join('\r\n')
const floor = async () => (await server.admin('GET', '/api/v1/sites/acme/floor')).body
const queue = async () => (await floor()).queues.find((row: { queue: string }) => row.queue === 'support')
const sourceState = async (id: string): Promise<string | undefined> => (await floor()).sources.find((row: { id: string }) => row.id === id)?.state
const put = (sources: object) => server.admin('PUT', '/api/v1/sites/acme/settings', { sources })

describe('two sources of one telephone system', () => {
  const file = () => join(folder, 'queue_log')
  const line = (text: string) => appendFileSync(file(), `${Math.floor(Date.now() / 1_000)}|${text}\n`)
  const pbx = () => ({ platform: 'asterisk-ami', host: '127.0.0.1', port: ami.port(), username: 'floor', secret: 'floor-secret' })

  it('go live when the settings name them', async () => {
    expect((await server.admin('PUT', '/api/v1/sites/acme', { name: 'Acme', timeZone: 'Europe/London' })).status).toBe(201)
    writeFileSync(file(), '')
    ami.status = [frame({ Event: 'QueueParams', Queue: 'support' }), frame({ Event: 'QueueMember', Queue: 'support', Name: 'Agent One', Location: 'Local/a1@agents/n', Status: 1, Paused: 0, LoginTime: 1 })]
    expect((await put({ pbx: pbx(), log: { platform: 'asterisk-queue-log', file: file(), acw: 'none' } })).status).toBe(200)
    await until('both are live', async () => (await sourceState('pbx')) === 'live' && (await sourceState('log')) === 'live', 30_000)
    await until('the agent is there', async () => (await floor()).agents.some((row: { name: string; state: string }) => row.state === 'available'))
  })

  it('tell one call, not two', async () => {
    const id = `${Math.floor(Date.now() / 1_000)}.1`
    ami.play([frame({ Event: 'QueueCallerJoin', Uniqueid: id, Linkedid: id, Queue: 'support', Position: 1, Count: 1, CallerIDNum: '+442079460041' })])
    line(`${id}|support|NONE|ENTERQUEUE||+442079460041|1`)
    await until('one waits', async () => (await queue())?.waiting === 1)
    ami.play([frame({ Event: 'QueueCallerLeave', Uniqueid: id, Queue: 'support', Count: 0 }), frame({ Event: 'AgentConnect', Uniqueid: id, Linkedid: id, Queue: 'support', Interface: 'Local/a1@agents/n', MemberName: 'Agent One', HoldTime: 0, RingTime: 0 })])
    line(`${id}|support|Agent One|CONNECT|0|x|0`)
    await until('one talks', async () => {
      const row = await queue()
      return row.waiting === 0 && row.inProgress === 1
    })
    ami.play([frame({ Event: 'AgentComplete', Uniqueid: id, Queue: 'support', Interface: 'Local/a1@agents/n', MemberName: 'Agent One', HoldTime: 0, TalkTime: 7, Reason: 'caller' })])
    line(`${id}|support|Agent One|COMPLETECALLER|0|7|1`)
    await until('it is over', async () => (await queue()).inProgress === 0)
    // The slower of the two has been heard as well.
    line('NONE|NONE|NONE|CONFIGRELOAD|')
    line(`${id}9|support|NONE|JOINEMPTY|`)
    await until('the file is read to its end', async () => (await queue()).today.refused === 1)
    expect((await queue()).today).toMatchObject({ offered: 1, answered: 1, handled: 1, refused: 1, abandoned: 0, talkMsTotal: 7_000 })
  })

  it('stop when the settings name them no more, and change with them', async () => {
    const logins = ami.logins()
    expect((await put({ pbx: pbx() })).status).toBe(200)
    const stopped = (await floor()).revision
    line('gone.1|support|NONE|ENTERQUEUE|||1')
    expect((await put({ pbx: { ...pbx(), acw: 'pause:ACW' } })).status).toBe(200)
    await until('it is dialled anew', () => ami.logins() > logins)
    await until('it is live again', async () => (await sourceState('pbx')) === 'live')
    expect((await floor()).revision).not.toBe(stopped)
    expect((await queue()).waiting).toBe(0)
  })
})
