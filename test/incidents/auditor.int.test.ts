import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseReport } from '../../server/contract/incidents.ts'
import type { AuditCheck } from '../../server/domain/escalation/audit.ts'
import { rotaOf } from '../../server/domain/escalation/rota.ts'
import { DAY, instantOf } from '../../server/domain/time.ts'
import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import { openAuditor, type Auditor } from '../../server/incidents/auditor.ts'
import { readForAudit } from '../../server/redis/incident-audit-reading.ts'
import { openIncidentLog } from '../../server/redis/incident-log.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../../server/redis/incident-timers.ts'
import { fire } from '../../workers/ringer/fire.ts'
import { ladder, openIncidentHouse, report, sam, type IncidentHouse } from '../support/incident-house.ts'
import { openHeartbeat } from '../../workers/heartbeat.ts'
import { openHttpFake } from '../support/http-fake.ts'
import { until } from '../support/until.ts'

let house: IncidentHouse
let auditor: Auditor
let told: number
beforeEach(async () => {
  house = await openIncidentHouse({ policy: ladder([{ targets: [{ role: 'supervisor' }], waitMs: 0 }, { targets: [{ role: 'duty-manager' }], waitMs: 3_600_000 }]) })
  house.people({ contacts: { sam: { urgent: ['sms'], routine: ['mail'], verified: ['sms'], quiet: null }, ada: { urgent: ['sms'], routine: ['mail'], verified: ['sms'], quiet: null } } })
  told = 0
  const { redis, keys, settings, directory, site, log } = house
  auditor = openAuditor({ read: (asked) => readForAudit({ redis, keys, rules: openIncidentRules(settings), directory }, asked), sites: () => [site], told: () => void (told += 1), log, everyMs: null })
})
afterEach(async () => {
  auditor.close()
  await house.close()
})

const at = () => house.keys.site(house.site)
const found = async (): Promise<readonly AuditCheck[]> => {
  // Two looks, a quarter of a minute apart when the clock runs.
  await auditor.look()
  await auditor.look()
  return [...new Set(auditor.state(house.site).findings.map(({ check }) => check))]
}
/** An incident whose first level has fired and was told. */
const running = async (): Promise<IncidentRecord> => {
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('not accepted')
  const made = await house.incidents.create(house.site, parsed.input, sam)
  if (made.kind !== 'done') throw new Error(made.kind)
  const claimed = await until('the level is due', async () => {
    const claim = await openIncidentTimers(house).claim(house.site, 'a')
    return claim.timers.length > 0 && claim
  })
  await fire({ incidentLog: openIncidentLog(house), rules: openIncidentRules(house.settings), settings: house.settings, directory: house.directory }, { site: house.site, token: 'a', claimedAt: claimed.now, timers: claimed.timers })
  const { record } = await openIncidentLog(house).read(house.site, made.record.ref)
  if (record === null) throw new Error('gone')
  return record
}
const rewrite = async (record: IncidentRecord, change: (record: IncidentRecord) => IncidentRecord) => void (await house.redis.hSet(at().incident(record.ref), 'record', JSON.stringify(change(record))))

