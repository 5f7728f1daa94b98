import { expect, it } from '@jest/globals'
import { inOrder, wordsOf } from '../../../client/format/deployments.ts'
import { missingGuards } from '../../../client/incidents/resolve-guards.ts'
import type { DeploymentRow } from '../../../server/contract/rows.ts'

const now = Date.parse('2026-11-23T10:10:00.000Z')
const row = (more: Partial<DeploymentRow>): DeploymentRow => ({ id: 'd2', person: { id: 'kim', name: 'Kim' }, resource: null, state: 'requested', by: { id: 'sam', name: 'Sam' }, text: null, place: 'd2', requestedAt: '2026-11-23T10:09:20.000Z', alertedAt: null, acceptedAt: null, enRouteAt: null, onTaskAt: null, endedAt: null, eta: null, dueAt: null, late: false, ticket: null, inPlaceBy: null, revertBy: null, takenFrom: null, queueMs: null, confirmMs: null, travelMs: null, onTaskMs: null, consumedMs: null, ...more })
const carrier = { id: 'carrier', name: 'Carrier', type: 'supplier' as const }
const ivr = { id: 'ivr', name: 'Message', type: 'ivr-message' as const }

it.each([
  [row({}), { key: 'requested', forMs: 40_000, at: null }],
  [row({ state: 'alerted' }), { key: 'alerted', forMs: 40_000, at: null }],
  [row({ person: null, resource: carrier }), { key: 'thingAsked', forMs: 40_000, at: null }],
  [row({ state: 'accepted', eta: '2026-11-23T10:20:00.000Z' }), { key: 'accepted', forMs: null, at: '2026-11-23T10:20:00.000Z' }],
  [row({ state: 'en-route', late: true, eta: '2026-11-23T10:05:00.000Z' }), { key: 'late', forMs: null, at: '2026-11-23T10:05:00.000Z' }],
  [row({ person: null, resource: carrier, state: 'accepted', eta: '2026-11-23T11:00:00.000Z' }), { key: 'promised', forMs: null, at: '2026-11-23T11:00:00.000Z' }],
  [row({ state: 'on-task', onTaskAt: '2026-11-23T09:58:00.000Z' }), { key: 'on-task', forMs: 720_000, at: null }],
  [row({ person: null, resource: ivr, state: 'on-task', onTaskAt: '2026-11-23T09:58:00.000Z' }), { key: 'inPlace', forMs: 720_000, at: null }],
  [row({ state: 'released', consumedMs: 60_000 }), { key: 'released', forMs: 60_000, at: null }],
  [row({ state: 'released' }), { key: 'releasedOnly', forMs: null, at: null }],
  [row({ state: 'no-answer' }), { key: 'no-answer', forMs: null, at: null }],
])('says how it stands, and the time that matters then', (given, words) => {
  expect(wordsOf(given, now)).toEqual(words)
})

it('those who wait for an answer stand first, then who is late, and what is over last', () => {
  const rows = [row({ id: 'over', state: 'released' }), row({ id: 'there', state: 'on-task' }), row({ id: 'late', state: 'accepted', late: true }), row({ id: 'silent', state: 'no-answer' }), row({ id: 'asked' })]
  expect(inOrder(rows).map(({ id }) => id)).toEqual(['asked', 'late', 'there', 'silent', 'over'])
})

it('somebody on the way stands in the way of a resolution, somebody asked does not', () => {
  const incident = { priority: 'P3' as const, major: false, clocks: [], category: 'technology', completion: null }
  expect(missingGuards({ ...incident, deployments: [row({ state: 'accepted' })] }, [])).toEqual(['released'])
  expect(missingGuards({ ...incident, deployments: [row({})] }, [])).toEqual([])
})
