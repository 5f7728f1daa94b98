import { describe, expect, it } from '@jest/globals'
import { figuresOf } from '../../../server/domain/deployment/deployment.ts'
import { commitmentsIn } from '../../../server/domain/deployment/commitments.ts'
import type { Directory } from '../../../server/domain/escalation/directory.ts'
import type { IncidentCommand } from '../../../server/domain/incident/commands.ts'
import { at, dutyManager, everybody, story, supervisor, type Story } from '../../support/incident-story.ts'

const agent = (id: string) => ({ id, aliases: [], role: 'agent', teams: ['field'], onDuty: false })
const house: Directory = {
  ...everybody,
  people: [...everybody.people, agent('kim'), agent('lee'), agent('max')],
  resources: {
    carrier: { name: 'Carrier', type: 'supplier', phone: '+441134960000', account: '88-1', instructions: null, hours: null, responseMs: null, alert: [{ priorities: ['P1'], target: { webhook: 'noc' } }] },
    ivr: { name: 'Message to callers', type: 'ivr-message', phone: null, account: null, instructions: null, hours: null, responseMs: null, alert: [] },
  },
}
const told = (more: Partial<Directory> = {}, report: Parameters<typeof story>[0] = {}) => story({ ...report, directory: { ...house, ...more } })
const deploy = (more: Partial<Extract<IncidentCommand, { type: 'deploy' }>>): IncidentCommand => ({ type: 'deploy', person: null, resource: null, pool: null, text: 't9', reason: null, preempt: false, inPlace: false, revertBy: null, ...more })
const confirm = (deployment: string, answer: 'accepted' | 'declined' | 'en-route' | 'on-task', eta: string | null = null, more: Partial<Extract<IncidentCommand, { type: 'confirm-deployment' }>> = {}): IncidentCommand => ({ type: 'confirm-deployment', deployment, answer, eta: eta === null ? null : at(eta), ticket: null, reason: null, revertBy: null, ...more })
const release = (deployment: string): IncidentCommand => ({ type: 'release-deployment', deployment, reason: null })
const kim = { id: 'kim', role: 'agent' }
const lee = { id: 'lee', role: 'agent' }
const states = ({ record }: Story) => record.deployments.map(({ id, person, resource, state }) => `${id} ${person ?? resource?.id ?? ''} ${state}`)
const asked = (more: Partial<Directory> = {}, report: Parameters<typeof story>[0] = {}) => told(more, report).when(deploy({ person: 'kim' }))

