import { describe, expect, it } from '@jest/globals'
import { queueStatus } from '../../client/format/queue-status.ts'
import { freshnessOf } from '../../server/contract/freshness.ts'
import { breachRulesOf } from '../../server/contract/settings/breaches.ts'
import { defaultSettings } from '../../server/contract/settings/defaults.ts'
import { breachReading } from '../../server/domain/breach/breach-reading.ts'
import { lostFeedOf } from '../../server/domain/breach/lost-feed.ts'
import { stepBreach, type BreachState } from '../../server/domain/breach/step-breach.ts'
import { decideTimer } from '../../server/domain/incident/decide-timer.ts'
import { evolve } from '../../server/domain/incident/evolve.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { instantOf, MINUTE } from '../../server/domain/time.ts'
import { sourceRows, type SourceFacts } from '../../server/live/source-rows.ts'
import { toQueueRow } from '../../server/live/to-rows.ts'
import { entryOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { at, everybody, settingsWith, story } from '../support/incident-story.ts'

const S = 1_000
const BEAT = 5 * S

describe('check 7: an empty queue and a cut link', () => {
  it('an empty queue has dashes, no colour and no alert, however long it stays empty', () => {
    const floor = createFloor('test', utcSettings({}, { queues: { quiet: utcSettings().defaults } }))
    const rules = breachRulesOf(defaultSettings)
    let states = new Map<string, BreachState>(rules.map(({ id }) => [id, { state: 'clear' }]))
    for (let minute = 0; minute <= 30; minute++) {
      floor.apply(tickAt(NINE + minute * MINUTE))
      const row = floor.queue('quiet')
      if (row === null) throw new Error('no queue')
      expect([row.now.serviceLevel, row.today.serviceLevel, row.now.abandonRate, row.oldestWaitingSince, row.now.csat, row.now.ahtMs]).toEqual([null, null, null, null, null, null])
      expect(queueStatus(toQueueRow(row), NINE + minute * MINUTE)).toEqual({ status: 'quiet', why: 'quiet' })
      states = new Map(rules.map((rule) => [rule.id, stepBreach(rule, states.get(rule.id) ?? { state: 'clear' }, breachReading(rule, row, floor.asOf), floor.asOf).state]))
      expect([...states.values()].map(({ state }) => state)).toEqual(rules.map(() => 'clear'))
    }
  })

  it('is late after 2 T, stale after 5 T, unknown after 60 s or 12 T, to the millisecond', () => {
    const states = (beatMs: number | null, ages: readonly number[]) => ages.map((age) => freshnessOf(age, beatMs))
    expect(states(BEAT, [0, 10 * S, 10 * S + 1, 25 * S, 25 * S + 1, 60 * S, 60 * S + 1])).toEqual(['live', 'live', 'late', 'late', 'stale', 'stale', 'unknown'])
    expect(states(S, [2 * S, 2 * S + 1, 5 * S + 1, 12 * S + 1, 60 * S + 1])).toEqual(['live', 'late', 'stale', 'stale', 'unknown'])
    expect(states(10 * S, [120 * S, 120 * S + 1])).toEqual(['stale', 'unknown'])
    expect(states(null, [60 * S, 86_400 * S])).toEqual(['live', 'live'])
  })

  const facts = (more: Partial<SourceFacts['sources'][number]>, ageMs: number): SourceFacts => {
    const heard = instantOf(NINE)
    return { sources: [{ source: 'pbx', platform: 'asterisk-ami', connected: true, beatMs: BEAT, lastAliveAt: heard, lastEventAt: heard, detail: null, ...more }], unnamedEventAt: null, keeperAliveAt: instantOf(NINE + ageMs), logSilentMs: 0, now: instantOf(NINE + ageMs) }
  }

  it('a quiet link is not a cut one: what is dialled lives by its beat, what only sends by what it sends', () => {
    expect(sourceRows(facts({}, 3_600 * S)).map(({ state }) => state)).toEqual(['live'])
    expect(sourceRows(facts({ connected: false }, 10 * S)).map(({ state }) => state)).toEqual(['stale'])
    expect(sourceRows(facts({ connected: false }, 61 * S)).map(({ state }) => state)).toEqual(['unknown'])
    // A source without a beat that was cut, such as a paused demo.
    expect([S, 60 * S, 60 * S + 1, 1_200 * S].map((age) => sourceRows(facts({ connected: false, beatMs: null }, age))[0]?.state)).toEqual(['stale', 'stale', 'unknown', 'unknown'])
    // There, but not all of it arrives (RELIABILITY B25).
    expect(sourceRows(facts({ detail: 'events are refused' }, S)).map(({ state, detail }) => [state, detail])).toEqual([['late', 'events are refused']])
    // Nobody dials a source that only sends: the keeper's own heartbeat says nothing of it.
    expect([11 * S, 26 * S, 61 * S].map((age) => sourceRows(facts({ pushed: true }, age))[0]?.state)).toEqual(['late', 'stale', 'unknown'])
    expect(sourceRows(facts({ pushed: true, beatMs: null }, 3_600 * S)).map(({ state }) => state)).toEqual(['live'])
  })

  it('a source of the settings that only sends is told apart from one that is dialled', () => {
    const floor = createFloor('test', utcSettings({}, { sources: { crm: { platform: 'events', acw: null, expectedEveryMs: BEAT, agentHeartbeatMs: null } } }))
    floor.apply(entryOf(NINE, [fact('contact.queued', NINE, { source: 'crm' })]))
    expect(floor.sources()).toMatchObject([{ source: 'crm', beatMs: BEAT, pushed: true, lastEventAt: NINE }])
  })

  it('then somebody is told: by day after 60 s, at night after three minutes, never for a source without a beat', () => {
    const source = { source: 'pbx', platform: 'asterisk-ami', connected: false, beatMs: BEAT, lastAliveAt: instantOf(NINE), lastEventAt: instantOf(NINE - MINUTE), detail: null }
    expect(lostFeedOf(source, { open: true })).toEqual({ since: NINE, alertAt: NINE + 60 * S + 1 })
    expect(lostFeedOf(source, { open: false })).toEqual({ since: NINE, alertAt: NINE + 180 * S + 1 })
    expect(lostFeedOf({ ...source, beatMs: 30 * S }, { open: true })?.alertAt).toBe(NINE + 360 * S + 1)
    expect([lostFeedOf({ ...source, beatMs: null }, { open: true }), lostFeedOf({ ...source, connected: true }, { open: true })]).toEqual([null, null])
    expect(lostFeedOf({ ...source, connected: true, pushed: true, lastEventAt: instantOf(NINE + S) }, { open: true })?.since).toBe(NINE + S)
  })

  it('deadlines that are known run on: what waits grows old and overdue by the clock alone', () => {
    const floor = createFloor('test', utcSettings())
    floor.apply(entryOf(NINE, [fact('contact.queued', NINE)]))
    expect(floor.nextTickAt()).toBeLessThanOrEqual(NINE + 20 * S + 1)
    floor.apply(tickAt(NINE + 20 * S + 1))
    expect(floor.queue('support')).toMatchObject({ waiting: 1, serviceLevelFloor: 0 })
    // The ladder of an incident asks no source.
    expect(story().until('2026-11-23T10:06:00Z').types()).toContain('level-fired')
  })
})

describe('check 10: a deadline job', () => {
  const due = at('2026-11-23T10:05:00Z')
  const response = (told: ReturnType<typeof story>) => told.record.clocks.find(({ kind }) => kind === 'response')
  const breaches = (types: readonly string[]) => types.filter((type) => type === 'clock-breached').length

  it('answered a millisecond before its deadline is cancelled: nothing is left that could fire', () => {
    const early = story().asleepUntil('2026-11-23T10:04:59.999Z').when({ type: 'acknowledge' })
    expect(response(early)).toMatchObject({ state: 'met', dueAt: due })
    expect(early.timers.filter(({ clock }) => clock?.kind === 'response')).toEqual([])
    expect(breaches(early.until('2026-11-23T10:05:00.001Z').types())).toBe(0)
  })

  it('a millisecond after it escalates exactly once, however often a worker starts again with the same claim', () => {
    const rules = rulesOf(settingsWith())
    const before = story().asleepUntil('2026-11-23T10:05:00.001Z')
    const timer = before.timers.find(({ clock }) => clock?.kind === 'response')
    if (timer === undefined) throw new Error('no timer')
    const fire = (record: typeof before.record, firedAt: number) => decideTimer(record, timer, { now: instantOf(firedAt), firedAt: instantOf(firedAt), rules, directory: everybody })
    expect(breaches(fire(before.record, due).map(({ type }) => type))).toBe(0)
    let record = before.record
    let told = 0
    for (let restart = 0; restart < 5; restart++) {
      const events = fire(record, due + 1)
      told += breaches(events.map(({ type }) => type))
      record = events.reduce((state, event) => evolve(state, event, rules), record)
    }
    expect(told).toBe(1)
    expect(record.clocks.find(({ kind }) => kind === 'response')).toMatchObject({ state: 'breached', breachedAt: due })
    // Whoever answers now is late, and the record says so.
    expect(response(before.wake().when({ type: 'acknowledge' }))).toMatchObject({ state: 'breached' })
  })
})
