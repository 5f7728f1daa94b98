import { describe, expect, it } from '@jest/globals'
import { missingForClosing } from '../../../server/domain/incident/closing.ts'
import { dueOf, isCounting } from '../../../server/domain/clock/sla-clock.ts'
import { timersOf } from '../../../server/domain/escalation/plan-timers.ts'
import { allowedIn } from '../../../server/domain/incident/allowed.ts'
import type { IncidentCommand } from '../../../server/domain/incident/commands.ts'
import { decide } from '../../../server/domain/incident/decide.ts'
import { decideTimer } from '../../../server/domain/incident/decide-timer.ts'
import { evolved } from '../../../server/domain/incident/evolve.ts'
import { holdReasons, type IncidentRecord } from '../../../server/domain/incident/incident.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { instantOf, later, type Instant } from '../../../server/domain/time.ts'
import { at, dutyManager, everybody, settingsWith, story, supervisor, type Story } from '../../support/incident-story.ts'
import { freshSeed, seeded, type Random } from '../../support/seeded.ts'

const iso = (instant: number | null | undefined) => (typeof instant === 'number' ? new Date(instant).toISOString().slice(0, 19) : instant)
const clock = ({ record }: Story, kind: string) => record.clocks.find((one) => one.kind === kind)
const resolve = { type: 'resolve', code: 'fixed', text: 't9', serviceRestored: true } as const
const p2 = { report: { impact: 2, urgency: 2 } } as const
const p3 = { report: { impact: 3, urgency: 2 } } as const
const ada = dutyManager

describe('a hold', () => {
  it('for a third party stops the resolution clock, and only that one', () => {
    const held = story(p2).when({ type: 'acknowledge' }).until('2026-11-23T11:00:00Z').when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T14:00:00Z') })
    expect(held.record.clocks.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['response met', 'update running', 'resolution paused'])
    const back = held.until('2026-11-23T13:00:00Z').when({ type: 'resume' })
    // Eight hours from 10:00, two of them on hold.
    expect(iso(clock(back, 'resolution')?.dueAt)).toBe('2026-11-23T20:00:00')
  })

  it('for a reason of our own stops nothing', () => {
    const held = story(p2).when({ type: 'acknowledge' }).when({ type: 'hold', reason: 'monitoring', reviewAt: at('2026-11-23T11:00:00Z') })
    expect(clock(held, 'resolution')).toMatchObject({ state: 'running', dueAt: at('2026-11-23T18:00:00Z') })
  })

  it('ends by itself at its review time', () => {
    const held = story(p2).when({ type: 'acknowledge' }).when({ type: 'hold', reason: 'appointment', reviewAt: at('2026-11-23T12:00:00Z') }).until('2026-11-23T12:30:00Z')
    expect(held.record).toMatchObject({ state: 'in-progress', hold: null })
    expect(held.events.find(({ type }) => type === 'resumed')).toMatchObject({ at: at('2026-11-23T12:00:00Z'), why: 'review-time' })
  })

  it('of a P1 is for the duty manager, and is reviewed within half an hour', () => {
    const taken = story().when({ type: 'acknowledge' })
    const hold = (reviewAt: string) => ({ type: 'hold', reason: 'third-party', reviewAt: at(reviewAt) }) as const
    expect(taken.refused(hold('2026-11-23T10:20:00Z')).code).toBe('needs_duty_manager')
    expect(taken.refused(hold('2026-11-23T10:31:00Z'), ada).code).toBe('review_too_late')
    expect(taken.refused(hold('2026-11-23T09:59:00Z'), ada).code).toBe('review_in_the_past')
    expect(taken.when(hold('2026-11-23T10:30:00Z'), ada).record.state).toBe('on-hold')
  })

  it('keeps its pauses through a new priority', () => {
    const held = story(p3).when({ type: 'acknowledge' }).when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-25T10:00:00Z') }).asleepUntil('2026-11-25T10:00:00Z').wake()
    const raised = held.when({ type: 'set-priority', impact: 2, urgency: 2 })
    // Eight hours from the report, two days on hold added; not breached.
    expect(iso(clock(raised, 'resolution')?.dueAt)).toBe('2026-11-25T18:00:00')
  })
})

