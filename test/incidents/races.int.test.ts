import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseReport, type CommandInput } from '../../server/contract/incidents.ts'
import { openCommands, type Caller } from '../../server/incidents/handle-command.ts'
import { openIncidentLog } from '../../server/redis/incident-log.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../../server/redis/incident-timers.ts'
import { fire } from '../../workers/ringer/fire.ts'
import { ada, ladder, openIncidentHouse, report, sam, type IncidentHouse } from '../support/incident-house.ts'
import { until } from '../support/until.ts'

/** INCIDENTS 2.11: each race in both orders, the order set by hand. */
let house: IncidentHouse
beforeEach(async () => {
  house = await openIncidentHouse({ policy: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 0 }, { targets: [{ webhook: 'noc' }], waitMs: 3_600_000 }]), webhooks: { noc: { url: 'https://noc.example.org/', types: [] } } })
})
afterEach(() => house.close())

const open = async () => {
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('not accepted')
  const result = await house.incidents.create(house.site, parsed.input, sam)
  if (result.kind !== 'done') throw new Error(result.kind)
  return result.record
}
const say = (ref: string, input: CommandInput, caller: Caller = sam) => house.incidents.command(house.site, ref, input, caller)
const claim = (token: string) =>
  until('the level is due', async () => {
    const claimed = await openIncidentTimers(house).claim(house.site, token)
    return claimed.timers.length > 0 && claimed
  })
const fireClaim = async (token: string, { now, timers }: Awaited<ReturnType<typeof claim>>) =>
  fire({ incidentLog: openIncidentLog(house), rules: openIncidentRules(house.settings), settings: house.settings, directory: house.directory }, { site: house.site, token, claimedAt: now, timers })
const types = async (ref: string) => (await house.incidents.timeline(house.site, ref, 0, 100))?.items.map(({ type }) => type)
const outbox = () => house.redis.hKeys(house.keys.site(house.site).outbox)

describe('acknowledgement and level at the same moment', () => {
  it('acknowledged first: the claimed level does nothing', async () => {
    const { ref } = await open()
    const claimed = await claim('a')
    await say(ref, { type: 'acknowledge' })
    expect(await fireClaim('a', claimed)).toEqual(['fenced'])
    expect(await types(ref)).toEqual(['opened', 'acknowledged'])
    expect(await outbox()).toEqual([])
  })

  it('level first: it fires, and the acknowledgement takes back what was not sent yet', async () => {
    const { ref } = await open()
    expect(await fireClaim('a', await claim('a'))).toEqual(['fired'])
    expect(await outbox()).toHaveLength(1)
    await say(ref, { type: 'acknowledge' })
    expect(await types(ref)).toEqual(['opened', 'level-fired', 'acknowledged'])
    expect(await outbox()).toEqual([])
  })

  it('between reading and writing: the level sees the acknowledgement', async () => {
    const { ref } = await open()
    const claimed = await claim('a')
    const real = openIncidentLog(house)
    const outcome = await fire(
      {
        incidentLog: {
          ...real,
          read: async (...args) => {
            const reading = await real.read(...args)
            if ((await types(ref))?.includes('acknowledged') === false) await say(ref, { type: 'acknowledge' })
            return reading
          },
        },
        rules: openIncidentRules(house.settings),
        settings: house.settings,
        directory: house.directory,
      },
      // As it comes back from the job queue: without its incident, which is then read.
      { site: house.site, token: 'a', claimedAt: claimed.now, timers: claimed.timers.map(({ id, dueAt, generation }) => ({ id, dueAt, generation })) },
    )
    expect(outcome).not.toContain('fired')
    expect(await types(ref)).toEqual(['opened', 'acknowledged'])
  })
})

describe('a claim that was taken back', () => {
  it('does not fire when its worker wakes as a zombie, before or after the new holder', async () => {
    const { ref } = await open()
    const old = await claim('zombie')
    const at = house.keys.site(house.site)
    await house.redis.zAdd(at.inFlight, { score: 1, value: `${ref}/ownership` })
    const taken = await claim('new')
    expect(await fireClaim('zombie', old)).toEqual(['fenced'])
    expect(await fireClaim('new', taken)).toEqual(['fired'])
    expect(await fireClaim('zombie', old)).toEqual(['fenced'])
    expect((await types(ref))?.filter((type) => type === 'level-fired')).toHaveLength(1)
  })

  it('is one firing when the same claim is fired twice at once', async () => {
    const { ref } = await open()
    const claimed = await claim('a')
    const outcomes = (await Promise.all([fireClaim('a', claimed), fireClaim('a', claimed)])).flat()
    expect(outcomes.filter((outcome) => outcome === 'fired')).toHaveLength(1)
    expect((await types(ref))?.filter((type) => type === 'level-fired')).toHaveLength(1)
  })
})

