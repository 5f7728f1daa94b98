import { describe, expect, it } from '@jest/globals'
import type { IncidentEvent } from '../../../server/domain/incident/events.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { at, dutyManager, settingsWith, story, supervisor, type Story } from '../../support/incident-story.ts'

const iso = (instant: number | null | undefined) => (typeof instant === 'number' ? new Date(instant).toISOString().slice(0, 19) : instant)
const clock = (record: { clocks: readonly { kind: string }[] }, kind: string) => record.clocks.find((one) => one.kind === kind) as { state: string; dueAt: number; breachedAt: number | null; stoppedAt: number | null } | undefined
const fired = (events: readonly IncidentEvent[]) => events.flatMap((event) => (event.type === 'level-fired' ? [`${event.ladder} ${event.cycle}.${event.level} at ${iso(event.firedAt)?.slice(11)}`] : []))
/** Somebody writes a note every quarter of an hour, so that the lease holds. */
const attended = (told: Story, untilIso: string): Story => {
  const next = instantOf(told.now + 15 * 60_000)
  return next >= at(untilIso) ? told.until(untilIso) : attended(told.until(new Date(next).toISOString()).when({ type: 'note', text: 't0' }), untilIso)
}
const resolve = { type: 'resolve', code: 'fixed', text: 't9', serviceRestored: true } as const

describe('opening', () => {
  it('starts the clocks at the contact of the caller and the ladder at the commit', () => {
    const opened = story({ openedAt: '2026-11-23T10:03:00Z' })
    expect(iso(clock(opened.record, 'response')?.dueAt)).toBe('2026-11-23T10:05:00')
    expect(iso(opened.record.ownership.nextDueAt)).toBe('2026-11-23T10:03:00')
  })

  it('of a complaint starts no incident clock and no ladder', () => {
    const opened = story({ report: { type: 'complaint' } })
    expect(opened.record).toMatchObject({ state: 'open', clocks: [], ownership: { state: 'idle' } })
    expect(opened.timers).toEqual([])
  })

  it.each([
    [1, 1, 'P1'],
    [1, 4, 'P2'],
    [2, 2, 'P2'],
    [3, 3, 'P3'],
    [4, 4, 'P4'],
  ] as const)('with impact %i and urgency %i is %s', (impact, urgency, priority) => {
    expect(story({ report: { impact, urgency } }).record.priority).toBe(priority)
  })

  it('with the caller in danger is P1 whatever the matrix says', () => {
    expect(story({ report: { impact: 4, urgency: 4, callerSafe: false } }).record.priority).toBe('P1')
  })

  it('of a data breach is never below P2', () => {
    expect(story({ report: { impact: 4, urgency: 4, category: 'data-protection' } }).record.priority).toBe('P2')
  })

  it('lifts the impact to the floor of its category', () => {
    const categories = { ...settingsWith().categories, fire: { name: 'Fire', impactFloor: 1, discreet: false } } as const
    expect(story({ report: { impact: 4, urgency: 2, category: 'fire' }, settings: { categories } }).record).toMatchObject({ impact: 1, priority: 'P1' })
  })
})

describe('acknowledging', () => {
  it('at the due instant meets the response clock', () => {
    const told = story().asleepUntil('2026-11-23T10:05:00Z').when({ type: 'acknowledge' })
    expect(clock(told.record, 'response')?.state).toBe('met')
  })

  it('after the due instant records the breach that nobody had detected', () => {
    const told = story().asleepUntil('2026-11-23T10:05:00.001Z').when({ type: 'acknowledge' })
    expect(told.types()).toEqual(['opened', 'clock-breached', 'acknowledged'])
    expect(clock(told.record, 'response')).toMatchObject({ state: 'breached', breachedAt: at('2026-11-23T10:05:00Z') })
  })

  it('cancels every level to come', () => {
    const told = story().until('2026-11-23T10:01:00Z').when({ type: 'acknowledge' }).until('2026-11-23T10:19:00Z')
    expect(fired(told.events).filter((line) => line.startsWith('ownership'))).toEqual(['ownership 1.1 at 10:00:00'])
  })

  it('twice by the same person changes nothing', () => {
    const once = story().when({ type: 'acknowledge' })
    expect(once.when({ type: 'acknowledge' }).record).toEqual(once.record)
  })

  it('taken back after ten seconds needs a reason, and the ladder goes on where it stood', () => {
    const taken = story().until('2026-11-23T10:01:00Z').when({ type: 'acknowledge' }).until('2026-11-23T10:02:00Z')
    expect(taken.refused({ type: 'unacknowledge', reason: null }).code).toBe('reason_required')
    const back = taken.when({ type: 'unacknowledge', reason: 't8' })
    // Four minutes of the wait for level 2 were left when it was taken.
    expect(iso(back.record.ownership.nextDueAt)).toBe('2026-11-23T10:06:00')
    expect(fired(back.until('2026-11-23T10:07:00Z').events)).toContain('ownership 1.2 at 10:06:00')
  })

  it('of another is taken back with a reason only, also at once', () => {
    const taken = story().when({ type: 'acknowledge' })
    const other = { id: 'ada', role: 'supervisor' } as const
    expect(taken.refused({ type: 'unacknowledge', reason: null }, other).code).toBe('reason_required')
    expect(taken.when({ type: 'unacknowledge', reason: 't8' }, other).record.state).toBe('open')
  })

  it('does not restart the response clock when it is taken back', () => {
    const back = story().when({ type: 'acknowledge' }).when({ type: 'unacknowledge', reason: null })
    expect(clock(back.record, 'response')?.state).toBe('met')
  })
})

