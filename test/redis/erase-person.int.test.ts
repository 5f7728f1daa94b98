import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instantOf } from '../../server/domain/time.ts'
import { writeEntries } from '../../server/redis/archive-files.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openEnds } from '../../server/redis/ends.ts'
import { erasePerson } from '../../server/redis/erase-person.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { entryFields } from '../../server/redis/log-codec.ts'
import { openManifest } from '../../server/redis/manifest.ts'
import { mentionsOf } from '../../server/redis/mentions.ts'
import { rewriteAppendOnlyFile } from '../../server/redis/rewrite-aof.ts'
import { openSealed, type Sealed } from '../../server/redis/sealed.ts'
import { fact } from '../support/fact-builders.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { redisServer, type RedisServer } from '../support/redis-server.ts'

const keys = keysUnder('t')
const at = keys.site('north')
let server: RedisServer
let redis: Redis
let sealed: Sealed
let archiveDir: string
beforeAll(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log: recordingLog() })
  sealed = openSealed({ redis, keys, dataKey: Buffer.alloc(32, 9) })
  archiveDir = mkdtempSync(join(tmpdir(), 'fw-archive-'))
})
afterAll(async () => {
  redis.destroy()
  await server.remove()
  rmSync(archiveDir, { recursive: true, force: true })
})

const onDisk = (): string => readdirSync(server.aof).map((name) => readFileSync(join(server.aof, name), 'latin1')).join('')

describe('a person who is erased', () => {
  it('is gone from Redis and from its files: row, register, comments in log and archive, and texts that name them', async () => {
    const mine = { phone: '+44 113 496 0017' }
    const other = { phone: '+44 113 496 0018' }
    const [token = '', otherToken = ''] = await sealed.subjects.tokensOf('north', [mine, other])
    const [number] = await sealed.agents.numbersOf('north', [{ id: 'a7', name: 'Priya Nair' }])
    const [fresh = '', old = '', foreign = '', calledBack = '', byName = '', unrelated = ''] = await sealed.texts.putAll('north', ['was quick', 'was slow', 'of another', 'Call back 0113 4960017 today', 'Priya Nair took it', 'Priyanka called, lines 11349 down'])
    const contact = (contactId: string, subject: string, comment: string) => [fact('contact.queued', 1_000, { contactId, subject, id: `${contactId}q` }), fact('survey.received', 2_000, { contactId, comment, id: `${contactId}s` })]
    await redis.xAdd(at.log, '5-0', { ...entryFields(5, { kind: 'facts', facts: [...contact('c1', token, fresh), ...contact('c2', otherToken, foreign)] }) })
    const writer = await writeEntries(archiveDir, 'north/1970-01-01/import-x.ndjson.gz')
    await writer.write('4-0', entryFields(4, { kind: 'facts', facts: contact('c0', token, old) }))
    const manifest = openManifest({ redis, keys })
    await manifest.addImports('north', [{ ...(await writer.finish()), day: '1970-01-01', import: 'x', facts: 2 }])
    await openEnds({ redis, keys }).record('north', new Map([[token, instantOf(7)]]))
    const rows = [...Object.entries(await redis.hGetAll(at.subjects)).filter(([, row]) => String(row).startsWith(token)).map(([, row]) => String(row)), ...(await redis.hmGet(at.texts, [fresh, old, calledBack, byName])).map(String), String(await redis.hGet(at.agents, String(number)))]
    expect(rows.map((row) => onDisk().includes(row))).toEqual(rows.map(() => true))

    const person = { customers: [mine], agents: ['a7'], names: [] }
    const dependencies = { redis, keys, sealed, log: openFloorLog({ redis, keys }), manifest, archiveDir }
    expect(await erasePerson(dependencies, 'north', person)).toEqual({ customers: 1, agents: 1, texts: 4 })
    await rewriteAppendOnlyFile(redis)

    expect(await sealed.subjects.find('north', mine)).toBeNull()
    expect(await openEnds({ redis, keys }).previous('north', [token])).toEqual([null])
    expect((await sealed.agents.resolve('north', [Number(number)], { fresh: true })).size).toBe(0)
    const left = await sealed.texts.resolve('north', [fresh, old, foreign, calledBack, byName, unrelated])
    expect([fresh, old, foreign, calledBack, byName, unrelated].map((id) => left.get(id))).toEqual([null, null, 'of another', null, null, 'Priyanka called, lines 11349 down'])
    expect(await sealed.subjects.find('north', other)).not.toBeNull()
    expect(rows.map((row) => onDisk().includes(row))).toEqual(rows.map(() => false))
    expect((await redis.xRange(at.erasures, '-', '+'))?.map(({ message }) => ({ ...message }))).toEqual([{ customers: '1', agents: '1', texts: '4' }])
    expect(await erasePerson(dependencies, 'north', person)).toEqual({ customers: 0, agents: 0, texts: 0 })
  })
})

describe('texts that name a person', () => {
  it('are found however a number, an address or a name is written, and no others', () => {
    const names = mentionsOf({ customers: [{ phone: '+44 113 496 0017' }, { email: 'ann.lee@example.org' }, { ref: 'C-1.7' }], agents: [], names: ['José Ortíz'] })
    for (const text of ['(0113) 496-0017', '0044 113 4960017.', 'mail ANN.LEE@example.org!', 'customer C-1.7 again', 'local 4960017', 'jose\u0301  ORTI\u0301Z rang']) expect([text, names(text)]).toEqual([text, true])
    for (const text of ['0113 496 0018', 'joann.lee@example.org', 'ann.lee@example.organic', 'C-1.77', 'XC-1.7', 'C-117', 'José Ortízo', '496001', '']) expect([text, names(text)]).toEqual([text, false])
  })
})
