import { describe, expect, it } from '@jest/globals'
import { defaultSettings, type SettingsDocument } from '../../../server/contract/settings.ts'
import { contactPlanOf } from '../../../server/contract/settings/contact-plans.ts'
import type { ContactPlan } from '../../../server/domain/escalation/contact-plan.ts'
import { plannedDeliveries } from '../../../server/domain/escalation/plan-deliveries.ts'
import { afterTry, type TryOutcome } from '../../../server/domain/escalation/after-try.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { isoOf } from '../../../server/domain/time.ts'
import { settingsWith, story } from '../../support/incident-story.ts'

const reach = { mail: true, sms: true, voice: true, push: true, account: true, timeZone: 'Europe/London' }
const ada: Partial<SettingsDocument['people'][string]> = { name: 'Ada', email: { set: true }, phone: { set: true } }
const nights: ContactPlan = { ...contactPlanOf({ ...ada, quiet: { hours: { 'mon-sun': ['22:00-07:00'] } } }, reach) }

/** The messages to Ada when level 1 of an incident fires at an instant. */
const told = (at: string, { impact, urgency, plan = nights }: { readonly impact: 1 | 2 | 3 | 4; readonly urgency: 1 | 2 | 3 | 4; readonly plan?: ContactPlan }) => {
  const policies = { default: { id: 'default', ownership: { levels: [{ targets: [{ role: 'duty-manager' }], waitMs: 0 }], repeat: null }, deadline: { on: [] } } }
  const run = story({ settings: { policies }, report: { impact, urgency, reportedAt: Date.parse(at) as never } }).until(new Date(Date.parse(at) + 70_000).toISOString())
  const rules = rulesOf(settingsWith({ policies }))
  return plannedDeliveries({ events: run.events, record: run.record, firstVersion: 1, subscriptions: {}, contacts: { ada: plan }, rules }).map(({ channel, notBefore, paced, id }) => ({ channel, at: isoOf(notBefore), paced, cycle: id.split('/')[3] }))
}

describe('when somebody is told', () => {
  it('the first word about a P1 waits for no quiet hours and no other message; its repetition is paced', () => {
    expect(told('2026-11-23T23:30:00.000Z', { impact: 1, urgency: 1 })).toEqual([
      { channel: 'push', at: '2026-11-23T23:30:00.000Z', paced: false, cycle: '1' },
      { channel: 'push', at: '2026-11-23T23:31:00.000Z', paced: true, cycle: '2' },
    ])
  })

  it('a P2 waits for the end of the quiet hours, on the wall clock of the person', () => {
    expect(told('2026-11-23T23:30:00.000Z', { impact: 2, urgency: 2 })[0]).toMatchObject({ at: '2026-11-24T07:00:00.000Z', paced: true })
    expect(told('2026-07-23T23:30:00.000Z', { impact: 2, urgency: 2 })[0]).toMatchObject({ at: '2026-07-24T06:00:00.000Z' })
    expect(told('2026-11-23T21:59:00.000Z', { impact: 2, urgency: 2 })[0]).toMatchObject({ at: '2026-11-23T21:59:00.000Z' })
  })

  it('zammad/zammad#4432: a P3 and a P4 wait for business hours, never for midnight', () => {
    const awake = { ...nights, quiet: null }
    expect(told('2026-11-23T00:05:00.000Z', { impact: 3, urgency: 3, plan: awake })[0]).toMatchObject({ channel: 'mail', at: '2026-11-23T09:00:00.000Z' })
    expect(told('2026-11-21T12:00:00.000Z', { impact: 4, urgency: 4, plan: awake })[0]).toMatchObject({ at: '2026-11-23T09:00:00.000Z' })
    expect(told('2026-11-23T10:00:00.000Z', { impact: 3, urgency: 3, plan: awake })[0]).toMatchObject({ at: '2026-11-23T10:00:00.000Z' })
  })
})

describe('a promise of words that is found late', () => {
  const late = story().when({ type: 'acknowledge' }).asleepUntil('2026-11-23T10:45:00Z')
  const remindersOf = (run: ReturnType<typeof story>) => plannedDeliveries({ events: run.events.slice(late.events.length), record: run.record, firstVersion: late.record.version + 1, subscriptions: {}, contacts: { sam: contactPlanOf(ada, reach) }, rules: rulesOf(settingsWith()) }).filter(({ type }) => type === 'reminder')
  it('is put to its owner while it is late, and not by what ends the incident or begins it anew', () => {
    expect(remindersOf(late.wake()).map(({ person }) => person)).toContain('sam')
    for (const ended of [{ type: 'merge', into: 'INC-2026-000009', targetActive: true }, { type: 'cancel', reason: 't5' }, { type: 'resolve', code: 'fixed', text: 't8', serviceRestored: true }] as const) expect([ended.type, remindersOf(late.when(ended))]).toEqual([ended.type, []])
  })
})