describe('resolving', () => {
  it('straight from open implies the acknowledgement and stops every clock', () => {
    const told = story().until('2026-11-23T10:02:00Z').when(resolve)
    expect(told.record).toMatchObject({ state: 'resolved', owner: 'sam', acknowledgedAt: at('2026-11-23T10:02:00Z') })
    expect(told.record.clocks.map(({ state }) => state)).toEqual(['met', 'met', 'met'])
    expect(told.timers.map(({ purpose }) => purpose)).toEqual(['confirm', 'follow-up'])
  })

  it('is refused while the service is not restored', () => {
    expect(story().refused({ ...resolve, serviceRestored: false }).code).toBe('service_not_restored')
  })

  it('at the due instant meets the resolution clock, a millisecond later it does not', () => {
    const due = '2026-11-23T14:00:00.000Z'
    const asleep = story().when({ type: 'acknowledge' })
    expect(clock(asleep.asleepUntil(due).when(resolve).record, 'resolution')?.state).toBe('met')
    expect(clock(asleep.asleepUntil('2026-11-23T14:00:00.001Z').when(resolve).record, 'resolution')?.state).toBe('breached')
  })

  it('a second time is refused, with what would be accepted', () => {
    expect(story().when(resolve).refused(resolve)).toEqual({ code: 'already_resolved', detail: expect.stringContaining('INC-2026-000001') })
  })
})

describe('a new priority', () => {
  it('counts its target from the original start, but leaves the minimum reaction', () => {
    const told = story({ report: { impact: 4, urgency: 4 } }).until('2026-11-23T12:00:00Z').when({ type: 'set-priority', impact: 1, urgency: 1 })
    expect(told.record.priority).toBe('P1')
    // Response: 10:05 is long gone, so five minutes from now; resolution: four hours from the report.
    expect(iso(clock(told.record, 'response')?.dueAt)).toBe('2026-11-23T12:05:00')
    expect(iso(clock(told.record, 'resolution')?.dueAt)).toBe('2026-11-23T14:00:00')
  })

  it('grants the minimum reaction once, so that toggling buys no time', () => {
    const low = { type: 'set-priority', impact: 4, urgency: 4 } as const
    const high = { type: 'set-priority', impact: 1, urgency: 1 } as const
    const once = story({ report: { impact: 4, urgency: 4 } }).asleepUntil('2026-11-23T15:00:00Z').when(high)
    expect(iso(clock(once.record, 'resolution')?.dueAt)).toBe('2026-11-23T15:05:00')
    const again = once.asleepUntil('2026-11-23T15:04:00Z').when(low).when(high)
    expect(iso(clock(again.record, 'resolution')?.dueAt)).toBe('2026-11-23T14:00:00')
  })

  it('starts the ladder of its own at level 1 and fences the old one', () => {
    const told = story({ report: { impact: 3, urgency: 2 } }).until('2026-11-23T10:06:00Z')
    const raised = told.when({ type: 'set-priority', impact: 1, urgency: 1 })
    expect(raised.record.ownership).toMatchObject({ generation: told.record.ownership.generation + 1, level: 0, cycle: 1 })
  })

  it('given directly keeps the reason and says that it overrides the matrix', () => {
    const told = story({ report: { impact: 4, urgency: 4 } }).when({ type: 'set-priority', priority: 'P2', reason: 't7' }, dutyManager)
    expect(told.record).toMatchObject({ priority: 'P2', priorityOverridden: true })
    expect(told.events.at(-1)).toMatchObject({ reason: 't7', before: { priority: 'P4' } })
  })

  it('given directly is never below P2 while somebody is in danger, or for a breach of personal data', () => {
    const danger = story({ report: { callerSafe: false } })
    expect(danger.refused({ type: 'set-priority', priority: 'P3', reason: 't7' }, dutyManager)).toMatchObject({ code: 'below_floor', detail: expect.stringContaining('callerSafe') })
    expect(danger.when({ type: 'set-priority', priority: 'P2', reason: 't7' }, dutyManager).record.priority).toBe('P2')
    const data = story({ report: { category: 'data-protection' } })
    expect(data.refused({ type: 'set-priority', priority: 'P4', reason: 't7' }, dutyManager)).toMatchObject({ code: 'below_floor', detail: expect.stringContaining('categorise') })
  })

  it('never erases a breach', () => {
    const told = story().until('2026-11-23T10:06:00Z').when({ type: 'set-priority', impact: 4, urgency: 4 })
    expect(clock(told.record, 'response')).toMatchObject({ state: 'breached', breachedAt: at('2026-11-23T10:05:00Z') })
  })
})

