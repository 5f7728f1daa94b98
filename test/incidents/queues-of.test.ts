import { expect, it } from '@jest/globals'
import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import { queuesOf } from '../../server/incidents/queues-of.ts'

it('queues of thousands of records are read in batches, and what does not exist has none', async () => {
  let most = 0
  const records = async (_site: string, refs: readonly string[]) => {
    most = Math.max(most, refs.length)
    return refs.flatMap((ref) => (ref === 'none' ? [] : [{ ref, queue: `queue-${ref}` } as IncidentRecord]))
  }
  const refs = [...Array.from({ length: 2_345 }, (_, number) => String(number)), 'none']
  const queues = await queuesOf({ records }, 'a', refs)
  expect([queues.size, queues.get('0'), queues.get('2344'), queues.has('none')]).toEqual([2_345, 'queue-0', 'queue-2344', false])
  expect(most).toBeLessThanOrEqual(200)
})
