import { describe, expect, it } from '@jest/globals'
import { stillDue } from '../../../server/domain/escalation/after-try.ts'
import { plannedDeliveries } from '../../../server/domain/escalation/plan-deliveries.ts'
import { missingForClosing } from '../../../server/domain/incident/closing.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { at, settingsWith, story, supervisor } from '../../support/incident-story.ts'

/** Nature, location, number and urgency: the rest was not asked in a hurry (R5). */
const hurried = () => story({ report: { texts: { title: 't1', nature: 't2', location: 't3', callerId: 't5' }, service: null } }).when({ type: 'acknowledge' })
const more = { type: 'amend', texts: { reporter: 't6' }, fields: { service: 'Payments' }, reason: null } as const

describe('a log that was begun in a hurry', () => {
  it('is to be whole within ten minutes; whoever logged it and whoever has it are asked, once', () => {
    expect(hurried().record.completion).toEqual({ dueAt: at('2026-11-23T10:10:00Z'), asked: false })
    const asked = hurried().until('2026-11-23T10:15:00Z')
    const questions = asked.events.filter(({ type }) => type === 'completion-asked')
    expect(questions).toMatchObject([{ at: at('2026-11-23T10:10:00Z'), missing: ['reporter', 'service'], people: [supervisor.id] }])
    const [question] = questions
    if (question === undefined) throw new Error('nobody was asked')
    const [row] = plannedDeliveries({ events: [question], record: asked.record, firstVersion: 1, subscriptions: {}, contacts: { sam: { urgent: ['desktop'], routine: ['desktop'], verified: [], quiet: null } }, rules: rulesOf(settingsWith()) })
    if (row === undefined) throw new Error('nobody is told')
    expect([row.type, stillDue(asked.record, row), stillDue(asked.when(more).record, row)]).toEqual(['log.incomplete', true, false])
  })

  it('that was filled in time is not asked for, and is whole', () => {
    const filled = hurried().until('2026-11-23T10:05:00Z').when(more)
    expect(filled.record).toMatchObject({ completeness: 1, completion: null, service: 'Payments', texts: { reporter: 't6' } })
    expect(filled.until('2026-11-23T10:15:00Z').types()).not.toContain('completion-asked')
  })

  it('is not closed before it is whole', () => {
    expect(missingForClosing(hurried().record)).toContain('what the log lacks: reporter, service (amend)')
    expect(missingForClosing(hurried().when(more).record).join()).not.toContain('amend')
  })

  it('of a machine has nobody to ask', () => {
    expect(story({ report: { texts: {}, channel: 'monitoring' } }).record.completion).toBeNull()
  })
})

describe('a log that is put right', () => {
  it('needs a reason where something was said already, and keeps what was said', () => {
    const anew = { type: 'amend', texts: { location: 't8' }, fields: {}, reason: null } as const
    expect(hurried().refused(anew)).toMatchObject({ code: 'reason_required' })
    const told = hurried().when({ ...anew, reason: 't9' })
    expect(told.events.at(-1)).toMatchObject({ type: 'amended', filled: ['location'], before: { texts: { location: 't3' } }, reason: 't9' })
    expect(told.record.texts.location).toBe('t8')
    expect(hurried().refused({ type: 'amend', texts: {}, fields: {}, reason: null })).toMatchObject({ code: 'nothing_given' })
  })

  it('judges the priority again when the caller is in danger after all', () => {
    const calm = story({ report: { impact: 4, urgency: 4 } })
    expect(calm.record.priority).toBe('P4')
    expect(calm.when({ type: 'amend', texts: {}, fields: { callerSafe: false }, reason: null }).types()).toContain('priority-set')
  })
})
