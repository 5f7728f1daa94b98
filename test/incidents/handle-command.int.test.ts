import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseReport } from '../../server/contract/incidents.ts'
import type { CommandResult } from '../../server/incidents/remembered.ts'
import { ada, openIncidentHouse, report, sam, type IncidentHouse } from '../support/incident-house.ts'

let house: IncidentHouse
beforeAll(async () => {
  house = await openIncidentHouse()
})
afterAll(() => house.close())

const input = (more: object = {}) => {
  const parsed = parseReport({ ...report, ...more })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.input
}
const done = (result: CommandResult) => {
  if (result.kind !== 'done') throw new Error(`expected success, got ${JSON.stringify(result)}`)
  return result.record
}
const open = async (more: object = {}, key?: string) => done(await house.incidents.create(house.site, input(more), sam, key))

describe('an incident that is logged', () => {
  it('is open at once, numbered, with its clocks and its next level', async () => {
    const record = await open()
    expect(record.ref).toMatch(/^INC-\d{4}-\d{6}$/)
    const row = await house.incidents.get(house.site, record.ref)
    expect(row).toMatchObject({ state: 'open', priority: 'P1', title: report.title, callerId: '•••000', level: 0, completeness: 1, revision: '1', owner: null })
    expect(row?.clocks.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['response running', 'update running', 'resolution running'])
    expect(row?.next).toEqual({ at: row?.openedAt, level: 1, targets: ['role:supervisor'], called: ['role:supervisor'] })
  })

  it('leaves no free text and no personal field in the log, the rows, the events or the audit', async () => {
    const record = await open()
    const at = house.keys.site(house.site)
    const stored = JSON.stringify([await house.redis.xRange(at.log, '-', '+'), await house.redis.hGetAll(at.incident(record.ref)), await house.redis.xRange(at.incidentEvents(record.ref), '-', '+'), await house.redis.hGetAll(at.outbox), await house.redis.xRange(at.audit, '-', '+'), await house.redis.hGetAll(at.texts), await house.redis.hGetAll(at.peopleNames)])
    for (const secret of [report.title, report.nature, report.location, report.reporter, report.callerId, 'Okafor']) expect(stored).not.toContain(secret)
    expect(stored).toContain(record.ref)
  })

  it('enters the log by value in the same change', async () => {
    const record = await open()
    const entries = await house.redis.xRange(house.keys.site(house.site).log, '-', '+')
    const bodies = (entries ?? []).map(({ message }) => [message['k'], JSON.parse(String(message['b']))])
    expect(bodies).toContainEqual(['incident', { event: 'opened', record: JSON.parse(JSON.stringify(record)) }])
  })
})

describe('an acknowledgement', () => {
  it('makes the caller the owner, stops the response clock and the ladder', async () => {
    const { ref } = await open()
    const record = done(await house.incidents.command(house.site, ref, { type: 'acknowledge' }, sam))
    expect(record).toMatchObject({ state: 'acknowledged', owner: 'sam' })
    const row = await house.incidents.get(house.site, ref)
    expect(row).toMatchObject({ owner: { id: 'sam', name: 'Sam Okafor' }, next: null })
    expect(row?.clocks.find(({ kind }) => kind === 'response')?.state).toBe('met')
    expect(await house.redis.zScore(house.keys.site(house.site).timersUrgent, `${ref}/ownership`)).toBeNull()
  })

  it('by a second person is success with the owner unchanged, and makes a helper', async () => {
    const { ref } = await open()
    const both = await Promise.all([house.incidents.command(house.site, ref, { type: 'acknowledge' }, sam), house.incidents.command(house.site, ref, { type: 'acknowledge' }, ada)])
    const record = (await house.incidents.get(house.site, ref)) ?? { owner: null }
    expect(both.map(({ kind }) => kind)).toEqual(['done', 'done'])
    expect(['sam', 'ada']).toContain(record.owner?.id)
    const timeline = await house.incidents.timeline(house.site, ref, 0, 100)
    expect(timeline?.items.map(({ type }) => type)).toEqual(['opened', 'acknowledged', 'helper-joined'])
  })

  it('after the resolution is refused, with the state and what would be accepted', async () => {
    const { ref } = await open()
    done(await house.incidents.command(house.site, ref, { type: 'resolve', code: 'fixed', text: 'Terminal restarted', serviceRestored: true }, sam))
    const result = await house.incidents.command(house.site, ref, { type: 'acknowledge' }, ada)
    expect(result).toMatchObject({ kind: 'refused', refusal: { code: 'already_resolved', state: 'resolved', revision: '2', allowed: expect.arrayContaining(['note']) } })
  })

  it('on a revision that has passed is refused', async () => {
    const { ref } = await open()
    done(await house.incidents.command(house.site, ref, { type: 'note', text: 'Looking' }, sam))
    expect(await house.incidents.command(house.site, ref, { type: 'acknowledge', revision: '1' }, sam)).toMatchObject({ kind: 'refused', refusal: { code: 'stale_revision', revision: '2' } })
  })

  it('taken back within ten seconds lets the ladder go on where it stood', async () => {
    const opened = await open()
    done(await house.incidents.command(house.site, opened.ref, { type: 'acknowledge' }, sam))
    const record = done(await house.incidents.command(house.site, opened.ref, { type: 'unacknowledge' }, sam))
    expect(record).toMatchObject({ state: 'open', owner: null, ownership: { state: 'running', nextDueAt: opened.ownership.nextDueAt } })
  })
})

