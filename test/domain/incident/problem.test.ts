import { describe, expect, it } from '@jest/globals'
import { allowedIn } from '../../../server/domain/incident/allowed.ts'
import { at, dutyManager, story, supervisor } from '../../support/incident-story.ts'

const problem = () => story({ report: { type: 'problem', ref: 'INC-2026-000009', urgency: 4 } })
const link = (incident: string, reportedAt = '2026-11-23T09:00:00Z') => ({ type: 'take-in', incident, reportedAt: at(reportedAt) }) as const
const fixed = () => problem().when(link('INC-2026-000001')).when({ type: 'start' }).when({ type: 'declare-known-error', workaround: 't6', cause: 't7' }).when({ type: 'propose-fix', text: 't8' }).when({ type: 'fix', text: 't9', watchDays: 14 })

describe('a problem', () => {
  it('is logged, analysed, known with a workaround, with a fix proposed, fixed and watched, and closes by itself', () => {
    expect(problem().record).toMatchObject({ state: 'open', clocks: [], problem: { stage: 'logged', linked: 0 } })
    expect(problem().timers).toEqual([])
    const analysing = problem().when({ type: 'start' })
    expect(analysing.record).toMatchObject({ state: 'in-progress', owner: 'sam', problem: { stage: 'analysing' } })
    const known = analysing.when({ type: 'declare-known-error', workaround: 't6', cause: 't7' })
    expect(known.record.problem).toMatchObject({ stage: 'known-error', workaround: 't6', cause: 't7' })
    expect(known.when({ type: 'propose-fix', text: 't8' }).record.problem).toMatchObject({ stage: 'fix-proposed', fix: 't8', workaround: 't6' })
    expect(fixed().record).toMatchObject({ state: 'resolved', confirmUntil: at('2026-12-07T10:00:00Z'), problem: { stage: 'fixed', fix: 't9', fixedAt: at('2026-11-23T10:00:00Z') } })
    expect(fixed().until('2026-12-07T09:59:59Z').record.state).toBe('resolved')
    expect(fixed().until('2026-12-07T10:00:01Z').record).toMatchObject({ state: 'closed', problem: { stage: 'closed' } })
  })

  it('has no ladder, no clock and no review, and takes no order of an incident', () => {
    const { record } = problem().when({ type: 'start' })
    expect(allowedIn(record)).not.toEqual(expect.arrayContaining(['resolve', 'acknowledge', 'escalate', 'merge', 'take-in', 'let-go']))
    expect(problem().refused({ type: 'resolve', code: 'fixed', text: 't6', serviceRestored: true })).toMatchObject({ code: 'not_in_this_state' })
    expect(fixed().types()).not.toContain('level-fired')
  })

  it('is open again when something reported after its fix is linked, or somebody says so, even when it is closed', () => {
    const again = fixed().until('2026-12-01T10:00:00Z').when(link('INC-2026-000004', '2026-12-01T09:00:00Z'))
    expect(again.record).toMatchObject({ state: 'in-progress', confirmUntil: null, problem: { stage: 'known-error', recurrences: 1, linked: 2, fixedAt: null } })
    expect(fixed().until('2026-12-01T10:00:00Z').when(link('INC-2026-000004', '2026-11-20T09:00:00Z')).record).toMatchObject({ state: 'resolved', problem: { stage: 'fixed', linked: 2, recurrences: 0 } })
    const closed = fixed().until('2026-12-08T10:00:00Z')
    expect(closed.when({ type: 'reopen', reason: 't10', take: true }).record).toMatchObject({ state: 'in-progress', problem: { stage: 'known-error', recurrences: 1 } })
  })

  it('is closed before its watch is over by whoever leads alone', () => {
    expect(fixed().refused({ type: 'close' }, supervisor)).toMatchObject({ code: 'still_watched' })
    expect(fixed().when({ type: 'close' }, dutyManager).record.state).toBe('closed')
  })

  it('takes an incident in once, and lets it go', () => {
    const twice = problem().when(link('INC-2026-000001')).when(link('INC-2026-000001'))
    expect(twice.record.problem).toMatchObject({ incidents: ['INC-2026-000001'], linked: 1 })
    expect(twice.when({ type: 'let-go', incident: 'INC-2026-000001' }).record.problem).toMatchObject({ incidents: [], linked: 0 })
  })
})

describe('an incident that is linked to a problem', () => {
  const order = (problemRef: string | null, found = true, reason: string | null = null) => ({ type: 'link-problem', problem: problemRef, found, reason }) as const

  it('names it, with a reason where it named another, and only one that there is', () => {
    const linked = story().when(order('INC-2026-000009'))
    expect(linked.record.problemRef).toBe('INC-2026-000009')
    expect(story().refused(order('INC-2026-000009', false))).toMatchObject({ code: 'unknown_problem' })
    expect(linked.refused(order('INC-2026-000010'))).toMatchObject({ code: 'reason_required' })
    expect(linked.when(order(null, false, 't6')).record.problemRef).toBeNull()
  })

  it('never closes it: each goes its own way', () => {
    const resolved = story().when(order('INC-2026-000009')).when({ type: 'resolve', code: 'fixed', text: 't6', serviceRestored: true })
    expect(resolved.record).toMatchObject({ state: 'resolved', problemRef: 'INC-2026-000009' })
  })
})
