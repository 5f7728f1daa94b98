import { describe, expect, it } from '@jest/globals'
import type { ContactPlan } from '../../../server/domain/escalation/contact-plan.ts'
import { levelKey } from '../../../server/domain/escalation/plan-personal.ts'
import { plannedDeliveries } from '../../../server/domain/escalation/plan-deliveries.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { dutyManager, everybody, settingsWith, story, type Story } from '../../support/incident-story.ts'

const contacts: Readonly<Record<string, ContactPlan>> = { ada: { urgent: ['push'], routine: ['mail'], verified: ['push'], quiet: null } }
const levels = ({ events }: Story) => events.flatMap((event) => (event.type === 'level-fired' && event.ladder === 'deadline' ? [event] : []))
/** Rows that the deadline ladder writes for a person: the same id twice is one message. */
const rowsOf = (told: Story): readonly string[] => [...new Set(levels(told).flatMap((event) => plannedDeliveries({ events: [event], record: told.record, firstVersion: 1, subscriptions: {}, contacts, rules: rulesOf(settingsWith()) }).map(({ id }) => id)))]
const words = { type: 'update-stakeholders', text: 't4', state: 'investigating', audience: 'all', nextUpdateAt: null } as const

describe('the key of a level of the deadline ladder', () => {
  it('is another one when the next update is late too, so that it is told again', () => {
    const once = story().when({ type: 'acknowledge' }).until('2026-11-23T10:21:00Z')
    const twice = once.when(words, dutyManager).until('2026-11-23T10:42:00Z')
    expect(levels(twice).filter(({ clock }) => clock === 'update')).toHaveLength(2)
    expect(rowsOf(twice).filter((id) => id.includes('deadline.update'))).toHaveLength(2)
  })

  it('tells two clocks of the law apart', () => {
    const law = (name: string) => ({ name, targetMs: 3_600_000, targetDays: null, endOfDay: false, calendar: 'always', from: 'awareness', capMs: null }) as const
    const told = story({ settings: { categories: { technology: { name: 'Technology', impactFloor: null, discreet: false, regulatory: [law('Data protection'), law('Bank supervision')] } } }, directory: everybody }).until('2026-11-23T11:01:00Z')
    expect(rowsOf(told).filter((id) => id.includes('deadline.regulatory'))).toHaveLength(2)
  })

  it('calls nobody in a cycle of updates that is kept, whatever rungs there are before a breach', () => {
    const settings = { policies: { default: { id: 'default', ownership: { levels: [], repeat: 0 }, deadline: { on: [{ at: 0.9 as const, targets: [{ role: 'duty-manager' }] }, { at: 'breach' as const, targets: [{ role: 'duty-manager' }] }] } } } }
    const start = Date.parse('2026-11-23T10:00:00Z')
    let told = story({ settings, directory: everybody }).when({ type: 'acknowledge' })
    for (let n = 1; n <= 5; n++) told = told.until(new Date(start + n * 19 * 60_000).toISOString()).when(words, dutyManager)
    expect(told.events.filter(({ type }) => type === 'clock-warned').length).toBeGreaterThan(0)
    expect(levels(told).filter(({ clock }) => clock === 'update')).toEqual([])
    // What is late calls as ever.
    expect(levels(told.until(new Date(start + 116 * 60_000).toISOString())).filter(({ clock }) => clock === 'update')).toHaveLength(1)
  })

  it('of an event that an older version wrote is what it was', () => {
    expect(levelKey('INC-2026-000001', { type: 'level-fired', ladder: 'deadline', clock: 'update', generation: 1, cycle: 1, level: 1 } as Parameters<typeof levelKey>[1])).toBe('INC-2026-000001/deadline.update/1/1/1')
  })
})
