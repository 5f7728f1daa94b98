import { describe, expect, it } from '@jest/globals'
import { decide } from '../../../server/domain/incident/decide.ts'
import { successorOf } from '../../../server/domain/incident/decide-reclassify.ts'
import type { RecordType } from '../../../server/domain/incident/incident.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { at, dutyManager, everybody, settingsWith, story, supervisor, type Story } from '../../support/incident-story.ts'

const order = (recordType: RecordType, into = 'INC-2026-000002') => ({ type: 'reclassify', recordType, reason: 't9', into }) as const
const rules = rulesOf(settingsWith())
const successor = (told: Story, type: RecordType) => successorOf(told.record, { ref: 'INC-2026-000002', type }, { now: told.now, receivedAt: told.now, actor: dutyManager, rules, directory: everybody }).record

describe('a record that is of another type than it was logged as', () => {
  it('ends with its clocks void and its ladder stopped, and names its successor; a breach stays', () => {
    const late = story().until('2026-11-23T10:07:00Z').when({ type: 'acknowledge' }).when(order('complaint'))
    expect(late.record).toMatchObject({ state: 'cancelled', successor: 'INC-2026-000002', ownership: { state: 'stopped' } })
    expect(late.record.clocks.map(({ kind, state, breachedAt }) => [kind, state, breachedAt !== null])).toEqual([['response', 'breached', true], ['update', 'void', false], ['resolution', 'void', false]])
    expect(late.events.at(-1)).toMatchObject({ type: 'reclassified', recordType: 'complaint', into: 'INC-2026-000002', reason: 't9' })
    expect(late.timers).toEqual([])
  })
  it('goes on in its successor with all that was logged, its own number among the former ones', () => {
    const told = story({ report: { queue: 'support' } }).when({ type: 'acknowledge' }).when({ type: 'update-stakeholders', text: 'u', state: 'investigating', audience: 'all', nextUpdateAt: null }, dutyManager)
    const next = successor(told, 'complaint')
    expect(next).toMatchObject({ ref: 'INC-2026-000002', type: 'complaint', formerRefs: ['INC-2026-000001'], successor: null, state: 'open', owner: 'sam', loggedBy: 'sam', texts: told.record.texts, queue: 'support', category: 'technology', reportedAt: told.record.reportedAt, clocks: [], updates: { sent: 1 } })
    const again = successorOf({ ...next, version: 4 }, { ref: 'INC-2026-000003', type: 'enquiry' }, { now: told.now, receivedAt: told.now, actor: supervisor, rules, directory: everybody }).record
    expect(again.formerRefs).toEqual(['INC-2026-000001', 'INC-2026-000002'])
  })
  it('starts the clocks of an incident from the report when it becomes one, and its ladder now', () => {
    const enquiry = story({ report: { type: 'enquiry' } }).asleepUntil('2026-11-23T10:03:00Z')
    const next = successor(enquiry, 'incident')
    expect(next.clocks.map(({ kind, dueAt }) => [kind, dueAt])).toEqual([['response', at('2026-11-23T10:05:00Z')], ['update', at('2026-11-23T10:20:00Z')], ['resolution', at('2026-11-23T14:00:00Z')]])
    expect(next.ownership).toMatchObject({ state: 'running', nextDueAt: at('2026-11-23T10:03:00Z') })
    expect(successor(enquiry, 'problem').problem).toMatchObject({ stage: 'logged' })
  })
  it('keeps a priority that somebody set by hand, and with it the targets and the ladder of that priority', () => {
    const enquiry = story({ report: { type: 'enquiry', impact: 3, urgency: 3 } })
    const set = enquiry.when({ type: 'set-priority', priority: 'P1', reason: 't9' })
    expect(set.record).toMatchObject({ priority: 'P1', priorityOverridden: true })
    const next = successor(set, 'incident')
    expect(next).toMatchObject({ priority: 'P1', priorityOverridden: true })
    expect(next.clocks.map(({ dueAt }) => dueAt)).toEqual(successor(story({ report: { type: 'enquiry' } }), 'incident').clocks.map(({ dueAt }) => dueAt))
    expect(successor(enquiry, 'incident')).toMatchObject({ priorityOverridden: false })
  })
  it('keeps the clocks of the law that run, for the law knows no types', () => {
    const told = story({ report: { category: 'data-protection' } }).when({ type: 'report-regulator', name: 'Personal data breach', text: null })
    expect(successor(told, 'complaint').clocks).toMatchObject([{ kind: 'regulatory', state: 'met' }])
  })
  it('is refused where nothing changes, where it is too late, and where something hangs on it', () => {
    expect(story().refused(order('incident'))).toMatchObject({ code: 'same_type' })
    expect(story().when({ type: 'start' }).refused(order('complaint'))).toMatchObject({ code: 'not_in_this_state' })
    expect(story().when({ type: 'declare-major', text: null }, dutyManager).refused(order('complaint'))).toMatchObject({ code: 'is_major' })
    expect(story().when({ type: 'deploy', person: 'ada', resource: null, pool: null, text: null, reason: null, preempt: false, inPlace: false, revertBy: null }).when({ type: 'confirm-deployment', deployment: 'd2', answer: 'accepted', eta: at('2026-11-23T10:30:00Z'), ticket: null, reason: null, revertBy: null }, dutyManager).refused(order('complaint'))).toMatchObject({ code: 'resources_not_released' })
    const problem = story({ report: { type: 'problem' } }).heard({ type: 'incident-linked', by: supervisor, incident: 'INC-2026-000009' })
    expect(problem.refused(order('incident'))).toMatchObject({ code: 'has_incidents' })
    expect(decide(story().when(order('complaint')).record, order('enquiry'), { now: at('2026-11-23T10:01:00Z'), receivedAt: at('2026-11-23T10:01:00Z'), actor: supervisor, rules, directory: everybody })).toMatchObject({ refused: { code: 'already_cancelled', detail: expect.stringContaining('INC-2026-000002') } })
  })
})
