import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { causeText } from '../../../client/format/queue-cause.ts'
import { percentText } from '../../../client/format/numbers.ts'
import { queueStatus } from '../../../client/format/queue-status.ts'
import { queueRow } from '../../../client/gallery/sample-rows.ts'

const at = Date.parse('2026-11-24T10:40:00.000Z')
const { cause } = JSON.parse(readFileSync('client/locales/en.json', 'utf8')) as { readonly cause: Readonly<Record<string, string>> }
const words = { t: (key: string, named: Record<string, unknown> = {}) => (cause[key.replace('cause.', '')] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(named[name])), percent: (ratio: number, decimals: 0 | 1 = 0) => percentText(ratio, decimals, 'en-GB') }
const of = (given: Partial<Parameters<typeof queueRow>[0]>) => {
  const row = queueRow({ queue: 'chat', name: 'Chat', ...given }, at)
  return { status: queueStatus(row, at).status, word: causeText(row, at, words) }
}

describe('the word beside a queue’s mark names the cause', () => {
  it('of a breach by abandons while the service level is above its target', () => {
    expect(of({ level: 0.85, abandonRate: 0.0724, target: { percent: 0.8, withinMs: 45_000, variant: 'V3' } })).toEqual({ status: 'breached', word: 'Abandons 7.2%' })
  })
  it('of a breach by the service level', () => {
    expect(of({ level: 0.79 })).toEqual({ status: 'breached', word: 'Below 80%' })
  })
  it('of a breach by a long wait while the service level still reads 100 %', () => {
    expect(of({ level: 1, waiting: 12, waitedMs: 41_000 })).toEqual({ status: 'breached', word: 'Long wait' })
  })
  it.each([
    [{ level: 0.83 }, 'watch', 'Near target'],
    [{ waiting: 1, waitedMs: 21_000, level: 0.95 }, 'watch', 'Over 20 s'],
    [{ waiting: 1, waitedMs: 1_000, staffed: 0 }, 'at-risk', 'Nobody on'],
    [{ level: 0.95 }, 'on-target', 'On target'],
    [{ level: null, ended: 0, inProgress: 0, abandonRate: null }, 'quiet', 'Quiet'],
  ] as const)('%j: %s, %s', (given, status, word) => expect(of(given)).toEqual({ status, word }))
})
