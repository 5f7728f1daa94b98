import { afterEach, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rotaOf } from '../../server/domain/escalation/rota.ts'
import { instantOf } from '../../server/domain/time.ts'
import { openAuditor } from '../../server/incidents/auditor.ts'
import { readForAudit } from '../../server/redis/incident-audit-reading.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../../server/redis/incident-timers.ts'
import { noBell } from '../../workers/ringer/bell.ts'
import { fire } from '../../workers/ringer/fire.ts'
import { openRinger, type Ringer } from '../../workers/ringer/ringer.ts'
import { openWakes } from '../../workers/ringer/wakes.ts'
import { ada, ladder } from '../support/incident-house.ts'
import { openPageHouse, plan, type PageHouse } from '../support/page-house.ts'
import { until } from '../support/until.ts'

/** INCIDENTS section 3, the rows that need Redis and stand nowhere else: what went wrong in other products, by thread. */
let house: PageHouse
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await house.close()
})

const fireDeps = () => ({ incidentLog: house.incidentLog, rules: openIncidentRules(house.settings), settings: house.settings, directory: house.directory })
const ringer = async (): Promise<{ readonly close: () => Promise<void> }> => {
  const { redis, keys, url, log, site } = house
  const wakes = await openWakes({ url, keys, log })
  const made: Ringer = openRinger({ ...fireDeps(), timers: openIncidentTimers({ redis, keys }), wakes, bell: noBell, sites: () => [site], log })
  return {
    close: async () => {
      await made.close()
      await wakes.close()
    },
  }
}
const firings = async (ref: string) => ((await house.incidents.timeline(house.site, ref, 0, 1_000))?.items ?? []).filter(({ type }) => type === 'level-fired').map(({ data }) => Date.parse(String(data['firedAt'])) - Date.parse(String(data['dueAt'])))

describe('two engines', () => {
  it('target/goalert#2491, #4299: with rotas and settings edited all the while nothing stands still, and the auditor says so if it does', async () => {
    house = await openPageHouse({ policy: ladder([{ targets: [{ rota: 'duty' }, { role: 'duty-manager' }], waitMs: 0 }, { targets: [{ rota: 'duty' }, { role: 'supervisor' }], waitMs: 200 }, { targets: [{ role: 'admin' }], waitMs: 200 }]), contacts: { sam: plan(['push']), ada: plan(['push']) } })
    for (const engine of [await ringer(), await ringer()]) closing.push(engine.close)
    let editing = true
    const edits = (async () => {
      for (let round = 0; editing; round += 1) {
        const people = round % 2 === 0 ? ['sam', 'ada'] : ['ada', 'sam']
        house.people({ rotas: new Map([['duty', rotaOf({ name: 'duty', timeZone: 'Europe/London', layers: [{ people, startsOn: '2026-01-01', handoverAt: '09:00', everyDays: 1, week: null }], swaps: [], overrides: [] })]]) })
        house.change({})
        await house.redis.ping()
      }
    })()
    const opened = await Promise.all(Array.from({ length: 12 }, () => house.open()))
    await until('every level has fired', async () => (await Promise.all(opened.map(({ ref }) => firings(ref)))).every((fired) => fired.length === 3))
    editing = false
    await edits
    const late = (await Promise.all(opened.map(({ ref }) => firings(ref)))).flat()
    expect([late.length, Math.max(...late) < 5_000, Math.min(...late) >= 0]).toEqual([36, true, true])

    const { redis, keys, settings, directory, log, site } = house
    const auditor = openAuditor({ read: (asked) => readForAudit({ redis, keys, rules: openIncidentRules(settings), directory }, asked), sites: () => [site], told: () => undefined, log, everyMs: null })
    for (const close of closing.splice(0)) await close()
    const [first] = opened
    const id = `${first?.ref ?? ''}/clock/response`
    await redis.hDel(keys.site(site).timers, id)
    await auditor.look()
    await auditor.look()
    expect(auditor.state(site).findings.map(({ check, about }) => `${check} ${about}`)).toContain(`no-timer ${id}`)
    auditor.close()
  })

  it('taskforcesh/bullmq#3272, #3063, #1181: fifty rolling restarts, and each incident that is opened meanwhile is told once; nothing that must go on is a scheduler of the job queue', async () => {
    house = await openPageHouse({ policy: ladder([{ targets: [{ role: 'duty-manager' }], waitMs: 0 }]), contacts: { ada: plan(['push']) } })
    const refs: string[] = []
    let running = await ringer()
    for (let round = 0; round < 50; round += 1) {
      if (round % 5 === 0) refs.push((await house.open()).ref)
      const next = await ringer()
      await running.close()
      running = next
    }
    closing.push(running.close)
    await until('all are told', async () => (await Promise.all(refs.map(firings))).every((fired) => fired.length === 1))
    const folder = join(import.meta.dirname, '../../workers')
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    expect(sources.filter((name) => /upsertJobScheduler|repeat: ?\{|delay:/.test(readFileSync(join(folder, name), 'utf8')))).toEqual([])
  })
})

describe('what a job says', () => {
  const claim = (token: string) =>
    until('the level is due', async () => {
      const claimed = await openIncidentTimers(house).claim(house.site, token)
      return claimed.timers.length > 0 && claimed
    })

  it('taskforcesh/bullmq#3286: counts for nothing: a job whose data is damaged fires nothing, and the level fires from its row', async () => {
    house = await openPageHouse({ policy: ladder([{ targets: [{ role: 'duty-manager' }], waitMs: 0 }]), contacts: { ada: plan(['push']) } })
    const { ref } = await house.open()
    const claimed = await claim('a')
    const damaged = claimed.timers.map(({ id }) => ({ id, dueAt: instantOf(0), generation: 99 }))
    expect(await fire(fireDeps(), { site: house.site, token: 'a', claimedAt: claimed.now, timers: damaged })).toEqual(['nothing-to-do'])
    expect(await firings(ref)).toEqual([])
    const again = await claim('b')
    await fire(fireDeps(), { site: house.site, token: 'b', claimedAt: again.now, timers: again.timers })
    expect(await firings(ref)).toHaveLength(1)
  })

  it('taskforcesh/bullmq#439: a sender that was blocked beyond its lease, and the one that took over, send under one reference, of one escalation', async () => {
    house = await openPageHouse({ policy: ladder([{ targets: [{ role: 'duty-manager' }], waitMs: 0 }]), contacts: { ada: plan(['push']) } })
    let release: (() => void) | undefined
    const blocked = new Promise<void>((resolve) => (release = resolve))
    house.answers('push', async () => {
      if (house.sent.length === 1) await blocked
      return { kind: 'accepted', detail: 'taken' }
    })
    await house.work()
    const { ref } = await house.open()
    const [first] = await house.count(1)
    // The lease of a sender whose event loop stands still ends.
    await house.redis.zAdd(house.keys.site(house.site).outboxDue, { score: 0, value: first?.message.delivery ?? '' })
    await house.redis.publish(house.keys.wake, `${house.site} 0`)
    await house.count(2)
    release?.()
    await house.quiet()
    expect(house.sent.map(({ message }) => message.id)).toEqual([first?.message.id, first?.message.id])
    const { items = [] } = (await house.incidents.timeline(house.site, ref, 0, 100)) ?? {}
    expect([items.filter(({ type }) => type === 'level-fired').length, new Set(items.flatMap(({ type, data }) => (type === 'delivered' ? [data['delivery']] : []))).size]).toEqual([1, 1])
    expect((await house.incidents.command(house.site, ref, { type: 'acknowledge' }, ada)).kind).toBe('done')
  })
})
