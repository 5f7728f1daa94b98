import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseReport, type CommandInput } from '../../server/contract/incidents.ts'
import { openCommands, type Caller } from '../../server/incidents/handle-command.ts'
import { openCommitments } from '../../server/redis/commitments.ts'
import { openIncidentLog, type IncidentLog } from '../../server/redis/incident-log.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import { ada, openIncidentHouse, report, sam, type IncidentHouse } from '../support/incident-house.ts'

/** What an order on one record changes in another is written with it: whoever is cut off has done all of it or nothing. */
let house: IncidentHouse
beforeEach(async () => {
  house = await openIncidentHouse()
  house.people({ people: [...(await house.directory(house.site)).people, { id: 'kim', aliases: [], role: 'agent', teams: [], onDuty: false }], stakeholders: { board: { people: ['eve'], services: null, categories: null, priorities: null } } })
})
afterEach(() => house.close())

const kim = { credentialId: 'session-kim', person: { id: 'kim', name: 'the engineer' }, role: 'agent' }
const opened = async (more: object = {}): Promise<string> => {
  const parsed = parseReport({ ...report, ...more })
  if (!parsed.ok) throw new Error('not accepted')
  const made = await house.incidents.create(house.site, parsed.input, sam)
  if (made.kind !== 'done') throw new Error(made.kind)
  return made.record.ref
}
const say = async (ref: string, input: CommandInput, caller: Caller = sam, key?: string) => {
  const result = await house.incidents.command(house.site, ref, input, caller, key)
  expect([input.type, result.kind]).toEqual([input.type, 'done'])
}
const record = async (ref: string) => {
  const { record: found } = await openIncidentLog(house).read(house.site, ref)
  if (found === null) throw new Error('gone')
  return found
}
const typesOf = async (ref: string) => (await house.incidents.timeline(house.site, ref, 0, 100))?.items.map(({ type }) => type) ?? []

const commandsWith = (apply: IncidentLog['apply']) => openCommands({ log: { ...openIncidentLog(house), apply }, rules: openIncidentRules(house.settings), settings: house.settings, texts: house.sealed.texts, names: { remember: async () => undefined, resolve: async () => new Map() }, directory: house.directory, drills: { find: async () => null } })

/** Carries an order out in a process that dies once the record itself is written, and then again as its client does. */
const cutOff = async (ref: string, input: CommandInput, caller: Caller = sam): Promise<void> => {
  const real = openIncidentLog(house)
  let gone = false
  const apply: typeof real.apply = async (site, change) => {
    if (gone) throw new Error('the process is gone')
    const applied = await real.apply(site, change)
    if (change.after.ref === ref && applied.kind === 'ok') gone = true
    return applied
  }
  const commands = commandsWith(apply)
  await commands.command(house.site, ref, input, caller, 'the same key').catch(() => undefined)
  expect(gone).toBe(true)
  await say(ref, input, caller, 'the same key')
}

