import { describe, expect, it } from '@jest/globals'
import { defaultSettings, incidentSettingsOf, parseSettings } from '../../../server/contract/settings.ts'
import { dueOf, isCounting } from '../../../server/domain/clock/sla-clock.ts'
import { auditOf, type TimerRow } from '../../../server/domain/escalation/audit.ts'
import { timersOf } from '../../../server/domain/escalation/plan-timers.ts'
import type { AudienceSettings } from '../../../server/domain/incident-settings.ts'
import { owedAudiences } from '../../../server/domain/incident/audience-clocks.ts'
import type { IncidentCommand, StakeholderState } from '../../../server/domain/incident/commands.ts'
import { decide } from '../../../server/domain/incident/decide.ts'
import { evolve } from '../../../server/domain/incident/evolve.ts'
import type { IncidentRecord } from '../../../server/domain/incident/incident.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { rulesAtSpeed } from '../../../server/domain/drill/at-speed.ts'
import { instantOf, MINUTE } from '../../../server/domain/time.ts'
import { everySeed, lawRuns } from '../../support/seeded-random.ts'
import { at, dutyManager, everybody, settingsWith, story, type Story, type StoryStart } from '../../support/incident-story.ts'

const executives: AudienceSettings = { name: 'Executives', services: null, categories: null, priorities: null, updateMs: { P1: 30 * MINUTE, major: 30 * MINUTE } }
const audiences = { executives, press: { ...executives, name: 'Press', updateMs: {} } }
const groups = { executives: { people: ['eve'], services: null, categories: null, priorities: null }, press: { people: ['pat'], services: null, categories: null, priorities: null } }
const updates = { approve: [] }
const house = (more: StoryStart = {}): Story => story({ ...more, settings: { audiences, updates, ...more.settings }, directory: { ...everybody, stakeholders: groups } })
const words = (more: Partial<Extract<IncidentCommand, { type: 'update-stakeholders' }>> = {}): IncidentCommand => ({ type: 'update-stakeholders', text: 't4', state: 'investigating' as StakeholderState, audience: 'executives', nextUpdateAt: null, ...more })
const clock = ({ record }: { readonly record: IncidentRecord }, kind = 'audience') => record.clocks.find((one) => one.kind === kind)
const dueOfKind = (told: Story, kind = 'audience') => { const due = clock(told, kind)?.dueAt; return typeof due === 'number' ? new Date(due).toISOString().slice(11, 19) : due }
const p2 = { report: { impact: 2, urgency: 2 } } as const
const raised = (priority: 'P1' | 'P2'): IncidentCommand => ({ type: 'set-priority', priority, reason: 't9' })
const about = (told: Story) => told.events.flatMap((event) => ('clock' in event && event.clock === 'audience' ? [event] : []))

