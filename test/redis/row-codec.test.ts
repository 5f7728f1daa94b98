import { describe, expect, it } from '@jest/globals'
import { createFloor } from '../../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../../server/domain/settings.ts'
import { instantOf, MINUTE, QUARTER_HOUR } from '../../server/domain/time.ts'
import { decodeFigures, encodeFigures, fieldOf } from '../../server/redis/row-codec.ts'

const start = instantOf(Date.parse('2026-11-22T09:00:00.000Z'))

describe('the stored form of interval rows', () => {
  it('gives back the fold’s rows exactly, percentile buckets included', () => {
    const floor = createFloor('a', defaultFloorSettings({ id: 'a', name: 'A', timeZone: 'UTC' }, instantOf(0)))
    const contact = { source: null, seq: null, legId: null, rootContactId: null, queueId: 'köln|süd', channel: 'voice', direction: 'in' } as const
    for (let i = 0; i < 30; i += 1) {
      const at = instantOf(start + i * MINUTE)
      const ids = { ...contact, contactId: `c${i}` }
      floor.apply({
        kind: 'facts', id: `${at}-0`, at,
        facts: [
          { ...ids, type: 'contact.queued', id: `q${i}`, occurredAt: at, subject: null, previousEndAt: null, position: null, waitingInQueue: null },
          { ...ids, type: 'contact.answered', id: `a${i}`, occurredAt: instantOf(at + i * 1_000), agent: 1, waitMs: i * 1_000, ringMs: null },
        ],
      })
    }
    floor.apply({ kind: 'tick', id: `${start + 40 * MINUTE}-0`, at: instantOf(start + 40 * MINUTE) })
    for (const basis of ['outcome', 'arrival'] as const) {
      const rows = floor.intervals({ from: start, to: instantOf(start + 4 * QUARTER_HOUR), basis })
      expect(rows.length).toBeGreaterThan(1)
      for (const row of rows) expect(decodeFigures(fieldOf(row), encodeFigures(row))).toEqual(row)
      for (const row of rows) expect(encodeFigures(row).length).toBeLessThan(JSON.stringify(row).length / 2)
    }
  })
})