describe('an idempotency key', () => {
  it('gives the same answer for the same request and creates nothing twice', async () => {
    const first = await open({}, 'k-1')
    const second = await open({}, 'k-1')
    expect(second).toEqual(first)
  })

  it('with another body is refused', async () => {
    await open({}, 'k-2')
    expect(await house.incidents.create(house.site, input({ title: 'Another' }), sam, 'k-2')).toEqual({ kind: 'key-reused' })
  })

  it('of another credential is another key', async () => {
    const mine = await open({}, 'k-3')
    const theirs = done(await house.incidents.create(house.site, input(), ada, 'k-3'))
    expect(theirs.ref).not.toBe(mine.ref)
  })

  it('repeated fifty times at once carries a command out once', async () => {
    const { ref } = await open()
    const results = await Promise.all(Array.from({ length: 50 }, () => house.incidents.command(house.site, ref, { type: 'note', text: 'Once' }, sam, 'k-4')))
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['done']))
    expect((await house.incidents.timeline(house.site, ref, 0, 100))?.items.filter(({ type }) => type === 'note-added')).toHaveLength(1)
  })
})

describe('commands by many at once', () => {
  it('are all carried out, each at a version of its own', async () => {
    const { ref } = await open()
    await Promise.all(Array.from({ length: 12 }, (_, index) => house.incidents.command(house.site, ref, { type: 'note', text: `Note ${index}` }, sam)))
    const page = await house.incidents.timeline(house.site, ref, 0, 100)
    expect(page?.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1))
    expect(new Set(page?.items.map(({ text }) => text)).size).toBe(13)
  })
})

describe('the lists', () => {
  it('give the newest first, by state, priority and words, page by page', async () => {
    const own = await openIncidentHouse()
    try {
      const refs: string[] = []
      for (let i = 0; i < 5; i += 1) refs.push(done(await own.incidents.create(own.site, input({ title: i === 2 ? 'Lift stuck' : 'Printer jam', impact: i === 4 ? 4 : 1, urgency: i === 4 ? 4 : 1 }), sam)).ref)
      const all = { states: null, priorities: null, words: null, area: null, below: null, limit: 2 }
      const first = await own.incidents.list(own.site, all)
      expect(first.items.map(({ ref }) => ref)).toEqual([refs[4], refs[3]])
      const second = await own.incidents.list(own.site, { ...all, below: Number(first.next) })
      expect(second.items.map(({ ref }) => ref)).toEqual([refs[2], refs[1]])
      expect((await own.incidents.list(own.site, { ...all, limit: 10, priorities: ['P4'] })).items.map(({ ref }) => ref)).toEqual([refs[4]])
      expect((await own.incidents.list(own.site, { ...all, limit: 10, words: ['lift'] })).items.map(({ ref }) => ref)).toEqual([refs[2]])
      expect((await own.incidents.list(own.site, { ...all, limit: 10, states: ['resolved'] })).items).toEqual([])
    } finally {
      await own.close()
    }
  })
})

describe('a category that is resolved only after a colleague was consulted', () => {
  it('says so in the incident, keeps who was asked and what they said sealed, and shows both', async () => {
    const { categories } = await house.settings.incidentSettings(house.site)
    house.change({ categories: { ...categories, technology: { name: 'Technology', impactFloor: null, discreet: false, consult: { with: [{ role: 'duty-manager' }] } } } })
    const { ref } = await open()
    expect((await house.incidents.get(house.site, ref))?.counsel).toEqual({ needed: true, with: ['role:duty-manager'], given: false, said: [] })
    const resolve = { type: 'resolve', code: 'fixed', text: 'Switched back', serviceRestored: true } as const
    expect(await house.incidents.command(house.site, ref, resolve, sam)).toMatchObject({ kind: 'refused', refusal: { code: 'not_consulted' } })
    const asked = done(await house.incidents.command(house.site, ref, { type: 'consult', person: 'ada', text: 'Restart the gateway first' }, sam))
    expect(JSON.stringify(asked)).not.toContain('gateway')
    expect((await house.incidents.get(house.site, ref))?.counsel).toMatchObject({ given: true, said: [{ person: { id: 'ada' }, by: { id: 'sam', name: 'Sam Okafor' }, way: 'consulted', text: 'Restart the gateway first' }] })
    expect((await house.incidents.timeline(house.site, ref, 0, 10))?.items.at(-1)).toMatchObject({ type: 'consulted', text: 'Restart the gateway first', data: { told: [{ id: 'ada' }], person: 'ada', consultedAt: expect.stringContaining('T') } })
    expect(done(await house.incidents.command(house.site, ref, resolve, sam)).state).toBe('resolved')
    house.change({ categories })
  })
})