describe('the clock of an audience that has a cadence of its own', () => {
  it('runs beside the update clock of a P1 from its report, and of nothing else', () => {
    expect(house().record.clocks.map(({ kind, name }) => [kind, name])).toEqual([['response', null], ['update', null], ['resolution', null], ['audience', 'executives']])
    expect(dueOfKind(house())).toBe('10:30:00')
    expect(clock(house(p2))).toBeUndefined()
    expect(clock(house({ report: { type: 'complaint' } }))).toBeUndefined()
    expect(clock(story({ settings: { updates } }))).toBeUndefined()
  })

  it('begins anew with what that audience is told, alone or with everybody, and with nothing else', () => {
    const open = house().when({ type: 'acknowledge' }).until('2026-11-23T10:10:00Z')
    const toThem = open.when(words())
    expect([dueOfKind(toThem), dueOfKind(toThem, 'update')]).toEqual(['10:40:00', '10:20:00'])
    const toPress = open.when(words({ audience: 'press' }))
    expect([dueOfKind(toPress), dueOfKind(toPress, 'update')]).toEqual(['10:30:00', '10:30:00'])
    const toAll = open.when(words({ audience: 'all', nextUpdateAt: at('2026-11-23T10:25:00Z') }))
    expect([dueOfKind(toAll), dueOfKind(toAll, 'update')]).toEqual(['10:25:00', '10:25:00'])
    const promised = open.when(words({ nextUpdateAt: at('2026-11-23T10:25:00Z') }))
    expect([dueOfKind(promised), dueOfKind(promised, 'update')]).toEqual(['10:25:00', '10:20:00'])
    expect(dueOfKind(open.when({ type: 'note', text: 't5' }))).toBe('10:30:00')
  })

  it('warns the owner before and escalates after, again for each promise that is broken', () => {
    const late = house().when({ type: 'acknowledge' }).until('2026-11-23T10:15:00Z').when({ type: 'note', text: 't5' }).until('2026-11-23T10:31:00Z')
    expect(about(late).map((event) => [event.type, new Date(event.at).toISOString().slice(11, 19), 'people' in event ? event.people : 'targets' in event ? event.targets.flatMap(({ people }) => people) : null])).toEqual([
      ['clock-warned', '10:27:00', ['sam']],
      ['clock-breached', '10:30:00', null],
      ['level-fired', '10:30:00', ['ada']],
    ])
    const again = late.when(words()).until('2026-11-23T11:02:00Z')
    expect(clock(again)?.breachedAt).toBe(at('2026-11-23T10:30:00Z'))
    expect(about(again).filter(({ type }) => type === 'level-fired')).toHaveLength(2)
  })

  it('that is late when the words come is recorded so before it begins anew', () => {
    const late = house().when({ type: 'acknowledge' }).asleepUntil('2026-11-23T10:45:00Z')
    const told = late.when(words())
    expect(about(told).map(({ type }) => type)).toEqual(['clock-breached'])
    expect(dueOfKind(told)).toBe('11:15:00')
    expect(about(late.when(words({ audience: 'press' }))).map(({ type }) => type)).toEqual([])
  })

  it('runs on hold, and ends at the closing message, whoever it names', () => {
    const held = house().when({ type: 'acknowledge' }).when({ type: 'start' }).when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T10:25:00Z') }, dutyManager)
    expect(clock(held)).toMatchObject({ state: 'running' })
    expect(dueOfKind(held)).toBe('10:30:00')
    for (const audience of ['executives', 'all', 'press']) {
      const closed = held.when(words({ state: 'resolved', audience }))
      expect(clock(closed)).toMatchObject({ state: 'met', stoppedAt: closed.now })
      expect(closed.timers.filter(({ id }) => id.includes('audience'))).toEqual([])
      // Not over after all: something is owed to them again.
      expect(clock(closed.when(words({ audience: 'press' })))).toMatchObject({ state: 'running', dueAt: closed.now + 30 * MINUTE })
    }
  })

  it('starts when an incident becomes major, and ends when it is no more', () => {
    const major = house(p2).until('2026-11-23T10:40:00Z').when({ type: 'declare-major', text: null }, dutyManager)
    expect(dueOfKind(major)).toBe('11:10:00')
    const over = major.when({ type: 'cancel-major', reason: 't5' }, dutyManager)
    expect(clock(over)).toMatchObject({ state: 'void' })
    expect(over.timers.some(({ id }) => id.includes('audience'))).toBe(false)
  })

  it('of a major incident with a shorter cadence leaves five minutes for the first word', () => {
    const settings = { audiences: { executives: { ...executives, updateMs: { P1: 30 * MINUTE, major: 10 * MINUTE } } } }
    expect(dueOfKind(house({ settings }).until('2026-11-23T10:25:00Z').when({ type: 'declare-major', text: null }, dutyManager))).toBe('10:30:00')
    expect(dueOfKind(house({ settings }).until('2026-11-23T10:02:00Z').when({ type: 'declare-major', text: null }, dutyManager))).toBe('10:10:00')
  })

  it('starts with a priority that has one; a named time outlives one that has none; toggling buys no time', () => {
    const up = house(p2).until('2026-11-23T10:10:00Z').when(raised('P1'))
    expect(dueOfKind(up)).toBe('10:40:00')
    const down = up.until('2026-11-23T10:30:00Z').when(raised('P2'))
    expect(clock(down)).toMatchObject({ state: 'void' })
    expect(dueOfKind(down.until('2026-11-23T10:35:00Z').when(raised('P1')))).toBe('10:40:00')
    const promised = up.when(words({ nextUpdateAt: at('2026-11-23T10:25:00Z') })).when(raised('P2'))
    expect(dueOfKind(promised)).toBe('10:25:00')
    expect(clock(promised.until('2026-11-23T10:20:00Z').when(words()))).toMatchObject({ state: 'met' })
  })

  it('ends with the resolution, without a verdict in a merge, and begins anew when it is reopened', () => {
    const resolved = house().when({ type: 'acknowledge' }).until('2026-11-23T10:20:00Z').when({ type: 'resolve', code: 'fixed', text: 't8', serviceRestored: true })
    expect(clock(resolved)).toMatchObject({ state: 'met' })
    expect(dueOfKind(resolved.until('2026-11-23T11:00:00Z').when({ type: 'reopen', reason: 't9', take: true }))).toBe('11:30:00')
    const merged = house().when({ type: 'merge', into: 'INC-2026-000009', targetActive: true })
    expect(clock(merged)).toMatchObject({ state: 'void' })
    expect(merged.until('2026-11-23T12:00:00Z').events.at(-1)?.type).toBe('merged')
    const target = house(p2).when({ type: 'absorb', from: 'INC-2026-000009', impact: 1, urgency: 1, deployments: [] })
    expect([target.record.priority, dueOfKind(target)]).toEqual(['P1', '10:30:00'])
  })

  it('begins anew where another incident whose stakeholders are owed the end of it is merged into this one after its closing message', () => {
    const over = house().when({ type: 'acknowledge' }).when(words({ state: 'resolved', audience: 'all' })).until('2026-11-23T11:30:00Z')
    const taken = over.when({ type: 'absorb', from: 'INC-2026-000009', impact: null, urgency: null, deployments: [], updates: { sent: 1, to: ['eve'], closing: false } })
    expect(dueOfKind(taken)).toBe('12:00:00')
    expect(about(taken.until('2026-11-23T11:59:59Z')).map(({ type }) => type)).not.toContain('clock-breached')
  })

  it('that runs again after a closing message is not the only one: everybody hears more', () => {
    const over = house().when({ type: 'acknowledge' }).when(words({ state: 'resolved', audience: 'all' })).until('2026-11-23T11:30:00Z')
    expect([clock(over)?.state, clock(over, 'update')?.state]).toEqual(['met', 'met'])
    for (const owed of [over.when({ type: 'absorb', from: 'INC-2026-000009', impact: null, urgency: null, deployments: [], updates: { sent: 1, to: ['eve'], closing: false } }), over.when(words()), over.when(words({ audience: 'press' }))]) {
      expect([dueOfKind(owed), dueOfKind(owed, 'update')]).toEqual(['12:00:00', '11:50:00'])
    }
    // Nobody is owed anything by a merge that owes nothing.
    expect(clock(over.when({ type: 'absorb', from: 'INC-2026-000009', impact: null, urgency: null, deployments: [] }), 'update')?.state).toBe('met')
  })

  it('that is late stays late, told once, however the priority is moved', () => {
    const late = house().when({ type: 'acknowledge' }).until('2026-11-23T10:15:00Z').when({ type: 'note', text: 't5' }).until('2026-11-23T10:31:00Z')
    const toggled = late.when(raised('P2')).when(raised('P1')).until('2026-11-23T10:33:00Z').when(raised('P2')).when(raised('P1')).until('2026-11-23T10:45:00Z')
    expect(about(toggled).map(({ type }) => type)).toEqual(about(late).map(({ type }) => type))
    expect(clock(toggled)).toMatchObject({ state: 'breached', breachedAt: at('2026-11-23T10:30:00Z'), stoppedAt: null })
    // It is told again as any breach is.
    expect(about(toggled.until('2026-11-23T10:54:00Z')).at(-1)?.type).toBe('breach-reminded')
  })

  it('that nobody saw fall due is late whatever ends it or moves its due time, and told where it goes on', () => {
    const settings = { audiences: { executives: { ...executives, services: null, categories: ['technology', 'power'], updateMs: { major: 30 * MINUTE } } } }
    const major = house({ ...p2, settings }).when({ type: 'acknowledge' }).when({ type: 'declare-major', text: null }, dutyManager).asleepUntil('2026-11-23T10:50:00Z')
    const category = major.record.category
    expect(category).toBe('technology')
    for (const [order, state] of [[{ type: 'cancel-major', reason: 't5' }, 'breached'], [{ type: 'stand-down', text: 't5' }, 'breached'], [{ type: 'categorise', category: 'security', reason: 't9' }, 'breached']] as const) {
      const after = major.when(order, dutyManager)
      expect([order.type, about(after).map(({ type }) => type), clock(after)?.state, clock(after)?.breachedAt]).toEqual([order.type, ['clock-breached'], state, at('2026-11-23T10:30:00Z')])
      expect(about(after.wake().until('2026-11-23T11:20:00Z')).map(({ type }) => type)).toEqual(['clock-breached'])
    }
    const quicker = { audiences: { executives: { ...executives, updateMs: { P1: 30 * MINUTE, major: 10 * MINUTE } } } }
    const declared = house({ settings: quicker }).when({ type: 'acknowledge' }).asleepUntil('2026-11-23T10:45:00Z').when({ type: 'declare-major', text: null }, dutyManager)
    expect([clock(declared)?.state, clock(declared)?.breachedAt]).toEqual(['breached', at('2026-11-23T10:30:00Z')])
    expect(about(declared.wake().until('2026-11-23T10:46:00Z')).map(({ type }) => type)).toEqual(['clock-breached', 'breach-reminded', 'level-fired'])
  })

  it('is not owed to a group that the incident does not concern, until it does', () => {
    const settings = { audiences: { executives: { ...executives, categories: ['security'] } } }
    const other = house({ settings })
    expect(clock(other)).toBeUndefined()
    expect(dueOfKind(other.until('2026-11-23T10:05:00Z').when({ type: 'categorise', category: 'security', reason: 't9' }))).toBe('10:35:00')
  })

  it('counts by the hours of the priority, and of a major incident by no hours', () => {
    const settings = { audiences: { executives: { ...executives, updateMs: { P3: 60 * MINUTE, major: 60 * MINUTE } } } }
    const evening = house({ report: { impact: 3, urgency: 3, reportedAt: at('2026-11-23T16:30:00Z') }, settings })
    expect(new Date(clock(evening)?.dueAt ?? 0).toISOString()).toBe('2026-11-24T09:30:00.000Z')
    const major = evening.when({ type: 'declare-major', text: null }, dutyManager)
    expect(new Date(clock(major)?.dueAt ?? 0).toISOString()).toBe('2026-11-23T17:30:00.000Z')
  })

  it('passes as many times as fast in a drill', () => {
    const fast = rulesAtSpeed(rulesOf(settingsWith({ audiences })), 10)
    expect(owedAudiences(house().record, fast)).toEqual([{ name: 'executives', targetMs: 3 * MINUTE, calendar: 'always' }])
  })

  it('is not begun for an incident that was opened before there were such clocks, whatever happens to it', () => {
    const { audiences: _later, ...policy } = house().record.policy
    const old: IncidentRecord = { ...house().record, policy, clocks: house().record.clocks.filter(({ kind }) => kind !== 'audience') }
    const rules = rulesOf(settingsWith({ audiences, updates }))
    const now = instantOf(old.reportedAt + MINUTE)
    const after = [words(), { type: 'declare-major', text: null } as const, raised('P2'), raised('P1'), words({ audience: 'all' })].reduce<IncidentRecord>((record, command) => {
      const decision = decide(record, command, { now, receivedAt: now, actor: dutyManager, rules, directory: everybody })
      return 'refused' in decision ? record : decision.events.reduce((state, event) => evolve(state, event, rules), record)
    }, old)
    expect(after.clocks.map(({ kind }) => kind)).toEqual(['response', 'update', 'resolution'])
    expect(after.major).toBe(true)
  })
})

