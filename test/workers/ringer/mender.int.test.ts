import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseReport, type CommandInput } from '../../../server/contract/incidents.ts'
import { openIncidentLists } from '../../../server/redis/incident-lists.ts'
import { openIncidentLog } from '../../../server/redis/incident-log.ts'
import { openIncidentRules } from '../../../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../../../server/redis/incident-timers.ts'
import { fire } from '../../../workers/ringer/fire.ts'
import { openMender, type Mender } from '../../../workers/ringer/mender.ts'
import { noBell } from '../../../workers/ringer/bell.ts'
import { openClaiming } from '../../../workers/ringer/claiming.ts'
import { openWakes } from '../../../workers/ringer/wakes.ts'
import { openWatchdog } from '../../../workers/ringer/watchdog.ts'
import { ada, ladder, openIncidentHouse, report, sam, type IncidentHouse } from '../../support/incident-house.ts'
import { until } from '../../support/until.ts'

let house: IncidentHouse
let mender: Mender
beforeEach(async () => {
  house = await openIncidentHouse({ policy: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 0 }, { targets: [{ webhook: 'noc' }], waitMs: 3_600_000 }]), webhooks: { noc: { url: 'https://noc.example.org/', types: [] } } })
  mender = openMender({ incidentLog: openIncidentLog(house), rules: openIncidentRules(house.settings), settings: house.settings, directory: house.directory, lists: openIncidentLists(house), stored: openIncidentTimers(house).stored, sites: () => [house.site], log: house.log, everyMs: null })
})
afterEach(async () => {
  await mender.close()
  await house.close()
})

const at = () => house.keys.site(house.site)
const open = async (more: object = {}) => {
  const parsed = parseReport({ ...report, ...more })
  if (!parsed.ok) throw new Error('not accepted')
  const result = await house.incidents.create(house.site, parsed.input, sam)
  if (result.kind !== 'done') throw new Error(result.kind)
  return result.record
}
const say = (ref: string, input: CommandInput, caller = sam) => house.incidents.command(house.site, ref, input, caller)
const rows = () => house.redis.hGetAll(at().timers)
const record = async (ref: string) => (await openIncidentLog(house).read(house.site, ref)).record
const deps = () => ({ incidentLog: openIncidentLog(house), rules: openIncidentRules(house.settings), settings: house.settings, directory: house.directory })
const claim = (token: string) =>
  until('a timer is due', async () => {
    const claimed = await openIncidentTimers(house).claim(house.site, token)
    return claimed.timers.length > 0 && claimed
  })

describe('timer rows that were lost', () => {
  it('with Redis, all of them: are written anew from their incidents, and fire', async () => {
    const { ref } = await open()
    const before = await rows()
    await house.redis.del([at().timers, at().timersUrgent, at().timersRoutine, at().inFlight])
    expect(await mender.mend(house.site)).toEqual({ incidents: 0, timers: Object.keys(before).length })
    expect(await rows()).toEqual(before)
    const claimed = await claim('a')
    expect(await fire(deps(), { site: house.site, token: 'a', claimedAt: claimed.now, timers: claimed.timers })).toContain('fired')
    expect(house.log.lines.some(({ level, text }) => level === 'error' && text.includes('written anew'))).toBe(true)
    expect(ref).toMatch(/^INC-/)
  })

  it('that are right, or are being fired now, are left alone', async () => {
    await open()
    expect(await mender.mend(house.site)).toEqual({ incidents: 0, timers: 0 })
    await claim('a')
    expect(await mender.mend(house.site)).toEqual({ incidents: 0, timers: 0 })
  })
})

describe('an edited calendar', () => {
  const office = (to: string) => ({ alwaysOpen: false, timeZone: 'Europe/London', week: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [day, [{ from: '00:00', to }]])), holidays: [], openings: [] })

  it('moves what is due, and its timers, once', async () => {
    house.change({ calendars: { ...(await house.settings.incidentSettings(house.site)).calendars, service: office('06:00') } })
    const { ref, clocks } = await open({ impact: 3, urgency: 3 })
    const due = clocks.find(({ kind }) => kind === 'update')?.dueAt
    house.change({ calendars: { ...(await house.settings.incidentSettings(house.site)).calendars, service: office('03:00') } })
    expect((await mender.mend(house.site)).incidents).toBe(1)
    expect((await record(ref))?.clocks.find(({ kind }) => kind === 'update')?.dueAt).not.toBe(due)
    expect((await house.incidents.timeline(house.site, ref, 0, 100))?.items.at(-1)).toMatchObject({ type: 'clocks-recomputed' })
    expect(await mender.mend(house.site)).toEqual({ incidents: 0, timers: 0 })
  })
})

