import { describe, expect, it } from '@jest/globals'
import type { IncidentCommand, StakeholderState } from '../../../server/domain/incident/commands.ts'
import { plannedDeliveries } from '../../../server/domain/escalation/plan-deliveries.ts'
import type { Directory } from '../../../server/domain/escalation/directory.ts'
import { stillDue } from '../../../server/domain/escalation/after-try.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { filledTemplates } from '../../../server/incidents/update-templates.ts'
import { defaultTemplates } from '../../../server/contract/settings/default-templates.ts'
import { at, dutyManager, everybody, settingsWith, story, supervisor } from '../../support/incident-story.ts'

const second = { id: 'sue', role: 'supervisor' }
const words = (text: string, more: Partial<Extract<IncidentCommand, { type: 'update-stakeholders' }>> = {}): IncidentCommand => ({ type: 'update-stakeholders', text, state: 'investigating' as StakeholderState, audience: 'all', nextUpdateAt: null, ...more })
const p1 = () => story({ directory: { ...everybody, stakeholders: { board: { people: ['head'], services: null, categories: null, priorities: null } } } }).when({ type: 'acknowledge' }).until('2026-11-23T10:10:00Z')
const updateDue = (told: ReturnType<typeof story>) => told.record.clocks.find(({ kind }) => kind === 'update')?.dueAt

describe('words for the stakeholders of a P1', () => {
  it('are told only when somebody else has approved them; the log names both, and the promise counts from then', () => {
    const written = p1().when(words('t4'))
    expect(written.events.at(-1)).toMatchObject({ type: 'update-drafted', update: written.record.pendingUpdate?.id, text: 't4', people: ['ada'] })
    expect(updateDue(written)).toBe(updateDue(p1()))
    const id = written.record.pendingUpdate?.id ?? ''
    expect(written.refused({ type: 'approve-update', update: id })).toMatchObject({ code: 'own_words' })
    const told = written.until('2026-11-23T10:12:00Z').when({ type: 'approve-update', update: id }, second)
    expect(told.events.at(-1)).toMatchObject({ type: 'stakeholders-updated', text: 't4', by: second, people: ['head'], approval: { update: id, writtenBy: supervisor.id, alone: false } })
    expect(told.record).toMatchObject({ pendingUpdate: null, updates: { sent: 1, to: ['head'] } })
    expect(updateDue(told)).toBe(at('2026-11-23T10:32:00Z'))
    expect(told.refused({ type: 'approve-update', update: id }, second)).toMatchObject({ code: 'no_pending_update' })
  })

  it('of a duty manager go out at once, and the log says that nobody else read them', () => {
    expect(p1().when(words('t4'), dutyManager).events.at(-1)).toMatchObject({ type: 'stakeholders-updated', approval: { update: null, writtenBy: dutyManager.id, alone: true } })
    const own = p1().when(words('t4')).when(words('t5'))
    expect(own.when({ type: 'approve-update', update: own.record.pendingUpdate?.id ?? '' }, dutyManager).events.at(-1)).toMatchObject({ text: 't5', approval: { alone: false } })
  })

  it('that were written anew are not the ones that were read', () => {
    const first = p1().when(words('t4'))
    const anew = first.when(words('t5'))
    expect(anew.refused({ type: 'approve-update', update: first.record.pendingUpdate?.id ?? '' }, second)).toMatchObject({ code: 'update_changed' })
  })

  it('are rejected with a reason, and their promise must still lie ahead when they are approved', () => {
    const written = p1().when(words('t4', { nextUpdateAt: at('2026-11-23T10:20:00Z') }))
    const id = written.record.pendingUpdate?.id ?? ''
    expect(written.when({ type: 'reject-update', update: id, reason: 't9' }, second).record.pendingUpdate).toBeNull()
    expect(written.until('2026-11-23T10:21:00Z').refused({ type: 'approve-update', update: id }, second)).toMatchObject({ code: 'next_update_in_the_past' })
  })

  it('wait in the hands of the duty managers, who are told once and only while they wait', () => {
    const written = p1().when(words('t4'))
    const event = written.events.at(-1)
    if (event === undefined) throw new Error('nothing was written')
    const rows = plannedDeliveries({ events: [event], record: written.record, firstVersion: written.record.version, subscriptions: {}, contacts: { ada: { urgent: ['desktop'], routine: ['desktop'], verified: [], quiet: null } }, rules: rulesOf(settingsWith()) })
    expect(rows).toMatchObject([{ type: 'update.awaits', person: 'ada', channel: 'desktop', paced: false }])
    const [row] = rows
    if (row === undefined) throw new Error('nobody is told')
    expect(stillDue(written.record, row)).toBe(true)
    expect(stillDue(written.when({ type: 'approve-update', update: written.record.pendingUpdate?.id ?? '' }, second).record, row)).toBe(false)
  })

  it('go out at once where the site asks for no approval, and for a P2', () => {
    expect(story({ settings: { updates: { approve: [] } } }).when(words('t4')).events.at(-1)?.type).toBe('stakeholders-updated')
    expect(story({ report: { urgency: 2, impact: 2 } }).when(words('t4')).events.at(-1)?.type).toBe('stakeholders-updated')
  })
})