describe('two people at once', () => {
  it.each([
    ['acknowledge', 'acknowledge'],
    ['acknowledge', 'resolve'],
    ['resolve', 'acknowledge'],
    ['resolve', 'resolve'],
  ] as const)('%s and %s end in one owner and one resolution at most', async (first, second) => {
    const { ref } = await open()
    const input = (type: 'acknowledge' | 'resolve'): CommandInput => (type === 'resolve' ? { type, code: 'fixed', text: 'Done', serviceRestored: true } : { type })
    const results = await Promise.all([say(ref, input(first), sam), say(ref, input(second), ada)])
    const told = await types(ref)
    expect(told?.filter((type) => type === 'resolved').length).toBeLessThanOrEqual(1)
    expect(told?.filter((type) => type === 'acknowledged').length).toBeLessThanOrEqual(1)
    expect(results.filter(({ kind }) => kind === 'done').length).toBeGreaterThanOrEqual(1)
    for (const result of results) if (result.kind === 'refused') expect(result.refusal.code).toBe('already_resolved')
  })

  it('a hundred resolving at once stamp the resolution once', async () => {
    const { ref } = await open()
    const results = await Promise.all(Array.from({ length: 100 }, (_, index) => say(ref, { type: 'resolve', code: 'fixed', text: `Done ${index}`, serviceRestored: true }, { ...sam, credentialId: `key-${index}` })))
    expect(results.filter(({ kind }) => kind === 'done')).toHaveLength(1)
    expect((await types(ref))?.filter((type) => type === 'resolved')).toHaveLength(1)
  })
})

describe('changes of many incidents at once', () => {
  it('travel together and are each carried out or refused for themselves, also when Redis has forgotten the script', async () => {
    const opened = await Promise.all(Array.from({ length: 30 }, open))
    await house.redis.sendCommand(['SCRIPT', 'FLUSH'])
    const results = await Promise.all([...opened, ...opened].map(({ ref }, index) => say(ref, { type: 'resolve', code: 'fixed', text: 'Done', serviceRestored: true }, { ...sam, credentialId: `key-${index}` })))
    expect(results.filter(({ kind }) => kind === 'done')).toHaveLength(30)
    expect(results.filter(({ kind }) => kind === 'refused')).toHaveLength(30)
    for (const { ref } of opened) expect((await types(ref))?.filter((type) => type === 'resolved')).toHaveLength(1)
  })
})

describe('the sweeper', () => {
  it('leaves a routine timer lie while an urgent one is due that is not its own to take yet', async () => {
    const [urgent, routine] = [await open(), await open()]
    const at = house.keys.site(house.site)
    const [grave, light] = [`${urgent.ref}/ownership`, `${routine.ref}/ownership`]
    await house.redis.zRem(at.timersUrgent, light)
    await house.redis.hSet(at.timers, light, `${Date.now() - 60_000}|1|r|`)
    await house.redis.zAdd(at.timersRoutine, { score: Date.now() - 60_000, value: light })
    await house.redis.zAdd(at.timersUrgent, { score: Date.now() - 500, value: grave })
    const timers = openIncidentTimers(house)
    expect((await timers.claim(house.site, 'sweeper', { overdueMs: 2_000 })).timers).toEqual([])
    expect((await timers.claim(house.site, 'ringer')).timers.map(({ id }) => id)).toEqual([grave, light])
  })
})

describe('an early wake', () => {
  it('finds nothing, and says when to look again', async () => {
    const { ref } = await open()
    await fireClaim('a', await claim('a'))
    const early = await openIncidentTimers(house).claim(house.site, 'early')
    expect(early.timers).toEqual([])
    expect(early.lookAgainAt).not.toBeNull()
    expect((await types(ref))?.filter((type) => type === 'level-fired')).toHaveLength(1)
  })
})

describe('a merge', () => {
  it('of A into B and B into A at once has one winner, and the other takes it in', async () => {
    for (let run = 0; run < 5; run += 1) {
      const [a, b] = [await open(), await open()]
      await Promise.all([say(a.ref, { type: 'merge', into: b.ref }), say(b.ref, { type: 'merge', into: a.ref }, ada)])
      const rows = await Promise.all([a.ref, b.ref].map((ref) => house.incidents.get(house.site, ref)))
      expect(rows.map((row) => row?.state).sort()).toEqual(['merged', 'open'])
      const winner = rows.find((row) => row?.state === 'open')
      expect(await types(winner?.ref ?? '')).toContain('absorbed')
    }
  })

  it('takes every timer and every waiting message of the merged one away', async () => {
    const [a, b] = [await open(), await open()]
    await fireClaim('a', await claim('a'))
    expect((await say(a.ref, { type: 'merge', into: b.ref })).kind).toBe('done')
    const at = house.keys.site(house.site)
    expect((await house.redis.hKeys(at.timers)).filter((id) => id.startsWith(a.ref))).toEqual([])
    expect((await outbox()).filter((id) => id.startsWith(a.ref))).toEqual([])
  })
})

