import { describe, expect, it } from '@jest/globals'
import { defaultSettings, settingsWarnings } from '../../server/contract/settings.ts'
import { dueOf, isCounting } from '../../server/domain/clock/sla-clock.ts'
import type { Directory } from '../../server/domain/escalation/directory.ts'
import { cancelledFences, plannedDeliveries } from '../../server/domain/escalation/plan-deliveries.ts'
import { timersOf } from '../../server/domain/escalation/plan-timers.ts'
import { rotaGaps } from '../../server/domain/escalation/rota-gaps.ts'
import { rotaOf } from '../../server/domain/escalation/rota.ts'
import type { LadderLevel, Policy, RotaLayer } from '../../server/domain/incident-settings.ts'
import { decideTimer } from '../../server/domain/incident/decide-timer.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import { DAY, later } from '../../server/domain/time.ts'
import { wallOf } from '../domain/clock/oracle.ts'
import { at, dutyManager, everybody, settingsWith, story, supervisor, type Story } from '../support/incident-story.ts'

/** INCIDENTS section 3, the rows that are decided without Redis: what went wrong in other products, by thread. */
const noc = { webhook: 'noc' } as const
const level = (waitMs: number, ...targets: LadderLevel['targets']): LadderLevel => ({ targets, waitMs })
const policies = (levels: readonly LadderLevel[], repeat: number | null = 0): Readonly<Record<string, Policy>> => ({ default: { id: 'default', ownership: { levels, repeat }, deadline: { on: [] } } })
const rules = rulesOf(settingsWith())
const resolve = { type: 'resolve', code: 'fixed', text: 't9', serviceRestored: true } as const
const p2 = { report: { impact: 2, urgency: 2 } } as const
const layer = (more: Partial<RotaLayer> = {}): RotaLayer => ({ people: ['ann', 'bob'], startsOn: '2026-03-02', handoverAt: '09:00', everyDays: 1, week: null, ...more })
const rota = (more: Partial<Parameters<typeof rotaOf>[0]> = {}) => rotaOf({ name: 'duty', timeZone: 'Europe/London', layers: [layer()], swaps: [], overrides: [], ...more })
const fired = ({ events }: Story) => events.flatMap((event) => (event.type === 'level-fired' && event.ladder === 'ownership' ? [`${event.cycle}.${event.level} ${new Date(event.firedAt).toISOString().slice(11, 16)}`] : []))
const clock = ({ record }: Story, kind: string) => record.clocks.find((one) => one.kind === kind)
const office = Object.fromEntries([1, 2, 3, 4, 5].map((day) => [day, [{ from: '09:00', to: '17:00' }]]))

