import { expect, it } from '@jest/globals'
import { personIdsOfEvents, toTimelineRow } from '../../server/incidents/timeline-row.ts'
import { systemActor } from '../../server/domain/incident/incident.ts'
import { at, story, supervisor } from '../support/incident-story.ts'

it('instants of the timeline are ISO text, whatever they are called', () => {
  const told = story()
    .when({ type: 'acknowledge' })
    .when({ type: 'snooze', until: at('2026-11-23T10:09:00Z') })
    .when({ type: 'deploy', person: 'ada', resource: null, pool: null, text: null, reason: null, preempt: false, inPlace: false, revertBy: null })
  const asked = told.record.deployments[0]?.id ?? ''
  const { events } = told
    .when({ type: 'confirm-deployment', deployment: asked, answer: 'accepted', eta: at('2026-11-23T10:10:00Z'), ticket: null, reason: null, revertBy: null }, { id: 'ada', role: 'duty-manager' })
    .heard({ type: 'clocks-recomputed', by: supervisor, calendarVersion: 2, notBeforeAt: at('2026-11-23T10:00:00Z'), moved: [{ clock: 'update', name: null, before: at('2026-11-23T10:20:00Z'), after: null }] })
  const rows = events.map((event, index) => toTimelineRow({ seq: index + 1, event }, new Map(), new Map()))
  expect(JSON.stringify(rows)).not.toMatch(/:\d{12,}/)
  expect(rows.find(({ type }) => type === 'snoozed')?.data).toMatchObject({ until: '2026-11-23T10:09:00.000Z' })
})

it('whoever a message was brought to is named, and a machine is not taken for a person', () => {
  const brought = (delivery: string, target: string) => ({ type: 'delivered' as const, at: at('2026-11-23T10:00:00Z'), by: systemActor, delivery, channel: 'mail', target, attempts: 1, detail: null })
  const numbered = [brought('INC-2026-000001/v1/person:u-7/mail/update', 'u-7'), brought('INC-2026-000001/v1/incident.opened/webhook:noc', 'noc')].map((event, index) => ({ seq: index + 1, event }))
  expect(personIdsOfEvents(numbered)).toEqual(['system', 'u-7', 'system'])
  expect(numbered.map((one) => toTimelineRow(one, new Map(), new Map([['u-7', 'Ada']])).data['told'])).toEqual([[{ id: 'u-7', name: 'Ada' }], undefined])
})
