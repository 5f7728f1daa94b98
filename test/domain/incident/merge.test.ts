import { describe, expect, it } from '@jest/globals'
import type { IncidentCommand } from '../../../server/domain/incident/commands.ts'
import type { IncidentRecord } from '../../../server/domain/incident/incident.ts'
import { at, dutyManager, story } from '../../support/incident-story.ts'

const p4 = { report: { ref: 'INC-2026-000002', impact: 4, urgency: 4 } } as const
const merge = (target: Partial<Pick<IncidentRecord, 'type' | 'drill' | 'major'>> = {}): IncidentCommand => ({ type: 'merge', into: 'INC-2026-000002', targetActive: true, target: { type: 'incident', drill: false, major: false, ...target } })
const taken = (more: Partial<Extract<IncidentCommand, { type: 'absorb' }>>): IncidentCommand => ({ type: 'absorb', from: 'INC-2026-000001', impact: 4, urgency: 4, deployments: [], ...more })

describe('a merge', () => {
  it('is refused where something that counts would be lost by it', () => {
    expect(story().refused(merge({ type: 'complaint' })).code).toBe('target_no_incident')
    expect([story().refused(merge({ drill: true })).code, story({ report: { drill: true } }).refused(merge()).code]).toEqual(['target_of_other_kind', 'target_of_other_kind'])
    const major = story().when({ type: 'declare-major', text: null }, dutyManager)
    expect(major.refused(merge()).code).toBe('needs_duty_manager')
    expect([major.when(merge(), dutyManager).record.state, major.when(merge({ major: true })).record.state, story().when(merge()).record.state]).toEqual(['merged', 'merged', 'merged'])
  })

  it('takes the clocks of the law along; of two of one name the earlier counts', () => {
    const source = story({ report: { category: 'data-protection', impact: 1, urgency: 1 } })
    const law = source.record.clocks.filter(({ kind }) => kind === 'regulatory')
    const into = story(p4).until('2026-11-23T11:00:00Z').when(taken({ clocks: law }))
    expect(into.record.clocks.filter(({ kind }) => kind === 'regulatory')).toMatchObject([{ name: 'Personal data breach', state: 'running', dueAt: at('2026-11-26T10:00:00Z') }])
    expect(into.timers.some(({ id }) => id.includes('regulatory'))).toBe(true)
    const later = story({ report: { ...p4.report, category: 'data-protection', reportedAt: at('2026-11-23T10:30:00Z') } })
    expect(later.when(taken({ clocks: law })).record.clocks.filter(({ kind }) => kind === 'regulatory').map(({ dueAt }) => dueAt)).toEqual([at('2026-11-26T10:00:00Z')])
    expect(source.when({ type: 'categorise', category: 'data-protection', reason: 't9' }).when(taken({ from: 'INC-2026-000003', clocks: later.record.clocks.filter(({ kind }) => kind === 'regulatory') })).record.clocks.filter(({ kind }) => kind === 'regulatory').map(({ dueAt }) => dueAt)).toEqual([at('2026-11-26T10:00:00Z')])
  })

  it('keeps a caller in danger, and a priority that somebody set against the matrix', () => {
    expect(story({ report: { ...p4.report, callerSafe: true } }).when(taken({ callerSafe: false, priority: 'P1' })).record).toMatchObject({ callerSafe: false, priority: 'P1' })
    expect(story(p4).when(taken({ priority: 'P1' })).record).toMatchObject({ priority: 'P1', priorityOverridden: true })
    // One that is graver already stays as it is.
    expect(story().when(taken({ priority: 'P3' })).record).toMatchObject({ priority: 'P1', priorityOverridden: false })
  })
})

