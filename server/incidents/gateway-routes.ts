import { Router, type Request, type Response } from 'express'
import { openToAll } from '../access/guard.ts'
import { bytesBody, textOf } from '../http/body.ts'
import type { Delivery } from '../domain/escalation/delivery.ts'
import type { CallbackTokens } from '../redis/callback-tokens.ts'
import type { IncidentOutbox } from '../redis/incident-outbox.ts'
import type { NotificationLog } from '../redis/notifications.ts'
import type { ReplyCodes } from '../redis/reply-codes.ts'
import { gatewaySigned } from './gateway-signature.ts'
import type { Caller } from './handle-command.ts'
import type { Incidents } from './incidents.ts'
import { sameTelephone } from './same-telephone.ts'

export interface GatewayRoutesDeps {
  readonly callbacks: CallbackTokens
  readonly replyCodes: ReplyCodes
  readonly outbox: Pick<IncidentOutbox, 'receipt'>
  readonly notificationLog: Pick<NotificationLog, 'get'>
  readonly incidents: Incidents
  readonly personOf: (site: string, person: string) => Promise<{ readonly name: string; readonly role: string } | null>
  /** Telephone number of a person as the settings have it now; null: none. */
  readonly phoneOf: (site: string, person: string) => Promise<string | null>
  /** Secrets of the site's gateways, by which their calls are signed; none: there is no such site or gateway. */
  readonly gatewayTokens: (site: string) => Promise<readonly string[]>
  readonly publicUrl: string
}

const formBody = bytesBody(['application/x-www-form-urlencoded'], 16_384)
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const spoken = (response: Response, inside: string): void => void response.set('content-type', 'text/xml; charset=utf-8').set('cache-control', 'no-store').send(`<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`)
const say = (text: string): string => `<Say>${escaped(text)}</Say>`
const sms = (response: Response, text: string): void => spoken(response, `<Message>${escaped(text)}</Message>`)

/** What a text message or a call came to; null: it is still under way. */
const outcomeOf = (status: string): 'delivered' | 'failed' | null => {
  if (status === 'delivered' || status === 'read') return 'delivered'
  return ['undelivered', 'failed', 'busy', 'no-answer', 'canceled'].includes(status) ? 'failed' : null
}

