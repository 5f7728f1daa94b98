import { describe, expect, it } from '@jest/globals'
import { stillDue } from '../../../server/domain/escalation/after-try.ts'
import { plannedDeliveries } from '../../../server/domain/escalation/plan-deliveries.ts'
import { missingForClosing } from '../../../server/domain/incident/closing.ts'
import { directReports } from '../../../server/domain/incident/major.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { dutyManager, everybody, settingsWith, story, supervisor } from '../../support/incident-story.ts'

const update = (state: 'investigating' | 'resolved') => ({ type: 'update-stakeholders', text: 't7', state, audience: 'all', nextUpdateAt: null }) as const
const declared = () => story().when({ type: 'propose-major', text: 't6' }).when({ type: 'declare-major', text: null }, dutyManager)

describe('a major incident', () => {
  it('is proposed by anybody, stands by, and is declared by a duty manager alone', () => {
    const proposed = story().when({ type: 'propose-major', text: 't6' }, { id: 'kim', role: 'agent' })
    expect(proposed.record).toMatchObject({ major: false, majorIncident: { stage: 'standby' } })
    expect(proposed.events.at(-1)).toMatchObject({ type: 'major-proposed', people: ['ada'] })
    expect(proposed.when({ type: 'propose-major', text: 't6' }).events).toHaveLength(proposed.events.length)
    expect(proposed.refused({ type: 'declare-major', text: null }, supervisor)).toMatchObject({ code: 'needs_duty_manager' })
    expect(declared().record).toMatchObject({ major: true, majorIncident: { stage: 'declared' } })
  })

  it('is stood down by a duty manager after the closing update, and never by itself', () => {
    expect(declared().refused({ type: 'stand-down', text: null }, supervisor)).toMatchObject({ code: 'needs_duty_manager' })
    const told = declared().when(update('investigating'), dutyManager)
    expect(told.refused({ type: 'stand-down', text: null }, dutyManager)).toMatchObject({ code: 'closing_message_owed' })
    const resolved = told.when(update('resolved'), dutyManager).when({ type: 'resolve', code: 'fixed', text: 't8', serviceRestored: true })
    expect(resolved.record.major).toBe(true)
    expect(missingForClosing(resolved.record)).toContain('the standing down of the major incident (stand-down)')
    expect(resolved.when({ type: 'stand-down', text: null }, dutyManager).record).toMatchObject({ major: false, majorIncident: { stage: 'stood-down' } })
  })

  it('says when enough have come, and is cancelled when it was none', () => {
    expect(story().refused({ type: 'stop-sending', text: null }, dutyManager)).toMatchObject({ code: 'not_major' })
    expect(declared().refused({ type: 'stop-sending', text: null }, supervisor)).toMatchObject({ code: 'needs_lead' })
    const led = declared().when({ type: 'assign-role', role: 'lead', person: 'sam' }, dutyManager)
    expect(led.when({ type: 'stop-sending', text: null }, supervisor).record).toMatchObject({ major: true, majorIncident: { stage: 'stop-sending' } })
    expect(story().when({ type: 'propose-major', text: null }).when({ type: 'cancel-major', reason: 't9' }, dutyManager).record).toMatchObject({ major: false, majorIncident: { stage: 'cancelled' } })
  })

  it('is told by its newest stage: who hears of that, or set it, hears nothing of an older one any more', () => {
    const contacts = Object.fromEntries(['ada', 'sam', 'kim'].map((id) => [id, { urgent: ['sms' as const, 'mail' as const], routine: ['mail' as const], verified: [], quiet: null }]))
    const rowsOf = ({ events, record }: ReturnType<typeof story>) => plannedDeliveries({ events: events.slice(-1), record, firstVersion: events.length, subscriptions: {}, contacts, rules: rulesOf(settingsWith()) })
    const standby = story().when({ type: 'acknowledge' }).when({ type: 'propose-major', text: null }, { id: 'kim', role: 'agent' })
    const [toOwner, toManager, ...more] = rowsOf(standby)
    if (toOwner === undefined || toManager === undefined) throw new Error('nobody is told')
    expect([toOwner.person, toManager.person, more, stillDue(standby.record, toOwner), stillDue(standby.record, toManager)]).toEqual(['sam', 'ada', [], true, true])
    const newer = standby.asleepUntil('2026-11-23T10:00:01Z').when({ type: 'declare-major', text: null }, dutyManager)
    const [present] = rowsOf(newer)
    if (present === undefined) throw new Error('nobody is told of the declaration')
    expect([stillDue(newer.record, toOwner), stillDue(newer.record, toManager), stillDue(newer.record, present)]).toEqual([false, false, true])
    expect(stillDue(newer.record, { ...toOwner, person: 'somebody-else' })).toBe(true)
    const given = newer.when({ type: 'assign-role', role: 'scribe', person: 'sam' }, dutyManager)
    const [role] = rowsOf(given)
    if (role === undefined) throw new Error('nobody hears of the role')
    expect([stillDue(given.record, role), stillDue(given.when({ type: 'assign-role', role: 'scribe', person: null }, dutyManager).record, role), stillDue(given.when({ type: 'cancel-major', reason: 't9' }, dutyManager).record, role)]).toEqual([true, false, false])
  })

  it('has one person a role, who hears of it, and counts who reports to the lead', () => {
    const crowd = Array.from({ length: 9 }, (_, index) => ({ id: `p${index}`, aliases: [], role: 'supervisor', teams: [], onDuty: false }))
    const big = story({ directory: { ...everybody, people: [...everybody.people, ...crowd] } }).when({ type: 'declare-major', text: null }, dutyManager).when({ type: 'assign-role', role: 'lead', person: 'ada' }, dutyManager)
    const withRoles = big.when({ type: 'assign-role', role: 'scribe', person: 'sam' }, dutyManager)
    expect(withRoles.refused({ type: 'assign-role', role: 'scribe', person: 'nobody' }, dutyManager)).toMatchObject({ code: 'unknown_person' })
    expect(withRoles.when({ type: 'assign-role', role: 'scribe', person: null }, dutyManager).record.majorIncident?.roles).toEqual({ lead: 'ada' })
    expect(directReports(withRoles.record)).toEqual(['sam'])
    const crowded = crowd.reduce((told, { id }) => told.when({ type: 'acknowledge' }, { id, role: 'supervisor' }), withRoles)
    expect(directReports(crowded.record)).toHaveLength(10)
    const event = withRoles.events.at(-1)
    if (event === undefined) throw new Error('no role was given')
    const contacts = { sam: { urgent: ['desktop' as const], routine: ['desktop' as const], verified: [], quiet: null } }
    expect(plannedDeliveries({ events: [event], record: withRoles.record, firstVersion: 5, subscriptions: {}, contacts, rules: rulesOf(settingsWith()) })).toMatchObject([{ type: 'major.role', person: 'sam', paced: false }])
  })

  it('keeps its first report field by field, two first and the rest as it becomes known', () => {
    expect(story().refused({ type: 'report-methane', texts: { exactLocation: 't6' } })).toMatchObject({ code: 'not_major' })
    const reported = declared().when({ type: 'report-methane', texts: { exactLocation: 't6', kind: 't7' } }).when({ type: 'report-methane', texts: { kind: 't8', hazards: 't9' } })
    expect(reported.record.majorIncident?.methane).toEqual({ exactLocation: 't6', kind: 't8', hazards: 't9' })
    expect(reported.refused({ type: 'report-methane', texts: {} })).toMatchObject({ code: 'nothing_given' })
  })
})