describe('somebody who is sent for', () => {
  it('counts when they have said that they come and when; each step is stamped as it is said', () => {
    const on = asked().asleepUntil('2026-11-23T10:00:40Z').when(confirm('d2', 'accepted', '2026-11-23T10:20:40Z'), kim).asleepUntil('2026-11-23T10:05:00Z').when(confirm('d2', 'en-route'), kim).asleepUntil('2026-11-23T10:15:00Z').when(confirm('d2', 'on-task'), kim).asleepUntil('2026-11-23T11:00:00Z').when(release('d2'), kim)
    expect(states(on)).toEqual(['d2 kim released'])
    const [deployment] = on.record.deployments
    if (deployment === undefined) throw new Error('nobody')
    expect(figuresOf(deployment)).toEqual({ queueMs: null, confirmMs: 40_000, travelMs: 600_000, onTaskMs: 2_700_000, consumedMs: 3_560_000 })
    expect(on.timers.map(({ purpose }) => purpose)).not.toContain('deployment')
  })

  it('may skip states, and what was skipped has no stamp', () => {
    const on = asked().when(confirm('d2', 'on-task'), kim)
    expect(on.record.deployments[0]).toMatchObject({ state: 'on-task', acceptedAt: null, enRouteAt: null, onTaskAt: at('2026-11-23T10:00:00Z'), alertedAt: null })
  })

  it('is refused an acceptance without a time, with one that is past, and an answer for somebody else', () => {
    expect(asked().refused(confirm('d2', 'accepted'), kim)).toMatchObject({ code: 'eta_required' })
    expect(asked().refused(confirm('d2', 'en-route'), kim)).toMatchObject({ code: 'eta_required' })
    expect(asked().refused(confirm('d2', 'accepted', '2026-11-23T09:59:00Z'), kim)).toMatchObject({ code: 'eta_in_the_past' })
    expect(asked().refused(confirm('d2', 'accepted', '2026-11-24T10:00:01Z'), kim)).toMatchObject({ code: 'eta_too_far', detail: expect.stringContaining('within 24 hours, by 2026-11-24T10:00:00') })
    expect(asked().when(confirm('d2', 'accepted', '2026-11-24T10:00:00Z'), kim).record.deployments[0]).toMatchObject({ state: 'accepted' })
    expect(asked().refused(confirm('d2', 'declined'), lee)).toMatchObject({ code: 'not_yours' })
    expect(asked().refused(confirm('d7', 'declined'), kim)).toMatchObject({ code: 'no_such_deployment' })
    expect(asked().when(release('d2')).refused(confirm('d2', 'on-task'), kim)).toMatchObject({ code: 'deployment_over' })
  })

  it('may be answered for by whoever commands, which is written down as heard elsewhere', () => {
    expect(asked().when(confirm('d2', 'accepted', '2026-11-23T10:10:00Z')).events.at(-1)).toMatchObject({ type: 'deployment-answered', onBehalf: true, by: supervisor })
    expect(asked().when(confirm('d2', 'accepted', '2026-11-23T10:10:00Z'), kim).events.at(-1)).toMatchObject({ onBehalf: false })
  })

  it('is alerted when a message is out, and known to be out of reach at once when none gets through', () => {
    const receipt = (type: 'delivered' | 'delivery-failed') => ({ delivery: 'INC-2026-000001/v2/person:kim/sms/deployment.d2', channel: 'sms', target: 'kim', attempts: 1, detail: null, type, by: { id: 'system', role: 'system' }, ...(type === 'delivered' ? {} : { last: true as const }) })
    const reached = asked().heard(receipt('delivered'))
    expect(reached.record.deployments[0]).toMatchObject({ state: 'alerted', alertedAt: at('2026-11-23T10:00:00Z') })
    const lost = asked().heard(receipt('delivery-failed')).until('2026-11-23T10:00:01Z')
    expect(lost.events.find(({ type }) => type === 'deployment-unanswered')).toMatchObject({ why: 'unreachable', at: at('2026-11-23T10:00:00Z') })
    expect(states(lost)).toEqual(['d2 kim unreachable', 'd6 lee requested'])
  })
})