/** Receipts, answered calls, pressed keys and replies, from a gateway that speaks as Twilio's does. Each call is signed by it. */
export const gatewayRoutes = (deps: GatewayRoutesDeps): Router => {
  const { callbacks, replyCodes, outbox, notificationLog, incidents, personOf, phoneOf, gatewayTokens, publicUrl } = deps
  const router = Router()

  /** The form of a call that the site's gateway signed; null was answered already. */
  const signedForm = async (request: Request, response: Response, site: string): Promise<URLSearchParams | null> => {
    const form = new URLSearchParams(textOf(request.body))
    if (gatewaySigned(await gatewayTokens(site), request.get('x-twilio-signature'), `${publicUrl}${request.originalUrl}`, form)) return form
    response.status(403).end()
    return null
  }
  const called = async (request: Request, response: Response) => {
    const callback = callbacks.read(String(request.params['token']))
    const form = callback === null ? null : await signedForm(request, response, callback.site)
    if (callback === null) response.status(404).end()
    return callback === null || form === null ? null : { ...callback, form }
  }
  const callerFor = async (site: string, person: string): Promise<Caller | null> => {
    const known = await personOf(site, person)
    return known === null ? null : { credentialId: `reply-${person}`, person: { id: person, name: known.name }, role: known.role }
  }
  const acknowledge = async (site: string, ref: string, person: string, life: number | null): Promise<string> => {
    const [caller, record] = await Promise.all([callerFor(site, person), incidents.record(site, ref)])
    if (caller === null || record === null) return `${ref} is not known any more.`
    if (life !== null && record.reopens !== life) return `${ref} was reopened after that message: a newer one acknowledges. It is ${record.state}.`
    const result = await incidents.command(site, ref, { type: 'acknowledge' }, caller)
    if (result.kind === 'refused') return `${ref} was not acknowledged: ${result.refusal.detail}`
    const row = await incidents.get(site, ref)
    return row?.owner?.id === person ? `${ref} is yours.` : `${row?.owner?.name ?? 'Somebody else'} has ${ref}; you joined as helper.`
  }
  const deliveryOf = async (site: string, id: string): Promise<Delivery | null> => (await notificationLog.get(site, id))?.delivery ?? null

  router.post('/n/gateway/sms/:token', openToAll, ...formBody, async (request, response) => {
    const call = await called(request, response)
    if (call === null) return
    const status = call.form.get('MessageStatus') ?? ''
    const state = outcomeOf(status)
    if (state !== null) await outbox.receipt(call.site, call.delivery, { state, detail: `the gateway says ${status.slice(0, 40)}` })
    response.status(204).end()
  })

  /** A call that ended: a key that was pressed has taken the row away already, so what is left here is a call nobody answered. */
  router.post('/n/gateway/call/:token', openToAll, ...formBody, async (request, response) => {
    const call = await called(request, response)
    if (call === null) return
    const status = call.form.get('CallStatus') ?? ''
    await outbox.receipt(call.site, call.delivery, { state: 'failed', detail: `the call ended without a key (${status.slice(0, 40)})` })
    response.status(204).end()
  })

  /** What is said is made when the call is answered. */
  router.post('/n/gateway/answer/:token', openToAll, ...formBody, async (request, response) => {
    const call = await called(request, response)
    if (call === null) return
    const delivery = await deliveryOf(call.site, call.delivery)
    if (delivery !== null && delivery.ref === '') return spoken(response, say('This is a test call from Floorwatch. Nothing has happened.'))
    const row = delivery === null ? null : await incidents.get(call.site, delivery.ref)
    if (row === null) return spoken(response, say('Nothing is known of this incident any more.'))
    if (row.state !== 'open') return spoken(response, say(`${row.ref} has been taken. Nothing is left to do.`))
    const record = await incidents.record(call.site, row.ref)
    const what = record?.discreet === true ? (row.category ?? row.type) : row.title
    spoken(response, `<Gather numDigits="1" timeout="10" action="${publicUrl}/n/gateway/key/${String(request.params['token'])}">${say(`Floorwatch. Priority ${(row.priority ?? '').replace('P', '')}. ${what}. Press 1 to take it.`)}</Gather>${say('Nobody took it. Good bye.')}`)
  })

  router.post('/n/gateway/key/:token', openToAll, ...formBody, async (request, response) => {
    const call = await called(request, response)
    if (call === null) return
    const delivery = await deliveryOf(call.site, call.delivery)
    // A machine that answers presses nothing.
    if (delivery === null || delivery.person === null || call.form.get('Digits') !== '1') return spoken(response, say('That was not the key 1.'))
    spoken(response, say(await acknowledge(call.site, delivery.ref, delivery.person, null)))
  })

  /** `K7QX ACK` or `K7QX ESC`, by text message, from whoever holds the telephone that the code was sent to. */
  router.post('/n/gateway/replies/:site', openToAll, ...formBody, async (request, response) => {
    const site = String(request.params['site'])
    const form = await signedForm(request, response, site)
    if (form === null) return
    const [code = '', word = ''] = (form.get('Body') ?? '').trim().toUpperCase().split(/\s+/)
    const page = await replyCodes.find(site, code)
    // A code is short: it counts from the telephone that it was sent to, and from any other it is as unknown as a guess.
    if (page === null || !sameTelephone(form.get('From') ?? '', (await phoneOf(site, page.person)) ?? '')) return sms(response, 'That code is not known. Reply with the code of the message and ACK.')
    if (word === 'ACK') return sms(response, await acknowledge(site, page.ref, page.person, page.life))
    if (word !== 'ESC') return sms(response, `Reply "${code} ACK" to take ${page.ref}, "${code} ESC" to tell the next level now.`)
    const [caller, record] = await Promise.all([callerFor(site, page.person), incidents.record(site, page.ref)])
    if (caller === null || record === null) return sms(response, `${page.ref} is not known any more.`)
    if (record.ownership.generation !== page.generation || record.ownership.level !== page.level) return sms(response, `${page.ref} was not escalated: it stands at level ${record.ownership.level} and is ${record.state} now.`)
    const result = await incidents.command(site, page.ref, { type: 'escalate', level: page.level, reason: 'by a reply to the text message' }, caller)
    sms(response, result.kind === 'done' ? `${page.ref}: the next level is told now.` : `${page.ref} was not escalated: ${result.kind === 'refused' ? result.refusal.detail : 'it is not known'}`)
  })

  return router
}