describe('the lease of an acknowledgement', () => {
  it('asks after twenty minutes without activity, and five later gives the incident to the ladder', () => {
    const told = story().when({ type: 'acknowledge' }).until('2026-11-23T10:26:00Z')
    expect(told.events.filter(({ type }) => type.startsWith('lease')).map(({ type, at: when }) => `${type} ${iso(when)?.slice(11)}`)).toEqual(['lease-prompted 10:20:00', 'lease-lost 10:25:00'])
    expect(told.record).toMatchObject({ state: 'open', owner: null, ownership: { state: 'running', level: 1, cycle: 1 } })
  })

  it('is extended by any note or update', () => {
    const told = story().when({ type: 'acknowledge' }).until('2026-11-23T10:19:00Z').when({ type: 'note', text: 't6' }).until('2026-11-23T10:38:00Z')
    expect(told.types()).not.toContain('lease-prompted')
  })

  it('is renewed by the owner who answers the question', () => {
    const told = story().when({ type: 'acknowledge' }).until('2026-11-23T10:22:00Z').when({ type: 'acknowledge' }).until('2026-11-23T10:41:00Z')
    expect(told.record.owner).toBe('sam')
    expect(told.types()).not.toContain('lease-lost')
  })

  it('of a P3 does not exist', () => {
    expect(story(p3).when({ type: 'acknowledge' }).record.lease).toBeNull()
  })
})

