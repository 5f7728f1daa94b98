import { expect, it } from '@jest/globals'
import { plannedDeliveries } from '../../../server/domain/escalation/plan-deliveries.ts'
import { stillDue } from '../../../server/domain/escalation/after-try.ts'
import { auditOf } from '../../../server/domain/escalation/audit.ts'
import type { ContactPlan } from '../../../server/domain/escalation/contact-plan.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import type { OutboxRow } from '../../../server/redis/incident-log.ts'
import { pageTextOf } from '../../../workers/page-text.ts'
import { deploymentLines } from '../../../workers/deployment-text.ts'
import { at, everybody, settingsWith, story, supervisor } from '../../support/incident-story.ts'

const plan: ContactPlan = { urgent: ['sms', 'mail'], routine: ['mail'], verified: ['sms'], quiet: null }
const rules = rulesOf(settingsWith())
const directory = { ...everybody, contacts: { ada: plan, sam: plan, kim: plan }, people: [...everybody.people, { id: 'kim', aliases: [], role: 'agent', teams: [], onDuty: false }] }
const asked = () => story({ directory }).when({ type: 'deploy', person: 'kim', resource: null, pool: null, text: null, reason: null, preempt: false, inPlace: false, revertBy: null })
const coming = () => asked().when({ type: 'confirm-deployment', deployment: 'd2', answer: 'accepted', eta: at('2026-11-23T10:10:00Z'), ticket: null, reason: null, revertBy: null })
type Told = ReturnType<typeof asked>
const rowsOf = ({ events, record }: Told, from: number) => plannedDeliveries({ events: events.slice(from), record, firstVersion: from + 1, subscriptions: {}, contacts: directory.contacts, rules })
const deploymentRows = (told: Told, from: number) => rowsOf(told, from).filter(({ type }) => type.startsWith('deployment.'))
const words = (told: Told, person: string) => deploymentLines({ row: { person, deployment: told.record.deployments[0]?.id ?? '' }, record: told.record, rules }).join(' ')

it('whoever is sent for is written to at once, by the channel that wakes, and not any more when it is over', () => {
  const [row, ...more] = deploymentRows(asked(), 1)
  expect(more).toEqual([])
  if (row === undefined) throw new Error('no message')
  expect(row).toMatchObject({ id: 'INC-2026-000001/v2/person:kim/sms/deployment.d2', type: 'deployment.asked', channel: 'sms', then: ['mail'], paced: false, deployment: 'd2', fence: null })
  expect(stillDue(asked().record, row)).toBe(true)
  expect(stillDue(asked().when({ type: 'release-deployment', deployment: 'd2', reason: null }).record, row)).toBe(false)
})

it('silence is told to supervisors and to whoever asked, once each, and asks the person again', () => {
  const silent = asked().until('2026-11-23T10:02:00Z')
  const from = silent.events.findIndex(({ type }) => type === 'deployment-unanswered')
  expect(deploymentRows(silent, from).map(({ type, person, deployment }) => `${type} ${person ?? ''} ${deployment ?? ''}`)).toEqual(['deployment.asked kim d2', 'deployment.news sam d2'])
  expect(words(silent, 'sam')).toBe('Somebody who was sent for has not answered. Nobody else is asked: send somebody by hand.')
  expect(words(silent, 'kim')).toContain('if you can come, say when')
})

it('questions whether they come, and news of them, are told together once a minute; the request itself waits for nothing', () => {
  const silent = asked().until('2026-11-23T10:02:00Z')
  const from = silent.events.findIndex(({ type }) => type === 'deployment-unanswered')
  expect(deploymentRows(silent, from).map(({ paced, notBefore, happenedAt }) => [paced, notBefore === happenedAt])).toEqual([[true, true], [true, true]])
  const late = coming().until('2026-11-23T10:13:00Z')
  expect(deploymentRows(late, late.events.findIndex(({ type }) => type === 'deployment-late')).map(({ type, person, paced }) => [type, person, paced])).toEqual([['deployment.asked', 'kim', true], ['deployment.news', 'sam', true]])
})

it('a question that was answered while it waited for its minute is not asked any more, and the news says what is so now', () => {
  const late = coming().until('2026-11-23T10:13:00Z')
  const [question] = deploymentRows(late, late.events.findIndex(({ type }) => type === 'deployment-late'))
  if (question === undefined) throw new Error('no question')
  expect(stillDue(late.record, question)).toBe(true)
  expect(words(late, 'sam')).toBe('Somebody who was sent for is late: due at 10:10.')
  const later = late.when({ type: 'confirm-deployment', deployment: 'd2', answer: 'accepted', eta: at('2026-11-23T10:20:00Z'), ticket: null, reason: null, revertBy: null })
  expect(stillDue(later.record, question)).toBe(false)
  expect(words(later, 'sam')).toBe('Somebody who was sent for comes, there by 10:20.')
  const there = late.when({ type: 'confirm-deployment', deployment: 'd2', answer: 'on-task', eta: null, ticket: null, reason: null, revertBy: null })
  expect(stillDue(there.record, question)).toBe(false)
  expect(words(there, 'sam')).toBe('Somebody who was sent for is there.')
})

it('several questions in one message are each in it, with a link of its own where it is another incident', () => {
  const here = asked().until('2026-11-23T10:02:00Z')
  const other = coming().until('2026-11-23T10:13:00Z').record
  const row = (deployment: string, type: 'deployment.asked' | 'reminder' = 'deployment.asked') => ({ ...deploymentRows(asked(), 1)[0], type, person: 'kim', deployment, attempts: 0, lastError: null }) as OutboxRow
  const { lines, link } = pageTextOf({ row: row('', 'reminder'), record: here.record, title: 'Lines are down', rules, link: '/n/1', replyCode: null, here: [row('d2'), row('d2')], also: [{ record: { ...other, ref: 'INC-2026-000009' }, title: 'Doors are shut', rules, rows: [row('d2')], link: '/n/2' }] })
  expect(lines).toEqual(['INC-2026-000001', 'The next update to stakeholders is due by 10:20.', 'You were asked to come, and the next one has been asked too: if you can come, say when.', 'Also: [P1] Doors are shut (INC-2026-000009)', 'You said that you would be there by 10:10. Are you? Say that you are there, or a new time.', 'Answer there: /n/2'])
  expect(link).toBe('/n/1')
})

it('who is not needed any more is told, by a release as by a resolution', () => {
  const released = asked().when({ type: 'release-deployment', deployment: 'd2', reason: null })
  expect(deploymentRows(released, 2)).toMatchObject([{ type: 'deployment.news', person: 'kim' }])
  const resolved = asked().when({ type: 'resolve', code: 'fixed', text: 't7', serviceRestored: true }, supervisor)
  expect(deploymentRows(resolved, 2)).toMatchObject([{ type: 'deployment.news', person: 'kim' }])
  expect(words(resolved, 'kim')).toBe('You are not needed for it any more: thank you.')
})

it('an auditor finds somebody who was sent for and never written to', () => {
  const told = asked()
  const reading = { now: at('2026-11-23T10:01:00Z'), incidents: [{ record: told.record, rules, events: told.events }], timers: new Map(), pending: [], directory, today: rules }
  const found = (notifications: Parameters<typeof auditOf>[0]['notifications']) => auditOf({ ...reading, notifications }).filter(({ check }) => check === 'asked-untold')
  expect(found([])).toMatchObject([{ about: 'INC-2026-000001/d2' }])
  expect(found(rowsOf(told, 1).map((delivery) => ({ delivery, sendingAt: [] })))).toEqual([])
})