describe('what is promised', () => {
  const said = (next: string, more: object = {}) => words('t4', { nextUpdateAt: at(next), ...more })
  const latest = (impact: 1 | 2 | 3 | 4, urgency: 1 | 2 | 3 | 4) => story({ report: { impact, urgency }, settings: { updates: { approve: [] } } }).refused(said('2030-01-01T00:00:00Z'))

  it('is no further ahead than a day, or four times the cadence of the priority in its hours', () => {
    expect(latest(1, 1)).toMatchObject({ code: 'next_update_too_late', detail: expect.stringContaining('at the latest') })
    // Monday 10:00: P3 hears every four hours of business, P4 once a business day.
    expect([latest(1, 1), latest(2, 2), latest(3, 2), latest(4, 4)].map(({ detail }) => detail.match(/2026-\S+:\d\d:/)?.[0])).toEqual(['2026-11-24T10:00:', '2026-11-24T10:00:', '2026-11-25T10:00:', '2026-11-27T10:00:'])
    const p2 = story({ report: { impact: 2, urgency: 2 } })
    expect(p2.when(said('2026-11-23T14:00:00Z')).record.clocks.find(({ kind }) => kind === 'update')?.dueAt).toBe(at('2026-11-23T14:00:00Z'))
  })

  it('is looked at again by whoever approves it', () => {
    const written = p1().when(said('2026-11-23T10:20:00Z'))
    expect(written.until('2026-11-23T10:21:00Z').refused({ type: 'approve-update', update: written.record.pendingUpdate?.id ?? '' }, dutyManager).code).toBe('next_update_in_the_past')
  })
})

describe('words for an audience', () => {
  const group = (...people: readonly string[]) => ({ people, services: null, categories: null, priorities: null })
  const house = (stakeholders: Directory['stakeholders'] = { board: group('eve'), shop: group() }) => story({ report: { impact: 2, urgency: 2 }, directory: { ...everybody, stakeholders } }).until('2026-11-23T10:10:00Z')

  it('that nobody is in, or that the register does not know, are refused: nobody would hear them, and no clock begins anew', () => {
    expect(house().refused(words('t4', { audience: 'shop' }))).toEqual({ code: 'audience_empty', detail: 'incident INC-2026-000001: nobody is in the audience "shop", so nobody would hear it; audiences are all, public, board' })
    expect(house().refused(words('t4', { audience: 'toString' })).detail).toContain('there is no audience "toString"')
    expect(updateDue(house().when(words('t4', { audience: 'board' })))).toBe(at('2026-11-23T11:10:00Z'))
  })

  it('are told where the register is empty: rooms and webhooks hear them', () => {
    expect(updateDue(house({}).when(words('t4', { audience: 'press' })))).toBe(at('2026-11-23T11:10:00Z'))
  })

  it('that end it go to everybody who got an earlier one, whoever is left in the audience', () => {
    const told = house().when(words('t4', { audience: 'board' }))
    expect(told.when(words('t5', { audience: 'shop', state: 'resolved' })).record.updates).toMatchObject({ closing: true, to: ['eve'] })
  })
})

