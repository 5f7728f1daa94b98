import { cleaned } from '../contract/incidents.ts'

/** What a mail server says of a mail that it took: RFC 3464, with the headers of the mail it is about. */
export interface MailReport {
  /** Of the delivery, as our own mail carried it. */
  readonly token: string
  readonly kind: 'failed' | 'delivered'
  /** Enhanced status code and, where it is short, the server's word. */
  readonly detail: string
}

export const RECEIPT_HEADER = 'X-Floorwatch-Receipt'

const valueOf = (text: string, name: string): string | null => new RegExp(`^${name}:[ \\t]*(?:\\r?\\n[ \\t]+)?([^\\r\\n]+)`, 'im').exec(text)?.[1]?.trim() ?? null

/** null: it is about none of our mails, or tells nothing final (delayed, relayed). */
export const mailReportOf = (raw: string): MailReport | null => {
  const token = valueOf(raw, RECEIPT_HEADER)
  const status = /^\s*([245]\.\d{1,3}\.\d{1,3})/.exec(valueOf(raw, 'Status') ?? '')?.[1] ?? null
  const action = valueOf(raw, 'Action')?.toLowerCase() ?? (status?.startsWith('5') === true ? 'failed' : null)
  if (token === null || (action !== 'failed' && action !== 'delivered')) return null
  // Words of servers quote addresses: only the code is kept.
  return { token, kind: action, detail: cleaned(`${action === 'failed' ? 'the mail came back' : 'a mail server says that it was delivered'}${status === null ? '' : ` (${status})`}`) }
}
