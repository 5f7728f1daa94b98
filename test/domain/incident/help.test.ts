import { describe, expect, it } from '@jest/globals'
import { stillDue } from '../../../server/domain/escalation/after-try.ts'
import { plannedDeliveries } from '../../../server/domain/escalation/plan-deliveries.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { at, dutyManager, settingsWith, story, supervisor } from '../../support/incident-story.ts'

const agent = { id: 'kim', role: 'agent' }
const asked = () => story().when({ type: 'ask-help', text: 't4', person: null }, agent)
const idOf = (told: ReturnType<typeof story>) => told.record.help?.id ?? ''

describe('a colleague who asks for help', () => {
  it('is heard by whoever supervises, and somebody comes; how they helped and what came of it is kept', () => {
    expect(asked().events.at(-1)).toMatchObject({ type: 'help-asked', text: 't4', people: ['sam'], dueAt: at('2026-11-23T10:02:00Z') })
    const comes = asked().when({ type: 'answer-help', help: idOf(asked()), method: null, outcome: null }, supervisor)
    expect(comes.record.help).toMatchObject({ answeredBy: 'sam' })
    expect(comes.refused({ type: 'answer-help', help: idOf(comes), method: null, outcome: null }, dutyManager)).toMatchObject({ code: 'answered_already' })
    expect(comes.refused({ type: 'answer-help', help: idOf(comes), method: 'advice', outcome: null }, supervisor)).toMatchObject({ code: 'method_and_outcome' })
    const over = comes.when({ type: 'answer-help', help: idOf(comes), method: 'joined-call', outcome: 't5' }, agent)
    expect(over.events.at(-1)).toMatchObject({ type: 'help-given', method: 'joined-call', text: 't5', by: agent })
    expect(over.record.help).toBeNull()
    expect(over.until('2026-11-23T10:04:00Z').types()).not.toContain('help-unanswered')
  })

  it('may ask somebody by name, one thing at a time, and cannot be their own help', () => {
    expect(story().when({ type: 'ask-help', text: 't4', person: 'ada' }, agent).events.at(-1)).toMatchObject({ people: ['ada'] })
    expect(story().refused({ type: 'ask-help', text: 't4', person: 'nobody' }, agent)).toMatchObject({ code: 'unknown_person' })
    expect(asked().refused({ type: 'ask-help', text: 't6', person: null }, agent)).toMatchObject({ code: 'help_asked_already' })
    expect(asked().refused({ type: 'answer-help', help: idOf(asked()), method: null, outcome: null }, agent)).toMatchObject({ code: 'own_help' })
    expect(asked().refused({ type: 'answer-help', help: 'h99', method: null, outcome: null }, supervisor)).toMatchObject({ code: 'no_such_help' })
  })

  it('and whom nobody answers within two minutes is heard by the duty managers, at once and once', () => {
    const told = asked().until('2026-11-23T10:04:30Z')
    const unanswered = told.events.filter(({ type }) => type === 'help-unanswered')
    expect(unanswered).toMatchObject([{ at: at('2026-11-23T10:02:00Z'), people: ['ada'] }])
    const [event] = unanswered
    if (event === undefined) throw new Error('nobody was told')
    const [row] = plannedDeliveries({ events: [event], record: told.record, firstVersion: 1, subscriptions: {}, contacts: { ada: { urgent: ['desktop'], routine: ['desktop'], verified: [], quiet: null } }, rules: rulesOf(settingsWith()) })
    if (row === undefined) throw new Error('no message')
    expect([row.type, row.paced, stillDue(told.record, row), stillDue(told.when({ type: 'answer-help', help: idOf(told), method: null, outcome: null }, dutyManager).record, row)]).toEqual(['help.asked', false, true, false])
  })
})
