import { describe, expect, it } from '@jest/globals'
import { drillParts, drillScoreOf, type DrillExpectation } from '../../../server/domain/incident/drill-score.ts'
import { at, dutyManager, story, type Story } from '../../support/incident-story.ts'

const expected: DrillExpectation = { priority: 'P1', category: 'technology' }
const partsOf = (told: Story, wanted = expected) => {
  const { score, parts } = drillScoreOf(told.record, told.events, wanted)
  return { score, ...Object.fromEntries(drillParts.map((part) => [part, parts[part].score])), missed: drillParts.flatMap((part) => parts[part].points.flatMap(({ what, ok }) => (ok ? [] : [what]))) }
}
const update = (state: 'investigating' | 'resolved', next: string | null) => ({ type: 'update-stakeholders', text: 't', state, audience: 'all', nextUpdateAt: next === null ? null : at(next) }) as const

describe('the score of a drill', () => {
  it('is whole where it was logged at once, judged rightly, taken in time and told in time', () => {
    const told = story({ report: { drill: true } }).when({ type: 'acknowledge' }).until('2026-11-23T10:03:00Z').when(update('investigating', '2026-11-23T10:18:00Z'), dutyManager).until('2026-11-23T10:15:00Z').when(update('resolved', null), dutyManager).when({ type: 'resolve', code: 'fixed', text: 't9', serviceRestored: true })
    expect(partsOf(told)).toEqual({ score: 1, logging: 1, prioritising: 1, escalating: 1, updating: 1, missed: [] })
  })

  it('names what was missed: late to log, wrong at first and put right too late, taken late, told late and without a promise', () => {
    const told = story({ report: { drill: true, impact: 3, urgency: 3, category: 'operational', texts: { title: 't1', nature: 't2' } }, openedAt: '2026-11-23T10:04:00Z' }).until('2026-11-23T10:30:00Z').when({ type: 'set-priority', impact: 1, urgency: 1 }).until('2026-11-23T10:50:00Z').when({ type: 'acknowledge' }).when(update('investigating', null), dutyManager)
    expect(partsOf(told)).toMatchObject({ logging: 0, prioritising: 0, missed: ['every mandatory field is filled', 'open within 120 s of the contact', 'judged P1', 'in category technology', 'taken within the response target', 'first word to stakeholders within 300 s', 'no update was late', 'every update names the next'] })
  })

  it('put right within ten minutes is right; what nobody expected is not judged', () => {
    const righted = story({ report: { drill: true, impact: 3, urgency: 3 } }).until('2026-11-23T10:05:00Z').when({ type: 'set-priority', impact: 1, urgency: 1 })
    expect(partsOf(righted)).toMatchObject({ prioritising: 1 })
    expect(partsOf(righted, { priority: null, category: null })).toMatchObject({ prioritising: null })
  })
})
