import { describe, expect, it } from '@jest/globals'
import { together } from '../../server/redis/together.ts'

/** A sender whose groups are answered by hand. */
const handSender = () => {
  const groups: { readonly items: readonly number[]; readonly answer: (replies: readonly string[]) => void; readonly fail: (error: Error) => void }[] = []
  const send = (items: readonly number[]) => new Promise<readonly string[]>((resolve, reject) => void groups.push({ items, answer: resolve, fail: reject }))
  return { groups, send, items: () => groups.map(({ items }) => items) }
}
const breath = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('calls that meet', () => {
  it('leave together, and each has its own reply', async () => {
    const { send, groups, items } = handSender()
    const call = together(send, { most: 3, inFlight: 1, patienceMs: 1_000 })
    const replies = Promise.all([call(1), call(2), call(3), call(4)])
    await breath()
    expect(items()).toEqual([[1, 2, 3]])
    groups[0]?.answer(['a', 'b', 'c'])
    await breath()
    expect(items()).toEqual([[1, 2, 3], [4]])
    groups[1]?.answer(['d'])
    expect(await replies).toEqual(['a', 'b', 'c', 'd'])
  })

  it('wait while as many groups as may be are on their way, and one that meets nobody leaves at once', async () => {
    const { send, groups, items } = handSender()
    const call = together(send, { most: 10, inFlight: 2, patienceMs: 1_000 })
    const replies: Promise<string>[] = []
    for (const item of [1, 2, 3, 4]) {
      replies.push(call(item))
      await breath()
    }
    expect(items()).toEqual([[1], [2]])
    groups[1]?.answer(['b'])
    await breath()
    expect(items()).toEqual([[1], [2], [3, 4]])
    groups[0]?.answer(['a'])
    groups[2]?.answer(['c', 'd'])
    expect(await Promise.all(replies)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('share an error, and those that wait do not', async () => {
    const { send, groups } = handSender()
    const call = together(send, { most: 2, inFlight: 1, patienceMs: 1_000 })
    const replies = Promise.allSettled([call(1), call(2), call(3)])
    await breath()
    groups[0]?.fail(new Error('the wire is cut'))
    await breath()
    groups[1]?.answer(['c'])
    expect((await replies).map((reply) => (reply.status === 'fulfilled' ? reply.value : String(reply.reason)))).toEqual(['Error: the wire is cut', 'Error: the wire is cut', 'c'])
  })
  it('are not sent any more when they have waited for longer than their callers do', async () => {
    const { send, groups, items } = handSender()
    let now = 0
    const call = together(send, { most: 2, inFlight: 1, patienceMs: 1_000, ticks: () => now })
    const told: string[] = []
    for (const item of [1, 2, 3]) {
      void call(item).then((reply) => told.push(reply), () => told.push(`${item} was not sent`))
      await breath()
      now += 600
    }
    groups[0]?.answer(['a'])
    await breath()
    expect(items()).toEqual([[1], [3]])
    groups[1]?.answer(['c'])
    await breath()
    expect(told).toEqual(['a', '2 was not sent', 'c'])
  })
})
