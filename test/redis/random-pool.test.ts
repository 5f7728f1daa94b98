import { expect, it } from '@jest/globals'
import { randomFromPool } from '../../server/redis/random-pool.ts'

it('nobody is given bytes that another was given, over the end of a pool too', () => {
  const given = Array.from({ length: 2_000 }, (_, i) => randomFromPool([12, 16, 32][i % 3] ?? 12))
  const before = given.map((bytes) => bytes.toString('hex'))
  expect(new Set(before.map((text) => text.slice(0, 24))).size).toBe(given.length)
  expect(randomFromPool(10_000)).toHaveLength(10_000)
  randomFromPool(8_000)
  expect(given.map((bytes) => bytes.toString('hex'))).toEqual(before)
})
