import { describe, expect, it } from '@jest/globals'
import { openTurns, type TurnLimits } from '../../workers/deliver-turns.ts'

const breath = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Sends that end when the test says so. */
const handTurns = (limits: Partial<TurnLimits> = {}) => {
  let now = 0
  const ends = new Map<string, () => void>()
  const told: string[] = []
  const turns = openTurns({ atOnce: 2, waiting: 2, waitingInAll: 3, patienceMs: 1_000, ticks: () => now, ...limits })
  return {
    turns,
    told,
    enter: (name: string, receiver = 'noc') =>
      turns.enter(receiver, {
        send: () => {
          told.push(`send ${name}`)
          return new Promise((resolve) => ends.set(name, resolve))
        },
        giveBack: async (behind) => void told.push(`back ${name} ${behind}`),
      }),
    end: async (name: string) => {
      ends.get(name)?.()
      await breath()
    },
    pass: (ms: number) => void (now += ms),
  }
}

describe('turns at a receiver', () => {
  it('come in order: the next is sent the moment one has ended', async () => {
    const { enter, end, told, turns } = handTurns()
    for (const name of ['a', 'b', 'c', 'd']) enter(name)
    expect(told).toEqual(['send a', 'send b'])
    await end('b')
    expect(told).toEqual(['send a', 'send b', 'send c'])
    expect(turns.sending()).toBe(2)
    await end('a')
    expect(told.at(-1)).toBe('send d')
  })

  it('that hangs holds up no other receiver, and who finds no room goes back with how many wait before', async () => {
    const { enter, told } = handTurns()
    for (const name of ['a', 'b', 'c', 'd', 'e']) enter(name)
    enter('x', 'desk')
    expect(told).toEqual(['send a', 'send b', 'back e 2', 'send x'])
  })

  it('are bounded over all receivers together', () => {
    const { enter, told } = handTurns({ atOnce: 1 })
    for (const receiver of ['noc', 'desk']) for (const name of ['a', 'b', 'c']) enter(`${receiver} ${name}`, receiver)
    expect(told).toEqual(['send noc a', 'send desk a', 'back desk c 1'])
  })

  it('are not waited for longer than the lease allows, whether anything ends or not', async () => {
    const { enter, end, pass, told, turns } = handTurns()
    for (const name of ['a', 'b', 'c', 'd']) enter(name)
    pass(999)
    turns.tidy()
    expect(told).toEqual(['send a', 'send b'])
    pass(1)
    await end('a')
    expect(told).toEqual(['send a', 'send b', 'back c 0', 'back d 0'])
    enter('e')
    enter('f')
    pass(1_000)
    turns.tidy()
    expect(told.slice(4)).toEqual(['send e', 'back f 0'])
  })

  it('are given back when the worker stops, which waits for what is being sent', async () => {
    const { enter, end, told, turns } = handTurns()
    for (const name of ['a', 'b', 'c']) enter(name)
    let closed = false
    const closing = turns.close().then(() => (closed = true))
    await breath()
    expect(told).toEqual(['send a', 'send b', 'back c 0'])
    expect(closed).toBe(false)
    await end('a')
    await end('b')
    await closing
  })
})