describe('levels and people', () => {
  it('target/goalert#4548: an empty level hands over in the same tick and says that nobody was on call', () => {
    const told = story({ settings: { policies: policies([level(60_000, { rota: 'gone' }), level(300_000, noc)]) } }).until('2026-11-23T10:01:00Z')
    expect(told.types().slice(-3)).toEqual(['level-skipped', 'level-fired', 'ladder-ended'])
    expect(fired(told)).toEqual(['1.2 10:01'])
  })

  it('target/goalert#912: one escalation a level whatever the head count', () => {
    const crowd: Directory = { ...everybody, people: Array.from({ length: 40 }, (_, index) => ({ id: `s${index}`, aliases: [], role: 'supervisor', teams: [], onDuty: true })) }
    expect(fired(story({ directory: crowd }).until('2026-11-23T10:01:00Z'))).toHaveLength(1)
  })

  it('target/goalert#2775: an escalation that was asked for on an older level changes nothing and says why', () => {
    const told = story().until('2026-11-23T10:06:00Z')
    expect(told.refused({ type: 'escalate', level: 1, reason: 't1' }).detail).toContain('stands at level 2')
  })

  it('target/goalert#1790: telling the same person again is another message, only pending twins collapse', () => {
    const told = story({ settings: { policies: policies([level(60_000, noc)], 2) } }).until('2026-11-23T10:04:00Z')
    const levels = told.events.filter(({ type }) => type === 'level-fired')
    const ids = levels.flatMap((event) => plannedDeliveries({ events: [event, event], record: told.record, firstVersion: 9, subscriptions: {}, rules }).map(({ id }) => id))
    expect([levels.length > 1, new Set(ids).size, ids.length]).toEqual([true, levels.length, levels.length])
  })

  it('grafana/oncall#1326: who cannot be woken is named when it is saved, and every day', () => {
    const document = { ...defaultSettings, policies: { default: { ownership: { levels: [{ targets: [{ rota: 'empty' }], waitMs: 0 }], repeat: 0 } } } }
    expect(settingsWarnings(document, {}, '2026-03-02').map(({ code }) => code)).toContain('no_human')
    expect(rotaGaps(rota(), at('2026-03-03T00:00:00Z'), (person) => person === 'ann').every(({ why, person }) => why === 'unreachable' && person === 'bob')).toBe(true)
  })

  it('grafana/oncall#2965, #2954: whatever is deleted in mid-run, the ladder still reaches a human', () => {
    const targets = [{ person: 'p' }, { rota: 'r' }, { team: 't' }, { webhook: 'w' }, { slack: 's' }, { teams: 'm' }] as const
    for (const target of targets) {
      const told = story({ settings: { policies: policies([level(0, target), level(60_000, target)]) }, directory: { ...everybody, webhooks: [] } }).until('2026-11-23T10:05:00Z')
      expect([target, told.events.find(({ type }) => type === 'ladder-unmanned')]).toMatchObject([target, { targets: [{ people: ['ada'] }, { people: ['root'] }] }])
    }
  })

  it('grafana/oncall#4319: a disabled webhook is passed over, and the log says so', () => {
    const told = story({ settings: { policies: policies([level(0, noc), level(60_000, { role: 'supervisor' })]) }, directory: { ...everybody, webhooks: [] } }).until('2026-11-23T10:01:00Z')
    expect(told.events.find(({ type }) => type === 'level-skipped')).toMatchObject({ level: 1, why: 'nobody' })
    expect(fired(told)).toEqual(['1.2 10:00'])
  })

  it('gitlab-org/gitlab#323139: each rule once per alert, a new trigger begins anew, the old policy goes on', () => {
    const told = story().until('2026-11-23T10:11:00Z')
    expect(new Set(fired(told)).size).toBe(fired(told).length)
    const again = told.when(resolve).when({ type: 'reopen', reason: null, take: false }).until('2026-11-23T10:12:00Z')
    expect(again.record.ownership).toMatchObject({ level: 1, cycle: 1 })
    expect(again.record.policy).toEqual(told.record.policy)
  })
})

describe('after the acknowledgement', () => {
  it('grafana/oncall#4760, #4654: every pending message of everyone is fenced by the change that acknowledges', () => {
    const contacts = Object.fromEntries(['sam', 'ada'].map((id) => [id, { urgent: ['push', 'sms', 'voice'] as const, routine: ['mail'] as const, verified: [], quiet: null }]))
    const open = story({ settings: { policies: policies([level(0, { role: 'supervisor' }, { role: 'duty-manager' }, noc)], 0) } }).until('2026-11-23T10:01:00Z')
    const rows = plannedDeliveries({ events: open.events.filter((event) => event.type === 'level-fired' && event.ladder === 'ownership'), record: open.record, firstVersion: 2, subscriptions: {}, contacts, rules })
    const [fence] = cancelledFences(open.record, open.when({ type: 'acknowledge' }).record)
    expect(rows.map(({ channel }) => channel).sort()).toEqual(['push', 'push', 'webhook'])
    for (const row of rows) expect([row.fence?.ladder, (row.fence?.generation ?? 99) < (fence?.below ?? 0)]).toEqual(['ownership', true])
  })

  it('grafana/oncall#3111: no timer older than its incident’s cycle does anything', () => {
    const open = story().until('2026-11-23T10:01:00Z')
    const old = timersOf(open.record, rules)
    const later1 = open.when({ type: 'acknowledge' }).when({ type: 'unacknowledge', reason: null })
    const reopened = open.when(resolve).when({ type: 'reopen', reason: null, take: true })
    for (const told of [later1, reopened]) {
      for (const timer of old.filter(({ purpose }) => purpose === 'ownership')) expect(decideTimer(told.record, timer, { now: at('2026-11-23T12:00:00Z'), firedAt: at('2026-11-23T12:00:00Z'), rules, directory: everybody })).toEqual([])
    }
  })

  it('OneUptime/oneuptime#1690: the resolution ends every ladder', () => {
    const resolved = story().until('2026-11-23T10:02:00Z').when(resolve)
    expect(resolved.until('2026-11-24T10:00:00Z').types().slice(resolved.events.length)).toEqual([])
  })

  it('zammad/zammad#904, #4353: merged, cancelled, closed or without a target: no reminder ever', () => {
    const late = story().until('2026-11-23T15:00:00Z')
    for (const ended of [late.when({ type: 'merge', into: 'INC-2026-000002', targetActive: true }), late.when({ type: 'cancel', reason: 't1' })]) expect(ended.timers).toEqual([])
    const sla = { ...settingsWith().sla, P1: { ...settingsWith().sla.P1, responseMs: null, updateMs: null, resolutionMs: null } }
    const without = story({ settings: { sla } }).when({ type: 'acknowledge' })
    expect(without.timers.map(({ purpose }) => purpose)).toEqual(['lease'])
  })
})