describe('channels of a person', () => {
  it('are those that exist, in their own order, then in the built-in one', () => {
    expect(contactPlanOf(ada, reach)).toMatchObject({ urgent: ['push', 'sms', 'voice', 'mail', 'desktop'], routine: ['mail', 'push', 'desktop'] })
    expect(contactPlanOf({ ...ada, order: { urgent: ['voice'] } }, reach).urgent).toEqual(['voice', 'push', 'sms', 'mail', 'desktop'])
    expect(contactPlanOf({ ...ada, order: ['mail', 'slack'] }, { ...reach, mail: false }).urgent).toEqual(['push', 'sms', 'voice', 'desktop'])
    expect(contactPlanOf({}, { ...reach, push: false, account: false }).urgent).toEqual([])
  })

  it('count as proved where the address is listed, and where a browser subscribed itself', () => {
    expect(contactPlanOf({ ...ada, verified: ['phone'] }, reach).verified).toEqual(['sms', 'voice', 'push'])
    expect(contactPlanOf(ada, { ...reach, push: false }).verified).toEqual([])
  })

  it('without settings at all are the screens of the account', () => {
    expect(defaultSettings.people).toEqual({})
    expect(contactPlanOf({}, { ...reach, push: false }).urgent).toEqual(['desktop'])
  })
})

describe('after a try', () => {
  const [last, more] = [{ then: [] as const }, { then: ['mail'] as const }]
  const failed: TryOutcome = { kind: 'failed', detail: 'x', afterMs: null }
  it.each<[string, boolean, typeof last | typeof more, TryOutcome, number | null, object]>([
    ['a P1 goes on to the next channel at once', true, more, failed, 60_000, { kind: 'over', state: 'failed', next: true }],
    ['a P3 takes the tries of the channel first', false, more, failed, 60_000, { kind: 'again', state: 'queued', afterMs: 60_000 }],
    ['the last channel has all its tries', true, last, failed, 60_000, { kind: 'again', state: 'queued', afterMs: 60_000 }],
    ['what the receiver asked for counts', true, last, { ...failed, afterMs: 7_000 }, 60_000, { kind: 'again', state: 'queued', afterMs: 7_000 }],
    ['the end of the tries is a dead letter', true, last, failed, null, { kind: 'over', state: 'dead', next: false }],
    ['a second provider of the same channel comes before the next one', true, more, { ...failed, here: true }, 5_000, { kind: 'again', state: 'queued', afterMs: 5_000 }],
    ['an unknown P1 is sent again soon', true, more, { kind: 'unknown', detail: 'x' }, 600_000, { kind: 'again', state: 'unknown', afterMs: 5_000 }],
    ['an unknown P3 is left', false, more, { kind: 'unknown', detail: 'x' }, 600_000, { kind: 'over', state: 'unknown', next: false }],
    ['what is accepted and owes a receipt is waited for', true, more, { kind: 'accepted', detail: 'x', receiptWithinMs: 60_000 }, 5_000, { kind: 'again', state: 'accepted', afterMs: 60_000 }],
    ['accepted without a receipt claims no more', true, more, { kind: 'accepted', detail: 'x' }, 5_000, { kind: 'over', state: 'accepted', next: false }],
  ])('%s', (_what, urgent, { then }, outcome, retryAfter, expected) => {
    expect(afterTry({ urgent, then }, outcome, retryAfter)).toEqual(expected)
  })
})

describe('who subscribes to what happens with incidents', () => {
  const subscriptions = { webhooks: { noc: { url: 'https://noc.example.org', types: ['incident.opened', 'incident.updated', 'stakeholder.update'] } } } as const
  const typesOf = (type: 'incident' | 'complaint' | 'enquiry' | 'problem') => {
    const run = story({ report: { type, impact: 3, urgency: 3 } }).when({ type: 'start' })
    const spoken = type === 'problem' ? run : run.when({ type: 'update-stakeholders', text: 't4', state: 'identified', audience: 'all', nextUpdateAt: null })
    return plannedDeliveries({ events: spoken.events, record: spoken.record, firstVersion: 1, subscriptions, rules: rulesOf(settingsWith()) }).map((row) => row.type)
  }

  it('is told of incidents, not of complaints, enquiries and problems; words for stakeholders are words', () => {
    expect(typesOf('incident')).toEqual(['incident.opened', 'incident.updated', 'stakeholder.update'])
    expect([typesOf('complaint'), typesOf('enquiry'), typesOf('problem')]).toEqual([['stakeholder.update'], ['stakeholder.update'], []])
  })
})
