import { Router, type Request } from 'express'
import { approvePairing, changeScreen, collectPairing, listQuery } from '../contract/accounts.ts'
import type { Credential } from '../contract/roles.ts'
import { instantOf, isoOf, type Instant } from '../domain/time.ts'
import { accepted, jsonBody, queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import { PAIRING_MS, shownCode, type Pairings } from '../redis/pairings.ts'
import type { Screen, Screens } from '../redis/screens.ts'
import { countAttempts } from './attempts.ts'
import { screenKeptS, type Cookies } from './cookies.ts'
import { credentialOf, guard, openToAll } from './guard.ts'
import { pageOf } from './pages.ts'

export interface ScreensRoutesDeps {
  readonly screens: Screens
  readonly pairings: Pairings
  readonly cookies: Cookies
  readonly siteExists: (site: string) => boolean
  readonly addressOf: (request: Request) => string
  readonly now: () => number
  readonly log: Logger
}

const ASK_EVERY_MS = 3_000

/** Walls without a keyboard: the screen shows a code, an administrator names it, and the screen collects a token for one board. */
export const screensRoutes = ({ screens, pairings, cookies, siteExists, addressOf, now, log }: ScreensRoutesDeps): Router => {
  const router = Router()
  const at = (): Instant => instantOf(now())
  const begun = countAttempts({ most: 30, withinMs: 15 * 60_000, now })
  /** A code has 25 thousand million values and lives ten minutes; guessing is not helped either. */
  const guessed = countAttempts({ most: 20, withinMs: 15 * 60_000, now })
  const reached = ({ sites }: Credential, site: string): boolean => sites === null || sites.includes(site)
  const row = ({ id, name, site, board, pairedAt, revokedAt, ended }: Screen, seen: Instant | undefined) => ({ id, name, site, board, pairedAt: isoOf(pairedAt), lastSeenAt: seen === undefined ? null : isoOf(seen), revokedAt: revokedAt === null ? null : isoOf(revokedAt), ended })

  router.post('/screens/pairings', openToAll, async (request, response) => {
    const address = addressOf(request)
    const wait = begun.waitFor(address)
    if (wait > 0) throw problem(429, 'pairing_throttled', 'too many codes were asked for; wait before the next').with({ 'retry-after': String(Math.ceil(wait / 1_000)) })
    begun.tried(address)
    const { code, device } = await pairings.begin()
    response.status(201).json({ code: shownCode(code), device, expiresAt: isoOf(instantOf(now() + PAIRING_MS)), askEveryMs: ASK_EVERY_MS })
  })

  router.post('/screens/pairings/token', openToAll, ...jsonBody(), async (request, response) => {
    const found = await pairings.collect(accepted(collectPairing, request.body).device)
    if (found === null) throw problem(410, 'pairing_over', 'this code is over: ask for another')
    if (found === 'waiting') return void response.status(202).json({ state: 'waiting' })
    const [screen, token] = [screens.get(found), await screens.issue(found, at())]
    if (screen === null || token === null) throw problem(410, 'pairing_over', 'the screen was revoked before it began: ask for another code')
    response.append('set-cookie', cookies.set(cookies.screen, token, screenKeptS))
    response.status(201).json({ state: 'paired', screen: { name: screen.name, site: screen.site, board: screen.board } })
  })

  router.post('/screens', guard('access:manage'), ...jsonBody(), async (request, response) => {
    const credential = credentialOf(response)
    const { code, site, name, board } = accepted(approvePairing, request.body)
    if (!siteExists(site) || !reached(credential, site)) throw notFound('site', site)
    const wait = guessed.waitFor(credential.id)
    if (wait > 0) throw problem(429, 'pairing_throttled', 'too many wrong codes; wait before the next').with({ 'retry-after': String(Math.ceil(wait / 1_000)) })
    const unknown = () => {
      guessed.tried(credential.id)
      return problem(404, 'code_unknown', 'no screen shows this code now; a code lives ten minutes')
    }
    if (!(await pairings.waits(code))) throw unknown()
    const screen = await screens.pair({ name: name ?? 'Wall', site, board }, at())
    if (!(await pairings.approve(code, screen.id))) {
      await screens.revoke(screen.id, at(), 'revoked')
      throw unknown()
    }
    log.info({ event: 'access.screen-paired', by: credential.id, screen: screen.id, site, board }, 'screen paired')
    response.status(201).json(row(screen, undefined))
  })

  router.get('/screens', guard('access:manage'), async (request, response) => {
    const seen = await screens.lastSeen()
    const visible = screens.all().filter(({ site }) => reached(credentialOf(response), site))
    const { items, next } = pageOf(visible, ({ id }) => id, queryOf(listQuery, request.url))
    response.json({ items: items.map((screen) => row(screen, seen.get(screen.id))), next })
  })

  const ofCaller = (request: Request, credential: Credential): Screen => {
    const id = String(request.params['id'])
    const screen = screens.get(id)
    if (screen === null || !reached(credential, screen.site)) throw notFound('screen', id)
    return screen
  }
  const over = (id: string) => problem(409, 'screen_ended', `the screen ${id} was revoked: pair it anew`)

  router.put('/screens/:id', guard('access:manage'), ...jsonBody(), async (request, response) => {
    const { id } = ofCaller(request, credentialOf(response))
    const { name, board } = accepted(changeScreen, request.body)
    const changed = await screens.change(id, { ...(name === undefined ? {} : { name }), ...(board === undefined ? {} : { board }) }, at())
    if (changed === null) throw over(id)
    log.info({ event: 'access.screen-changed', by: credentialOf(response).id, screen: id, board: changed.board }, 'screen changed')
    response.json(row(changed, (await screens.lastSeen()).get(id)))
  })

  router.post('/screens/:id/reload', guard('access:manage'), async (request, response) => {
    const { id } = ofCaller(request, credentialOf(response))
    if (!(await screens.call(id, at()))) throw over(id)
    response.status(204).end()
  })

  router.delete('/screens/:id', guard('access:manage'), async (request, response) => {
    const { id } = ofCaller(request, credentialOf(response))
    await screens.revoke(id, at(), 'revoked')
    log.info({ event: 'access.screen-revoked', by: credentialOf(response).id, screen: id }, 'screen revoked')
    response.status(204).end()
  })

  return router
}
