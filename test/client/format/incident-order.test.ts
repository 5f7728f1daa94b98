import { describe, expect, it } from '@jest/globals'
import { isUnacknowledged } from '../../../client/format/incident-order.ts'
import { recordTypes } from '../../../server/contract/incidents.ts'

describe('what somebody has to take', () => {
  it('is every open record but a problem, which is begun and pages nobody', () => {
    expect(recordTypes.filter((type) => isUnacknowledged({ type, state: 'open' } as never))).toEqual(recordTypes.filter((type) => type !== 'problem'))
    expect(recordTypes.some((type) => isUnacknowledged({ type, state: 'acknowledged' } as never))).toBe(false)
  })
})
