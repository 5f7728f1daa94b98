import { expect, it } from '@jest/globals'
import { auditTold } from '../../server/incidents/audit-told.ts'
import { at } from '../support/incident-story.ts'

it('what the auditor has not looked at yet is not told to be well', () => {
  const clean = { findings: [], queues: new Map() }
  expect(auditTold({ at: null, ...clean }, null).ok).toBe(false)
  expect(auditTold({ at: at('2026-11-23T10:00:00Z'), ...clean }, null).ok).toBe(true)
})
