import { describe, expect, it } from '@jest/globals'
import { simulationInput } from '../../server/contract/forecast.ts'
import { defaultSettings, incidentSettingsOf, rotasOf } from '../../server/contract/settings.ts'
import { forecastOf } from '../../server/domain/escalation/forecast.ts'
import type { Directory } from '../../server/domain/escalation/directory.ts'
import { instantOf } from '../../server/domain/time.ts'
import { instantOfText } from '../../server/domain/wall-clock.ts'
import { simulate } from '../../server/incidents/simulate.ts'
import { at, everybody, settingsWith, story } from '../support/incident-story.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'

const site = { id: 'north', name: 'North', timeZone: 'Europe/London' }
const document = { ...defaultSettings, people: { ann: { name: 'Ann' }, bob: { name: 'Bob' } }, rotas: { nights: { name: 'Night watch', layers: [{ people: ['ann', 'bob'], startsOn: '2026-12-21', handoverAt: '09:00', everyDays: 1 }], swaps: [], overrides: [] } }, policies: { default: { ownership: { levels: [{ targets: [{ rota: 'nights' }], waitMs: 0 }, { targets: [{ role: 'duty-manager' as const }], waitMs: 600_000 }], repeat: 0 }, routineHours: 'service' } } }
const settings = incidentSettingsOf(document, site, 1)
const directory: Directory = { ...everybody, people: [...everybody.people, { id: 'p-ann', aliases: ['ann'], role: 'supervisor', teams: [], onDuty: false }, { id: 'p-bob', aliases: ['bob'], role: 'supervisor', teams: [], onDuty: false }], rotas: rotasOf(document, site.timeZone), contacts: { 'p-ann': { urgent: ['push', 'sms'], routine: ['mail'], verified: ['sms'], quiet: null }, 'p-bob': { urgent: ['sms'], routine: ['mail'], verified: [], quiet: null }, ada: { urgent: ['voice'], routine: ['mail'], verified: ['voice'], quiet: null } } }
const ask = (wall: string, more: object = {}) => {
  const input = simulationInput.parse({ wall, ...more })
  return simulate({ input, at: instantOfText(wall, site.timeZone) ?? instantOf(0), settings, directory }).answer((id) => id)
}
const told = (answer: ReturnType<typeof ask>) => answer.steps.filter(({ kind }) => kind === 'level').flatMap(({ tells }) => tells.map(({ person, channel, then, at: when }) => `${when.slice(5, 16)} ${person?.id ?? ''} ${[channel, ...then].join('>')}`))

describe('who is woken', () => {
  it('on Sunday at 02:30 of a P1: whoever of the rota has the night, then the duty manager', () => {
    const answer = ask('2026-12-27T02:30')
    expect(answer).toMatchObject({ priority: 'P1', policy: 'default', local: '2026-12-27T02:30', calendar: { name: 'always', open: true } })
    // Turns change at nine: Saturday's person, the sixth, has the night to Sunday.
    expect(answer.steps.filter(({ kind, ladder }) => kind === 'level' && ladder === 'ownership').map(({ at: when, people }) => `${when.slice(5, 16)} ${people.map(({ id }) => id).join()}`)).toEqual(['12-27T02:30 p-bob', '12-27T02:40 ada'])
    expect(told(answer)).toContain('12-27T02:30 p-bob sms')
    expect(answer.steps.filter(({ kind, ladder }) => kind === 'level' && ladder === 'ownership').map(({ targets, called }) => [targets, called])).toEqual([[['rota:nights'], ['rota:Night watch']], [['role:duty-manager'], ['role:duty-manager']]])
    expect(told(answer)).toContain('12-27T02:40 ada voice')
    expect(answer.clocks.map(({ kind, dueAt }) => [kind, dueAt?.slice(11, 16)])).toEqual([['response', '02:35'], ['update', '02:50'], ['resolution', '06:30']])
  })

  it('on a bank holiday of a P3: nobody until the next working day', () => {
    const more = { impact: 3, urgency: 3, hours: 72 }
    expect(told(ask('2026-12-22T10:00', more))[0]).toBe('12-22T10:00 p-bob mail')
    const holiday = ask('2026-12-22T10:00', { ...more, holiday: true })
    expect(holiday.calendar).toMatchObject({ open: false, opensAt: '2026-12-23T09:00:00.000Z' })
    expect(told(holiday)[0]).toBe('12-23T09:00 p-ann mail')
  })
})

describe('what happens next', () => {
  it('is what then happens', () => {
    const begun = story().until('2026-11-23T10:00:30Z')
    const rules = rulesOf(settingsWith())
    const until = '2026-11-23T12:00:30Z'
    const { steps, complete } = forecastOf({ record: begun.record, rules, directory: everybody, subscriptions: {}, now: begun.now, until: at(until) })
    const happened = begun.until(until).events.slice(begun.events.length)
    expect(complete).toBe(true)
    expect(steps.map(({ event }) => event)).toEqual(happened)
    expect(happened.length).toBeGreaterThan(10)
  })

  it('knows the pace of one message a minute: the repeated levels of a hurried ladder are told once a minute, after what was told before', () => {
    const hurried = { default: { id: 'default', ownership: { levels: [{ targets: [{ role: 'duty-manager' }], waitMs: 20_000 }], repeat: 3 }, deadline: { on: [] } } }
    const begun = story({ settings: { policies: hurried } })
    const rules = rulesOf(settingsWith({ policies: hurried }))
    const told = (pace?: Parameters<typeof forecastOf>[0]['pace']) =>
      forecastOf({ record: begun.record, rules, directory: { ...directory, contacts: directory.contacts ?? {} }, subscriptions: {}, now: begun.now, until: at('2026-11-23T10:01:30Z'), ...(pace === undefined ? {} : { pace }) })
        .steps.filter(({ event }) => event.type === 'level-fired')
        .flatMap(({ deliveries }) => deliveries.map((one) => `${new Date(one.happenedAt).toISOString().slice(14, 19)} ${new Date(one.at).toISOString().slice(14, 19)}`))
    // The first word about a P1 waits for nothing; its repetitions do, from the first of them on.
    expect(told()).toEqual(['00:20 00:20', '00:40 00:40', '01:00 01:40', '01:20 01:40'])
    expect(told({ lastTold: new Map([['ada', at('2026-11-23T10:00:00Z')]]), waiting: [] })).toEqual(['00:20 00:20', '00:40 01:00', '01:00 01:00', '01:20 02:00'])
    expect(told({ lastTold: new Map(), waiting: [{ person: 'ada', paced: true, notBefore: at('2026-11-23T10:00:10Z') }] })).toEqual(['00:20 00:20', '00:40 01:10', '01:00 01:10', '01:20 02:10'])
  })

  it('of a taken incident is its lease, its warnings and its breaches, and no level', () => {
    const taken = story().when({ type: 'acknowledge' })
    const kinds = forecastOf({ record: taken.record, rules: rulesOf(settingsWith()), directory: everybody, subscriptions: {}, now: taken.now, until: at('2026-11-23T10:25:00Z') }).steps.map(({ event }) => event.type)
    expect(kinds).toEqual(['clock-warned', 'lease-prompted', 'clock-breached', 'level-fired', 'lease-lost', 'level-fired'])
  })
})
