import { describe, expect, it } from '@jest/globals'
import { openOwedWrites } from '../../workers/owed-writes.ts'

/** A database that is away for so many tries. */
const awayFor = (tries: number, fault = 'Socket closed unexpectedly') => {
  const written: string[] = []
  let left = tries
  return { written, write: (what: string) => async () => (left > 0 ? ((left -= 1), Promise.reject(new Error(fault))) : void written.push(what)) }
}

describe('what became of a message', () => {
  it('is written when the database is back, before anything is claimed', async () => {
    const { written, write } = awayFor(5)
    const owed = openOwedWrites({ againMs: 1 })
    const writing = owed.write(write('receipt'))
    await new Promise<void>((resolve) => setImmediate(resolve))
    await owed.none().then(() => written.push('claim'))
    await writing
    expect(written).toEqual(['receipt', 'claim'])
  })

  it('is not tried again when the database refuses it for what it is', async () => {
    const owed = openOwedWrites({ againMs: 1 })
    await expect(owed.write(awayFor(1, 'WRONGTYPE').write('receipt'))).rejects.toThrow('WRONGTYPE')
  })

  it('keeps nobody waiting for a database that does not come back, nor a worker that stops', async () => {
    const owed = openOwedWrites({ againMs: 1, aheadMs: 5 })
    const writing = owed.write(awayFor(Number.POSITIVE_INFINITY).write('receipt'))
    await new Promise<void>((resolve) => setImmediate(resolve))
    await owed.none()
    owed.close()
    await expect(writing).rejects.toThrow('Socket closed')
  })
})