describe('one that is of another type than it was logged as', () => {
  const retype = { type: 'reclassify', recordType: 'complaint', reason: 'Nothing is broken: they are cross' } as const
  /** Commands that are held up when they are about to write the record itself. */
  const commandsBefore = (ref: string, meanwhile: () => Promise<unknown>) => {
    const real = openIncidentLog(house)
    const apply: typeof real.apply = async (site, change) => {
      if (change.after.ref === ref) await meanwhile()
      return real.apply(site, change)
    }
    return openCommands({ log: { ...real, apply }, rules: openIncidentRules(house.settings), settings: house.settings, texts: house.sealed.texts, names: { remember: async () => undefined, resolve: async () => new Map() }, directory: house.directory, drills: { find: async () => null } })
  }
  const complaints = async () => (await house.incidents.list(house.site, { states: null, priorities: null, types: ['complaint'], words: null, area: null, below: null, limit: 20 })).items.map(({ ref, state }) => [ref, state])
  it('goes on under a number of its own, and both numbers find both', async () => {
    const { ref } = await open()
    expect(await say(ref, retype)).toMatchObject({ kind: 'done', record: { state: 'cancelled' } })
    const before = await house.incidents.get(house.site, ref)
    const next = before?.successor ?? ''
    expect(await house.incidents.get(house.site, next)).toMatchObject({ type: 'complaint', state: 'open', formerRefs: [ref], title: report.title, nature: report.nature, clocks: [] })
    for (const asked of [ref, next]) expect((await house.incidents.list(house.site, { states: null, priorities: null, words: [asked.toLowerCase()], area: null, below: null, limit: 10 })).items.map((row) => row.ref)).toEqual([next, ref])
    expect((await house.incidents.timeline(house.site, ref, 0, 10))?.items.at(-1)).toMatchObject({ type: 'reclassified', text: 'Nothing is broken: they are cross', data: { recordType: 'complaint', into: next } })
    expect((await house.incidents.timeline(house.site, next, 0, 10))?.items[0]).toMatchObject({ type: 'opened', data: { formerRefs: [ref] } })
  })

  it('by twelve at once goes on once', async () => {
    const { ref } = await open()
    const results = await Promise.all(Array.from({ length: 12 }, () => say(ref, retype)))
    expect(results.filter(({ kind }) => kind === 'done')).toHaveLength(1)
    const next = (await house.incidents.get(house.site, ref))?.successor
    expect(await complaints()).toEqual([[next, 'open']])
  })

  it('loses against work on it that began first, and no successor is left', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { ref } = await open()
      const [begun, retyped] = await Promise.all([say(ref, { type: 'start' }), say(ref, retype)])
      const row = await house.incidents.get(house.site, ref)
      const active = await house.incidents.list(house.site, { states: ['open'], priorities: null, types: ['complaint'], words: [ref.toLowerCase()], area: null, below: null, limit: 20 })
      expect([begun.kind, retyped.kind, row?.state, active.items.length]).toEqual(row?.state === 'cancelled' ? [begun.kind, 'done', 'cancelled', 1] : ['done', 'refused', 'in-progress', 0])
    }
  })

  it('cut off between the two is carried out when it is ordered again, as one', async () => {
    const { ref } = await open()
    let cut = true
    const commands = commandsBefore(ref, async () => {
      if (cut) throw new Error('gone')
    })
    await expect(commands.command(house.site, ref, retype, sam)).rejects.toThrow('gone')
    cut = false
    expect(await commands.command(house.site, ref, { ...retype, recordType: 'enquiry' }, sam)).toMatchObject({ kind: 'refused', refusal: { code: 'succession_begun' } })
    expect(await commands.command(house.site, ref, retype, sam)).toMatchObject({ kind: 'done' })
    const both = await house.incidents.list(house.site, { states: null, priorities: null, words: [ref.toLowerCase()], area: null, below: null, limit: 10 })
    expect(both.items.map(({ type, state }) => [type, state])).toEqual([['complaint', 'open'], ['incident', 'cancelled']])
  })

  it('goes on as a new one when its successor was withdrawn before', async () => {
    const { ref } = await open()
    expect(await commandsBefore(ref, () => say(ref, { type: 'start' })).command(house.site, ref, retype, sam)).toMatchObject({ kind: 'refused' })
    const [[withdrawn] = []] = await complaints()
    expect(await complaints()).toEqual([[withdrawn, 'cancelled']])
    await say(ref, { type: 'unacknowledge' })
    expect(await say(ref, retype)).toMatchObject({ kind: 'done' })
    const next = (await house.incidents.get(house.site, ref))?.successor
    expect(await complaints()).toEqual([[next, 'open'], [withdrawn, 'cancelled']])
  })

  it('ordered on a revision that is none any more leaves no successor', async () => {
    const { ref, revision } = await open()
    const commands = commandsBefore(ref, () => say(ref, { type: 'note', text: 'They called again' }))
    expect(await commands.command(house.site, ref, { ...retype, revision: String(revision) }, sam)).toMatchObject({ kind: 'refused', refusal: { code: 'stale_revision' } })
    expect(await complaints()).toEqual([[expect.any(String), 'cancelled']])
  })
})