describe('a process that dies once the record itself is written', () => {
  it('has merged it: the other has its people, owes the end to whom it was told, and is as grave', async () => {
    const [from, into] = [await opened({ impact: 2, urgency: 3 }), await opened({ impact: 4, urgency: 4 })]
    await say(from, { type: 'deploy', person: 'ada', text: 'Call the carrier' })
    await say(from, { type: 'update-stakeholders', text: 'We look into it', state: 'investigating', audience: 'all' }, ada)
    expect((await record(from)).updates.to).toEqual(['eve'])
    await cutOff(from, { type: 'merge', into })
    expect(await record(into)).toMatchObject({ impact: 2, urgency: 3, priority: 'P2', updates: { to: ['eve'], closing: false, sent: 1 }, deployments: [{ person: 'ada', state: 'requested' }] })
    expect((await typesOf(into)).filter((type) => type === 'absorbed')).toHaveLength(1)
    expect((await openCommitments(house).of(house.site)).all).toMatchObject([{ person: 'ada', ref: into }])
  })

  it('has merged it: the other was known of as early, and is due when it was', async () => {
    const early = new Date(Date.now() - 600_000)
    const [from, into] = [await opened({ reportedAt: early.toISOString() }), await opened()]
    const before = await house.incidents.get(house.site, into)
    await cutOff(from, { type: 'merge', into })
    const after = await house.incidents.get(house.site, into)
    expect(after?.reportedAt).toBe(early.toISOString())
    expect(after?.clocks.map(({ kind, dueAt }) => [kind, dueAt])).toEqual(before?.clocks.map(({ kind, dueAt }) => [kind, dueAt]))
    expect((await house.incidents.get(house.site, from))?.reportedAt).toBe(early.toISOString())
    // The later one merged into the earlier changes nothing of when that was reported.
    const later = await opened()
    await say(later, { type: 'merge', into })
    expect((await house.incidents.get(house.site, into))?.reportedAt).toBe(early.toISOString())
  })

  it('has taken along the words that wait for approval, and the call for help', async () => {
    const [from, into] = [await opened({ impact: 1, urgency: 1 }), await opened({ impact: 4, urgency: 4 })]
    await say(from, { type: 'update-stakeholders', text: 'The carrier is on it', state: 'identified', audience: 'all' })
    await say(from, { type: 'ask-help', text: 'Who knows this carrier?' })
    await cutOff(from, { type: 'merge', into })
    expect(await house.incidents.get(house.site, into)).toMatchObject({ pendingUpdate: { text: 'The carrier is on it', by: { id: 'sam' } }, help: { text: 'Who knows this carrier?', by: { id: 'sam' }, answeredBy: null } })
    expect(await record(from)).toMatchObject({ state: 'merged', pendingUpdate: null, help: null })
  })

  it('has linked it: the problem has it, and the one before has let it go', async () => {
    const [incident, first, second] = [await opened(), await opened({ type: 'problem' }), await opened({ type: 'problem' })]
    await say(incident, { type: 'link-problem', problem: first })
    await cutOff(incident, { type: 'link-problem', problem: second, reason: 'It is the router' })
    expect([(await record(first)).problem?.incidents, (await record(second)).problem?.incidents]).toEqual([[], [incident]])
  })

  it('has made another type of it: its problem has the successor in its place', async () => {
    const [incident, problem] = [await opened(), await opened({ type: 'problem' })]
    await say(incident, { type: 'link-problem', problem })
    await cutOff(incident, { type: 'reclassify', recordType: 'complaint', reason: 'They are cross' })
    expect((await record(problem)).problem?.incidents).toEqual([(await record(incident)).successor])
  })

  it('has taken somebody from another incident: that one knows', async () => {
    const [has, wants] = [await opened(), await opened()]
    await say(has, { type: 'deploy', person: 'kim', reason: 'the only one with a key' })
    await say(has, { type: 'confirm-deployment', deployment: (await record(has)).deployments[0]?.id ?? '', answer: 'on-task' }, kim)
    await cutOff(wants, { type: 'deploy', person: 'kim', reason: 'graver', preempt: true }, ada)
    expect((await record(has)).deployments).toMatchObject([{ person: 'kim', state: 'reassigned' }])
    expect((await openCommitments(house).of(house.site)).all).toMatchObject([{ person: 'kim', ref: wants }])
  })
})

describe('the other side', () => {
  it('that changes between reading and writing is looked at again, and neither is written before', async () => {
    const [from, into] = [await opened({ impact: 2, urgency: 3 }), await opened({ impact: 4, urgency: 4 })]
    const real = openIncidentLog(house)
    let tries = 0
    const apply: typeof real.apply = async (site, change) => {
      tries += 1
      if (tries === 1) await say(into, { type: 'set-priority', impact: 1, urgency: 1 })
      const applied = await real.apply(site, change)
      if (tries === 1) expect([applied.kind, (await record(from)).state]).toEqual(['conflict', 'open'])
      return applied
    }
    const commands = commandsWith(apply)
    expect(await commands.command(house.site, from, { type: 'merge', into }, sam)).toMatchObject({ kind: 'done' })
    expect(tries).toBe(2)
    expect(await record(into)).toMatchObject({ impact: 1, priority: 'P1' })
  })

  it('has all of forty that are linked to it at once', async () => {
    const problem = await opened({ type: 'problem' })
    const incidents = await Promise.all(Array.from({ length: 40 }, () => opened()))
    await Promise.all(incidents.map((incident) => say(incident, { type: 'link-problem', problem })))
    expect([...((await record(problem)).problem?.incidents ?? [])].sort()).toEqual([...incidents].sort())
  })
})
