import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseReport, type CommandInput } from '../../server/contract/incidents.ts'
import { openCommands } from '../../server/incidents/handle-command.ts'
import { openDrills } from '../../server/redis/drills.ts'
import { openIncidentLog, type IncidentLog } from '../../server/redis/incident-log.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../../server/redis/incident-timers.ts'
import { fire } from '../../workers/ringer/fire.ts'
import { ladder, openIncidentHouse, report, sam, type IncidentHouse } from '../support/incident-house.ts'
import { until } from '../support/until.ts'

/** INCIDENTS 2.11, rows 4 and 5: a command stands at a barrier before its writing while a timer falls due, and either goes first. */
let house: IncidentHouse
const TARGET_MS = 800
beforeEach(async () => {
  house = await openIncidentHouse({ policy: ladder([{ targets: [{ role: 'supervisor' }], waitMs: 0 }, { targets: [{ role: 'supervisor' }], waitMs: 3_600_000 }]) })
})
afterEach(() => house.close())

const resolve: CommandInput = { type: 'resolve', code: 'fixed', text: 'Restarted', serviceRestored: true }
const open = async () => {
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('not accepted')
  const result = await house.incidents.create(house.site, parsed.input, sam)
  if (result.kind !== 'done') throw new Error(result.kind)
  return result.record
}
const story = async (ref: string) => (await house.incidents.timeline(house.site, ref, 0, 100))?.items ?? []
const types = async (ref: string) => (await story(ref)).map(({ type }) => type)
const recordOf = async (ref: string) => {
  const { record } = await openIncidentLog(house).read(house.site, ref)
  if (record === null) throw new Error(`no incident ${ref}`)
  return record
}
const claimOf = (id: string, token: string) =>
  until(`${id} is due`, async () => {
    const claimed = await openIncidentTimers(house).claim(house.site, token)
    const timers = claimed.timers.filter((timer) => timer.id === id)
    return timers.length > 0 && { ...claimed, timers }
  })
const fireClaim = (token: string, { now, timers }: Awaited<ReturnType<typeof claimOf>>) =>
  fire({ incidentLog: openIncidentLog(house), rules: openIncidentRules(house.settings), settings: house.settings, directory: house.directory }, { site: house.site, token, claimedAt: now, timers })

/** A command that has read and decided, and is let on to its writing by hand. */
const atTheBarrier = (ref: string, input: CommandInput) => {
  const real = openIncidentLog(house)
  let letOn: () => void = () => undefined
  let arrive: () => void = () => undefined
  const barrier = new Promise<void>((go) => (letOn = go))
  const arrived = new Promise<void>((here) => (arrive = here))
  const log: IncidentLog = {
    ...real,
    apply: async (...args) => {
      arrive()
      await barrier
      return real.apply(...args)
    },
  }
  const commands = openCommands({ drills: openDrills(house), log, rules: openIncidentRules(house.settings), settings: house.settings, texts: house.sealed.texts, names: { remember: async () => undefined, resolve: async () => new Map() }, directory: house.directory })
  const result = commands.command(house.site, ref, input, sam)
  return {
    arrived,
    goOn: () => {
      letOn()
      return result
    },
  }
}
const resolutionOf = async (ref: string) => (await recordOf(ref)).clocks.find(({ kind }) => kind === 'resolution')

