import { describe, expect, it } from '@jest/globals'
import { proposedMajors, proposedProblems, recurrences, type Recurring } from '../../../server/domain/incident/recurrence.ts'
import { at, story } from '../../support/incident-story.ts'

const now = at('2026-11-23T12:00:00Z')
const one = (number: number, reportedAt: string, more: Partial<Recurring> = {}): Recurring => ({ ...story().record, ref: `INC-2026-00000${number}`, reportedAt: at(reportedAt), ...more })
const three = [one(1, '2026-11-18T09:00:00Z', { impact: 3 }), one(2, '2026-11-20T09:00:00Z', { impact: 2 }), one(3, '2026-11-23T11:00:00Z', { impact: 3 })]
const problem = (more: Partial<Recurring> = {}): Recurring => ({ ...story({ report: { type: 'problem' } }).record, ref: 'INC-2026-000009', reportedAt: at('2026-11-22T09:00:00Z'), ...more })

describe('three of the same category and service within seven days', () => {
  it('propose a problem of the gravest impact', () => {
    expect(proposedProblems(three, now)).toEqual([{ category: 'technology', service: 'Payments', impact: 2, incidents: ['INC-2026-000001', 'INC-2026-000002', 'INC-2026-000003'] }])
    expect(proposedProblems(three.slice(1), now)).toEqual([])
    expect(proposedProblems([...three.slice(1), one(4, '2026-11-15T09:00:00Z')], now)).toEqual([])
  })

  it('do not where one is open, where they belong to one, or where they were practice, dropped or something else', () => {
    expect(proposedProblems([...three, problem()], now)).toEqual([])
    for (const more of [{ drill: true }, { state: 'merged' }, { state: 'cancelled' }, { type: 'complaint' }, { category: 'security' }, { service: 'Chat' }, { problemRef: 'INC-2026-000008' }] as const)
      expect(proposedProblems([...three.slice(1), one(1, '2026-11-18T09:00:00Z', more)], now)).toEqual([])
  })

  it('are proposed again after one was turned down only by three that came after it', () => {
    expect(proposedProblems([...three, problem({ state: 'cancelled' })], now)).toEqual([])
    const later = [4, 5, 6].map((number) => one(number, `2026-11-23T0${number}:00:00Z`))
    expect(proposedProblems([...later, problem({ state: 'cancelled' })], now)).toMatchObject([{ incidents: ['INC-2026-000004', 'INC-2026-000005', 'INC-2026-000006'] }])
  })
})

describe('what comes of a problem’s category and service', () => {
  it('while its fix is watched opens it again, by the first of it', () => {
    const watched = problem({ state: 'resolved', problem: { stage: 'fixed', cause: null, workaround: null, fix: 't1', fixedAt: at('2026-11-20T10:00:00Z'), incidents: [], linked: 1, recurrences: 0 } })
    expect(recurrences([...three, watched])).toEqual([{ incident: 'INC-2026-000003', problem: 'INC-2026-000009' }])
  })

  it('goes on being counted while the problem is only proposed, and is left to people once somebody studies it', () => {
    expect(recurrences([...three, problem({ loggedBy: 'system' })])).toHaveLength(3)
    expect(recurrences([...three, problem()])).toEqual([])
    expect(recurrences([...three, problem({ loggedBy: 'system', state: 'in-progress' })])).toEqual([])
  })
})

describe('three open incidents on one service within a quarter of an hour', () => {
  const close = [one(1, '2026-11-23T11:50:00Z', { priority: 'P2' }), one(2, '2026-11-23T11:55:00Z', { priority: 'P1' }), one(3, '2026-11-23T11:58:00Z', { priority: 'P3' })]

  it('propose the gravest as major', () => {
    expect(proposedMajors(close, now)).toEqual([{ ref: 'INC-2026-000002', incidents: ['INC-2026-000001', 'INC-2026-000002', 'INC-2026-000003'] }])
    expect(proposedMajors(close.slice(1), now)).toEqual([])
  })

  it('do not twice, nor when the service has a major incident or its rules broke together', () => {
    expect(proposedMajors([...close.slice(0, 2), one(3, '2026-11-23T11:58:00Z', { majorIncident: { stage: 'cancelled', since: now, roles: {}, methane: {} } })], now)).toEqual([])
    expect(proposedMajors([...close, one(4, '2026-11-23T08:00:00Z', { major: true })], now)).toEqual([])
    expect(proposedMajors(close.map((record) => ({ ...record, channel: 'monitoring' as const })), now)).toEqual([])
  })
})
