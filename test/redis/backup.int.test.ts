import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { instantOf } from '../../server/domain/time.ts'
import { openBackup } from '../../server/redis/backup.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openFloorLog } from '../../server/redis/floor-log.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { rawTo, readWhole, type Kind } from '../../server/redis/raw-values.ts'
import { openRestore } from '../../server/redis/restore.ts'
import { fact } from '../support/fact-builders.ts'
import { recordingLog } from '../support/quiet-log.ts'
import { redisServer, type RedisServer } from '../support/redis-server.ts'
import { freshSeed, seeded } from '../support/seeded.ts'

const keys = keysUnder('t')
let server: RedisServer
let redis: Redis
let folder: string
beforeAll(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log: recordingLog() })
  folder = mkdtempSync(join(tmpdir(), 'fw-backup-'))
})
afterAll(async () => {
  redis.destroy()
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Every key with its kind, its end, and its value as bytes; order is that of the key, not of the insertion. */
const everything = async (): Promise<ReadonlyMap<string, string>> => {
  const raw = rawTo(redis)
  const found = new Map<string, string>()
  for (const key of (await redis.keys('t:*')).sort()) {
    const kind = String(await redis.type(key)) as Kind
    const reply = await raw(...readWhole[kind](key))
    const parts = Array.isArray(reply) ? reply.map((part: unknown) => (Buffer.isBuffer(part) ? part.toString('latin1') : JSON.stringify(part))) : [(reply as Buffer).toString('latin1')]
    const pairs = kind === 'hash' ? parts.flatMap((_, i) => (i % 2 === 0 ? [`${parts[i]}=${parts[i + 1]}`] : [])).sort() : kind === 'set' ? parts.sort() : parts
    found.set(key, JSON.stringify([kind, await redis.sendCommand(['PEXPIRETIME', key]), pairs]))
  }
  return found
}

const seed = freshSeed()
describe(`a backup (TEST_SEED=${seed})`, () => {
  it('gives back every value of every kind, byte for byte, and leaves out what belongs to processes', async () => {
    const random = seeded(seed)
    const bytes = (): Buffer => Buffer.from(Array.from({ length: random.int(1, random.chance(0.1) ? 5_000 : 20) }, () => random.int(0, 255)))
    const at = keys.site('a')
    await redis.hSet(keys.sites, 'a', '{}')
    for (let i = 0; i < 900; i += 1) {
      await redis.hSet(at.texts, bytes(), bytes())
      await redis.xAdd(at.log, `${i + 1}-${random.int(0, 9)}`, { k: 'x', b: bytes() })
    }
    for (let i = 0; i < 60; i += 1) {
      await redis.set(`${at.audit}:${i}`, bytes(), { expiration: { type: 'PX', value: random.int(100_000, 900_000) } })
      await redis.zAdd(at.outboxDue, { value: bytes().toString('hex'), score: random.int(-1e6, 1e12) / 8 })
      await redis.sAdd(`${at.demo}:set`, bytes())
      await redis.rPush(`${at.demo}:list`, bytes())
    }
    for (const passing of [keys.session('x'), keys.setup, keys.probe, `${keys.jobs}:fire:1`, at.keeper, at.epoch, at.snapshot]) await redis.set(passing, 'x')
    const file = join(folder, 'one.jsonl.gz')
    const summary = await openBackup({ redis, keys })(file)
    const before = await everything()
    await redis.set(`${at.demo}:after`, 'x')
    const restore = openRestore({ redis, keys })
    expect(await restore.occupied()).toBe(true)
    expect(await restore.run(file)).toMatchObject({ sites: 1, keys: summary.keys })
    const after = await everything()
    const gone = [...before.keys()].filter((key) => !after.has(key))
    expect(gone.sort()).toEqual([keys.session('x'), keys.setup, keys.probe, `${keys.jobs}:fire:1`, at.keeper, at.epoch, at.snapshot].sort())
    expect([...after].filter(([key, value]) => before.get(key) !== value)).toEqual([])
  }, 30_000)

  it('is refused when it was cut or changed, before anything is touched', async () => {
    const whole = gunzipSync(readFileSync(join(folder, 'one.jsonl.gz'))).toString()
    const lines = whole.split('\n')
    const before = await everything()
    const faulty = {
      cut: lines.slice(0, -3).join('\n'),
      'without a line': lines.filter((_, i) => i !== 4).join('\n'),
      changed: whole.replace('"stream"', '"hash"'),
      'something else': '{"a":1}\n',
      'no lines': 'x',
    }
    for (const [name, text] of Object.entries(faulty)) {
      const file = join(folder, `${name}.gz`)
      writeFileSync(file, gzipSync(text))
      await expect(openRestore({ redis, keys }).run(file)).rejects.toThrow('is no whole backup of Floorwatch')
    }
    writeFileSync(join(folder, 'torn.gz'), readFileSync(join(folder, 'one.jsonl.gz')).subarray(0, 900))
    await expect(openRestore({ redis, keys }).run(join(folder, 'torn.gz'))).rejects.toThrow('is no whole backup of Floorwatch')
    expect(await everything()).toEqual(before)
  })

  it('knows no event that came after its cut, so that it counts when it is sent again', async () => {
    const sender = await connect({ url: server.url, name: 'sender', log: recordingLog() })
    const log = openFloorLog({ redis: sender, keys })
    const at = instantOf(Date.now())
    const item = (id: string) => ({ fact: fact('contact.queued', at, { id }), digest: 1 })
    await redis.hSet(keys.sites, 'b', '{}')
    await log.accept('b', [item('before')])
    // Accepted while the backup reads: after its cut of the log, before it reads which ids are known.
    let [asked, late] = [false, false]
    const slow = new Proxy(redis, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (name !== 'sendCommand') return typeof value === 'function' ? value.bind(target) : value
        return (args: readonly string[], ...rest: readonly unknown[]) => {
          const reply = Reflect.apply(target.sendCommand, target, [args, ...rest]) as Promise<unknown>
          if (args[0] === 'XREVRANGE' && String(args[1]).includes('{b}:log')) asked = true
          if (args[0] !== 'EXEC' || !asked || late) return reply
          late = true
          return reply.then(async (values) => {
            await log.accept('b', [item('after')])
            return values
          })
        }
      },
    })
    const file = join(folder, 'two.jsonl.gz')
    await openBackup({ redis: slow, keys })(file)
    expect(late).toBe(true)
    await openRestore({ redis, keys }).run(file)
    expect((await openFloorLog({ redis, keys }).accept('b', [item('before'), item('after')])).outcomes).toEqual(['duplicate', 'accepted'])
    sender.destroy()
  })
})
