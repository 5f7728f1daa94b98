import { describe, expect, it } from '@jest/globals'
import { emptyReport, reportOf, toldOf } from '../../../client/incidents/report-form.ts'
import { incidentRow } from '../../../client/gallery/sample-rows.ts'

describe('the form of a report', () => {
  it('leaves out what is empty, so that the server names all that is lacking at once', () => {
    expect(toldOf({ ...emptyReport('Shift lead'), nature: 'The lift stands still', impact: 2, safety: 'unsure' })).toEqual({ channel: 'voice', reporter: 'Shift lead', nature: 'The lift stands still', impact: 2, callerSafe: null })
    expect(toldOf({ ...emptyReport(''), title: '   ', safety: 'danger' })).toEqual({ channel: 'voice', callerSafe: false })
  })
  it('shows a draft as it stands, without the masked number and without a title that nobody wrote', () => {
    const draft = { ...incidentRow({ ref: 'INC-2026-000001', openMs: 0 }, 0), state: 'draft', nature: 'The lift stands still', title: 'The lift stands still', callerId: '•••123', callerSafe: true } as const
    expect(reportOf(draft)).toMatchObject({ title: '', nature: 'The lift stands still', callerId: '', safety: 'safe' })
    expect(reportOf({ ...draft, title: 'Lift' }).title).toBe('Lift')
  })
})
