import { expect, it } from '@jest/globals'
import { instantOf } from '../../server/domain/time.ts'
import type { OutboxRow } from '../../server/redis/incident-log.ts'
import { testPageText } from '../../workers/page-text.ts'
import { messageOf } from '../../workers/deliver-message.ts'
import { incidentRecord } from '../support/hand-replica.ts'

const row: OutboxRow = { id: 'INC-2026-000001/x', ref: 'INC-2026-000001', type: 'incident.opened', channel: 'webhook', target: 'noc', person: null, then: [], happenedAt: instantOf(0), notBefore: instantOf(0), paced: false, level: null, breach: null, fence: null, urgent: false, attempts: 0, lastError: null }
const sent = (discreet: boolean) => messageOf({ site: 'north', row, record: incidentRecord('INC-2026-000001', { discreet, category: 'first-aid', service: 'Ward 4' }), title: 'Mary Ellison has collapsed', publicUrl: 'https://floor.example.org', text: testPageText('https://floor.example.org') }).data

it('a webhook is told the title of an incident, and of a discreet one its category alone', () => {
  expect(sent(false)).toMatchObject({ incident: { title: 'Mary Ellison has collapsed', category: 'first-aid', service: 'Ward 4' } })
  expect(sent(true)).toMatchObject({ incident: { title: 'first-aid', category: 'first-aid', service: null } })
})