describe('"no change"', () => {
  it('is said at most twice in a row', () => {
    const twice = p1().when(words('t4', { noChange: true }), dutyManager).when(words('t5', { noChange: true }), dutyManager)
    expect(twice.refused(words('t6', { noChange: true }), dutyManager)).toMatchObject({ code: 'no_change_again' })
    expect(twice.when(words('t7'), dutyManager).when(words('t8', { noChange: true }), dutyManager).record.updates).toMatchObject({ sent: 4, noChange: 1 })
  })
})

describe('a major incident', () => {
  const declared = () => story({ report: { impact: 3, urgency: 3 } }).when({ type: 'acknowledge' }, dutyManager).until('2026-11-23T10:10:00Z').when({ type: 'declare-major', text: null }, dutyManager)

  it('is spoken of within five minutes of declaring it, its scope within five more, then every twenty, whatever its priority', () => {
    expect(updateDue(declared())).toBe(at('2026-11-23T10:15:00Z'))
    const first = declared().until('2026-11-23T10:14:00Z').when(words('t4'), dutyManager)
    expect(updateDue(first)).toBe(at('2026-11-23T10:19:00Z'))
    const scope = first.until('2026-11-23T10:18:00Z').when(words('t5'), dutyManager)
    expect(updateDue(scope)).toBe(at('2026-11-23T10:38:00Z'))
    expect(scope.refused(words('t6', { nextUpdateAt: at('2026-11-23T11:30:00Z') }), dutyManager)).toMatchObject({ code: 'next_update_too_late', detail: 'incident INC-2026-000001 is major: nextUpdateAt may be 2026-11-23T10:38:00.000Z at the latest' })
    const calmer = scope.until('2026-11-23T12:10:00Z')
    expect(updateDue(calmer.when(words('t6', { nextUpdateAt: at('2026-11-23T13:30:00Z') }), dutyManager))).toBe(at('2026-11-23T13:30:00Z'))
    expect(calmer.refused(words('t6', { nextUpdateAt: at('2026-11-24T12:11:00Z') }), dutyManager).code).toBe('next_update_too_late')
  })

  it('keeps a promise that was given before', () => {
    const promised = story().when({ type: 'acknowledge' }, dutyManager).when(words('t4', { nextUpdateAt: at('2026-11-23T10:17:00Z') }), dutyManager).when({ type: 'declare-major', text: null }, dutyManager)
    expect(updateDue(promised)).toBe(at('2026-11-23T10:17:00Z'))
  })

  it('that nobody speaks of in time is late', () => {
    expect(declared().until('2026-11-23T10:16:00Z').record.clocks.find(({ kind }) => kind === 'update')?.state).toBe('breached')
  })
})

describe('templates of updates', () => {
  it('say what the incident can say and name what only a person knows', () => {
    const { record } = p1()
    const { items, audiences, approval } = filledTemplates({ record, templates: { ...defaultTemplates, later: { audience: 'board', state: 'monitoring', text: '{ref} {unknown}', priorities: ['P3'] } }, groups: ['board'], rules: rulesOf(settingsWith()), now: at('2026-11-23T10:10:00Z'), incidentName: record.ref })
    expect({ approval, audiences }).toEqual({ approval: true, audiences: ['all', 'public', 'board'] })
    expect(items.map(({ id }) => id)).toEqual(Object.keys(defaultTemplates))
    expect(items[0]).toMatchObject({ audience: 'all', state: 'investigating', text: 'We know of a disturbance (Payments) since 10:00 and are looking into it. Next update by 10:30.', toFill: [], nextUpdateAt: '2026-11-23T10:30:00.000Z' })
    expect(items.find(({ id }) => id === 'identified')?.toFill).toEqual(['cause', 'action'])
    expect(items.find(({ id }) => id === 'resolved')).toMatchObject({ nextUpdateAt: null, toFill: ['impact'] })
  })

  it('tell a discreet incident by its category', () => {
    const { record } = p1()
    const [first] = filledTemplates({ record: { ...record, discreet: true }, templates: defaultTemplates, groups: [], rules: rulesOf(settingsWith()), now: at('2026-11-23T10:10:00Z'), incidentName: record.ref }).items
    expect(first?.text).toContain('(Technology)')
  })
})
