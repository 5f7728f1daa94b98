import { Router } from 'express'
import { openToAll } from '../access/guard.ts'
import { bytesBody, textOf } from '../http/body.ts'
import type { CallbackTokens } from '../redis/callback-tokens.ts'
import type { IncidentOutbox } from '../redis/incident-outbox.ts'
import { mailReportOf } from './bounce-mail.ts'
import type { Bounced } from './bounces.ts'

/** A report has the headers of the mail, or all of it; ours are small. */
const MOST_BYTES = 262_144

export interface BounceRoutesDeps {
  readonly callbacks: CallbackTokens
  readonly outbox: Pick<IncidentOutbox, 'receipt'>
  readonly bounced: Bounced
}

/** Where the mail server hands over what comes back: believed for the signed name of the delivery that only our own mail carried. */
export const bounceRoutes = ({ callbacks, outbox, bounced }: BounceRoutesDeps): Router => {
  const router = Router()
  router.post('/n/mail/reports', openToAll, ...bytesBody(['message/rfc822', 'multipart/report', 'text/plain', 'application/octet-stream'], MOST_BYTES), async (request, response) => {
    const report = mailReportOf(textOf(request.body))
    const named = report === null ? null : callbacks.read(report.token)
    // A mailbox gets much that is no report: that is no fault of whoever hands it over.
    if (report === null || named === null) return void response.status(204).end()
    const known = report.kind === 'failed' ? await bounced(named.site, named.delivery, report.detail) : await outbox.receipt(named.site, named.delivery, { state: 'delivered', detail: report.detail })
    response.status(known ? 204 : 404).end()
  })
  return router
}