describe('the auditor', () => {
  it('finds nothing where all is well, before and after the acknowledgement', async () => {
    const record = await running()
    expect(await found()).toEqual([])
    await house.incidents.command(house.site, record.ref, { type: 'acknowledge' }, sam)
    expect(await found()).toEqual([])
    expect(told).toBe(0)
  })

  it('does not believe what it saw once', async () => {
    const record = await running()
    const id = `${record.ref}/ownership`
    const row = await house.redis.hGet(at().timers, id)
    await house.redis.hDel(at().timers, id)
    await auditor.look()
    await house.redis.hSet(at().timers, id, row ?? '')
    await auditor.look()
    expect(auditor.state(house.site).findings).toEqual([])
  })

  const faults: readonly (readonly [AuditCheck, string, (record: IncidentRecord) => Promise<unknown>])[] = [
    ['no-timer', 'a timer that was lost', async ({ ref }) => house.redis.multi().hDel(at().timers, `${ref}/ownership`).zRem(at().timersUrgent, `${ref}/ownership`).exec()],
    ['timer-overdue', 'a due timer that nobody fires', async ({ ref, ownership }) => {
      const due = Date.now() - 20_000
      await house.redis.zAdd(at().timersUrgent, { score: due, value: `${ref}/ownership` })
      await house.redis.hSet(at().timers, `${ref}/ownership`, `${due}|${ownership.generation}|u|`)
      const { record } = await openIncidentLog(house).read(house.site, ref)
      if (record !== null) await rewrite(record, (old) => ({ ...old, ownership: { ...old.ownership, nextDueAt: due as never } }))
    }],
    ['level-untold', 'a level that was told to nobody', async () => {
      const ids = await house.redis.hKeys(at().notifications)
      await house.redis.hDel(at().notifications, ids)
      await until('two seconds have passed since the level', async () => Number((await house.redis.sendCommand(['TIME']) as unknown as string[])[0]) * 1_000 - firedAt > 3_000)
    }],
    ['sending-too-long', 'a message that lies with a dead sender', async () => {
      const [id = ''] = await house.redis.hKeys(at().outbox)
      await house.redis.hSet(at().outboxLeases, id, 'dead')
      await house.redis.zAdd(at().outboxDue, { score: Date.now() - 10_000, value: id })
    }],
    ['due-differs', 'a kept due time that is not what the segments say', async (record) => rewrite(record, (old) => ({ ...old, clocks: old.clocks.map((clock) => (clock.kind === 'resolution' && clock.dueAt !== null ? { ...clock, dueAt: (clock.dueAt + 60_000) as never } : clock)) }))],
    ['told-after-acknowledgement', 'a message that waits although its ladder is over', async (record) => {
      const rows = await house.redis.hGetAll(at().outbox)
      await house.incidents.command(house.site, record.ref, { type: 'acknowledge' }, sam)
      await house.redis.hSet(at().outbox, rows)
    }],
    ['rows-disagree', 'a timer that stands in no queue', async ({ ref }) => house.redis.zRem(at().timersUrgent, `${ref}/ownership`)],
    ['nobody-reachable', 'a policy whose people cannot be woken', async () => house.people({ contacts: { sam: { urgent: ['sms'], routine: [], verified: [], quiet: null }, ada: { urgent: ['desktop'], routine: [], verified: ['desktop'], quiet: null } } })],
    ['nobody-reachable-ahead', 'a rota of a policy in use that is empty in ten days', async () => {
      const layer = { people: ['ada'], startsOn: '2026-01-01', handoverAt: '09:00', everyDays: 7, week: null }
      const end = instantOf(Date.now() + 10 * DAY)
      const duty = rotaOf({ name: 'duty', timeZone: 'Europe/London', layers: [layer], swaps: [], overrides: [{ from: end, to: instantOf(end + DAY), person: 'nobody', replaces: null }] })
      house.change({ policies: { default: ladder([{ targets: [{ rota: 'duty' }], waitMs: 0 }]) } })
      house.people({ rotas: new Map([['duty', duty]]) })
    }],
  ]
  let firedAt = 0

  it.each(faults)('finds %s: %s', async (check, _what, plant) => {
    const record = await running()
    firedAt = record.changedAt
    expect(await found()).toEqual([])
    await plant(record)
    expect(await found()).toContain(check)
    expect(told).toBe(1)
    expect(house.log.lines.filter(({ level }) => level === 'error').length).toBeGreaterThan(0)
  })
})

describe('the outside heartbeat', () => {
  it('goes over the network while all is well, falls silent when anything is wrong, and comes back', async () => {
    const outside = await openHttpFake((response) => response.writeHead(204).end())
    let ticks = 0
    const beats: Promise<void>[] = []
    const beat = openHeartbeat({ settings: async () => ({ url: `${outside.url}/alive`, everyMs: 60_000 }), allow: ['127.0.0.0/8'], log: house.log, ticks: () => ticks })
    const { redis, keys, settings, directory, site, log } = house
    const watching = openAuditor({ read: (asked) => readForAudit({ redis, keys, rules: openIncidentRules(settings), directory }, asked), sites: () => [site], told: () => undefined, well: (asked) => void beats.push(beat(asked)), log, everyMs: null })
    const lookAt = async (minute: number) => {
      ticks = minute * 60_000
      await watching.look()
      await Promise.all(beats)
      return outside.requests.length
    }
    const record = await running()
    expect([await lookAt(0), await lookAt(0.5), await lookAt(1)]).toEqual([1, 1, 2])
    expect([outside.requests[0]?.method, outside.requests[0]?.path, JSON.parse(String(outside.requests[0]?.body))]).toEqual(['POST', '/alive', { site, state: 'well' }])
    const id = `${record.ref}/ownership`
    const row = (await redis.hGet(at().timers, id)) ?? ''
    await redis.hDel(at().timers, id)
    expect([await lookAt(2), await lookAt(3), await lookAt(4)]).toEqual([2, 2, 2])
    await redis.hSet(at().timers, id, row)
    await lookAt(5)
    expect(await lookAt(6)).toBeGreaterThan(2)
    outside.answer((response) => response.writeHead(503).end())
    await lookAt(7)
    expect(log.lines.some(({ text }) => text === 'the outside heartbeat was not taken')).toBe(true)
    watching.close()
    await outside.close()
  })
})
