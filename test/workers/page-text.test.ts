import { describe, expect, it } from '@jest/globals'
import { plannedDeliveries } from '../../server/domain/escalation/plan-deliveries.ts'
import type { ContactPlan } from '../../server/domain/escalation/contact-plan.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import { MINUTE } from '../../server/domain/time.ts'
import type { OutboxRow } from '../../server/redis/incident-log.ts'
import { pageTextOf } from '../../workers/page-text.ts'
import { settingsWith, story, type Story } from '../support/incident-story.ts'

const audiences = { executives: { name: 'The board', services: null, categories: null, priorities: null, updateMs: { P1: 30 * MINUTE } } }
const rules = rulesOf(settingsWith({ audiences }))
const plan: ContactPlan = { urgent: ['push'], routine: ['mail'], verified: ['push'], quiet: null }
const contacts = { sam: plan, ada: plan }
/** What the first message of a type about the audience says. */
const linesOf = ({ record, events }: Story, type: string): readonly string[] => {
  const rows = events.flatMap((event, index) => ('clock' in event && event.clock === 'audience' ? plannedDeliveries({ events: [event], record, firstVersion: index + 1, subscriptions: {}, contacts, rules }) : []))
  const row = rows.find((one) => one.type === type)
  if (row === undefined) throw new Error(`no ${type} among ${rows.map((one) => one.type).join()}`)
  return pageTextOf({ row: row as OutboxRow, record, title: 'Trunk down', rules, link: 'https://example.org', replyCode: null, also: [] }).lines
}

describe('what people are told of words that an audience is owed', () => {
  const late = story({ settings: { audiences } }).when({ type: 'acknowledge' }).until('2026-11-23T10:15:00Z').when({ type: 'note', text: 't5' }).until('2026-11-23T10:31:00Z')
  it('is one reminder to the owner, with what else is due, and names the audience as people call it', () => {
    expect(linesOf(late, 'reminder')).toEqual(['INC-2026-000001', 'The next update to stakeholders is due by 10:20.', 'The next update to The board is due by 10:30.'])
  })
  it('is an escalation that says what is late', () => {
    expect(linesOf(late, 'escalation.fired')[1]).toBe('It is late (the update to The board).')
  })
})