describe('what waits in an incident that is merged', () => {
  const kim = { id: 'kim', role: 'agent' }
  const words: IncidentCommand = { type: 'update-stakeholders', text: 't4', state: 'identified', audience: 'all', nextUpdateAt: null }
  const waiting = () => story().when({ type: 'acknowledge' }).when(words).when({ type: 'ask-help', text: 't5', person: null }, kim)
  const left = () => { const { pendingUpdate, help } = waiting().record; return taken({ pendingUpdate, help }) }

  it('goes along: words still ask for approval, and help is asked for still, of whoever was asked', () => {
    const into = story(p4).until('2026-11-23T10:01:00Z').when(left())
    expect(into.record.pendingUpdate).toMatchObject({ text: 't4', state: 'identified', by: 'sam', at: at('2026-11-23T10:00:00Z') })
    expect(into.events.find(({ type }) => type === 'update-drafted')).toMatchObject({ from: 'INC-2026-000001', writtenBy: 'sam', people: ['ada'] })
    expect(into.events.find(({ type }) => type === 'help-asked')).toMatchObject({ from: 'INC-2026-000001', askedBy: 'kim', people: ['sam'], dueAt: at('2026-11-23T10:02:00Z') })
    expect(into.record.help).toMatchObject({ text: 't5', by: 'kim', at: at('2026-11-23T10:00:00Z'), answeredBy: null })
    expect(into.refused({ type: 'approve-update', update: into.record.pendingUpdate?.id ?? '' }).code).toBe('own_words')
    expect(into.when({ type: 'approve-update', update: into.record.pendingUpdate?.id ?? '' }, dutyManager).record.updates.sent).toBe(1)
    expect(into.when({ type: 'answer-help', help: into.record.help?.id ?? '', method: null, outcome: null }).record.help).toMatchObject({ answeredBy: 'sam' })
    expect(into.until('2026-11-23T10:03:00Z').types()).toContain('help-unanswered')
    const merged = waiting().when(merge()).record
    expect([merged.pendingUpdate, merged.help]).toEqual([null, null])
  })

  it('and somebody who comes to help comes here; nobody is asked again', () => {
    const helped = waiting().when({ type: 'answer-help', help: waiting().record.help?.id ?? '', method: null, outcome: null }, dutyManager).record.help
    const into = story(p4).when(taken({ help: helped }))
    expect(into.record.help).toMatchObject({ answeredBy: 'ada' })
    expect(into.events.find(({ type }) => type === 'help-asked')).toMatchObject({ people: [] })
  })

  it('stands in the log beside what waits there already, and shows nothing of who works on that', () => {
    const into = story({ report: { ...p4.report, impact: 1, urgency: 1 } }).when({ type: 'acknowledge' }).when({ ...words, text: 't6' }).when({ type: 'ask-help', text: 't7', person: null }, kim).when({ type: 'customer-reply', text: 't8' }).when(left())
    expect([into.record.pendingUpdate?.text, into.record.help?.text, into.record.replyUnread]).toEqual(['t6', 't7', true])
    expect(into.events.flatMap((event) => (event.type === 'note-added' ? [[event.text, event.from]] : []))).toEqual([['t4', 'INC-2026-000001'], ['t5', 'INC-2026-000001']])
  })
})

describe('a graver priority', () => {
  it('lets nothing wait longer than it does', () => {
    const taking = story({ report: { impact: 2, urgency: 2 } }).when({ type: 'acknowledge' })
    const asleep = taking.when({ type: 'snooze', until: at('2026-11-23T21:00:00Z') }).when({ type: 'set-priority', priority: 'P1', reason: 't9' })
    expect(asleep.record.snoozedUntil).toBe(at('2026-11-23T10:15:00Z'))
    const held = taking.when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T13:55:00Z') }).when({ type: 'set-priority', priority: 'P1', reason: 't9' })
    expect(held.record.hold?.reviewAt).toBe(at('2026-11-23T10:30:00Z'))
    // What waits less already is not moved.
    expect(taking.when({ type: 'snooze', until: at('2026-11-23T10:05:00Z') }).when({ type: 'set-priority', priority: 'P1', reason: 't9' }).record.snoozedUntil).toBe(at('2026-11-23T10:05:00Z'))
  })

  it('after a closing message counts for the words that follow it', () => {
    const words = (state: 'resolved' | 'investigating'): IncidentCommand => ({ type: 'update-stakeholders', text: 't4', state, audience: 'all', nextUpdateAt: null })
    const again = story({ report: { impact: 2, urgency: 2 }, settings: { updates: { approve: [] } } }).when({ type: 'acknowledge' }).when(words('resolved')).when({ type: 'set-priority', priority: 'P1', reason: 't9' }).when(words('investigating'))
    expect(again.record.clocks.find(({ kind }) => kind === 'update')?.dueAt).toBe(at('2026-11-23T10:20:00Z'))
  })
})

it('an incident whose stakeholders were told is not cancelled before they heard the end of it', () => {
  const told = story({ settings: { updates: { approve: [] } } }).when({ type: 'update-stakeholders', text: 't4', state: 'investigating', audience: 'all', nextUpdateAt: null })
  expect(told.refused({ type: 'cancel', reason: 't5' }).code).toBe('closing_message_owed')
  // A successor that came too late owes nobody anything: the original does.
  expect(told.when({ type: 'cancel', reason: 't5', withdrawn: true }).record.state).toBe('cancelled')
  expect(told.when({ type: 'update-stakeholders', text: 't4', state: 'resolved', audience: 'all', nextUpdateAt: null }).when({ type: 'cancel', reason: 't5' }).record.state).toBe('cancelled')
})
