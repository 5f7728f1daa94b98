import { describe, expect, it } from '@jest/globals'
import { judgeRedis, type RedisFacts } from '../../server/redis/start-checks.ts'

const good: RedisFacts = {
  version: '7.0.15',
  config: { appendonly: 'yes', appendfsync: 'always', 'no-appendfsync-on-rewrite': 'no', maxmemory: '1073741824', 'maxmemory-policy': 'noeviction' },
  info: { aof_enabled: '1', aof_last_write_status: 'ok', maxmemory: '1073741824', maxmemory_policy: 'noeviction', used_memory: '1000000', role: 'master' },
  clockOffsetMs: 3,
}
const judged = (change: { config?: Record<string, string> | null; info?: Record<string, string>; version?: string; clockOffsetMs?: number }, durability: 'disk' | 'second' = 'disk') => {
  const report = judgeRedis({ ...good, ...change, config: change.config === null ? null : { ...good.config, ...change.config }, info: { ...good.info, ...change.info } }, durability)
  return { faults: report.faults.map(({ name }) => name), warnings: report.warnings.map(({ name }) => name), unchecked: report.unchecked }
}
const clean = { faults: [], warnings: [], unchecked: [] }

describe('judging a Redis', () => {
  it('takes the one that npm start configures, in both classes', () => {
    expect(judged({})).toEqual(clean)
    expect(judged({ config: { appendfsync: 'everysec' } }, 'second')).toEqual(clean)
  })
  it.each([
    ['version', { version: '6.2.14' }],
    ['appendonly', { config: { appendonly: 'no' }, info: { aof_enabled: '0' } }],
    ['appendfsync', { config: { appendfsync: 'no' } }],
    ['appendfsync', { config: { appendfsync: 'everysec' } }],
    ['no-appendfsync-on-rewrite', { config: { 'no-appendfsync-on-rewrite': 'yes' } }],
    ['aof_last_write_status', { info: { aof_last_write_status: 'err' } }],
    ['maxmemory-policy', { info: { maxmemory_policy: 'allkeys-lru' } }],
    ['role', { info: { role: 'slave' } }],
  ])('refuses a dangerous %s by name', (name, change) => {
    expect(judged(change)).toEqual({ ...clean, faults: [name] })
  })
  it('tells all faults at once, and each says what to set', () => {
    const { faults } = judgeRedis({ ...good, version: '5.0.0', info: { ...good.info, maxmemory_policy: 'volatile-ttl', aof_enabled: '0' } }, 'disk')
    expect(faults).toHaveLength(3)
    for (const { detail } of faults) expect(detail).toMatch(/needed|Set/)
  })
  it('warns of a clock two seconds off, no memory limit, and memory nearly full', () => {
    expect(judged({ clockOffsetMs: -2_500 })).toEqual({ ...clean, warnings: ['clock'] })
    expect(judged({ info: { maxmemory: '0' } })).toEqual({ ...clean, warnings: ['maxmemory'] })
    expect(judged({ info: { used_memory: '900000000' } })).toEqual({ ...clean, warnings: ['maxmemory'] })
  })
  it('says what a managed Redis does not let it see, and still refuses what it can see', () => {
    expect(judged({ config: null })).toEqual({ ...clean, unchecked: ['appendfsync', 'no-appendfsync-on-rewrite'] })
    expect(judged({ config: null, info: { maxmemory_policy: 'allkeys-lru' } }).faults).toEqual(['maxmemory-policy'])
  })
})