describe('what the settings say of it', () => {
  const site = { id: 'north', name: 'North', timeZone: 'Europe/London' }
  const cadence = (stakeholders: Record<string, unknown>) => {
    const parsed = parseSettings({ people: { eve: { name: 'Eve' } }, stakeholders }, { outboundAllow: [], today: '2026-11-23', organisation: {} })
    if (!parsed.ok) return parsed.faults.map(({ path }) => path)
    return Object.fromEntries(Object.entries(incidentSettingsOf(parsed.settings, site, 1).audiences ?? {}).map(([name, { updateMs }]) => [name, updateMs]))
  }
  it('is half an hour for the executives of a P1 and of a major incident, unless something else is said, and nothing for others', () => {
    expect(incidentSettingsOf(defaultSettings, site, 1).audiences).toEqual({})
    expect(cadence({ executives: { people: ['eve'] }, press: { people: ['eve'] } })).toEqual({ executives: { P1: 1_800_000, major: 1_800_000 }, press: {} })
    expect(cadence({ executives: { people: ['eve'], updateMs: {} }, press: { people: ['eve'], updateMs: { P2: 3_600_000 } } })).toEqual({ executives: {}, press: { P2: 3_600_000 } })
    expect(cadence({ press: { people: ['eve'], updateMs: { P5: 1 } } })).toEqual(['stakeholders.press.updateMs.P5'])
    expect(cadence({ press: { people: ['eve'], updateMs: { P1: 0 } } })).toEqual(['stakeholders.press.updateMs.P1'])
  })
})

