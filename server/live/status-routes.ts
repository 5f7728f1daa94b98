import { Router } from 'express'
import { entitle, openToAll } from '../access/guard.ts'
import type { StatusAnswer } from '../contract/row-schemas.ts'
import { areaOf, concerns, type Area, type Credential } from '../contract/roles.ts'
import type { Incident } from '../contract/rows.ts'
import { maintenanceOf } from '../domain/escalation/maintenance.ts'
import type { IncidentRecord, ToldUpdate } from '../domain/incident/incident.ts'
import { isWritten } from '../domain/incident/title.ts'
import { DAY, HOUR, instantOf, isoOf, later, type Instant } from '../domain/time.ts'
import type { Texts } from '../redis/sealed-texts.ts'
import type { Settings } from '../redis/settings.ts'
import type { Sites } from '../redis/sites.ts'
import type { LiveReplica } from './live-replica.ts'

export interface StatusRoutesDeps {
  readonly sites: Pick<Sites, 'get'>
  readonly settings: Pick<Settings, 'get' | 'incidentSettings'>
  readonly replicas: { readonly get: (site: string) => Promise<LiveReplica> }
  readonly rows: (site: string, records: readonly IncidentRecord[]) => Promise<ReadonlyMap<string, Incident>>
  readonly texts: Pick<Texts, 'resolve'>
  /** Groups of the stakeholder register that somebody is in. */
  readonly groupsOf: (site: string, person: string) => Promise<readonly string[]>
  readonly now: () => Instant
}

const over: readonly string[] = ['draft', 'closed', 'cancelled', 'merged']
/** What is resolved stays to be read for a day. */
const RESOLVED_SHOWN_MS = 24 * HOUR
/** Planned work is told so long before it begins. */
const PLANNED_SHOWN_MS = 7 * DAY

interface Reader {
  readonly area: Area | null
  readonly strangers: boolean
  /** Of the stakeholder register: they read what only these were told. */
  readonly groups: readonly string[]
}
const strangers: Reader = { area: null, strangers: true, groups: [] }

/** The last word for whoever is in these groups: to everybody, or to one of them. */
const newestFor = ({ all, groups: told = {} }: IncidentRecord['updates']['newest'], groups: readonly string[]): ToldUpdate | null =>
  [all, ...groups.map((group) => (Object.hasOwn(told, group) ? (told[group] ?? null) : null))].reduce((newest, one) => (one !== null && (newest === null || one.at > newest.at) ? one : newest), null)

/** By when a group with a clock of its own hears more. */
const nextWordBy = (clocks: IncidentRecord['clocks'], groups: readonly string[]): string | null => {
  const due = clocks.flatMap(({ kind, name, stoppedAt, dueAt }) => (kind === 'audience' && name !== null && groups.includes(name) && stoppedAt === null && dueAt !== null ? [dueAt] : []))
  return due.length === 0 ? null : isoOf(instantOf(Math.min(...due)))
}

/** The stakeholders' page: what is wrong, how bad, since when, and what was last told. No caller, no agent, no free text but titles and updates that somebody wrote to be read, and of a discreet incident not even those. */
export const statusRoutes = ({ sites, settings, replicas, rows, texts, groupsOf, now }: StatusRoutesDeps): Router => {
  const router = Router()
  const readerOf = async (site: string, credential: Credential): Promise<Reader> => ({ area: areaOf(credential), strangers: false, groups: credential.person === null ? [] : await groupsOf(site, credential.person.id) })

  const shown = async (site: string, { area, strangers, groups }: Reader): Promise<StatusAnswer> => {
    const replica = await replicas.get(site)
    const { floor } = replica
    // A log that holds nothing yet says so as of now.
    const asOf = floor.asOf === 0 ? now() : floor.asOf
    const records = floor.incidents().filter(({ type, drill, queue, state, resolvedAt }) => type === 'incident' && !drill && concerns(area, queue) && !over.includes(state) && (resolvedAt === null || asOf - resolvedAt < RESOLVED_SHOWN_MS))
    const newest = new Map(records.filter(({ discreet }) => !discreet).flatMap(({ ref, updates }) => { const told = strangers ? updates.newest.public : newestFor(updates.newest, groups); return told === null ? [] : [[ref, told] as const] }))
    const [byRef, { categories, maintenance }, words] = await Promise.all([rows(site, records), settings.incidentSettings(site), texts.resolve(site, [...newest.values()].map(({ text }) => text))])
    const updateOf = (ref: string): StatusAnswer['incidents'][number]['update'] => {
      const told = newest.get(ref)
      const text = told === undefined ? null : (words.get(told.text) ?? null)
      return told === undefined || text === null ? null : { text, state: told.state, at: isoOf(told.at), nextUpdateAt: told.nextUpdateAt === null ? null : isoOf(told.nextUpdateAt) }
    }
    const planned = maintenanceOf(maintenance).windows(asOf, later(asOf, PLANNED_SHOWN_MS)).filter(({ settings: one }) => one.publish)
    const active = records.filter(({ state }) => state !== 'resolved')
    return {
      site,
      name: sites.get(site)?.name ?? site,
      timeZone: sites.get(site)?.timeZone ?? 'UTC',
      asOf: isoOf(asOf),
      state: active.some(({ major, priority }) => major || priority === 'P1') ? 'major-incident' : active.length > 0 ? 'degraded' : 'operational',
      incidents: records
        .map(({ ref, priority, category, service, state, major, discreet, reportedAt, resolvedAt, clocks }) => {
          const kind = category === null ? 'Incident' : (categories[category]?.name ?? category)
          const row = byRef.get(ref)
          return { ref, priority, title: discreet || row === undefined || !isWritten(row) ? kind : row.title, category, service: discreet ? null : service, state, major, reportedAt: isoOf(reportedAt), resolvedAt: resolvedAt === null ? null : isoOf(resolvedAt), update: updateOf(ref), nextWordBy: nextWordBy(clocks, groups) }
        })
        .sort((a, b) => Number(b.major) - Number(a.major) || (a.priority ?? 'P9').localeCompare(b.priority ?? 'P9') || b.reportedAt.localeCompare(a.reportedAt)),
      maintenance: planned.map(({ name, from, to, settings: one }) => ({ name, from: isoOf(from), to: isoOf(to), services: [...(one.services ?? [])] })),
    }
  }

  router.get('/sites/:site/status', openToAll, async (request, response) => {
    const site = String(request.params.site)
    const { door } = response.locals
    if (door === undefined) throw new Error('status asked for outside /api/v1')
    const published = (await door.siteExists(site)) && (await settings.get(site)).document.status.publish
    const reader = published ? strangers : await readerOf(site, await entitle('status:read', site, door))
    response.set('cache-control', published ? 'public, max-age=5' : 'no-store').json(await shown(site, reader))
  })

  return router
}
