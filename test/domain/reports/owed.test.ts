import { describe, expect, it } from '@jest/globals'
import type { ContactFigures, LateAnswer } from '../../../server/domain/contact-figures.ts'
import { badAnswers, owedOf } from '../../../server/domain/reports/owed.ts'
import { DAY, HOUR, instantOf } from '../../../server/domain/time.ts'

const now = instantOf(Date.UTC(2026, 10, 22, 12))
const ago = (ms: number) => instantOf(now - ms)
const answered = (contactId: string, score: number, at: number): ContactFigures => ({ contactId, queue: 'support', agent: null, queuedAt: at, surveyScore: score, surveyAt: at, surveyComment: null, callback: null }) as unknown as ContactFigures
const lone = (contactId: string, score: number, at: number): LateAnswer => ({ contactId, queue: 'support', at: instantOf(at), score, comment: null })
const asked = (contactId: string, dueAt: number, more: object = {}): ContactFigures => ({ contactId, queue: 'support', queuedAt: ago(HOUR), callback: { requestedAt: ago(HOUR), dueAt, promisedUntil: null, attempts: 0, connectedAt: null, failedAt: null, ...more } }) as unknown as ContactFigures

describe('what customers are owed', () => {
  const since = { since: ago(3 * DAY), asOf: now }
  const owed = (contacts: readonly ContactFigures[], late: readonly LateAnswer[] = [], done: readonly string[] = []) => owedOf({ callbacks: [], answers: badAnswers(contacts, late, since), doneAt: (id) => (done.includes(id) ? ago(HOUR) : null), asOf: now }).followUps

  it('a bad answer is owed a call for a day, then it is late; a good one and one of long ago are owed none', () => {
    expect(owed([answered('a', 2, ago(HOUR)), answered('b', 1, ago(DAY + HOUR)), answered('c', 3, ago(HOUR)), answered('d', 1, ago(3 * DAY + 1))])).toEqual({ open: 1, late: 1 })
    expect(owed([answered('a', 2, ago(HOUR)), answered('b', 1, ago(DAY + HOUR))], [], ['a'])).toEqual({ open: 0, late: 1 })
  })

  it('of a contact the newest answer counts, whichever way it came, and once', () => {
    expect(owed([answered('a', 1, ago(2 * HOUR))], [lone('a', 2, ago(HOUR))])).toEqual({ open: 1, late: 0 })
    expect(owed([answered('a', 1, ago(2 * HOUR))], [lone('a', 5, ago(HOUR))])).toEqual({ open: 0, late: 0 })
    expect(owed([answered('a', 5, ago(HOUR))], [lone('a', 1, ago(2 * HOUR))])).toEqual({ open: 0, late: 0 })
    expect(owed([], [lone('b', 1, ago(HOUR))])).toEqual({ open: 1, late: 0 })
  })

  it('callbacks of yesterday that are due today are among those due', () => {
    const { callbacks } = owedOf({ callbacks: [asked('a', ago(26 * HOUR)), asked('b', now + HOUR), asked('c', ago(HOUR), { connectedAt: now })], answers: [], doneAt: () => null, asOf: now })
    expect(callbacks).toEqual({ dueNow: 1, oldestDueAt: ago(26 * HOUR), scheduled: 1, promisedWithinHour: 0 })
  })
})
