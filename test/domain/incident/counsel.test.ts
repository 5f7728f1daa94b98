import { describe, expect, it } from '@jest/globals'
import type { CategorySettings } from '../../../server/domain/incident-settings.ts'
import type { Directory } from '../../../server/domain/escalation/directory.ts'
import { rotaOf } from '../../../server/domain/escalation/rota.ts'
import type { IncidentCommand } from '../../../server/domain/incident/commands.ts'
import { at, dutyManager, everybody, settingsWith, story, supervisor, type StoryStart } from '../../support/incident-story.ts'

const resolve = { type: 'resolve', code: 'fixed', text: 't6', serviceRestored: true } as const
const consult = (person: string, consultedAt = at('2026-11-23T10:00:00Z')): IncidentCommand => ({ type: 'consult', person, text: 't7', consultedAt })
const withConsult = (consult: CategorySettings['consult']) => ({ categories: { ...settingsWith().categories, technology: { name: 'Technology', impactFloor: null, discreet: false, ...(consult === undefined ? {} : { consult }) } } })
const directory: Directory = { ...everybody, people: [...everybody.people, { id: 'kim', aliases: ['dpo'], role: 'stakeholder', teams: ['privacy'], onDuty: false }, { id: 'admin', aliases: [], role: 'admin', teams: [], onDuty: false, tokenHolder: true }] }
const asking = (consult: CategorySettings['consult'], more: StoryStart = {}) => story({ settings: withConsult(consult), directory, ...more }).when({ type: 'acknowledge' })
const anybody = { with: null }

describe('a category that is resolved only after somebody else was asked', () => {
  it('is not resolved before, and the refusal says what would do', () => {
    const refused = asking(anybody).refused(resolve)
    expect(refused.code).toBe('not_consulted')
    expect(refused.detail).toMatch(/INC-2026-000001.*"technology".*consult \{person, text\}.*escalate/)
    expect(asking(undefined).when(resolve).record.state).toBe('resolved')
  })
  it('is resolved when a named colleague was, and it is kept who, when and what was said', () => {
    const told = asking(anybody).until('2026-11-23T10:10:00Z').when(consult('kim', at('2026-11-23T10:05:00Z')))
    expect(told.events.at(-1)).toMatchObject({ type: 'consulted', person: 'kim', text: 't7', consultedAt: at('2026-11-23T10:05:00Z'), by: supervisor })
    expect(told.when(resolve).record.state).toBe('resolved')
  })
  it('takes a colleague of this site, neither the owner nor whoever writes it down, and a time that has been', () => {
    const told = asking(anybody)
    expect(told.refused(consult('nobody'))).toMatchObject({ code: 'unknown_person' })
    expect(told.refused(consult('admin'))).toMatchObject({ code: 'unknown_person' })
    expect(told.refused(consult('sam'))).toMatchObject({ code: 'not_a_colleague' })
    expect(told.refused(consult('sam'), dutyManager)).toMatchObject({ code: 'not_a_colleague' })
    expect(told.refused(consult('kim', at('2026-11-23T10:00:01Z')))).toMatchObject({ code: 'consulted_at_impossible' })
    expect(told.refused(consult('kim', at('2026-11-23T09:59:59Z')))).toMatchObject({ code: 'consulted_at_impossible' })
  })
  it('may name who has to be asked: by role, person or team', () => {
    for (const [target, who] of [[{ role: 'duty-manager' }, 'ada'], [{ person: 'dpo' }, 'kim'], [{ team: 'privacy' }, 'dpo']] as const) {
      const told = asking({ with: [target] }).when(consult('root'))
      expect(told.refused(resolve)).toMatchObject({ code: 'not_consulted', detail: expect.stringContaining(Object.entries(target)[0]?.join(':') ?? '') })
      expect(told.when(consult(who)).when(resolve).record.state).toBe('resolved')
    }
  })
  it('asks who was on call when they were consulted, not when it is written down', () => {
    const onCall = { person: 'kim', replaces: null, from: at('2026-11-23T09:00:00Z'), to: at('2026-11-23T10:05:00Z') }
    const rotas = new Map([['engineers', rotaOf({ name: 'Engineers', timeZone: 'UTC', layers: [], swaps: [], overrides: [onCall] })]])
    const told = asking({ with: [{ rota: 'engineers' }] }, { directory: { ...directory, rotas } }).until('2026-11-23T10:08:00Z')
    expect(told.when(consult('kim', at('2026-11-23T10:06:00Z'))).refused(resolve)).toMatchObject({ code: 'not_consulted' })
    expect(told.when(consult('kim', at('2026-11-23T10:04:00Z'))).when(resolve).record.state).toBe('resolved')
  })
  it('is content with a colleague who helped, when it was not the owner', () => {
    const asked = (by = supervisor) => asking(anybody).when({ type: 'ask-help', text: 't4', person: 'ada' }, by)
    const over = (helper = dutyManager, by = supervisor) => {
      const told = asked(by)
      return told.when({ type: 'answer-help', help: told.record.help?.id ?? '', method: 'advice', outcome: 't8' }, helper)
    }
    expect(over().when(resolve).record.state).toBe('resolved')
    expect(over(supervisor, { id: 'kim', role: 'agent' }).refused(resolve)).toMatchObject({ code: 'not_consulted' })
  })
  it('is content with an answered escalation: whoever a higher level told has taken it or joined it', () => {
    const level2 = story({ settings: withConsult({ with: [{ person: 'dpo' }] }), directory }).until('2026-11-23T10:06:00Z')
    expect(level2.when({ type: 'acknowledge' }).refused(resolve)).toMatchObject({ code: 'not_consulted' })
    expect(level2.when({ type: 'acknowledge' }, dutyManager).when(resolve, dutyManager).record.state).toBe('resolved')
    const byHand = asking(anybody).when({ type: 'escalate', level: 0, reason: 't9' })
    const joined = asking(anybody).when({ type: 'acknowledge' }, dutyManager)
    expect(joined.refused(resolve)).toMatchObject({ code: 'not_consulted' })
    const told = byHand.record.ownership.level === 1 ? byHand.when({ type: 'escalate', level: 1, reason: 't9' }) : byHand
    expect(told.refused(resolve)).toMatchObject({ code: 'not_consulted' })
    expect(told.when({ type: 'acknowledge' }, dutyManager).when(resolve).record.state).toBe('resolved')
  })
  it('does not count an answer that was taken back', () => {
    const taken = story({ settings: withConsult(anybody), directory }).until('2026-11-23T10:06:00Z').when({ type: 'acknowledge' }, dutyManager).when({ type: 'unacknowledge', reason: 't9' }, dutyManager)
    expect(taken.when({ type: 'acknowledge' }).refused(resolve)).toMatchObject({ code: 'not_consulted' })
  })
  it('is asked for again when it is reopened', () => {
    const again = asking(anybody).when(consult('kim')).when(resolve).when({ type: 'reopen', reason: null, take: true })
    expect(again.refused(resolve)).toMatchObject({ code: 'not_consulted' })
  })
})
