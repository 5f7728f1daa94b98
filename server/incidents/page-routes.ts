import { Router, type Request, type Response } from 'express'
import { bytesBody, textOf } from '../http/body.ts'
import { openToAll } from '../access/guard.ts'
import { outwardTitle } from '../domain/incident/title.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import type { IncidentOutbox } from '../redis/incident-outbox.ts'
import type { CallbackTokens } from '../redis/callback-tokens.ts'
import type { PageLink, PageLinks } from '../redis/page-links.ts'
import type { Incident } from '../contract/rows.ts'
import type { Incidents } from './incidents.ts'
import type { Caller } from './handle-command.ts'
import type { CommandResult } from './remembered.ts'
import { deploymentOrder, ownDeployment } from './page-deployment.ts'
import { incidentPage, plainPage } from './page-html.ts'
import type { Revision } from '../redis/epoch.ts'

export interface PageRoutesDeps {
  readonly links: PageLinks
  readonly callbacks: CallbackTokens
  readonly outbox: Pick<IncidentOutbox, 'receipt'>
  readonly incidents: Incidents
  /** Name and role of whoever a page was sent to; null: nobody any more. */
  readonly personOf: (site: string, person: string) => Promise<{ readonly name: string; readonly role: string } | null>
  /** Zone of a site; null: there is no such site. */
  readonly timeZoneOf: (site: string) => string | null
  acknowledged(site: string, revision: Revision): void
  readonly publicUrl: string
  readonly now: () => Instant
}

/** An acknowledgement can be taken back without a reason for so long (PRACTICE 1). */
const SLIP_MS = 10_000
const formBody = bytesBody(['application/x-www-form-urlencoded'], 4_096)
const tokenOf = (request: Request): string => String(request.params['token'])

/** The stylesheet is in attributes and nothing is loaded; a form that is sent must tell its Origin, so this page has a referrer policy of its own. */
const html = (response: Response, status: number, text: string): void => {
  response.set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex' })
  response.status(status).send(text)
}

const closed = (response: Response, status: number, text: string): null => {
  html(response, status, text)
  return null
}

interface Opened {
  readonly link: PageLink
  readonly incident: Incident
  readonly caller: Caller
  readonly timeZone: string
}

const refusalWords = (result: CommandResult): string | null => (result.kind === 'refused' ? result.refusal.detail : null)

/**
 * The link in a page: opens one incident for one person for half an hour, and acknowledges it once. Opening changes nothing, so that
 * mail scanners and previews, which follow every link, take no incident.
 */
export const pageRoutes = ({ links, callbacks, outbox, incidents, personOf, timeZoneOf, acknowledged, publicUrl, now }: PageRoutesDeps): Router => {
  const router = Router()
  const openUrlOf = ({ site, ref }: PageLink): string => `${publicUrl}/incidents/${ref}?site=${site}`

  const opened = async (request: Request, response: Response): Promise<Opened | null> => {
    const link = links.read(tokenOf(request))
    const timeZone = link === null ? null : timeZoneOf(link.site)
    if (link === null || timeZone === null) return closed(response, 404, plainPage('This link is not known', 'It is incomplete, or was made by another server.', publicUrl))
    if (link.expiresAt <= now()) return closed(response, 410, plainPage('This link is too old', 'It worked for 30 minutes. Sign in to see the incident.', openUrlOf(link)))
    const [incident, person] = await Promise.all([incidents.get(link.site, link.ref), personOf(link.site, link.person)])
    if (incident === null || person === null) return closed(response, 404, plainPage('Nothing is here any more', 'The incident, or the person it was sent to, is not known any more.', publicUrl))
    return { link, incident, timeZone, caller: { credentialId: `link-${link.person}`, person: { id: link.person, name: person.name }, role: person.role } }
  }

  const show = async (response: Response, { link, incident, caller, timeZone }: Opened, token: string, refusal: string | null): Promise<void> => {
    const record = await incidents.record(link.site, link.ref)
    const discreet = record?.discreet === true
    const undo = incident.state === 'acknowledged' && incident.owner?.id === link.person && record?.ownership.stoodAt !== null && record?.ownership.stoodAt !== undefined && now() - record.ownership.stoodAt.stoppedAt <= SLIP_MS
    const fresh = record?.reopens === link.life && !(await links.used(token, link.site))
    html(response, refusal === null ? 200 : 409, incidentPage({ incident, title: outwardTitle({ ...incident, discreet }, incident), person: caller.person, timeZone, now: now(), discreet, fresh, undo, openUrl: openUrlOf(link), refusal }))
  }

  /** They have it, or help whoever has. */
  const theirs = async ({ site, ref, person }: PageLink): Promise<boolean> => {
    const record = await incidents.record(site, ref)
    return record !== null && (record.owner === person || record.helpers.includes(person))
  }

  router.get('/n/:token', openToAll, async (request, response) => {
    const found = await opened(request, response)
    if (found !== null) await show(response, found, tokenOf(request), null)
  })

  router.post('/n/:token', openToAll, ...formBody, async (request, response) => {
    const found = await opened(request, response)
    if (found === null) return
    const { link, caller } = found
    const token = tokenOf(request)
    const action = new URLSearchParams(textOf(request.body)).get('action')
    const record = await incidents.record(link.site, link.ref)
    const again = async (refusal: string): Promise<void> => show(response, found, token, refusal)
    const own = ownDeployment(found.incident.deployments, link.person)
    const order = own === null ? null : deploymentOrder(action, own, now())
    if (order === null && action !== 'acknowledge' && action !== 'unacknowledge') return again('That is not something this page can do.')
    if (action === 'acknowledge' && record?.reopens !== link.life) return again('The incident was reopened after this page was sent: a newer page acknowledges.')
    const takes = action === 'acknowledge' && record?.owner !== link.person
    const used = takes && !(await links.use(token, link.site))
    // Presses of one link are one order: the second of two at once has the answer of the first, and one that comes later changes nothing.
    const result = await incidents.command(link.site, link.ref, order ?? (action === 'acknowledge' ? { type: 'acknowledge' } : { type: 'unacknowledge' }), caller, takes ? `link ${links.idOf(token)}` : undefined)
    const refusal = refusalWords(result)
    if (refusal !== null) return again(refusal)
    if (used && !(await theirs(link))) return again('This link has been used.')
    if (result.kind === 'done' && result.revision !== null) acknowledged(link.site, result.revision)
    response.set('cache-control', 'no-store').redirect(303, `/n/${token}`)
  })

  /** A browser says that it has shown what it was sent. */
  router.post('/n/r/:token', openToAll, async (request, response) => {
    const callback = callbacks.read(tokenOf(request))
    const known = callback !== null && timeZoneOf(callback.site) !== null && (await outbox.receipt(callback.site, callback.delivery, { state: 'delivered', detail: `shown by the browser at ${isoOf(now())}` }))
    response.status(known ? 204 : 404).end()
  })

  return router
}
