import { describe, expect, it } from '@jest/globals'
import { missingGuards } from '../../../client/incidents/resolve-guards.ts'
import { missingForClosing } from '../../../server/domain/incident/closing.ts'
import { stakeholderStates, type IncidentCommand } from '../../../server/domain/incident/commands.ts'
import { accepts } from '../../../server/domain/incident/allowed.ts'
import { toIncidentRow } from '../../../server/incidents/incident-row.ts'
import { toTimelineRow } from '../../../server/incidents/timeline-row.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { dutyManager, settingsWith, story, type Story } from '../../support/incident-story.ts'
import { freshSeed, seeded } from '../../support/seeded.ts'

const rules = rulesOf(settingsWith())
const seen = ({ record, events, now }: Story) => ({
  row: toIncidentRow({ record, rules, texts: new Map(), people: new Map(), now }),
  lines: events.map((event, index) => toTimelineRow({ seq: index + 1, event }, new Map(), new Map())),
})
const guards = (told: Story) => {
  const { row, lines } = seen(told)
  return missingGuards(row, lines)
}
const update = (state: (typeof stakeholderStates)[number]): IncidentCommand => ({ type: 'update-stakeholders', text: 'u', state, audience: 'all', nextUpdateAt: null })
const low = { report: { impact: 4, urgency: 4 } } as const

describe('what the screen says is missing before closing', () => {
  it('is nothing for a small incident that nobody was told of', () => {
    expect(guards(story(low))).toEqual([])
  })
  it('is everything at once', () => {
    expect(guards(story({ report: { category: null } }).when(update('investigating'), dutyManager))).toEqual(['review', 'closing-message', 'category'])
  })
  it('is a colleague to be consulted, where the category asks for one', () => {
    const told = story(low)
    const counsel = (needed: boolean, given: boolean) => missingGuards({ ...seen(told).row, counsel: { needed, with: [], given, said: [] } }, seen(told).lines)
    expect([counsel(true, false), counsel(true, true), counsel(false, false)]).toEqual([['consult'], [], []])
  })
  it('is a closing message until the last word to stakeholders is that it is over', () => {
    expect(guards(story(low).when(update('resolved'), dutyManager).when(update('monitoring'), dutyManager))).toEqual(['closing-message'])
  })
  it('is what the server would refuse the closing for, whatever was done before', () => {
    const random = seeded(freshSeed())
    const { seed } = random
    const orders: readonly IncidentCommand[] = [{ type: 'acknowledge' }, { type: 'start' }, ...stakeholderStates.map(update), { type: 'resolve', code: 'fixed', text: 't', serviceRestored: true }, { type: 'review', text: 'r', outcome: 'done' }, { type: 'reopen', reason: null, take: false }, { type: 'declare-major', text: null }, { type: 'amend', texts: { location: 't' }, fields: {}, reason: 'x' }, { type: 'categorise', category: 'technology', reason: 'x' }]
    for (let round = 0; round < 300; round += 1) {
      let told = story({ report: { category: random.chance(0.5) ? null : 'technology', impact: random.pick([1, 4] as const), urgency: random.pick([2, 4] as const), ...(random.chance(0.3) ? { texts: { title: 't1', nature: 't2', reporter: 't4', callerId: 't5' } } : {}) } })
      for (let step = 0; step < 8; step += 1) {
        const order = random.pick(orders)
        if (accepts(told.record, order.type) && !(order.type === 'start' && told.record.category === null)) told = told.when(order, dutyManager)
        const owed = missingForClosing(told.record).map((text) => (text.startsWith('the review') ? 'review' : text.startsWith('the closing') ? 'closing-message' : text.startsWith('the standing') ? 'stand-down' : text.startsWith('what the log') ? 'log' : 'category'))
        expect({ seed, round, guards: guards(told) }).toEqual({ seed, round, guards: owed })
      }
    }
  })
})