describe('a snooze', () => {
  it('ends as a fresh trigger for whoever is on call then', () => {
    const told = story(p2).when({ type: 'acknowledge' }).when({ type: 'snooze', until: at('2026-11-23T14:00:00Z') }).until('2026-11-23T14:01:00Z')
    expect(told.types()).not.toContain('lease-prompted')
    expect(told.record).toMatchObject({ state: 'open', owner: null, ownership: { level: 1 } })
    expect(clock(told, 'resolution')?.state).toBe('running')
  })

  it('of a P1 lasts a quarter of an hour at most', () => {
    expect(story().when({ type: 'acknowledge' }).refused({ type: 'snooze', until: at('2026-11-23T10:16:00Z') }).code).toBe('snooze_too_long')
  })

  it.each([
    ['a hold', { type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T11:00:00Z') }],
    ['a renewed acknowledgement', { type: 'acknowledge' }],
    ['a resolution', resolve],
  ] as const)('is cancelled by %s', (_what, command) => {
    const told = story(p2).when({ type: 'acknowledge' }).when({ type: 'snooze', until: at('2026-11-23T10:40:00Z') }).when(command)
    expect(told.record.snoozedUntil).toBeNull()
    expect(told.timers.map(({ purpose }) => purpose)).not.toContain('snooze')
  })
})

describe('a handover', () => {
  const offered = () => story(p2).when({ type: 'acknowledge' }).when({ type: 'offer-handover', to: 'ada' })

  it('is not offered to an account that could not accept it, nor is it assigned or given a role; an engineer of the settings without a role may have both', () => {
    const stakeholder = (id: string) => ({ id, aliases: [], role: 'stakeholder', teams: [], onDuty: false })
    const taken = story({ ...p2, directory: { ...everybody, people: [...everybody.people, { ...stakeholder('head'), cannotCommand: true }, stakeholder('engineer')] } }).when({ type: 'acknowledge' })
    expect(taken.refused({ type: 'offer-handover', to: 'head' })).toMatchObject({ code: 'cannot_accept', detail: expect.stringContaining('it may be offered to supervisors') })
    expect(taken.when({ type: 'offer-handover', to: 'engineer' }).record.handover).toMatchObject({ to: 'engineer' })
    expect(taken.refused({ type: 'assign', person: 'head' })).toMatchObject({ code: 'cannot_command', detail: expect.stringContaining('it may be assigned to supervisors') })
    expect(taken.when({ type: 'assign', person: 'engineer' }).record.owner).toBe('engineer')
    const major = taken.when({ type: 'declare-major', text: null }, ada)
    expect(major.refused({ type: 'assign-role', role: 'scribe', person: 'head' }, ada)).toMatchObject({ code: 'cannot_command', detail: expect.stringContaining('a role may be given to supervisors') })
    expect(major.when({ type: 'assign-role', role: 'scribe', person: 'engineer' }, ada).record.majorIncident?.roles.scribe).toBe('engineer')
  })

  it('makes the other one the owner once they accept', () => {
    expect(offered().record.owner).toBe('sam')
    expect(offered().when({ type: 'accept-handover' }, ada).record).toMatchObject({ owner: 'ada', handover: null })
  })

  it('is for the one it was offered to', () => {
    expect(offered().refused({ type: 'accept-handover' }, { id: 'root', role: 'admin' }).code).toBe('offered_to_another')
  })

  it('lapses after ten minutes, and the offerer keeps it', () => {
    const told = offered().until('2026-11-23T10:11:00Z')
    expect(told.record).toMatchObject({ owner: 'sam', handover: null })
    expect(told.refused({ type: 'accept-handover' }, ada).code).toBe('no_handover_offered')
  })

  it('ends the snooze of the one before: who takes it has acknowledged it', () => {
    const told = offered().when({ type: 'snooze', until: at('2026-11-23T10:08:00Z') }).when({ type: 'accept-handover' }, ada)
    expect(told.record).toMatchObject({ state: 'acknowledged', owner: 'ada', snoozedUntil: null })
    expect(told.until('2026-11-23T10:09:00Z').record).toMatchObject({ state: 'acknowledged', owner: 'ada' })
  })

  it('accepted during a hold keeps the hold', () => {
    const told = offered().when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T11:00:00Z') }).when({ type: 'accept-handover' }, ada)
    expect(told.record).toMatchObject({ state: 'on-hold', owner: 'ada' })
  })
})

describe('reopening', () => {
  it('keeps what had elapsed and does not count the time it was resolved', () => {
    const told = story(p2).when({ type: 'acknowledge' }).until('2026-11-23T11:00:00Z').when(resolve).until('2026-11-23T15:00:00Z').when({ type: 'reopen', reason: null, take: true })
    expect(told.record).toMatchObject({ state: 'in-progress', owner: 'sam', resolvedAt: null, firstResolvedAt: at('2026-11-23T11:00:00Z') })
    expect(iso(clock(told, 'resolution')?.dueAt)).toBe('2026-11-23T22:00:00')
  })

  it('leaves at least a quarter of the target, once', () => {
    const late = story(p2).when({ type: 'acknowledge' }).asleepUntil('2026-11-23T17:55:00Z').when(resolve).until('2026-11-23T18:00:00Z').when({ type: 'reopen', reason: null, take: true })
    expect(iso(clock(late, 'resolution')?.dueAt)).toBe('2026-11-23T20:00:00')
    const again = late.asleepUntil('2026-11-23T19:50:00Z').when(resolve).when({ type: 'reopen', reason: null, take: true })
    expect(iso(clock(again, 'resolution')?.dueAt)).toBe('2026-11-23T20:00:00')
  })

  it('keeps an earlier breach', () => {
    const told = story().when({ type: 'acknowledge' }).until('2026-11-23T14:30:00Z').when({ type: 'acknowledge' }).when(resolve).when({ type: 'reopen', reason: null, take: true })
    expect(clock(told, 'resolution')?.breachedAt).toBe(at('2026-11-23T14:00:00Z'))
  })

  it('by somebody who does not take it begins the ladder at level 1', () => {
    const told = story(p2).when({ type: 'acknowledge' }).when(resolve).when({ type: 'reopen', reason: 't5', take: false })
    expect(told.record).toMatchObject({ state: 'open', owner: null, ownership: { state: 'running', level: 0 } })
    expect(told.until('2026-11-23T10:01:00Z').events.at(-1)?.type).toBe('level-fired')
  })

  it('after the window is refused', () => {
    const told = story(p3).when({ type: 'acknowledge' }).when(resolve)
    // 24 hours of a calendar that is open from nine to five.
    expect(iso(told.record.confirmUntil)).toBe('2026-11-26T10:00:00')
    expect(told.asleepUntil('2026-11-26T10:00:01Z').refused({ type: 'reopen', reason: null, take: true }).code).toBe('window_over')
  })
})

describe('closing', () => {
  it('names everything that is missing at once', () => {
    const told = story().when({ type: 'acknowledge' }).when({ type: 'update-stakeholders', text: 't4', state: 'identified', audience: 'all', nextUpdateAt: null }, dutyManager).when(resolve)
    const { code, detail } = told.refused({ type: 'close' })
    expect(code).toBe('not_complete')
    expect(detail).toContain('review')
    expect(detail).toContain('closing message')
    const complete = told.when({ type: 'review', text: 't3', outcome: 'done' }).when({ type: 'update-stakeholders', text: 't2', state: 'resolved', audience: 'all', nextUpdateAt: null }, dutyManager)
    expect(complete.when({ type: 'close' }).record.state).toBe('closed')
  })

  it('happens by itself at the end of the window when nothing is missing', () => {
    const told = story(p3).when({ type: 'acknowledge' }).when(resolve).until('2026-11-26T10:00:01Z')
    expect(told.record.state).toBe('closed')
    expect(told.timers).toEqual([])
  })

  it('waits, and says for what, when something is', () => {
    const told = story().when({ type: 'acknowledge' }).when(resolve).until('2026-11-27T10:00:00Z')
    expect(told.record.state).toBe('resolved')
    expect(told.events.findLast(({ type }) => type !== 'follow-up-overdue')).toMatchObject({ type: 'review-awaited', missing: ['the review (review)'] })
    expect(told.timers.map(({ purpose }) => purpose)).toEqual(['follow-up'])
  })

  it('with the review waived is for the duty manager', () => {
    const told = story().when({ type: 'acknowledge' }).when(resolve)
    expect(told.refused({ type: 'review', text: 't1', outcome: 'waived' }).code).toBe('needs_duty_manager')
    expect(told.when({ type: 'review', text: 't1', outcome: 'waived' }, ada).when({ type: 'close' }).record.state).toBe('closed')
  })
})

describe('an update to stakeholders', () => {
  it('restarts the update clock, and its promise is what that clock keeps', () => {
    const told = story().when({ type: 'acknowledge' }).until('2026-11-23T10:10:00Z')
    const plain = told.when({ type: 'update-stakeholders', text: 't4', state: 'investigating', audience: 'all', nextUpdateAt: null }, dutyManager)
    expect(iso(clock(plain, 'update')?.dueAt)).toBe('2026-11-23T10:30:00')
    const promised = told.when({ type: 'update-stakeholders', text: 't4', state: 'investigating', audience: 'all', nextUpdateAt: at('2026-11-23T10:55:00Z') }, dutyManager)
    expect(iso(clock(promised, 'update')?.dueAt)).toBe('2026-11-23T10:55:00')
  })

  it('is not made by a note', () => {
    const told = story().when({ type: 'acknowledge' }).until('2026-11-23T10:10:00Z').when({ type: 'note', text: 't4' })
    expect(iso(clock(told, 'update')?.dueAt)).toBe('2026-11-23T10:20:00')
  })

  it('runs on hold', () => {
    const held = story(p2).when({ type: 'acknowledge' }).when({ type: 'hold', reason: 'third-party', reviewAt: at('2026-11-23T13:00:00Z') })
    expect(clock(held, 'update')?.state).toBe('running')
  })
})

describe('another category', () => {
  it('needs a reason and judges the priority again', () => {
    const told = story({ report: { impact: 4, urgency: 4 } })
    expect(told.refused({ type: 'categorise', category: 'data-protection', reason: null }).code).toBe('reason_required')
    expect(told.when({ type: 'categorise', category: 'data-protection', reason: 't2' }).record).toMatchObject({ category: 'data-protection', priority: 'P2' })
    expect(told.refused({ type: 'categorise', category: 'nonsense', reason: null }).code).toBe('unknown_category')
  })
})

describe('merging', () => {
  it('ends the clocks without a verdict and keeps a breach', () => {
    const told = story().until('2026-11-23T10:06:00Z').when({ type: 'merge', into: 'INC-2026-000002', targetActive: true })
    expect(told.record).toMatchObject({ state: 'merged', mergedInto: 'INC-2026-000002' })
    expect(told.record.clocks.map(({ state }) => state)).toEqual(['breached', 'void', 'void'])
    expect(told.timers).toEqual([])
  })

  it('into one that is over is refused', () => {
    expect(story().refused({ type: 'merge', into: 'INC-2026-000002', targetActive: false }).code).toBe('target_not_active')
  })

  it('or cancelling, or another type, keeps a breach that nobody has recorded yet', () => {
    const late = story().asleepUntil('2026-11-23T10:30:00Z')
    const ends: readonly IncidentCommand[] = [{ type: 'merge', into: 'INC-2026-000002', targetActive: true }, { type: 'cancel', reason: 't9' }, { type: 'reclassify', recordType: 'complaint', into: 'INC-2026-000002', reason: 't9' }]
    for (const end of ends) {
      const ended = late.when(end)
      expect([end.type, ended.record.clocks.map(({ kind, state }) => `${kind} ${state}`)]).toEqual([end.type, ['response breached', 'update breached', 'resolution void']])
      expect([end.type, ended.types().filter((type) => type === 'clock-breached')]).toEqual([end.type, ['clock-breached', 'clock-breached']])
    }
  })

  it('leaves whoever was told of one to be told of the end by the other', () => {
    const told = { sent: 2, to: ['head'], closing: false }
    const target = story(p3).when({ type: 'absorb', from: 'INC-2026-000002', impact: 3, urgency: 3, deployments: [], updates: told })
    expect(target.record.updates).toMatchObject({ to: ['head'], closing: false })
    expect(missingForClosing(target.record)).toEqual(expect.arrayContaining([expect.stringContaining('the closing message')]))
    const closed = story(p3).when({ type: 'absorb', from: 'INC-2026-000002', impact: 3, urgency: 3, deployments: [], updates: { ...told, closing: true } })
    expect(missingForClosing(closed.record).join()).not.toContain('closing message')
  })

  it('gives the other the graver impact', () => {
    expect(story(p3).when({ type: 'absorb', from: 'INC-2026-000002', impact: 1, urgency: 3, deployments: [] }).record).toMatchObject({ impact: 1, urgency: 2, priority: 'P1' })
  })
})

describe('a major incident', () => {
  it('is declared and stood down by the duty manager', () => {
    expect(story().refused({ type: 'declare-major', text: null }).code).toBe('needs_duty_manager')
    const declared = story().when({ type: 'declare-major', text: null }, ada)
    expect(declared.record.major).toBe(true)
    const told = declared.when({ type: 'update-stakeholders', text: 't4', state: 'identified', audience: 'all', nextUpdateAt: null }, dutyManager)
    expect(told.refused({ type: 'stand-down', text: null }, ada).code).toBe('closing_message_owed')
  })
})

const randomCommand = (random: Random, now: Instant): IncidentCommand =>
  random.pick<() => IncidentCommand>([
    () => ({ type: 'acknowledge' }),
    () => ({ type: 'unacknowledge', reason: random.chance(0.5) ? 't1' : null }),
    () => ({ type: 'start' }),
    () => ({ type: 'note', text: 't1' }),
    () => resolve,
    () => ({ type: 'hold', reason: random.pick(holdReasons), reviewAt: later(now, random.int(1, 400) * 60_000) }),
    () => ({ type: 'resume' }),
    () => ({ type: 'reopen', reason: null, take: random.chance(0.5) }),
    () => ({ type: 'set-priority', impact: random.pick([1, 2, 3, 4] as const), urgency: random.pick([1, 2, 3, 4] as const) }),
    () => ({ type: 'escalate', level: random.int(0, 3), reason: 't1' }),
    () => ({ type: 'snooze', until: later(now, random.int(1, 700) * 60_000) }),
    () => ({ type: 'offer-handover', to: random.pick(['sam', 'ada', 'nobody']) }),
    () => ({ type: 'accept-handover' }),
    () => ({ type: 'assign', person: random.pick(['sam', 'ada']) }),
    () => ({ type: 'update-stakeholders', text: 't1', state: random.pick(['identified', 'resolved'] as const), audience: 'all', nextUpdateAt: null }),
    () => ({ type: 'review', text: 't1', outcome: 'done' }),
    () => ({ type: 'close' }),
    () => ({ type: 'categorise', category: random.pick(['safety', 'data-protection', 'technology']), reason: 't1' }),
  ])()

describe('random lives of incidents', () => {
  const seed = freshSeed()
  it(`keep every law at every step (TEST_SEED=${seed})`, () => {
    const random = seeded(seed)
    const rules = rulesOf(settingsWith())
    for (let life = 0; life < 60; life += 1) {
      const begin = story({ report: { impact: random.pick([1, 2, 3, 4] as const), urgency: random.pick([1, 2, 3, 4] as const) } })
      let record: IncidentRecord = begin.record
      let now = begin.now
      let fires = 0
      for (let step = 0; step < 60; step += 1) {
        now = instantOf(now + random.int(0, 90) * 60_000)
        const before = record
        const due = timersOf(record, rules).filter(({ dueAt }) => dueAt <= now)
        const fromTimer = due.length > 0 && random.chance(0.7)
        const command = randomCommand(random, now)
        const decision = fromTimer ? { events: decideTimer(record, random.pick(due), { now, firedAt: now, rules, directory: everybody }) } : decide(record, command, { now, receivedAt: now, actor: random.pick([supervisor, dutyManager]), rules, directory: everybody })
        const context = JSON.stringify({ life, step, state: before.state, command: fromTimer ? 'timer' : command })
        if ('refused' in decision) {
          expect([context, decision.refused.detail]).toEqual([context, expect.stringContaining(record.ref.slice(0, 0))])
          continue
        }
        if (decision.events.length > 0) record = evolved(record, decision.events, rules)
        if (fromTimer) fires += 1
        expect([context, record.version]).toEqual([context, before.version + decision.events.length])
        // Law 4: the cached due time is the one that the segments say.
        for (const one of record.clocks) if (isCounting(one)) expect([context, one.kind, one.dueAt]).toEqual([context, one.kind, dueOf(one, rules.calendar(one.calendar))])
        const timers = timersOf(record, rules)
        const over = ['closed', 'cancelled', 'merged'].includes(record.state)
        if (over || record.state === 'resolved') expect([context, timers.filter(({ purpose, clock: of }) => purpose !== 'confirm' && purpose !== 'follow-up' && of?.kind !== 'regulatory')]).toEqual([context, []])
        if (over) expect([context, allowedIn(record).filter((type) => type !== 'link-problem' && !type.includes('review')), timers]).toEqual([context, [], []])
        // An incident that nobody has climbs its ladder, or has come to its end and is told of again: there is no silence.
        if (record.state === 'open') expect([context, timers.some(({ purpose }) => purpose === 'ownership')]).toEqual([context, true])
        if (record.state !== 'open' && record.state !== 'draft') expect([context, timers.some(({ purpose }) => purpose === 'ownership')]).toEqual([context, false])
        expect([context, record.hold !== null]).toEqual([context, record.state === 'on-hold'])
        if (before.firstResolvedAt !== null) expect([context, record.firstResolvedAt]).toEqual([context, before.firstResolvedAt])
        for (const one of before.clocks) if (one.breachedAt !== null) expect([context, record.clocks.find(({ kind }) => kind === one.kind)?.breachedAt]).toEqual([context, one.breachedAt])
        expect([context, record.ownership.generation >= before.ownership.generation]).toEqual([context, true])
      }
      expect(fires).toBeGreaterThanOrEqual(0)
    }
  })
})

describe('an owner', () => {
  it('is whoever is on the site, or whoever asks for it themselves', () => {
    const visitor = { id: 'visitor', role: 'supervisor' } as const
    const taken = story().when({ type: 'acknowledge' })
    expect(taken.refused({ type: 'assign', person: 'visitor' }).code).toBe('unknown_person')
    expect(taken.when({ type: 'assign', person: 'visitor' }, visitor).record.owner).toBe('visitor')
  })
})

describe('a draft', () => {
  const bare = { draft: true, texts: { nature: 't2' }, channel: null, service: null, impact: null, urgency: null, category: null } as const
  it('does nothing by itself, and says all that it lacks at once', () => {
    const draft = story({ report: bare })
    expect(draft.until('2026-11-25T10:00:00Z').types()).toEqual(['drafted'])
    expect(draft.record).toMatchObject({ state: 'draft', priority: null, clocks: [] })
    expect(draft.refused({ type: 'open', with: { texts: {} } })).toMatchObject({ code: 'not_complete', detail: expect.stringContaining('missing: title, location, reporter, callerId, channel, service, category, impact, urgency'), missing: ['title', 'location', 'reporter', 'callerId', 'channel', 'service', 'category', 'impact', 'urgency'] })
    expect(draft.refused({ type: 'acknowledge' }).code).toBe('is_draft')
  })

  it('is opened with what it lacked: clocks from the caller’s contact, the ladder from now', () => {
    const opened = story({ report: bare }).until('2026-11-23T10:02:00Z').when({ type: 'open', with: { texts: { title: 't1', location: 't3', reporter: 't4', callerId: 't5' }, channel: 'voice', service: 'Payments', category: 'technology', impact: 1, urgency: 2 } })
    expect(opened.record).toMatchObject({ state: 'open', priority: 'P1', version: 2, completeness: 1, openedAt: at('2026-11-23T10:02:00Z'), ownership: { state: 'running', nextDueAt: at('2026-11-23T10:02:00Z') }, texts: { nature: 't2', title: 't1' } })
    expect(opened.record.clocks[0]).toMatchObject({ kind: 'response', dueAt: at('2026-11-23T10:05:00Z') })
    expect(opened.until('2026-11-23T10:02:00Z').types()).toEqual(['drafted', 'opened', 'level-fired'])
    expect(opened.refused({ type: 'open', with: { texts: {} } }).code).toBe('not_in_this_state')
  })

  it('of somebody in danger needs four fields, and is taken as graver where it says nothing', () => {
    const opened = story({ report: { ...bare, texts: { nature: 't2', location: 't3', callerId: 't5' } } }).when({ type: 'open', with: { texts: {}, callerSafe: false, urgency: 1 } })
    expect(opened.record).toMatchObject({ state: 'open', priority: 'P1', impact: 1, category: 'safety' })
  })
})