describe('nobody is sent who is not free', () => {
  it.each([
    ['who is off shift', { offShift: ['kim'] }, 'is not on shift'],
    ['who is with a caller', { presence: { kim: { state: 'on-contact' as const, reason: null, since: at('2026-11-23T09:58:00Z') } } }, 'is with a caller'],
    ['who is on a break', { presence: { kim: { state: 'aux' as const, reason: 'lunch', since: at('2026-11-23T09:58:00Z') } } }, 'is on a break'],
    ['who is signed out', { presence: { kim: { state: 'offline' as const, reason: null, since: at('2026-11-23T09:58:00Z') } } }, 'is signed out'],
    ['whom no channel reaches', { contacts: { kim: { urgent: [], routine: [], verified: [], quiet: null } } }, 'can be reached by no channel'],
    ['who is on another incident', { commitments: [{ person: 'kim', ref: 'INC-2026-000009', deployment: 'd3', priority: 'P2' as const, confirmed: true }] }, 'is on another incident (INC-2026-000009)'],
    ['who is asked elsewhere', { commitments: [{ person: 'kim', ref: 'INC-2026-000009', deployment: 'd3', priority: 'P1' as const, confirmed: false }] }, 'is asked for another incident'],
  ])('%s, but for a reason, which is kept', (_who, more, words) => {
    expect(told(more).refused(deploy({ person: 'kim' }))).toMatchObject({ code: 'not_free', detail: expect.stringMatching(new RegExp(`${words.replace(/[()]/gu, '\\$&')}.*free now: .*"lee"`, 'u')) })
    expect(told(more).when(deploy({ person: 'kim', reason: 't8' })).events.at(-1)).toMatchObject({ type: 'deployment-requested', person: 'kim', reason: 't8', despite: expect.any(String) })
  })

  it('nor anybody twice, a stakeholder, or whom nobody knows', () => {
    expect(asked().refused(deploy({ person: 'kim', reason: 't8' }))).toMatchObject({ code: 'deployed_already' })
    expect(told().refused(deploy({ person: 'nobody' }))).toMatchObject({ code: 'unknown_person' })
    expect(story({ directory: { ...house, people: [...house.people, { ...agent('eve'), role: 'stakeholder' }] } }).refused(deploy({ person: 'eve' }))).toMatchObject({ code: 'not_deployable' })
  })

  it('nor whoever holds the token of the installation, by name or by role', () => {
    const root = { ...agent('administrator'), role: 'admin', tokenHolder: true as const }
    const only = { people: [...house.people.filter(({ role }) => role !== 'admin'), root] }
    expect(told(only).refused(deploy({ person: 'administrator' }))).toMatchObject({ code: 'not_deployable', detail: expect.stringContaining('ADMIN_TOKEN') })
    expect(told(only).refused(deploy({ pool: { role: 'admin' } }))).toMatchObject({ code: 'nobody_free' })
  })

  it('nor is anybody in place of a thing', () => {
    for (const more of [{ person: 'kim' }, { pool: { role: 'agent' as const } }]) expect(told().refused(deploy({ ...more, inPlace: true }))).toMatchObject({ code: 'only_for_resources' })
    expect(told().refused(deploy({ person: 'kim', revertBy: at('2026-11-23T11:00:00Z') }))).toMatchObject({ code: 'only_for_resources', detail: expect.stringContaining('on-task') })
  })

  it('and of a pool the first who is free is asked', () => {
    expect(told({ offShift: ['kim'] }).when(deploy({ pool: { role: 'agent' } })).events.at(-1)).toMatchObject({ person: 'lee', despite: null })
    expect(told({ offShift: ['kim', 'lee', 'max'] }).refused(deploy({ pool: { team: 'field' } }))).toMatchObject({ code: 'nobody_free' })
  })

  it('and what is no pool is refused with those that there are', () => {
    for (const pool of [{ team: 'x' }, { rota: 'x' }, { role: 'stakeholder' as const }]) expect(told().refused(deploy({ pool }))).toMatchObject({ code: 'unknown_pool', detail: expect.stringContaining(': ') })
    expect(told().refused(deploy({ pool: { team: 'x' } })).detail).toContain('field')
  })

  const onP1 = { commitments: [{ person: 'kim', ref: 'INC-2026-000009', deployment: 'd3', priority: 'P1' as const, confirmed: true }] }
  it('who is on a P1 is nobody else’s, unless a duty manager takes them from it', () => {
    expect(told(onP1).refused(deploy({ person: 'kim', reason: 't8', preempt: true }))).toMatchObject({ code: 'committed_elsewhere' })
    expect(told(onP1).refused(deploy({ person: 'kim', reason: 't8' }), dutyManager)).toMatchObject({ code: 'committed_elsewhere' })
    const taken = told(onP1).when(deploy({ person: 'kim', reason: 't8', preempt: true }), dutyManager)
    expect(taken.record.deployments[0]).toMatchObject({ preempts: { ref: 'INC-2026-000009', deployment: 'd3' } })
    expect(taken.when(confirm('d2', 'accepted', '2026-11-23T10:10:00Z'), kim).record.deployments[0]).toMatchObject({ state: 'accepted' })
  })

})

describe('silence', () => {
  it.each([
    ['P1', { impact: 1, urgency: 1 } as const, '2026-11-23T10:01:30Z'],
    ['P2', { impact: 2, urgency: 2 } as const, '2026-11-23T10:02:00Z'],
    ['P3', { impact: 3, urgency: 3 } as const, '2026-11-23T10:02:00Z'],
  ])('to a %s moves to the next one, and supervisors hear of it', (_priority, report, due) => {
    const silent = asked({}, { report }).until(due)
    expect(silent.events.filter(({ type }) => type.startsWith('deployment'))).toMatchObject([{ type: 'deployment-requested', person: 'kim' }, { type: 'deployment-unanswered', deployment: 'd2', why: 'no-answer', at: at(due), people: ['kim', 'sam'] }, { type: 'deployment-requested', person: 'lee', by: { id: 'system' }, place: 'd2', text: 't9' }])
    expect(silent.until('2026-11-23T10:30:00Z').record.deployments.map(({ person, state }) => `${person ?? ''} ${state}`)).toEqual(['kim no-answer', 'lee no-answer', 'max no-answer'])
  })

  it('is asked about once a person, and ends with those who are free', () => {
    const all = asked().until('2026-11-23T10:30:00Z')
    expect(all.events.filter(({ type }) => type === 'deployment-unanswered').map((event) => ('next' in event ? event.next : ''))).toEqual([expect.any(String), expect.any(String), null])
  })

  it('may be broken: who answers late has the place, until another has it', () => {
    const parallel = asked().until('2026-11-23T10:02:00Z')
    const [first, second] = parallel.record.deployments
    const late = parallel.when(confirm(first?.id ?? '', 'accepted', '2026-11-23T10:10:00Z'), kim)
    expect(late.record.deployments).toMatchObject([{ state: 'accepted' }, { state: 'stood-down' }])
    expect(late.events.at(-1)).toMatchObject({ type: 'deployment-ended', why: 'place-taken', people: ['lee'] })
    const taken = parallel.when(confirm(second?.id ?? '', 'accepted', '2026-11-23T10:10:00Z'), lee)
    expect(taken.refused(confirm(first?.id ?? '', 'accepted', '2026-11-23T10:09:00Z'), kim)).toMatchObject({ code: 'place_taken' })
  })

  it('and a refusal moves on at once', () => {
    const declined = asked().when(confirm('d2', 'declined'), kim)
    expect(declined.record.deployments).toMatchObject([{ person: 'kim', state: 'declined' }, { person: 'lee', state: 'requested', dueAt: at('2026-11-23T10:01:30Z') }])
    expect(declined.events.find(({ type }) => type === 'deployment-answered')).toMatchObject({ people: ['sam'] })
  })
})

