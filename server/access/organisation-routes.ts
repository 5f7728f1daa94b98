import { Router } from 'express'
import { z } from 'zod'
import { parseOrganisation, readSettingsText } from '../contract/settings.ts'
import { bytesBody, mediaTypeOf, queryOf, textOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Logger } from '../log.ts'
import type { Organisation, OrganisationCalendars } from '../redis/organisation.ts'
import type { Settings } from '../redis/settings.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { expectedVersion, versionTag } from './etags.ts'
import { credentialOf, guard } from './guard.ts'

export interface OrganisationRoutesDeps {
  readonly organisation: Organisation
  readonly settings: Settings
  readonly now: () => Instant
  readonly log: Logger
}

const readQuery = z.strictObject({ version: z.string().regex(/^\d{1,9}$/, { error: 'must be the number of a version' }).transform(Number).optional() })
const writeQuery = z.strictObject({ dryRun: z.enum(['true', 'false'], { error: 'must be true or false' }).optional() })
const LIMIT = 1024 * 1024

const shown = ({ version, savedAt, calendars }: OrganisationCalendars) => ({ version, savedAt: savedAt === null ? null : isoOf(savedAt), calendars })
const stale = (version: number) => problem(412, 'calendars_changed', `the calendars of the organisation are at version ${version} now: read them again and repeat the change`).with({ etag: versionTag(version) })

/** Calendars above the sites, which a site has where it has not its own; and those that count at a site, each with whose it is. */
export const organisationRoutes = ({ organisation, settings, now, log }: OrganisationRoutesDeps): Router => {
  const router = Router()

  router.get('/organisation/calendars', guard('settings:read'), async (request, response) => {
    const { version } = queryOf(readQuery, request.url)
    const found = version === undefined ? await organisation.current() : await organisation.version(version)
    if (found === null) throw notFound('version of the calendars', String(version))
    response.set({ etag: versionTag(found.version), 'cache-control': 'private, no-cache' }).json(shown(found))
  })

  router.put('/organisation/calendars', guard('settings:write'), ...bytesBody(['application/json', 'application/yaml'], LIMIT), async (request, response) => {
    const credential = credentialOf(response)
    const { dryRun } = queryOf(writeQuery, request.url)
    const text = readSettingsText(textOf(request.body), mediaTypeOf(request.headers['content-type']) === 'application/yaml' ? 'yaml' : 'json')
    if (!text.ok) throw problem(400, text.code, text.detail)
    if (credential.sites !== null) throw problem(403, 'forbidden', 'only an administrator of every site may change what every site has')
    const before = await organisation.current()
    const expected = expectedVersion(request.headers['if-match'])
    if (expected === null || (expected !== undefined && expected !== before.version)) throw stale(before.version)
    const parsed = parseOrganisation(text.value, isoOf(now()).slice(0, 10))
    const faults = parsed.ok ? await settings.calendarsInUse(parsed.calendars) : parsed.faults
    if (!parsed.ok || faults.length > 0) throw problem(422, 'settings_invalid', `${faults.length} fault${faults.length === 1 ? '' : 's'} in the calendars; nothing was changed`, { faults })
    if (dryRun === 'true') return void response.set('etag', versionTag(before.version)).json({ version: before.version, warnings: [], dryRun: true })
    const version = await organisation.put(parsed.calendars, before.version, now())
    if (version === null) throw stale((await organisation.current()).version)
    log.info({ event: 'access.organisation-calendars-saved', by: credential.id, version }, 'calendars of the organisation saved')
    await settings.organisationChanged()
    response.set('etag', versionTag(version)).json({ version, warnings: [] })
  })

  /** What counts at a site, by name: for whoever chooses among them. */
  router.get('/sites/:site/calendars', guard('settings:read'), async (request, response) => {
    queryOf(z.strictObject({}), request.url)
    const [{ version, whole, origins }, above] = await Promise.all([settings.get(String(request.params['site'])), organisation.current()])
    const items = Object.entries(whole.calendars).map(([name, calendar]) => ({ name, from: origins[name] ?? 'built-in', version: origins[name] === 'site' ? version : origins[name] === 'organisation' ? above.version : null, calendar }))
    response.json({ items, next: null })
  })

  return router
}
