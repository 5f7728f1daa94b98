import type { Incident } from '../../server/contract/rows.ts'

/** What a person types about an incident; empty fields say nothing. */
export interface ReportForm {
  safety: '' | 'safe' | 'danger' | 'unsure'
  type: string
  title: string
  nature: string
  category: string
  channel: string
  location: string
  service: string
  reporter: string
  callerId: string
  impact: number | null
  urgency: number | null
}

export const safetyOf: Readonly<Record<ReportForm['safety'], boolean | null>> = { '': null, safe: true, danger: false, unsure: null }

/** The server makes a title from what happens until somebody writes one: that is no title of the form's. */
const writtenTitle = (title: string, nature: string | null): string => (nature?.startsWith(title.replace(/…$/, '')) === true ? '' : title)

export const emptyReport = (reporter: string): ReportForm => ({ safety: '', type: '', title: '', nature: '', category: '', channel: 'voice', location: '', service: '', reporter, callerId: '', impact: null, urgency: null })

/** A draft as the form has it. The caller's number is masked there: what is left empty stays as it is. */
export const reportOf = ({ type, title, nature, category, channel, location, service, reporter, callerSafe, impact, urgency }: Incident): ReportForm => ({
  safety: callerSafe === null ? '' : callerSafe ? 'safe' : 'danger',
  type,
  title: writtenTitle(title, nature),
  nature: nature ?? '',
  category: category ?? '',
  channel: channel ?? '',
  location: location ?? '',
  service: service ?? '',
  reporter: reporter ?? '',
  callerId: '',
  impact,
  urgency,
})

/** The fields as they are sent: what is empty is left out, so that the server names all that is lacking at once. */
export const toldOf = ({ safety, ...form }: ReportForm): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(Object.entries(form).filter(([, value]) => value !== null && String(value).trim() !== '')),
  ...(safety === '' ? {} : { callerSafe: safetyOf[safety] }),
})