describe('a time that was given', () => {
  const coming = () => asked().when(confirm('d2', 'accepted', '2026-11-23T10:10:00Z'), kim)

  it('is asked about when a fifth of the way more has passed, then somebody else is sent', () => {
    expect(coming().until('2026-11-23T10:11:59Z').types()).not.toContain('deployment-late')
    const late = coming().until('2026-11-23T10:12:00Z')
    expect(late.events.at(-1)).toMatchObject({ type: 'deployment-late', people: ['kim', 'sam'] })
    const replaced = late.until('2026-11-23T10:13:30Z')
    expect(replaced.events.slice(-2)).toMatchObject([{ type: 'deployment-unanswered', why: 'late' }, { type: 'deployment-requested', person: 'lee' }])
  })

  it('may be put off, and counts from then', () => {
    const put = coming().asleepUntil('2026-11-23T10:09:00Z').when(confirm('d2', 'en-route', '2026-11-23T10:19:00Z'), kim)
    expect(put.timers.find(({ purpose }) => purpose === 'deployment')).toMatchObject({ id: 'INC-2026-000001/deployment/d2', dueAt: at('2026-11-23T10:21:00Z'), urgent: true })
    expect(put.record.deployments[0]).toMatchObject({ acceptedAt: at('2026-11-23T10:00:00Z'), enRouteAt: at('2026-11-23T10:09:00Z') })
  })

  it('of whoever is there is over, and after two hours they are asked whether they still are', () => {
    const there = coming().asleepUntil('2026-11-23T10:10:00Z').when(confirm('d2', 'on-task'), kim)
    const asks = there.until('2026-11-23T14:10:00Z').events.filter(({ type }) => type === 'deployment-still-on')
    expect(asks).toMatchObject([{ at: at('2026-11-23T12:10:00Z'), people: ['kim', 'sam'] }, { at: at('2026-11-23T14:10:00Z') }])
  })

  it('passes as much faster as a drill does', () => {
    const quick = asked({}, { report: { exercise: { id: 'DRILL-000001', speed: 10 }, drill: true } })
    expect(quick.record.deployments[0]).toMatchObject({ dueAt: at('2026-11-23T10:00:09Z') })
  })
})

