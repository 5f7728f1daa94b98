import { Router } from 'express'
import { readSettingsText } from '../contract/settings.ts'
import { accepted, bytesBody, jsonBody, mediaTypeOf, queryOf, textOf } from '../http/body.ts'
import { problem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import type { Settings } from '../redis/settings.ts'
import type { Site, Sites } from '../redis/sites.ts'
import { stringify } from 'yaml'
import { z } from 'zod'
import { listQuery, siteBody, siteId } from '../contract/accounts.ts'
import { demoSite } from './demo.ts'
import { expectedVersion, versionTag } from './etags.ts'
import { credentialOf, guard, signedIn } from './guard.ts'
import { pageOf } from './pages.ts'

export interface SitesRoutesDeps {
  readonly sites: Sites
  readonly settings: Settings
  /** False: the id `demo` stays empty. */
  readonly demo: boolean
  readonly log: Logger
}

const settingsQuery = z.strictObject({ dryRun: z.enum(['true', 'false'], { error: 'must be true or false' }).optional() })
const settingsTypes = ['application/json', 'application/yaml'] as const
/** 1,000 queues and 5,000 people fit four times. */
const settingsLimit = 4 * 1024 * 1024

const shown = ({ id, name, timeZone }: Site) => ({ id, name, timeZone, demo: id === demoSite })
const stale = (version: number) => problem(412, 'settings_changed', `the settings are at version ${version} now: read them again and repeat the change`).with({ etag: versionTag(version) })

/** Sites and their settings. */
export const sitesRoutes = ({ sites, settings, demo, log }: SitesRoutesDeps): Router => {
  const router = Router()

  router.get('/sites', signedIn, (request, response) => {
    const { sites: reach } = credentialOf(response)
    const visible = sites.list().filter(({ id }) => (reach === null || reach.includes(id)) && (demo || id !== demoSite))
    const { items, next } = pageOf(visible, ({ id }) => id, queryOf(listQuery, request.url))
    response.json({ items: items.map(shown), next })
  })

  router.put('/sites/:site', guard('access:manage', { newSite: true }), ...jsonBody(), async (request, response) => {
    const id = siteId.safeParse(request.params.site)
    if (!id.success) throw problem(422, 'fields_invalid', 'a site id must be 1 to 40 of a-z, 0-9 and -', { faults: [{ path: 'site', code: 'bad_value', detail: 'must be 1 to 40 of a-z, 0-9 and -' }] })
    if (id.data === demoSite && !demo) throw problem(409, 'site_reserved', 'the id "demo" belongs to the demo floor, which is switched off (DEMO=off)')
    const { name, timeZone } = accepted(siteBody, request.body)
    const before = sites.get(id.data)
    const outcome = await sites.put({ id: id.data, name, timeZone })
    if (before !== null && (before.name !== name || before.timeZone !== timeZone)) await settings.siteChanged(id.data)
    log.info({ event: 'access.site-saved', by: credentialOf(response).id, site: id.data, outcome }, 'site saved')
    response.status(outcome === 'created' ? 201 : 200).json(shown({ id: id.data, name, timeZone }))
  })

  router.get('/sites/:site/settings', guard('settings:read'), async (request, response) => {
    queryOf(z.strictObject({}), request.url)
    const { version, document } = await settings.get(String(request.params.site))
    response.set({ etag: versionTag(version), 'cache-control': 'private, no-cache', vary: 'accept' })
    if (request.headers['if-none-match'] === versionTag(version)) return void response.status(304).end()
    if (request.accepts(['application/json', 'application/yaml']) === 'application/yaml') return void response.type('application/yaml').send(stringify(document))
    response.json(document)
  })

  router.get('/sites/:site/settings/warnings', guard('settings:read'), async (request, response) => {
    queryOf(z.strictObject({}), request.url)
    response.json({ items: await settings.warnings(String(request.params.site)), next: null })
  })

  /** What whoever logs an incident sees while logging it; no contact, no secret, no ladder. */
  router.get('/sites/:site/incident-rules', guard('incidents:log'), async (request, response) => {
    queryOf(z.strictObject({}), request.url)
    const { priorities, sla, categories } = (await settings.get(String(request.params.site))).document
    response.json({ priorities, sla, categories })
  })

  router.put('/sites/:site/settings', guard('settings:write'), ...bytesBody(settingsTypes, settingsLimit), async (request, response) => {
    const site = String(request.params.site)
    const { dryRun } = queryOf(settingsQuery, request.url)
    const text = readSettingsText(textOf(request.body), mediaTypeOf(request.headers['content-type']) === 'application/yaml' ? 'yaml' : 'json')
    if (!text.ok) throw problem(400, text.code, text.detail)
    const expected = expectedVersion(request.headers['if-match'])
    if (expected === null) throw stale((await settings.get(site)).version)
    const answer = await settings.put(site, text.value, { ...(expected === undefined ? {} : { expected }), dryRun: dryRun === 'true' })
    if (answer.outcome === 'stale') throw stale(answer.version)
    if (answer.outcome === 'faulty') throw problem(422, 'settings_invalid', `${answer.faults.length} fault${answer.faults.length === 1 ? '' : 's'} in the settings; nothing was changed`, { faults: answer.faults })
    if (answer.outcome === 'saved') log.info({ event: 'access.settings-saved', by: credentialOf(response).id, site, version: answer.version }, 'settings saved')
    response.set('etag', versionTag(answer.version)).json({ version: answer.version, warnings: answer.warnings, ...(dryRun === 'true' ? { dryRun: true } : {}) })
  })

  return router
}
