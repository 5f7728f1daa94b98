import { describe, expect, it } from '@jest/globals'
import { stillDue } from '../../../server/domain/escalation/after-try.ts'
import { plannedDeliveries } from '../../../server/domain/escalation/plan-deliveries.ts'
import { kpiLossOf } from '../../../server/domain/incident/kpi-loss.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { at, dutyManager, settingsWith, story, supervisor } from '../../support/incident-story.ts'

const resolve = { type: 'resolve', code: 'fixed', text: 't6', serviceRestored: true } as const
const resolved = (report: Parameters<typeof story>[0] = {}) => story(report).when({ type: 'start' }).when(resolve)
const write = { type: 'write-review', texts: { impact: 't7', rootCause: 't8', lessons: 't9' }, meetingAt: null } as const
const action = (dueAt: string) => ({ type: 'add-review-action', text: 't10', owner: 'sam', dueAt: at(dueAt), metric: 't11' }) as const
const agreed = () => resolved().when(write).when({ type: 'move-review', to: 'in-review' }).when({ type: 'move-review', to: 'agreed' }, dutyManager)

describe('the review of an incident', () => {
  it('is met over within three calendar days of a P1, else five business days, and not at all where none is needed', () => {
    expect(resolved().record.pir?.meeting?.dueAt).toBe(at('2026-11-26T10:00:00Z'))
    expect(resolved({ report: { impact: 2, urgency: 2 } }).record.pir?.meeting?.dueAt).toBe(at('2026-11-30T10:00:00Z'))
    expect(resolved({ report: { impact: 4, urgency: 4 } }).record.pir).toBeNull()
  })

  it('that nobody meets over is told to the owner, then to whoever supervises, every business day', () => {
    const told = resolved().until('2026-11-30T12:00:00Z').events.filter(({ type }) => type === 'follow-up-overdue')
    expect(told).toMatchObject([{ what: 'meeting', told: 1, at: at('2026-11-26T10:00:00Z'), people: ['sam'] }, { told: 2, at: at('2026-11-27T10:00:00Z'), people: ['sam'] }, { told: 3, at: at('2026-11-30T10:00:00Z'), people: ['sam', 'ada'] }])
    expect(resolved().when({ ...write, meetingAt: at('2026-11-25T10:00:00Z') }).until('2026-12-02T12:00:00Z').types()).not.toContain('follow-up-overdue')
  })

  it('goes from draft to review to agreed to closed: needed fields, a duty manager, all actions', () => {
    expect(resolved().refused({ type: 'move-review', to: 'in-review' })).toMatchObject({ code: 'not_complete', missing: ['impact', 'rootCause', 'lessons'] })
    const inReview = resolved().when(write).when({ type: 'move-review', to: 'in-review' })
    expect(inReview.refused({ type: 'move-review', to: 'agreed' }, supervisor)).toMatchObject({ code: 'needs_duty_manager' })
    expect(agreed().record).toMatchObject({ review: 'done', pir: { stage: 'agreed', agreedAt: at('2026-11-23T10:00:00Z') } })
    expect(agreed().refused(write)).toMatchObject({ code: 'review_agreed' })
    expect(agreed().refused({ type: 'move-review', to: 'in-review' })).toMatchObject({ code: 'not_in_this_stage' })
    expect(agreed().when({ type: 'move-review', to: 'draft' }).record).toMatchObject({ review: 'none', pir: { stage: 'draft', agreedAt: null } })
    const acting = agreed().when(action('2026-12-01T10:00:00Z'))
    expect(acting.refused({ type: 'move-review', to: 'closed' })).toMatchObject({ code: 'actions_open' })
    const id = acting.record.pir?.actions[0]?.id ?? ''
    expect(acting.when({ type: 'complete-review-action', action: id, outcome: 't12' }).when({ type: 'move-review', to: 'closed' }).record.pir).toMatchObject({ stage: 'closed', actions: [{ outcome: 't12' }] })
  })

  it('is owed again when the incident is open again, with what was written', () => {
    const again = agreed().when({ type: 'reopen', reason: 't12', take: true })
    expect(again.record).toMatchObject({ review: 'none', pir: { stage: 'draft', meeting: null, texts: { impact: 't7' } } })
    expect(again.until('2026-11-24T10:00:00Z').when(resolve).record.pir?.meeting?.dueAt).toBe(at('2026-11-27T10:00:00Z'))
  })
})

describe('an action of a review', () => {
  const acting = () => agreed().when(action('2026-12-01T10:00:00Z'))

  it('has an owner who exists and a due time to come', () => {
    expect(agreed().refused(action('2026-11-01T10:00:00Z'))).toMatchObject({ code: 'due_in_the_past' })
    expect(agreed().refused({ ...action('2026-12-01T10:00:00Z'), owner: 'nobody' })).toMatchObject({ code: 'unknown_person' })
    expect(acting().refused({ type: 'complete-review-action', action: 'a99', outcome: 't12' })).toMatchObject({ code: 'unknown_action' })
  })

  it('that is late is told though its incident is closed, in business hours whatever its priority, until it is done', () => {
    const late = acting().until('2026-12-01T12:00:00Z')
    expect(late.record.state).toBe('closed')
    expect(late.timers).toMatchObject([{ purpose: 'follow-up', dueAt: at('2026-12-02T10:00:00Z') }])
    const [event] = late.events.filter(({ type }) => type === 'follow-up-overdue')
    if (event === undefined) throw new Error('nobody was told')
    const night = { ...event, at: at('2026-12-01T02:00:00Z') }
    const contacts = { sam: { urgent: ['push' as const], routine: ['mail' as const], verified: [], quiet: null } }
    const [row] = plannedDeliveries({ events: [night], record: late.record, firstVersion: 9, subscriptions: {}, contacts, rules: rulesOf(settingsWith()) })
    if (row === undefined) throw new Error('no message')
    expect([row.type, row.notBefore, stillDue(late.record, row)]).toEqual(['follow-up.overdue', at('2026-12-01T09:00:00Z'), true])
    const done = late.when({ type: 'complete-review-action', action: late.record.pir?.actions[0]?.id ?? '', outcome: 't12' })
    expect([done.timers, stillDue(done.record, row)]).toEqual([[], false])
  })
})

describe('what an incident cost its queue', () => {
  it('is told beside the same hours of the weeks before', () => {
    const week = [{ offered: 50, abandoned: 2, answeredInTarget: 40 }]
    expect(kpiLossOf([{ offered: 60, abandoned: 15, answeredInTarget: 20 }, { offered: 40, abandoned: 15, answeredInTarget: 10 }], [week, week, [], []])).toEqual({ offered: 100, abandoned: 30, abandonRate: 0.3, inTarget: 0.3, usual: { abandonRate: 0.04, inTarget: 0.8, weeks: 2 }, lostMore: 26 })
    expect(kpiLossOf([{ offered: 1, abandoned: 0, answeredInTarget: 1 }], [[], []])).toMatchObject({ usual: null, lostMore: null })
  })
})
