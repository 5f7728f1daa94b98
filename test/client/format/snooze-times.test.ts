import { describe, expect, it } from '@jest/globals'
import { snoozeTimes } from '../../../client/format/snooze-times.ts'
import { latestSnooze } from '../../../server/domain/incident/limits.ts'
import { instantOf } from '../../../server/domain/time.ts'

describe('the times that a snooze offers', () => {
  it.each(['P1', 'P2', 'P3', 'P4', null] as const)('are all accepted for %p, and the longest is offered', (priority) => {
    const longest = latestSnooze(priority, instantOf(0))
    expect(Math.max(...snoozeTimes(priority))).toBe(longest)
  })
})
