import { expect, it } from '@jest/globals'
import { mailReportOf } from '../../server/incidents/bounce-mail.ts'

const report = (status: string, action: string, header = 'X-Floorwatch-Receipt: token_of.the-mail') =>
  [
    'From: MAILER-DAEMON@mx.example.org', 'Subject: Undelivered Mail Returned to Sender', 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', '',
    '--b', 'Content-Type: text/plain', '', 'I could not bring it.', '',
    '--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.org', '', 'Final-Recipient: rfc822; ada@example.org', `Action: ${action}`, `Status: ${status}`, 'Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: unknown', '',
    '--b', 'Content-Type: text/rfc822-headers', '', 'To: ada@example.org', header, 'X-Floorwatch-Message: msg_1', '', '--b--',
  ].join('\r\n')

it('a mail that came back names its delivery and the code, and no address', () => {
  expect(mailReportOf(report('5.1.1', 'failed'))).toEqual({ token: 'token_of.the-mail', kind: 'failed', detail: 'the mail came back (5.1.1)' })
  expect(mailReportOf(report('2.0.0', 'delivered'))).toEqual({ token: 'token_of.the-mail', kind: 'delivered', detail: 'a mail server says that it was delivered (2.0.0)' })
  expect(mailReportOf(report('5.2.2', 'failed', 'X-Floorwatch-Receipt:\r\n folded_token.abc'))?.token).toBe('folded_token.abc')
})

it.each([['delayed', report('4.4.1', 'delayed')], ['relayed', report('2.0.0', 'relayed')], ['about another mail', report('5.1.1', 'failed', 'X-Other: x')], ['no report', 'Subject: out of office\r\n\r\nBack on Monday'], ['empty', '']])('one that is %s says nothing', (_what, raw) => {
  expect(mailReportOf(raw)).toBeNull()
})
