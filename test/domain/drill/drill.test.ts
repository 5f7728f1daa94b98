import { describe, expect, it } from '@jest/globals'
import { builtInCategories } from '../../../server/contract/settings/defaults.ts'
import { rulesAtSpeed } from '../../../server/domain/drill/at-speed.ts'
import { endOf, injectsBy, runs, scoreOf, type Drill } from '../../../server/domain/drill/drill.ts'
import { scenarios } from '../../../server/domain/drill/scenarios.ts'
import { decideTimer } from '../../../server/domain/incident/decide-timer.ts'
import { decideOpening } from '../../../server/domain/incident/decide-open.ts'
import { evolve } from '../../../server/domain/incident/evolve.ts'
import { timersOf } from '../../../server/domain/escalation/plan-timers.ts'
import { rulesOf } from '../../../server/domain/incident/rules.ts'
import { MINUTE, instantOf, isoOf, later } from '../../../server/domain/time.ts'
import { at, dutyManager, everybody, settingsWith, story, supervisor } from '../../support/incident-story.ts'

const start = at('2026-11-23T10:00:00Z')
const drillOf = (more: Partial<Drill> = {}): Drill => ({ id: 'DRILL-000001', scenario: 'card-payments', speed: 1, startedAt: start, startedBy: 'ada', endedAt: null, ...more })

describe('the scenarios', () => {
  it('are twelve, each with a name of its own, words from roles in the order of time, and an answer that the product knows', () => {
    expect(new Set(scenarios.map(({ id }) => id)).size).toBe(12)
    for (const { injects, expects } of scenarios) {
      expect(injects[0]?.afterMs).toBe(0)
      expect([...injects].sort((a, b) => a.afterMs - b.afterMs)).toEqual(injects)
      if (expects.category !== null) expect(builtInCategories).toContain(expects.category)
    }
  })
})

describe('a drill', () => {
  it('says what its script has said by now, so many times as fast, and not what is to come', () => {
    const fast = drillOf({ speed: 10 })
    expect(injectsBy(fast, start)).toMatchObject({ shown: [{ from: 'An agent, by chat' }], nextAt: later(start, 18_000) })
    expect(injectsBy(fast, later(start, 60_000)).shown).toHaveLength(3)
    expect(injectsBy(fast, later(start, 22 * MINUTE)).nextAt).toBeNull()
    expect([runs(fast, later(start, 5 * MINUTE)), runs(fast, endOf(fast))]).toEqual([true, false])
  })

  it('that was ended says nothing more', () => {
    const ended = drillOf({ endedAt: later(start, MINUTE) })
    expect(injectsBy(ended, later(start, 60 * MINUTE))).toMatchObject({ shown: [{}], nextAt: null })
    expect(runs(ended, later(start, MINUTE))).toBe(false)
  })

  it('runs on the live policies: the same levels to the same people, sooner, at any hour', () => {
    const rules = rulesOf(settingsWith())
    const fast = rulesAtSpeed(rules, 10)
    expect(rulesAtSpeed(rules, 1)).toBe(rules)
    expect(fast.settings.policies['default']?.ownership.levels).toEqual(rules.settings.policies['default']?.ownership.levels.map((level) => ({ ...level, waitMs: level.waitMs / 10 })))
    expect(fast.settings.sla.P1).toMatchObject({ responseMs: 30_000, updateMs: 120_000, resolutionMs: 24 * MINUTE })
    expect(fast.settings.sla.P3).toMatchObject({ resolutionDays: null, resolutionMs: (2 * 24 * 60 * MINUTE) / 10, calendar: 'always' })
    // A Sunday night.
    const now = at('2026-11-22T02:30:00Z')
    const opened = decideOpening({ ref: 'INC-2026-000009', draft: false, type: 'incident', category: 'technology', texts: {}, callerIdWithheld: false, callerSafe: null, channel: 'voice', service: null, impact: 3, urgency: 3, reportedAt: now, queue: null, drill: true, exercise: { id: 'DRILL-000001', speed: 10 } }, { now, receivedAt: now, actor: supervisor, rules: fast, directory: everybody })
    const record = evolve(null, opened, fast)
    const [timer] = timersOf(record, fast).filter(({ purpose }) => purpose === 'ownership')
    if (timer === undefined) throw new Error('no ladder')
    const fired = decideTimer(record, timer, { now, firedAt: now, rules: fast, directory: everybody })
    expect(fired.find(({ type }) => type === 'level-fired')).toMatchObject({ level: 1, nextDueAt: later(now, 30_000) })
    expect(record.clocks.map(({ kind, dueAt }) => [kind, dueAt === null ? null : isoOf(dueAt)])).toContainEqual(['response', '2026-11-22T02:36:00.000Z'])
  })

  it('asks an owner who is silent so many times as soon', () => {
    const told = story({ report: { drill: true, exercise: { id: 'DRILL-000001', speed: 10 } } }).when({ type: 'acknowledge' })
    expect(told.record.lease?.dueAt).toBe(later(start, 2 * MINUTE))
  })

  it('is judged by the first that was logged, from when it was first said', () => {
    const told = story({ report: { drill: true } }).when({ type: 'acknowledge' }).until('2026-11-23T10:03:00Z').when({ type: 'update-stakeholders', text: 't', state: 'investigating', audience: 'all', nextUpdateAt: at('2026-11-23T10:18:00Z') }, dutyManager)
    const logged = [{ record: told.record, events: told.events }]
    expect(scoreOf(drillOf(), logged)).toMatchObject({ score: 1, parts: { prioritising: { points: [{ what: 'logged as incident' }, { what: 'judged P1' }, { what: 'in category technology' }] } } })
    expect(scoreOf(drillOf({ startedAt: instantOf(start - 5 * MINUTE) }), logged).parts.logging).toMatchObject({ points: [{ ok: true }, { ok: false, detail: '300 s' }] })
    expect(scoreOf(drillOf({ scenario: 'angry-caller' }), logged).parts.prioritising.score).toBe(0)
  })

  it('in which nothing was logged is not passed', () => {
    expect(scoreOf(drillOf(), [])).toMatchObject({ score: 0, parts: { updating: { points: [{ ok: false, detail: 'nothing was logged' }] } } })
  })
})
