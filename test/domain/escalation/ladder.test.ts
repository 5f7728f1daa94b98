import { describe, expect, it } from '@jest/globals'
import type { Directory } from '../../../server/domain/escalation/directory.ts'
import type { IncidentEvent } from '../../../server/domain/incident/events.ts'
import type { LadderLevel, Policy } from '../../../server/domain/incident-settings.ts'
import { everybody, story } from '../../support/incident-story.ts'

const level = (waitMs: number, ...targets: LadderLevel['targets']): LadderLevel => ({ targets, waitMs })
const noc = { webhook: 'noc' } as const
const policyOf = (levels: readonly LadderLevel[], repeat: number | null): Readonly<Record<string, Policy>> => ({ default: { id: 'default', ownership: { levels, repeat }, deadline: { on: [] } } })
const lines = (events: readonly IncidentEvent[]) =>
  events.flatMap((event) => {
    if (event.type === 'level-fired' && event.ladder === 'ownership') return [`${event.cycle}.${event.level} ${new Date(event.firedAt).toISOString().slice(11, 19)}`]
    if (event.type === 'level-skipped') return [`${event.cycle}.${event.level} ${event.why}`]
    return event.type === 'ladder-ended' || event.type === 'ladder-unmanned' ? [event.type] : []
  })
const told = ({ levels, repeat = 0, until, asleepUntil, impact = 1, urgency = 1, directory = everybody }: { levels: readonly LadderLevel[]; repeat?: number | null; until: string; asleepUntil?: string; impact?: 1 | 2 | 3 | 4; urgency?: 1 | 2 | 3 | 4; directory?: Directory }) => {
  const begun = story({ settings: { policies: policyOf(levels, repeat) }, report: { impact, urgency }, directory })
  const awake = asleepUntil === undefined ? begun : begun.asleepUntil(`2026-11-23T${asleepUntil}Z`).wake()
  return awake.until(`2026-11-23T${until}Z`)
}

describe('a ladder', () => {
  it('fires each level its wait after the due time of the level before', () => {
    expect(lines(told({ levels: [level(0, noc), level(60_000, noc), level(120_000, noc)], until: '10:30:00' }).events)).toEqual(['1.1 10:00:00', '1.2 10:01:00', '1.3 10:03:00', 'ladder-ended'])
  })

  it('repeats as often as its policy says', () => {
    expect(lines(told({ levels: [level(60_000, noc), level(60_000, noc)], repeat: 1, impact: 2, urgency: 2, until: '11:00:00' }).events)).toEqual(['1.1 10:01:00', '1.2 10:02:00', '2.1 10:03:00', '2.2 10:04:00', 'ladder-ended'])
  })

  it('of a P1 repeats until acknowledged unless its policy says 0', () => {
    const levels = [level(60_000, noc)]
    expect(lines(told({ levels, repeat: 1, until: '10:10:30' }).events)).toHaveLength(10)
    expect(lines(told({ levels, repeat: 0, until: '10:10:30' }).events)).toEqual(['1.1 10:01:00', 'ladder-ended'])
  })

  it('without any wait pages at most once a minute', () => {
    expect(lines(told({ levels: [level(0, noc)], repeat: null, until: '10:02:30' }).events)).toEqual(['1.1 10:00:00', '2.1 10:01:00', '3.1 10:02:00'])
  })

  it('passes an empty level at once, says that nobody was there, and waits from then', () => {
    const run = told({ levels: [level(60_000, noc), level(300_000, { person: 'gone' }), level(60_000, noc), level(60_000, noc)], until: '10:30:00' })
    expect(lines(run.events)).toEqual(['1.1 10:01:00', '1.2 nobody', '1.3 10:06:00', '1.4 10:07:00', 'ladder-ended'])
  })

  it('logs one escalation a level whatever the head count', () => {
    const many: Directory = { ...everybody, people: ['a', 'b', 'c'].map((id) => ({ id, aliases: [], role: 'supervisor', teams: [], onDuty: true })) }
    const run = told({ levels: [level(0, { role: 'supervisor' })], until: '10:00:30', directory: many })
    expect(run.events.filter(({ type }) => type === 'level-fired')).toMatchObject([{ targets: [{ people: ['a', 'b', 'c'] }] }])
  })

  it('tells those on duty with a role, and all with it when none is', () => {
    const crew = (onDuty: readonly boolean[]): Directory => ({ ...everybody, people: onDuty.map((duty, index) => ({ id: `s${index}`, aliases: [], role: 'supervisor', teams: [], onDuty: duty })) })
    const peopleOf = (directory: Directory) => told({ levels: [level(0, { role: 'supervisor' })], until: '10:00:30', directory }).events.flatMap((event) => (event.type === 'level-fired' ? event.targets.flatMap(({ people }) => people) : []))
    expect(peopleOf(crew([true, false]))).toEqual(['s0'])
    expect(peopleOf(crew([false, false]))).toEqual(['s0', 's1'])
  })

  it('that reaches nobody at all tells the organisation and tries again', () => {
    const run = told({ levels: [level(0, { person: 'gone' }), level(300_000, { role: 'nobody' })], repeat: null, until: '10:00:30' })
    expect(lines(run.events)).toEqual(['1.1 nobody', '1.2 nobody', 'ladder-unmanned'])
    expect(run.events.find(({ type }) => type === 'ladder-unmanned')).toMatchObject({ targets: [{ people: ['root'] }] })
    expect(run.record.ownership.nextDueAt).not.toBeNull()
  })

  it('overdue after an outage tells a P1 all skipped levels at once and waits from now', () => {
    const run = told({ levels: [level(0, noc), level(300_000, noc), level(300_000, noc), level(300_000, noc)], asleepUntil: '10:12:00', until: '10:30:00' })
    expect(lines(run.events)).toEqual(['1.1 10:12:00', '1.2 10:12:00', '1.3 10:12:00', '1.4 10:17:00', 'ladder-ended'])
  })

  it('overdue after an outage tells a P3 only the highest level', () => {
    const run = told({ levels: [level(0, noc), level(300_000, noc), level(300_000, noc)], asleepUntil: '10:12:00', until: '10:30:00', impact: 3, urgency: 3 })
    expect(lines(run.events)).toEqual(['1.1 superseded', '1.2 superseded', '1.3 10:12:00', 'ladder-ended'])
  })

  it('fired a little late does not pass its lateness on', () => {
    const run = told({ levels: [level(60_000, noc), level(60_000, noc)], asleepUntil: '10:01:01', until: '10:05:00' })
    expect(lines(run.events)).toEqual(['1.1 10:01:01', '1.2 10:02:00', 'ladder-ended'])
  })
})