describe('an owner who is gone', () => {
  it('leaves the incident to the ladder at level 1', async () => {
    const { ref } = await open()
    await say(ref, { type: 'acknowledge' })
    house.people({ gone: ['sam'] })
    expect((await mender.mend(house.site)).incidents).toBe(1)
    expect(await record(ref)).toMatchObject({ state: 'open', owner: null, ownership: { state: 'running', level: 0 } })
  })
})

describe('what went wrong elsewhere', () => {
  it('taskforcesh/bullmq#2988, #3524: planned anew twenty times in a second, one live timer with the last due', async () => {
    const { ref } = await open({ impact: 2, urgency: 2 })
    for (let round = 0; round < 20; round += 1) await say(ref, round % 2 === 0 ? { type: 'set-priority', impact: 1, urgency: 1 } : { type: 'set-priority', impact: 2, urgency: 2 })
    const queued = [...(await house.redis.zRange(at().timersUrgent, 0, -1)), ...(await house.redis.zRange(at().timersRoutine, 0, -1))].filter((id) => id === `${ref}/ownership`)
    const { ownership } = (await record(ref)) ?? {}
    expect(queued).toHaveLength(1)
    expect((await rows())[`${ref}/ownership`]).toBe(`${ownership?.nextDueAt}|${ownership?.generation}|u|`)
  })

  it('taskforcesh/bullmq#1287, #3765: armed again under the same id it wakes again', async () => {
    const { ref } = await open()
    const first = await claim('a')
    await fire(deps(), { site: house.site, token: 'a', claimedAt: first.now, timers: first.timers })
    await say(ref, { type: 'acknowledge' })
    await say(ref, { type: 'unacknowledge' })
    await say(ref, { type: 'set-priority', impact: 2, urgency: 2 })
    await say(ref, { type: 'set-priority', impact: 1, urgency: 1 })
    const again = await claim('b')
    expect(again.timers.map(({ id }) => id)).toContain(`${ref}/ownership`)
  })

  it('taskforcesh/bullmq#439, grafana/oncall#5179: two workers that hold one claim make one event', async () => {
    const { ref } = await open()
    const claimed = await claim('a')
    const run = () => fire(deps(), { site: house.site, token: 'a', claimedAt: claimed.now, timers: claimed.timers })
    const outcomes = (await Promise.all([run(), run()])).flat()
    expect(outcomes.filter((outcome) => outcome === 'fired')).toHaveLength(claimed.timers.length)
    expect((await house.incidents.timeline(house.site, ref, 0, 100))?.items.filter(({ type }) => type === 'level-fired')).toHaveLength(1)
  })

  it('Netflix/dispatch#4295, #4304: a hundred who resolve and reopen write the first resolution once', async () => {
    const { ref } = await open()
    await Promise.all(Array.from({ length: 20 }, () => say(ref, { type: 'resolve', code: 'fixed', text: 'done', serviceRestored: true })))
    const first = (await record(ref))?.firstResolvedAt
    await say(ref, { type: 'reopen', take: true })
    await Promise.all(Array.from({ length: 20 }, () => say(ref, { type: 'resolve', code: 'fixed', text: 'again', serviceRestored: true }, ada)))
    expect((await record(ref))?.firstResolvedAt).toBe(first)
  })

  it('taskforcesh/bullmq#3185, #4484: alive but claiming no more while timers are due, it claims by a new loop twice and is then ended', async () => {
    let [ticks, overdue, moved] = [0, 0, 0]
    const did: string[] = []
    const dog = openWatchdog({ overdueMs: async () => overdue, movedAt: () => moved, rebuild: async () => void did.push(`${ticks / 1_000} rebuilt`), wedged: () => void did.push(`${ticks / 1_000} ended`), log: house.log, ticks: () => ticks, everyMs: null })
    const until = async (ms: number) => {
      for (; ticks < ms; ticks += 2_500) await dog.look()
    }
    await until(60_000)
    expect(did).toEqual([])
    moved = ticks
    overdue = 1
    await until(100_000)
    expect(did).toEqual(['72.5 rebuilt', '82.5 rebuilt', '92.5 ended', '95 ended', '97.5 ended'])
    const away = openWatchdog({ overdueMs: () => Promise.reject(new Error('Redis is away')), movedAt: () => 0, rebuild: async () => void did.push('rebuilt'), wedged: () => void did.push('ended'), log: house.log, ticks: () => ticks, everyMs: null })
    for (; ticks < 200_000; ticks += 2_500) await away.look()
    expect(did).toHaveLength(5)
  })

  it('what is due is claimed by the new loop when the old one never comes back; one that claims nothing either has not moved', async () => {
    const wakes = await openWakes({ url: house.url, keys: house.keys, log: house.log })
    await open()
    const { timersUrgent } = at()
    await house.redis.rename(timersUrgent, `${timersUrgent}-aside`)
    await house.redis.set(timersUrgent, 'nobody can read this')
    const claiming = await openClaiming({ ...deps(), redisUrl: house.url, keys: house.keys, wakes, bell: noBell, sites: () => [house.site], log: house.log, sweepEveryMs: 50 })
    const before = claiming.movedAt()
    await claiming.renew()
    await until('the new one failed as well', () => house.log.lines.filter(({ text }) => text === 'a sweep of due timers failed').length > 2)
    expect(claiming.movedAt()).toBe(before)
    await house.redis.rename(`${timersUrgent}-aside`, timersUrgent)
    await claiming.renew()
    await until('it moves', () => claiming.movedAt() > before)
    await claiming.close()
    await wakes.close()
  })
})

