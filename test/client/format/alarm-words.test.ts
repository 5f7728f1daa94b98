import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import type { Incident } from '../../../server/contract/rows.ts'
import { alarmText } from '../../../client/format/alarm-words.ts'
import { takesOver } from '../../../client/format/incident-order.ts'

type Groups = Readonly<Record<string, Readonly<Record<string, string>>>>
const catalogue = (name: string) => JSON.parse(readFileSync(`client/locales/${name}.json`, 'utf8')) as Groups
const [common, desk] = [catalogue('en'), catalogue('en-desk')]
const t = (key: string, named: Readonly<Record<string, string>>): string => {
  const [group = '', name = ''] = key.split('.')
  const text = common[group]?.[name] ?? desk[group]?.[name] ?? `no ${key}`
  return text.replace(/\{(\w+)\}/g, (_whole, slot: string) => named[slot] ?? '')
}
const row = (type: Incident['type'], priority: Incident['priority'] = 'P1') => ({ ref: 'INC-2026-000007', type, priority, title: 'No water' })

it('what is said aloud calls an incident an incident, and nothing else', () => {
  expect([alarmText(row('incident'), t), alarmText(row('incident', 'P2'), t)]).toEqual(['Critical incident INC-2026-000007: No water', 'High priority incident INC-2026-000007: No water'])
  expect([alarmText(row('complaint'), t), alarmText(row('service-request', 'P2'), t), alarmText(row('enquiry', 'P2'), t)]).toEqual([
    'Complaint INC-2026-000007, priority Critical: No water',
    'Service request INC-2026-000007, priority High: No water',
    'Enquiry INC-2026-000007, priority High: No water',
  ])
})

it('only an incident takes the wall over', () => {
  const lying = (type: Incident['type']) => ({ ...row(type), state: 'open', openedAt: '2026-11-23T10:00:00.000Z' }) as Incident
  const later = Date.parse('2026-11-23T10:05:00Z')
  expect([takesOver(lying('incident'), later), takesOver(lying('complaint'), later)]).toEqual([true, false])
})