describe('the auditor', () => {
  const rules = rulesOf(settingsWith({ audiences, updates }))
  const findings = (record: IncidentRecord, without = '') => {
    const timers = new Map<string, TimerRow>(timersOf(record, rules).flatMap(({ id, dueAt, generation }) => (id.endsWith(without) && without !== '' ? [] : [[id, { dueAt, generation, queued: 'urgent' }]])))
    return auditOf({ now: record.changedAt, incidents: [{ record, rules, events: [] }], timers, pending: [], notifications: [], directory: everybody, today: rules }).filter(({ check }) => !check.startsWith('nobody')).map(({ check, about: what }) => `${check} ${what}`)
  }
  const { record } = house()
  it('finds a clock of an audience whose timer is lost, whose due time is another, or which is not there', () => {
    expect(findings(record)).toEqual([])
    expect(findings(record, 'clock/audience/executives')).toEqual(['no-timer INC-2026-000001/clock/audience/executives'])
    const moved = { ...record, clocks: record.clocks.map((one) => (one.kind === 'audience' ? { ...one, dueAt: instantOf((one.dueAt ?? 0) + MINUTE) } : one)) }
    expect(findings(moved)).toContain('due-differs INC-2026-000001/executives')
    expect(findings({ ...record, clocks: record.clocks.filter(({ kind }) => kind !== 'audience') })).toEqual(['no-timer INC-2026-000001/executives'])
  })
})