describe('escalating by hand', () => {
  it('tells the next level now and counts the following wait from now', () => {
    const told = story().until('2026-11-23T10:01:00Z').when({ type: 'escalate', level: 1, reason: 't6' })
    expect(fired(told.events).at(-1)).toBe('ownership 1.2 at 10:01:00')
    expect(iso(told.record.ownership.nextDueAt)).toBe('2026-11-23T10:06:00')
  })

  it('from a level that has passed is refused', () => {
    const told = story().until('2026-11-23T10:06:00Z')
    expect(told.refused({ type: 'escalate', level: 1, reason: 't6' }).code).toBe('level_changed')
  })

  it('by hand to the last rung ends the ladder as a climb does: supervisors are told again and again that nobody has it', () => {
    let told = story({ report: { impact: 4, urgency: 4 } })
    for (let rung = 0; rung < 200 && told.record.ownership.state === 'running'; rung += 1) told = told.when({ type: 'escalate', level: told.record.ownership.level, reason: 't6' })
    expect(told.record).toMatchObject({ state: 'open', ownership: { state: 'ended', nextDueAt: expect.any(Number) } })
    expect(told.refused({ type: 'escalate', level: told.record.ownership.level, reason: 't6' }).code).toBe('no_further_level')
    expect(told.timers.filter(({ purpose }) => purpose === 'ownership')).toHaveLength(1)
  })

  it('after the acknowledgement tells one level and leaves the ladder stopped', () => {
    const told = story().until('2026-11-23T10:01:00Z').when({ type: 'acknowledge' }).when({ type: 'escalate', level: 1, reason: 't6' })
    expect(told.record.ownership).toMatchObject({ state: 'stopped', level: 2, nextDueAt: null })
  })
})

describe('clocks that run down', () => {
  it('warn at half, three quarters and nine tenths, each once, and breach a millisecond after due', () => {
    const told = attended(story().when({ type: 'acknowledge' }), '2026-11-23T14:10:00Z')
    const warned = told.events.flatMap((event) => (event.type === 'clock-warned' && event.clock === 'resolution' ? [[event.share, iso(event.at), event.people]] : []))
    expect(warned).toEqual([
      [0.5, '2026-11-23T12:00:00', ['sam']],
      [0.75, '2026-11-23T13:00:00', ['sam']],
      [0.9, '2026-11-23T13:36:00', ['sam', 'ada']],
    ])
    const breach = told.events.find((event) => event.type === 'clock-breached' && event.clock === 'resolution')
    expect(breach).toMatchObject({ dueAt: at('2026-11-23T14:00:00Z'), detectedAt: at('2026-11-23T14:00:00.001Z') })
    expect(fired(told.events)).toContain('deadline 1.1 at 14:00:00')
  })

  it('after an outage send only the highest threshold and list the rest', () => {
    const told = story().when({ type: 'acknowledge' }).asleepUntil('2026-11-23T13:40:00Z').wake()
    const warned = told.events.filter((event) => event.type === 'clock-warned' && event.clock === 'resolution')
    expect(warned).toMatchObject([{ share: 0.9, alsoCrossed: [0.5, 0.75] }])
  })

  it('are independent: a late response leaves update and resolution running', () => {
    const told = story().until('2026-11-23T10:06:00Z')
    expect(told.record.clocks.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['response breached', 'update running', 'resolution running'])
  })

  it('have no timer left once the incident is resolved, but for the review that is owed', () => {
    const told = story().when({ type: 'acknowledge' }, supervisor).when(resolve).until('2026-12-23T10:00:00Z')
    expect(told.timers.map(({ purpose }) => purpose)).toEqual(['follow-up'])
    expect(told.types().filter((type) => type !== 'follow-up-overdue').slice(-2)).toEqual(['resolved', 'review-awaited'])
  })
})
