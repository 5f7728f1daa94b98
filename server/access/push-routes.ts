import { Router, type Response } from 'express'
import { pushSubscriptionBody } from '../contract/notifications.ts'
import { outboundFault, type Cidrs } from '../contract/outbound.ts'
import { instantOf, isoOf } from '../domain/time.ts'
import { accepted, jsonBody } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { PushSubscriptions, StoredSubscription } from '../redis/push-subscriptions.ts'
import type { VapidKeys } from '../redis/vapid.ts'
import { credentialOf, signedIn } from './guard.ts'

export interface PushRoutesDeps {
  readonly subscriptions: PushSubscriptions
  readonly vapid: () => Promise<VapidKeys>
  readonly outboundAllow: Cidrs
  readonly now: () => number
}

const rowOf = ({ id, device, addedAt }: StoredSubscription) => ({ id, device, addedAt: isoOf(instantOf(addedAt)) })

/** Browsers of a person that may be woken. */
export const pushRoutes = ({ subscriptions, vapid, outboundAllow, now }: PushRoutesDeps): Router => {
  const router = Router()
  const personOf = (response: Response): string => {
    const { kind, person } = credentialOf(response)
    // Anybody at this machine is a demo person, and the demo sends nothing off it.
    if (kind === 'demo' || person === null) throw problem(403, 'forbidden', 'only somebody who signed in can be woken')
    return person.id
  }

  router.get('/push/key', signedIn, async (_request, response) => {
    response.json({ publicKey: (await vapid()).publicKey })
  })

  router.get('/push/subscriptions', signedIn, async (_request, response) => {
    response.json({ items: (await subscriptions.of(personOf(response))).map(rowOf), next: null })
  })

  router.post('/push/subscriptions', signedIn, ...jsonBody(), async (request, response) => {
    const person = personOf(response)
    const { endpoint, keys, device } = accepted(pushSubscriptionBody, request.body)
    const fault = outboundFault(endpoint, outboundAllow)
    if (fault !== null) throw problem(422, 'fields_invalid', `endpoint ${fault}`, { faults: [{ path: 'endpoint', code: 'url_refused', detail: fault }] })
    response.status(201).json(rowOf(await subscriptions.add(person, { endpoint, keys, device }, now())))
  })

  router.delete('/push/subscriptions/:id', signedIn, async (request, response) => {
    const id = String(request.params['id'])
    if (!(await subscriptions.remove(personOf(response), id))) throw notFound('subscription', id)
    response.status(204).end()
  })

  return router
}