describe('rotas and hours', () => {
  it('target/goalert#4306: at every instant of a replaced shift exactly the replacement is on call', () => {
    const period = { from: at('2026-03-04T08:00:00Z'), to: at('2026-03-04T20:00:00Z') }
    const replaced = rota({ overrides: [{ ...period, person: 'dee', replaces: null }] })
    expect(replaced.shifts(period.from, period.to)).toEqual([{ ...period, person: 'dee', by: 'override', layer: null }])
  })

  it('target/goalert#512: every boundary keeps its wall time for two weeks round the change of clocks', () => {
    const shifts = rota().shifts(at('2026-03-15T12:00:00Z'), at('2026-04-12T12:00:00Z')).slice(1)
    expect(shifts).toHaveLength(28)
    for (const { from } of shifts) expect(new Date(wallOf(from, 'Europe/London')).toISOString().slice(11, 16)).toBe('09:00')
  })

  it('grafana/oncall#5266, #3261: every day is covered by its real length, 23 and 25 hours where the clocks change', () => {
    for (const [day, hours] of [['2026-03-28', 24], ['2026-03-29', 23], ['2026-10-25', 25]] as const) {
      const midnight = rota({ layers: [layer({ handoverAt: '00:00' })] })
      const [shift] = midnight.shifts(at(day === '2026-10-25' ? `2026-10-24T23:00:00Z` : `${day}T00:00:00Z`), later(at(`${day}T00:00:00Z`), 3 * DAY))
      expect([day, ((shift?.to ?? 0) - (shift?.from ?? 0)) / 3_600_000]).toEqual([day, hours])
    }
  })

  it('grafana/oncall#1206: a level that waits for its window fires where the window begins, whatever was restarted', () => {
    const settings = { policies: policies([level(0, noc), { ...level(60_000, noc), window: 'service' }]) }
    const asleep = story({ settings, report: { reportedAt: at('2026-11-21T10:00:00Z') } }).until('2026-11-21T10:01:00Z').asleepUntil('2026-11-22T23:00:00Z').wake()
    expect(asleep.until('2026-11-23T09:00:00Z').events.findLast(({ type }) => type === 'level-fired')).toMatchObject({ level: 2, firedAt: at('2026-11-23T09:00:00Z') })
  })

  it('OneUptime/oneuptime#2413: Monday to Friday, Friday’s person is not Monday’s', () => {
    const weekdays = rota({ layers: [layer({ week: office })] })
    expect(weekdays.at(at('2026-03-06T12:00:00Z')).person).not.toBe(weekdays.at(at('2026-03-09T12:00:00Z')).person)
  })

  it('Netflix/dispatch#6131, #2531, #5317: sixty days of turns, each as long as the one before, none missing', () => {
    const weekly = rota({ layers: [layer({ everyDays: 7 })] }).shifts(at('2026-03-02T09:00:00Z'), at('2026-05-04T08:00:00Z'))
    expect(weekly.map(({ person }) => person)).toEqual(Array.from({ length: 9 }, (_, index) => (index % 2 === 0 ? 'ann' : 'bob')))
    expect(new Set(weekly.map(({ from }) => new Date(wallOf(from, 'Europe/London')).toISOString().slice(11, 16)))).toEqual(new Set(['09:00']))
  })

  it('zammad/zammad#390, #4432: what can wait is told in the hours, never at midnight', () => {
    const told = story({ report: { impact: 4, urgency: 4, reportedAt: at('2026-11-20T16:50:00Z') } }).until('2026-12-10T00:00:00Z')
    for (const event of told.events) {
      const people = event.type === 'clock-warned' || (event.type === 'breach-reminded' && event.told > 1) || event.type === 'level-fired'
      const open = rules.calendar('service').nextWorking(event.at) === event.at
      if (people) expect([event.type, new Date(event.at).toISOString(), open]).toEqual([event.type, new Date(event.at).toISOString(), true])
    }
  })
})

