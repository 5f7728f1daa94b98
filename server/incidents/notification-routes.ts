import { randomBytes } from 'node:crypto'
import { Router, type Request } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { demoSite } from '../contract/demo.ts'
import { refPattern } from '../contract/incidents.ts'
import { deliveryStates, testPageBody } from '../contract/notifications.ts'
import { areaOf, may } from '../contract/roles.ts'
import { instantOf } from '../domain/time.ts'
import { accepted, jsonBody, queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import type { NotificationPlace } from '../redis/notifications.ts'
import { idOfKey } from './notification-rows.ts'
import type { Notifications } from './notifications.ts'
import { callerOf } from './common-routes.ts'

const count = z.string().regex(/^\d{1,4}$/, { error: 'must be 1 to 1000' }).transform(Number).refine((number) => number >= 1 && number <= 1_000, { error: 'must be 1 to 1000' }).default(100)
const placeIn = (cursor: string): NotificationPlace | null => {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as readonly unknown[]
    return typeof at === 'number' && typeof id === 'string' ? { at: instantOf(at), id } : null
  } catch {
    return null
  }
}
const cursor = z.string().max(1_000).refine((text) => placeIn(text) !== null, { error: 'must be the "next" of the page before' }).transform(placeIn)
const states = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(deliveryStates, { error: `must be among ${deliveryStates.join(', ')}, with commas between them` })).min(1))
const listQuery = z.strictObject({ ref: z.string().regex(refPattern, { error: 'must be the reference of an incident' }).optional(), person: z.string().max(200).optional(), channel: z.string().max(20).optional(), state: states.optional(), cursor: cursor.optional(), limit: count })

const siteOf = (request: Request): string => String(request.params['site'])
const idOf = (request: Request): string => String(request.params['id'])

/** The log of notifications with their receipts, dead letters, and the test page. */
export const notificationRoutes = ({ notifications, log }: { readonly notifications: Notifications; readonly log: Logger }): Router => {
  const router = Router()

  router.get('/sites/:site/notifications', guard('notifications:read'), async (request, response) => {
    const { ref, person, channel, state, cursor: below, limit } = queryOf(listQuery, request.url)
    response.json(await notifications.list(siteOf(request), { ref: ref ?? null, person: person ?? null, channel: channel ?? null, states: state ?? null, area: areaOf(credentialOf(response)), below: below ?? null, limit }))
  })

  router.get('/sites/:site/notifications/summary', guard('floor:read'), async (request, response) => {
    response.json(await notifications.summary(siteOf(request)))
  })

  router.get('/sites/:site/notifications/people', guard('notifications:read'), async (request, response) => {
    response.json({ items: await notifications.reachable(siteOf(request)), next: null })
  })

  router.get('/sites/:site/notifications/dead-letters', guard('notifications:read'), async (request, response) => {
    response.json({ items: await notifications.deadLetters(siteOf(request), areaOf(credentialOf(response))), next: null })
  })

  const end = (how: 'replay' | 'purge') => async (request: Request, credential: ReturnType<typeof credentialOf>) => {
    const { person, role } = callerOf(credential)
    if (!(await notifications.endDeadLetter(siteOf(request), idOf(request), how, { id: person.id, role, area: areaOf(credential) }))) throw notFound('dead letter', idOf(request))
    log.info({ event: `notifications.dead-letter-${how}`, by: credential.id, site: siteOf(request) }, how === 'replay' ? 'a dead letter is sent again' : 'a dead letter was purged')
  }
  router.post('/sites/:site/notifications/dead-letters/:id/replay', guard('notifications:manage'), async (request, response) => {
    await end('replay')(request, credentialOf(response))
    response.status(202).json({ id: idOf(request) })
  })
  router.delete('/sites/:site/notifications/dead-letters/:id', guard('notifications:manage'), async (request, response) => {
    await end('purge')(request, credentialOf(response))
    response.status(204).end()
  })

  /** One's own channels by anybody who is told; other people's by whoever manages them. */
  router.post('/sites/:site/notifications/test', guard('notifications:read'), ...jsonBody(), async (request, response) => {
    const credential = credentialOf(response)
    const site = siteOf(request)
    const { channel, person = credential.person?.id ?? '' } = accepted(testPageBody, request.body)
    if (site === demoSite) throw problem(409, 'demo_sends_nothing', 'the demo site sends nothing off this machine')
    if (person !== credential.person?.id && !may(credential, 'notifications:manage')) throw problem(403, 'forbidden', 'only administrators and duty managers send a test page to somebody else')
    const key = await notifications.test(site, person, channel, randomBytes(9).toString('base64url'))
    if (key === null) {
      const known = (await notifications.reachable(site)).find((one) => one.person === person)
      const theirs = [...new Set([...(known?.urgent ?? []), ...(known?.routine ?? [])])]
      throw problem(409, 'no_such_channel', `"${person.slice(0, 100)}" has no channel "${channel}" on this site; ${known === undefined ? 'nobody is known by that name: notifications/people lists everybody' : `they have: ${theirs.join(', ') || 'none'}`}`)
    }
    response.status(202).json({ id: idOfKey(key) })
  })

  router.get('/sites/:site/notifications/:id', guard('notifications:read'), async (request, response) => {
    const row = await notifications.get(siteOf(request), idOf(request), areaOf(credentialOf(response)))
    if (row === null) throw notFound('notification', idOf(request))
    response.json(row)
  })

  return router
}
