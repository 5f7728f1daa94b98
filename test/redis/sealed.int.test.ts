import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { instantOf } from '../../server/domain/time.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openEnds } from '../../server/redis/ends.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { createLog } from '../../server/log.ts'
import { openAgents } from '../../server/redis/sealed-agents.ts'
import { openSealed } from '../../server/redis/sealed.ts'

const keys = keysUnder(`t-${randomBytes(6).toString('hex')}`)
const dataKey = randomBytes(32)
const site = 'north'
let redis: Redis

beforeAll(async () => {
  redis = await connect({ url: String(process.env.TEST_REDIS_URL), name: 'sealed-test', log: createLog('silent', 'test') })
})
afterAll(() => redis.close())

const open = (key: Uint8Array = dataKey) => openSealed({ redis, keys, dataKey: key })
const everythingStored = async (): Promise<string> => {
  const { subjects, agents, agentNumbers, texts } = keys.site(site)
  return JSON.stringify(await Promise.all([subjects, agents, agentNumbers, texts].map((key) => redis.hGetAll(key))))
}

describe('subjects', () => {
  it('gives one customer one random token, however the number is written and whichever process asks', async () => {
    const [first] = await open().subjects.tokensOf(site, [{ phone: '+44 20 7946 0018' }])
    const again = await open().subjects.tokensOf(site, [{ phone: '0044-20-79460018' }, { phone: '+442079460018' }])
    expect(again).toEqual([first, first])
    const [other, mail, sameMail] = await open().subjects.tokensOf(site, [{ phone: '+44 20 7946 0019' }, { email: 'Ann@Example.org ' }, { email: 'ann@example.org' }])
    expect(other).not.toBe(first)
    expect(mail).toBe(sameMail)
    expect(await open().subjects.tokensOf('south', [{ phone: '+442079460018' }])).not.toEqual([first])
  })

  it('lets fifty processes that meet a new customer at once agree on the token', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, () => open().subjects.tokensOf(site, [{ ref: 'C-1' }, { ref: 'C-2' }])))
    expect(new Set(tokens.map((pair) => pair.join())).size).toBe(1)
  })

  it('forgets a customer whose row is dropped: the next contact is somebody else', async () => {
    const { subjects } = open()
    const customer = { phone: '+4930123456' }
    const [token] = await subjects.tokensOf(site, [customer])
    await openEnds({ redis, keys }).record(site, new Map([[String(token), instantOf(1)]]))
    expect(await subjects.find(site, customer)).toEqual({ token, customer })
    expect(await subjects.erase(site, customer)).toBe(true)
    expect(await subjects.erase(site, customer)).toBe(false)
    expect(await subjects.find(site, customer)).toBeNull()
    expect(await redis.zScore(keys.site(site).ends, String(token))).toBeNull()
    expect(await subjects.tokensOf(site, [customer])).not.toEqual([token])
  })
})

describe('agents', () => {
  it('numbers agents once and keeps the name and team that were said last', async () => {
    const { agents } = open()
    const [a7, a8] = await agents.numbersOf(site, [{ id: 'a7', name: 'Priya Nair', team: 'Day' }, { id: 'a8' }])
    expect(a7).not.toBe(a8)
    expect(await open().agents.numbersOf(site, [{ id: 'a8', name: 'Tom Reed' }, { id: 'a7', team: 'Night' }, { id: 'a7' }])).toEqual([a8, a7, a7])
    const resolved = await open().agents.resolve(site, [Number(a7), Number(a8), 99_999])
    expect([...resolved]).toEqual([
      [a7, { id: 'a7', name: 'Priya Nair', team: 'Night' }],
      [a8, { id: 'a8', name: 'Tom Reed', team: null }],
    ])
    expect(await agents.find(site, ['a8', 'nobody'])).toEqual([a8, null])
  })

  it('never gives a number twice, not even after an erasure', async () => {
    const { agents } = open()
    const [before] = await agents.numbersOf(site, [{ id: 'leaver', name: 'Sam Field' }])
    expect(await agents.erase(site, 'leaver')).toBe(true)
    expect((await agents.resolve(site, [Number(before)])).size).toBe(0)
    const [after] = await agents.numbersOf(site, [{ id: 'leaver' }])
    expect(Number(after)).toBeGreaterThan(Number(before))
  })

  it('refuses new agents when the register is full and still knows the old ones', async () => {
    const agents = openAgents({ redis, keys, dataKey, registerFull: 2 })
    const numbers = await agents.numbersOf('small', [{ id: 'one' }, { id: 'two' }, { id: 'three' }])
    expect(numbers).toEqual([1, 2, null])
    expect(await agents.numbersOf('small', [{ id: 'two' }])).toEqual([2])
  })
})

describe('texts', () => {
  it('gives a text back by its id and null once it is erased', async () => {
    const { texts } = open()
    const [lift, same] = await texts.putAll(site, ['The lift on floor 3 is stuck', 'The lift on floor 3 is stuck'])
    expect(lift).not.toBe(same)
    expect(await open().texts.resolve(site, [String(lift), 'none.none'])).toEqual(new Map([[lift, 'The lift on floor 3 is stuck'], ['none.none', null]]))
    expect(await texts.erase(site, [String(lift)])).toBe(1)
    expect(await texts.resolve(site, [String(lift)])).toEqual(new Map([[lift, null]]))
    expect(await texts.resolve(site, [String(same)])).toEqual(new Map([[same, 'The lift on floor 3 is stuck']]))
  })

  it('refuses a text that was put in the place of another', async () => {
    const { texts } = open()
    const [a, b] = await texts.putAll(site, ['one', 'two'])
    const row = await redis.hGet(keys.site(site).texts, String(b))
    await redis.hSet(keys.site(site).texts, String(a), String(row))
    await expect(open().texts.resolve(site, [String(a)])).rejects.toThrow()
  })

  it('cannot be opened with another DATA_KEY, and says so', async () => {
    const id = await open().texts.put(site, 'secret')
    await expect(open(randomBytes(32)).texts.resolve(site, [id])).rejects.toThrow(/another DATA_KEY/)
  })
})

it('stores no personal byte in clear', async () => {
  const { subjects, agents, texts } = open()
  await subjects.tokensOf(site, [{ phone: '+15550100canary' }, { email: 'canary-mail@example.org' }, { ref: 'canary-ref' }])
  await agents.numbersOf(site, [{ id: 'canary-agent', name: 'Canary Name', team: 'Canary Team' }])
  await texts.put(site, 'canary text of a caller')
  expect((await everythingStored()).toLowerCase()).not.toMatch(/canary|15550100/)
})