describe('clocks', () => {
  it('zammad/zammad#5177, #3140: an update says nothing of the response, an answer nothing of the update', () => {
    const updated = story().when({ type: 'acknowledge' }).when({ type: 'update-stakeholders', text: 't', state: 'identified', audience: 'all', nextUpdateAt: null }, dutyManager)
    expect(clock(updated, 'response')).toMatchObject({ state: 'met', dueAt: at('2026-11-23T10:05:00Z') })
    const late = story().until('2026-11-23T10:21:00Z')
    expect(late.record.clocks.map(({ state }) => state)).toEqual(['breached', 'breached', 'running'])
  })

  it('zammad/zammad#2082, #2579: after every event what is kept as due is what the segments say', () => {
    const steps: readonly ((told: Story) => Story)[] = [(told) => told.when({ type: 'acknowledge' }), (told) => told.when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T11:30:00Z') }), (told) => told.until('2026-11-23T11:40:00Z'), (told) => told.when({ type: 'set-priority', impact: 3, urgency: 3 }), (told) => told.when(resolve), (told) => told.when({ type: 'reopen', reason: null, take: true })]
    steps.reduce((told, step) => {
      const next = step(told)
      for (const one of next.record.clocks) if (isCounting(one)) expect(one.dueAt).toBe(dueOf(one, rules.calendar(one.calendar)))
      return next
    }, story(p2).until('2026-11-23T10:20:00Z'))
  })

  it('zammad/zammad#1322: whatever the channel and audience, an update restarts the clock', () => {
    for (const audience of ['all', 'board', 'callers']) {
      const told = story().when({ type: 'acknowledge' }).until('2026-11-23T10:10:00Z').when({ type: 'update-stakeholders', text: 't', state: 'monitoring', audience, nextUpdateAt: null }, dutyManager)
      expect(clock(told, 'update')?.dueAt).toBe(at('2026-11-23T10:30:00Z'))
    }
  })

  it('glpi-project/glpi#15605: two days on hold are not forgotten by a new priority', () => {
    const held = story({ report: { impact: 3, urgency: 2 } }).when({ type: 'acknowledge' }).when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-25T10:00:00Z') }).until('2026-11-25T10:00:00Z')
    expect(clock(held.when({ type: 'set-priority', impact: 2, urgency: 2 }), 'resolution')?.dueAt).toBe(at('2026-11-25T18:00:00Z'))
  })

  it('frappe/helpdesk#2449, osTicket/osTicket#6739: a hold moves what is due by its working time, not from the creation', () => {
    const held = story({ report: { impact: 3, urgency: 3 }, settings: { sla: { ...settingsWith().sla, P3: { ...settingsWith().sla.P3, resolutionDays: null, resolutionMs: 8 * 3_600_000 } } } }).when({ type: 'acknowledge' })
    const resumed = held.until('2026-11-23T16:00:00Z').when({ type: 'hold', reason: 'appointment', reviewAt: at('2026-11-24T11:00:00Z') }).until('2026-11-24T11:00:00Z')
    expect(clock(resumed, 'resolution')?.dueAt).toBe(at('2026-11-24T13:00:00Z'))
  })

  it('chatwoot/chatwoot#10178, #13392: nothing runs once it is resolved, and late but done shows late', () => {
    const late = story().until('2026-11-23T10:06:00Z').when({ type: 'acknowledge' }).when(resolve)
    expect(late.record.clocks.map(({ state }) => state)).toEqual(['breached', 'met', 'met'])
    expect(late.timers.map(({ purpose }) => purpose)).toEqual(['confirm', 'follow-up'])
  })

  it('a graver priority during a hold, when its target is past already, is a breach at that moment', () => {
    const sla = { ...settingsWith().sla, P1: { ...settingsWith().sla.P1, minimumReactionMs: 0 } }
    const held = story({ ...p2, settings: { sla } }).when({ type: 'acknowledge' }).until('2026-11-23T10:55:00Z').when({ type: 'note', text: 't' }).until('2026-11-23T11:40:00Z').when({ type: 'note', text: 't' }).until('2026-11-23T12:30:00Z').when({ type: 'note', text: 't' }).until('2026-11-23T13:20:00Z').when({ type: 'note', text: 't' }).until('2026-11-23T14:10:00Z').when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T17:00:00Z') }, supervisor)
    const raised = held.when({ type: 'set-priority', impact: 1, urgency: 1 }, dutyManager).until('2026-11-23T14:10:01Z')
    expect(raised.events.find((event) => event.type === 'clock-breached' && event.clock === 'resolution')).toMatchObject({ dueAt: at('2026-11-23T14:00:00Z'), detectedAt: at('2026-11-23T14:10:00Z') })
  })
})
