import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { claimData, NewerData } from '../../server/redis/claim-data.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { recordingLog } from '../support/quiet-log.ts'

let redis: Redis
const keys = keysUnder(`claim-${process.pid}`)
beforeAll(async () => {
  redis = await connect({ url: process.env.TEST_REDIS_URL ?? '', name: 'test', log: recordingLog() })
})
afterAll(async () => {
  await redis.del(keys.dataVersions)
  redis.destroy()
})

it('a program that is older than the data refuses to start, names both, and changes nothing', async () => {
  await claimData({ redis, keys }, { fold: 12, records: 1 })
  await claimData({ redis, keys }, { fold: 13, records: 1 })
  await expect(claimData({ redis, keys }, { fold: 12, records: 1 })).rejects.toThrow(/newer Floorwatch \(fold version 13, this program's is 12\).*Nothing was changed/)
  await expect(claimData({ redis, keys }, { fold: 13, records: 0 })).rejects.toThrow(NewerData)
  // Newer in one and older in another: it takes nothing.
  await expect(claimData({ redis, keys }, { fold: 14, records: 0 })).rejects.toThrow(/records version 1/)
  expect({ ...(await redis.hGetAll(keys.dataVersions)) }).toEqual({ fold: '13', records: '1' })
  await claimData({ redis, keys }, { fold: 13, records: 1 })
})