describe('row 4: resolved at the due instant', () => {
  const openWithTarget = async () => {
    const { sla } = await house.settings.incidentSettings(house.site)
    house.change({ sla: { ...sla, P1: { ...sla.P1, responseMs: null, updateMs: null, resolutionMs: TARGET_MS, atRisk: [] } } })
    const { ref } = await open()
    // The first level is out of the way.
    await fireClaim('level', await claimOf(`${ref}/ownership`, 'level'))
    const resolving = atTheBarrier(ref, resolve)
    await resolving.arrived
    return { ref, resolving, breach: await claimOf(`${ref}/clock/resolution`, 'breach') }
  }

  it('the resolution is written first: the target is met, and the breach that was claimed does nothing', async () => {
    const { ref, resolving, breach } = await openWithTarget()
    expect((await resolving.goOn()).kind).toBe('done')
    expect(await fireClaim('breach', breach)).toEqual(['fenced'])
    expect(await resolutionOf(ref)).toMatchObject({ state: 'met' })
    expect(await types(ref)).not.toContain('clock-breached')
  })

  it('the breach is written first: it stays, the resolution is stamped with its receipt, and nobody is reminded any more', async () => {
    const { ref, resolving, breach } = await openWithTarget()
    expect(await fireClaim('breach', breach)).toEqual(['fired'])
    expect((await resolving.goOn()).kind).toBe('done')
    const clock = await resolutionOf(ref)
    expect(clock).toMatchObject({ state: 'breached' })
    expect(clock?.stoppedAt).toBeLessThanOrEqual(clock?.dueAt ?? 0)
    expect((await types(ref)).filter((type) => type === 'clock-breached')).toHaveLength(1)
    expect((await house.redis.hKeys(house.keys.site(house.site).timers)).filter((id) => id.startsWith(`${ref}/reminder`))).toEqual([])
  })
})

describe('row 5: reopened while a timer of the life before falls due', () => {
  it('the reopening is written first: the old level does nothing, and the ladder begins at level 1 in a new generation', async () => {
    const { ref } = await open()
    const before = (await recordOf(ref)).ownership.generation
    const old = await claimOf(`${ref}/ownership`, 'old')
    expect((await house.incidents.command(house.site, ref, resolve, sam)).kind).toBe('done')
    expect((await house.incidents.command(house.site, ref, { type: 'reopen', reason: 'again', take: false }, sam)).kind).toBe('done')
    expect(await fireClaim('old', old)).toEqual(['fenced'])
    expect(await types(ref)).not.toContain('level-fired')
    expect(await fireClaim('new', await claimOf(`${ref}/ownership`, 'new'))).toEqual(['fired'])
    const fired = (await story(ref)).filter(({ type }) => type === 'level-fired')
    expect(fired.map(({ data }) => data['level'])).toEqual([1])
    expect(Number(fired[0]?.data['generation'])).toBeGreaterThan(before)
  })

  it.each([true, false])('the window closes while somebody reopens (the reopening first: %s): one of the two has happened', async (reopenFirst) => {
    const { ref } = await open()
    await house.incidents.command(house.site, ref, resolve, sam)
    const reopening = atTheBarrier(ref, { type: 'reopen', reason: 'again', take: true })
    await reopening.arrived
    // The window of a day is over now: on the record and on its timer, as time would have it.
    const at = house.keys.site(house.site)
    const id = `${ref}/confirm`
    const now = Date.now()
    const record = await recordOf(ref)
    await house.redis.hSet(at.incident(ref), 'record', JSON.stringify({ ...record, confirmUntil: now, review: 'waived' }))
    await house.redis.hSet(at.timers, id, `${now}|${record.ownership.generation}|u|`)
    await house.redis.zAdd(at.timersUrgent, { score: now, value: id })
    const claimed = await claimOf(id, 'confirm')
    if (reopenFirst) {
      expect((await reopening.goOn()).kind).toBe('done')
      expect(await fireClaim('confirm', claimed)).toEqual(['fenced'])
      expect((await recordOf(ref)).state).toBe('in-progress')
    } else {
      await fireClaim('confirm', claimed)
      const told = await types(ref)
      const closed = told.includes('closed')
      const result = await reopening.goOn()
      // Closed, it is refused; what was owed before closing keeps it open to reopening.
      expect(result.kind).toBe(closed ? 'refused' : 'done')
      expect((await recordOf(ref)).state).toBe(closed ? 'closed' : 'in-progress')
      expect(told.filter((type) => type === 'closed' || type === 'review-awaited')).toHaveLength(1)
    }
  })
})