describe('races in both orders', () => {
  it('row 12: a policy edited while a level is pending: the pinned version goes on, a deleted target is an empty level', async () => {
    const { ref } = await open()
    house.change({ policies: { default: ladder([{ targets: [{ role: 'admin' }], waitMs: 0 }]) }, webhooks: {} })
    const claimed = await claim('a')
    await fire(deps(), { site: house.site, token: 'a', claimedAt: claimed.now, timers: claimed.timers })
    const types = (await house.incidents.timeline(house.site, ref, 0, 100))?.items.map(({ type }) => type)
    // Both levels name the webhook that is gone.
    expect(types).toEqual(['opened', 'level-skipped', 'level-skipped', 'ladder-unmanned', 'ladder-ended'])
    expect((await record(ref))?.policy.version).toBe(1)
  })

  it('row 16: the customer answers first: the hold is refused; the hold first: it ends by itself', async () => {
    const reviewAt = () => new Date(Date.now() + 600_000).toISOString()
    const hold = () => {
      const parsed = { type: 'hold', reason: 'waiting-for-reporter', reviewAt: Date.parse(reviewAt()) } as unknown as CommandInput
      return parsed
    }
    const first = await open({ impact: 2, urgency: 2 })
    await say(first.ref, { type: 'acknowledge' })
    await say(first.ref, { type: 'customer-reply', text: 'It works again' })
    expect(await say(first.ref, hold())).toMatchObject({ kind: 'refused', refusal: { code: 'customer_replied' } })
    const second = await open({ impact: 2, urgency: 2 })
    await say(second.ref, { type: 'acknowledge' })
    await say(second.ref, hold())
    await say(second.ref, { type: 'customer-reply', text: 'It works again' })
    expect((await record(second.ref))?.state).toBe('in-progress')
  })

  it('row 13: a hold ends a snooze, resuming does not bring it back, and a handover taken over keeps the hold', async () => {
    const { ref } = await open({ impact: 2, urgency: 2 })
    const soon = (ms: number) => Date.now() + ms
    await say(ref, { type: 'acknowledge' })
    await say(ref, { type: 'snooze', until: soon(600_000) } as unknown as CommandInput)
    await say(ref, { type: 'offer-handover', to: 'ada' })
    await say(ref, { type: 'hold', reason: 'third-party', reviewAt: soon(900_000) } as unknown as CommandInput)
    expect((await record(ref))?.snoozedUntil).toBeNull()
    await say(ref, { type: 'accept-handover' }, ada)
    expect(await record(ref)).toMatchObject({ state: 'on-hold', owner: 'ada' })
    await say(ref, { type: 'resume' }, ada)
    expect((await record(ref))?.snoozedUntil).toBeNull()
    expect(Object.keys(await rows()).some((id) => id.endsWith('/snooze'))).toBe(false)
  })
})