describe('whatever happens to an incident', () => {
  const rules = rulesOf(settingsWith({ audiences, updates }))
  const directory = { ...everybody, stakeholders: groups }
  const orders: readonly IncidentCommand[] = [words(), words({ audience: 'press' }), words({ audience: 'all' }), words({ state: 'resolved', audience: 'all' }), words({ state: 'resolved' }), raised('P1'), raised('P2'), { type: 'acknowledge' }, { type: 'start' }, { type: 'declare-major', text: null }, { type: 'cancel-major', reason: 't9' }, { type: 'resolve', code: 'fixed', text: 't8', serviceRestored: true }, { type: 'reopen', reason: 't9', take: true }, { type: 'note', text: 't5' }]
  const ownOnly = (told: Story, order: IncidentCommand): boolean => order.type === 'update-stakeholders' && order.audience === 'executives' && order.state !== 'resolved' && owedAudiences(told.record, rules).length > 0

  it('exactly the audiences that are owed words have a clock that counts, its cached due time is the computed one, and words for them alone leave the update clock', () => {
    everySeed(lawRuns(60), (random) => {
      let told = house(random.chance(0.5) ? p2 : {})
      for (let step = 0; step < 25; step += 1) {
        told = told.until(new Date(told.now + random.whole(0, 15 * MINUTE)).toISOString())
        const before = clock(told, 'update')
        const order = random.chance(0.1) ? words({ audience: random.pick(['executives', 'all']), nextUpdateAt: instantOf(told.now + 10 * MINUTE) }) : random.pick(orders)
        const decision = decide(told.record, order, { now: told.now, receivedAt: told.now, actor: dutyManager, rules, directory })
        if (!('refused' in decision)) told = told.when(order, dutyManager)
        if (ownOnly(told, order) && !('refused' in decision) && before?.stoppedAt === null) expect([step, clock(told, 'update')?.dueAt]).toEqual([step, before?.dueAt])
        const counting = told.record.clocks.filter((one) => one.kind === 'audience' && isCounting(one))
        const owed = owedAudiences(told.record, rules).map(({ name }) => name)
        expect([step, owed.filter((name) => !counting.some((one) => one.name === name))]).toEqual([step, []])
        // Whoever is owed words is not alone: everybody hears more.
        if (owed.length > 0) expect([step, told.record.clocks.some((one) => one.kind === 'update' && isCounting(one))]).toEqual([step, true])
        // What nobody is owed counts only as long as a time was named.
        expect([step, counting.filter(({ name, promisedAt }) => promisedAt === null && !owed.includes(name ?? ''))]).toEqual([step, []])
        for (const one of counting) {
          expect([step, one.dueAt]).toEqual([step, dueOf(one, rules.calendar(one.calendar))])
          expect([step, told.timers.some(({ id }) => id.endsWith('/audience/executives'))]).toEqual([step, true])
        }
      }
    })
  })
})
