import { describe, expect, it } from '@jest/globals'
import type { Directory } from '../../../server/domain/escalation/directory.ts'
import type { IncidentEvent } from '../../../server/domain/incident/events.ts'
import type { LadderLevel, Policy } from '../../../server/domain/incident-settings.ts'
import { systemActor } from '../../../server/domain/incident/incident.ts'
import { instantOf } from '../../../server/domain/time.ts'
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
    expect(run.events.find(({ type }) => type === 'ladder-unmanned')).toMatchObject({ targets: [{ people: ['ada'] }, { people: ['root'] }] })
    expect(run.record.ownership.nextDueAt).not.toBeNull()
  })

  it('whose only webhook is disabled tells the duty managers as well as the admins; whoever holds the token alone is nobody: supervisors hear of it, else everybody', () => {
    const token = { id: 'administrator', aliases: [], role: 'admin', teams: [], onDuty: false, tokenHolder: true } as const
    const toldOf = (roles: readonly string[], more: Partial<Directory> = {}) => {
      const directory: Directory = { ...everybody, webhooks: [], people: [...everybody.people.filter(({ role }) => roles.includes(role)), token], ...more }
      const run = told({ levels: [level(0, noc)], until: '10:00:30', impact: 2, urgency: 2, directory })
      return run.events.flatMap((event) => (event.type === 'ladder-unmanned' ? event.targets.flatMap(({ people }) => people) : []))
    }
    expect(toldOf(['duty-manager', 'supervisor'])).toEqual(['ada', 'administrator'])
    expect(toldOf(['supervisor'])).toEqual(['administrator', 'sam'])
    expect(toldOf([])).toEqual(['administrator'])
    const plan = (...urgent: readonly 'mail'[]) => ({ urgent, routine: urgent, verified: [], quiet: null })
    expect(toldOf(['duty-manager', 'supervisor'], { contacts: { ada: plan(), administrator: plan(), sam: plan('mail') } })).toEqual(['ada', 'administrator', 'sam'])
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

describe('hours of a ladder', () => {
  const saturday = '2026-11-21T10:00:00Z'
  const levels = [level(0, noc), level(600_000, noc)]
  const fired = (told: ReturnType<typeof story>) => told.events.flatMap((event) => (event.type === 'level-fired' && event.ladder === 'ownership' ? [`${event.cycle}.${event.level} ${new Date(event.firedAt).toISOString().slice(0, 16)}`] : []))
  const policies = (more: Partial<Policy>, own: readonly LadderLevel[] = levels): Readonly<Record<string, Policy>> => ({ default: { id: 'default', ownership: { levels: own, repeat: 0 }, deadline: { on: [] }, ...more } })

  it('hold P3 and P4 back until they begin, and P1 never', () => {
    const settings = { policies: policies({ routineHours: 'service' }) }
    expect(fired(story({ settings, report: { impact: 3, urgency: 2, reportedAt: instantOf(Date.parse(saturday)) } }).until('2026-11-23T12:00:00Z'))).toEqual(['1.1 2026-11-23T09:00', '1.2 2026-11-23T09:10'])
    expect(fired(story({ settings, report: { impact: 1, urgency: 1, reportedAt: instantOf(Date.parse(saturday)) } }).until('2026-11-21T10:30:00Z'))).toEqual(['1.1 2026-11-21T10:00', '1.2 2026-11-21T10:10'])
  })

  it('without any in the policy tell a P3 at once', () => {
    expect(fired(story({ settings: { policies: policies({}) }, report: { impact: 3, urgency: 2, reportedAt: instantOf(Date.parse(saturday)) } }).until('2026-11-21T12:00:00Z'))).toHaveLength(2)
  })

  it('of one level make it wait for its window, through a restart, and fire where the window begins', () => {
    const settings = { policies: policies({}, [level(0, noc), { ...level(600_000, noc), window: 'service' }]) }
    const begun = story({ settings, report: { reportedAt: instantOf(Date.parse(saturday)) } }).until('2026-11-21T10:05:00Z')
    expect(new Date(begun.record.ownership.nextDueAt ?? 0).toISOString()).toBe('2026-11-23T09:00:00.000Z')
    expect(fired(begun.asleepUntil('2026-11-22T10:00:00Z').wake().until('2026-11-23T09:30:00Z')).at(-1)).toBe('1.2 2026-11-23T09:00')
  })
})

describe('the end of a ladder', () => {
  it('is not silent: supervisors hear of it every quarter of an hour until somebody takes it', () => {
    const told = told1().until('2026-11-23T10:40:00Z')
    expect(told.record.ownership.state).toBe('ended')
    expect(told.events.flatMap((event) => (event.type === 'unowned-reminded' ? [[new Date(event.at).toISOString().slice(11, 16), event.people]] : []))).toEqual([['10:15', ['sam']], ['10:30', ['sam']]])
    const taken = told.when({ type: 'acknowledge' }).until('2026-11-23T10:59:00Z')
    expect(taken.events.filter(({ type }) => type === 'unowned-reminded')).toHaveLength(2)
  })

  it('taken and given back within ten seconds goes on as it was', () => {
    const back = told1().until('2026-11-23T10:14:55Z').when({ type: 'acknowledge' }).when({ type: 'unacknowledge', reason: null })
    expect(back.record.ownership).toMatchObject({ state: 'ended' })
    expect(back.until('2026-11-23T10:16:00Z').events.filter(({ type }) => type === 'unowned-reminded')).toHaveLength(1)
  })

  it('that has no level at all is the organisation at once', () => {
    const told = story({ settings: { policies: policyOf([], 0) } }).until('2026-11-23T10:01:00Z')
    expect(told.events.find(({ type }) => type === 'ladder-unmanned')).toMatchObject({ targets: [{ people: ['ada'] }, { people: ['root'] }] })
    expect(told.record.ownership).toMatchObject({ state: 'ended', unmanned: true })
  })

  const told1 = () => story({ settings: { policies: policyOf([level(0, noc)], 0) } })
})

describe('a new priority', () => {
  const policies = policyOf([level(0, noc), level(300_000, { role: 'duty-manager' })], 0)
  const tellings = (told: ReturnType<typeof story>) => lines(told.events).filter((line) => line.startsWith('1.'))

  const receipt = (told: ReturnType<typeof story>) => told.heard({ type: 'delivered', by: systemActor, delivery: `${told.record.ref}/ownership/1/1/1/webhook:noc/escalation.fired`, channel: 'webhook', target: 'noc', attempts: 1, detail: null })

  it('tells again whose message did not go out yet, since it goes out no more', () => {
    const raised = story({ settings: { policies }, report: { impact: 3, urgency: 2 } }).until('2026-11-23T10:01:00Z').when({ type: 'set-priority', impact: 1, urgency: 1 }).until('2026-11-23T10:08:00Z')
    expect(tellings(raised)).toEqual(['1.1 10:00:00', '1.1 10:01:00', '1.2 10:06:00'])
  })

  it('does not tell again who was told less than two minutes before', () => {
    const raised = receipt(story({ settings: { policies }, report: { impact: 3, urgency: 2 } }).until('2026-11-23T10:01:00Z')).when({ type: 'set-priority', impact: 1, urgency: 1 }).until('2026-11-23T10:08:00Z')
    expect(tellings(raised)).toEqual(['1.1 10:00:00', '1.1 told-just-now', '1.2 10:06:00'])
  })

  it('tells again whoever was told longer ago', () => {
    const raised = receipt(story({ settings: { policies }, report: { impact: 3, urgency: 2 } }).until('2026-11-23T10:00:01Z')).until('2026-11-23T10:03:00Z').when({ type: 'set-priority', impact: 1, urgency: 1 }).until('2026-11-23T10:03:01Z')
    expect(tellings(raised)).toEqual(['1.1 10:00:00', '1.1 10:03:00'])
  })
})

describe('a customer who answers', () => {
  const held = () => story({ report: { impact: 2, urgency: 2 } }).when({ type: 'acknowledge' }).when({ type: 'hold', reason: 'waiting-for-reporter', reviewAt: instantOf(Date.parse('2026-11-23T12:00:00Z')) })

  it('while they are waited for ends the hold', () => {
    expect(held().when({ type: 'customer-reply', text: 't1' }).record).toMatchObject({ state: 'in-progress', hold: null })
  })

  it('before the hold is made makes it wait until somebody has read the answer', () => {
    const replied = story({ report: { impact: 2, urgency: 2 } }).when({ type: 'acknowledge' }).when({ type: 'customer-reply', text: 't1' })
    const hold = { type: 'hold', reason: 'waiting-for-reporter', reviewAt: instantOf(Date.parse('2026-11-23T12:00:00Z')) } as const
    expect(replied.refused(hold).code).toBe('customer_replied')
    expect(replied.when({ type: 'note', text: 't2' }).when(hold).record.state).toBe('on-hold')
  })
})
