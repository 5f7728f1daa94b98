import { expect, it } from '@jest/globals'
import { outwardTitle, titleFrom } from '../../server/domain/incident/title.ts'
import { instantOf } from '../../server/domain/time.ts'
import type { OutboxRow } from '../../server/redis/incident-log.ts'
import { pageTextOf, testPageText } from '../../workers/page-text.ts'
import { messageOf } from '../../workers/deliver-message.ts'
import { defaultSettings, incidentSettingsOf, type SettingsDocument } from '../../server/contract/settings.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import { story } from '../support/incident-story.ts'
import { incidentRecord } from '../support/hand-replica.ts'

const row: OutboxRow = { id: 'INC-2026-000001/x', ref: 'INC-2026-000001', type: 'incident.opened', channel: 'webhook', target: 'noc', person: null, then: [], happenedAt: instantOf(0), notBefore: instantOf(0), paced: false, level: null, breach: null, fence: null, urgent: false, attempts: 0, lastError: null }
const record = (discreet: boolean) => incidentRecord('INC-2026-000001', { discreet, category: 'first-aid', service: 'Ward 4' })
const sent = (discreet: boolean, free: { readonly title: string | null; readonly nature: string | null }) => messageOf({ site: 'north', row, record: record(discreet), title: outwardTitle(record(discreet), free), publicUrl: 'https://floor.example.org', text: testPageText('https://floor.example.org') }).data
const nature = 'Mary Ellison has collapsed on the stairs\nShe is awake'

it('a webhook is told the title that somebody wrote, and of a discreet incident its category alone', () => {
  expect(sent(false, { title: 'Somebody has collapsed', nature })).toMatchObject({ incident: { title: 'Somebody has collapsed', category: 'first-aid', service: 'Ward 4' } })
  expect(sent(true, { title: 'Somebody has collapsed', nature })).toMatchObject({ incident: { title: 'first-aid', category: 'first-aid', service: null } })
})

it('the caller’s own words that stand in for a title leave no house', () => {
  expect(sent(false, { title: titleFrom(nature), nature })).toMatchObject({ incident: { title: 'first-aid' } })
  expect(sent(false, { title: null, nature: null })).toMatchObject({ incident: { title: 'first-aid' } })
})

it('who is told next is called by the name of the rota, not by its key', () => {
  const levels = [{ targets: [{ role: 'supervisor' }], waitMs: 0 }, { targets: [{ rota: 'oncall' }], waitMs: 300_000 }] as const
  const document = { ...defaultSettings, rotas: { oncall: { name: 'Engineers on call', layers: [], overrides: [] } }, policies: { default: { ownership: { levels } } } } as unknown as SettingsDocument
  const settings = incidentSettingsOf(document, { id: 'north', name: 'North', timeZone: 'Europe/London' }, 1)
  const { record } = story({ settings }).wake()
  const { lines } = pageTextOf({ row: { ...row, type: 'escalation.fired' }, record, title: 'x', rules: rulesOf(settings), link: 'https://floor.example.org', replyCode: null, also: [] })
  expect(lines.find((line) => line.startsWith('Next: '))).toBe('Next: Engineers on call at 10:05 if nobody takes it.')
})
