import { expect, it } from '@jest/globals'
import { toTimelineRow } from '../../server/incidents/timeline-row.ts'
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