describe('a thing that is sent for', () => {
  it('is told of by the channel that is meant for it, and supervisors hear when nobody confirms it', () => {
    const carrier = told().when(deploy({ resource: 'carrier' }))
    expect(carrier.events.at(-1)).toMatchObject({ resource: { id: 'carrier', name: 'Carrier', type: 'supplier' }, targets: [{ webhook: 'noc' }] })
    expect(carrier.until('2026-11-23T10:01:30Z').events.at(-1)).toMatchObject({ type: 'deployment-unanswered', next: null, people: ['sam'] })
    expect(carrier.refused(deploy({ resource: 'carrier' }))).toMatchObject({ code: 'deployed_already' })
    expect(carrier.refused(deploy({ resource: 'plumber' }))).toMatchObject({ code: 'unknown_resource' })
  })

  it('with a promised time is asked about until it is there', () => {
    const promised = told().when(deploy({ resource: 'carrier' })).when(confirm('d2', 'accepted', '2026-11-23T11:00:00Z', { ticket: 't7' }))
    expect(promised.record.deployments[0]).toMatchObject({ ticket: 't7' })
    const late = promised.until('2026-11-23T12:00:00Z').events.filter(({ type }) => type === 'deployment-late')
    expect(late.map((event) => [event.at, 'people' in event ? event.people : []])).toEqual([[at('2026-11-23T11:12:00Z'), ['sam']], [at('2026-11-23T11:42:00Z'), ['sam']]])
  })

  it('that was switched on is asked about when it should have been taken back', () => {
    const on = told().when(deploy({ resource: 'ivr', inPlace: true, revertBy: at('2026-11-23T10:40:00Z') }), dutyManager)
    expect(on.record.deployments[0]).toMatchObject({ state: 'on-task', inPlaceBy: 'ada', acceptedAt: null })
    expect(on.until('2026-11-23T11:15:00Z').events.filter(({ type }) => type === 'deployment-still-on').map((event) => event.at)).toEqual([at('2026-11-23T10:40:00Z'), at('2026-11-23T11:10:00Z')])
    expect(told().refused(deploy({ resource: 'ivr', inPlace: true, revertBy: at('2026-11-23T09:40:00Z') }))).toMatchObject({ code: 'revert_in_the_past' })
    expect(told().refused(deploy({ resource: 'ivr', revertBy: at('2026-11-23T10:40:00Z') }))).toMatchObject({ code: 'not_in_place', detail: expect.stringContaining('inPlace true') })
  })
})

describe('an incident that ends', () => {
  const resolve: IncidentCommand = { type: 'resolve', code: 'fixed', text: 't6', serviceRestored: true }
  it('is not resolved while somebody is on the way or something stands; who has not answered is stood down', () => {
    const coming = asked().when(confirm('d2', 'accepted', '2026-11-23T10:10:00Z'), kim)
    expect(coming.refused(resolve)).toMatchObject({ code: 'resources_not_released', detail: expect.stringContaining('kim accepted') })
    expect(coming.when(release('d2')).when(resolve).record.state).toBe('resolved')
    const open = asked().when(resolve)
    expect(states(open)).toEqual(['d2 kim stood-down'])
    expect(open.timers.filter(({ purpose }) => purpose === 'deployment')).toEqual([])
  })

  it('as cancelled stands everybody down, as merged takes them along with what they said', () => {
    const coming = asked().when(confirm('d2', 'accepted', '2026-11-23T10:10:00Z'), kim)
    expect(states(coming.when({ type: 'cancel', reason: 't6' }))).toEqual(['d2 kim stood-down'])
    const merged = coming.when({ type: 'merge', into: 'INC-2026-000002', targetActive: true })
    expect(states(merged)).toEqual(['d2 kim reassigned'])
    const target = told({}, { report: { ref: 'INC-2026-000002' } }).when({ type: 'absorb', from: 'INC-2026-000001', impact: 1, urgency: 1, deployments: coming.record.deployments })
    expect(target.record.deployments).toMatchObject([{ id: 'd2.2', person: 'kim', state: 'accepted', eta: at('2026-11-23T10:10:00Z') }])
    expect(target.until('2026-11-23T10:12:00Z').events.at(-1)).toMatchObject({ type: 'deployment-late', deployment: 'd2.2' })
  })

  it('that loses somebody to another hears of it, and the next one is asked', () => {
    const lost = asked().when(confirm('d2', 'accepted', '2026-11-23T10:10:00Z'), kim).when({ type: 'lose-deployment', deployment: 'd2', to: 'INC-2026-000009' }, dutyManager)
    expect(lost.events.slice(-2)).toMatchObject([{ type: 'deployment-ended', state: 'reassigned', to: 'INC-2026-000009', people: ['sam'] }, { type: 'deployment-requested', person: 'lee' }])
    expect(lost.when({ type: 'lose-deployment', deployment: 'd2', to: 'INC-2026-000009' }, dutyManager).events).toHaveLength(lost.events.length)
  })

  it('binds people as long as they are asked or on it', () => {
    expect(commitmentsIn(asked().record)).toEqual([{ person: 'kim', ref: 'INC-2026-000001', deployment: 'd2', priority: 'P1', confirmed: false }])
    expect(commitmentsIn(asked().when(confirm('d2', 'on-task'), kim).record)).toMatchObject([{ confirmed: true }])
    expect(commitmentsIn(asked().when(release('d2')).record)).toEqual([])
  })
})
