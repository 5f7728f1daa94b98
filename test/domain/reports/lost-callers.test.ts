import { describe, expect, it } from '@jest/globals'
import { lostCallers } from '../../../server/domain/reports/lost-callers.ts'
import { instantOf, MINUTE } from '../../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt } from '../../support/fact-builders.ts'
import { folded } from '../../support/fold-readings.ts'

const at = (minute: number) => NINE + minute * MINUTE
const queued = (minute: number, contactId: string, subject = 'ann') => fact('contact.queued', at(minute), { contactId, subject })
const gaveUp = (minute: number, contactId: string, subject = 'ann') => [queued(minute, contactId, subject), fact('contact.abandoned', at(minute + 1), { contactId })]
const lost = (facts: Parameters<typeof entriesOf>[0]) => {
  const list = lostCallers()
  const floor = folded([...entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt)), tickAt(at(90))])
  for (const contact of floor.contacts({ from: instantOf(at(-60)), to: instantOf(at(120)) })) list.add(contact)
  return list.rows().map(({ contactId, attempts }) => [contactId, attempts])
}
const called = (minute: number, contactId: string, connectedAt: number) => [
  queued(minute, contactId),
  fact('contact.callback_requested', at(minute + 1), { contactId, dueAt: instantOf(at(minute + 5)) }),
  fact('contact.callback_attempted', at(connectedAt - 1), { contactId }),
  fact('contact.callback_connected', at(connectedAt), { contactId }),
]

describe('callers who gave up', () => {
  it('are lost no more when a call that they were promised comes through', () => {
    expect(lost([...gaveUp(0, 'c1'), ...called(10, 'c2', 30)])).toEqual([])
    // A call that nobody made, or that nobody took, is none.
    expect(lost([...gaveUp(0, 'c1'), ...called(10, 'c2', 30).slice(0, 3)])).toEqual([['c1', 1]])
    expect(lost([...called(0, 'c1', 20), ...gaveUp(30, 'c2'), ...gaveUp(40, 'c3')])).toEqual([['c3', 2]])
  })

  it('were through since by when somebody talked to them, not by when they came', () => {
    // They stand in two queues at once, and give up in the second before the first answers.
    expect(lost([queued(0, 'c1'), fact('contact.answered', at(20), { contactId: 'c1' }), ...gaveUp(5, 'c2')])).toEqual([])
    expect(lost([...called(0, 'c1', 40), ...gaveUp(10, 'c2')])).toEqual([])
    expect(lost([queued(0, 'c1'), fact('contact.answered', at(3), { contactId: 'c1' }), ...gaveUp(5, 'c2')])).toEqual([['c2', 1]])
    expect(lost([...gaveUp(5, 'c2', 'bob'), queued(0, 'c1'), fact('contact.answered', at(20), { contactId: 'c1' })])).toEqual([['c2', 1]])
  })
})
