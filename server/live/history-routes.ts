import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import type { ContactRow } from '../contract/rows.ts'
import type { ContactFigures, IntervalFigures } from '../domain/floor.ts'
import { HOUR, instantOf, QUARTER_HOUR, type Instant } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { AgentIdentity } from '../redis/sealed-agents.ts'
import { inSteps, steps } from './interval-steps.ts'
import type { LiveReplica } from './live-replica.ts'
import { scopeOf, type Scope } from './scope.ts'
import { toContactRow, toExplanationRow, toIntervalRow } from './to-rows.ts'

export interface HistoryRoutesDeps {
  readonly replicas: { readonly get: (site: string) => Promise<LiveReplica> }
  readonly sealed: Pick<Sealed, 'agents'>
  /** Stored quarter-hour rows, for what the live floor no longer holds. */
  readonly history: { readonly readRows: (site: string, from: Instant, to: Instant, basis: IntervalFigures['basis'], queue?: string) => Promise<readonly IntervalFigures[]> }
}

/** The floor answers for the last two days itself, with what came in late; older rows are as they were stored. */
const HOT_MS = 48 * HOUR
const MOST_ROWS = 100_000

const instant = z.string().transform((text, context) => {
  const at = parseRfc3339(text)
  if (at !== null) return instantOf(at)
  context.addIssue({ code: 'custom', message: 'must be an instant with a zone, such as 2026-11-22T09:00:00.000Z' })
  return z.NEVER
})
const zoneKnown = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null
  } catch {
    return false
  }
}
const range = { from: instant, to: instant }
const name = z.string().min(1).max(200)
const intervalsQuery = z.strictObject({
  ...range,
  step: z.enum(steps).default('15m'),
  queue: name.optional(),
  channel: z.enum(['voice', 'chat', 'email', 'task']).optional(),
  tz: z.string().max(60).refine(zoneKnown, { error: 'must be an IANA time zone, such as Europe/London' }).optional(),
  basis: z.enum(['outcome', 'arrival']).default('outcome'),
})
const outcomes = ['pending', 'answered', 'abandoned', 'callback', 'flowed-out', 'system', 'refused'] as const
const limit = z.string().regex(/^\d{1,4}$/, { error: 'must be 1 to 1000' }).transform(Number).refine((count) => count >= 1 && count <= 1_000, { error: 'must be 1 to 1000' }).default(100)
const contactsQuery = z.strictObject({ ...range, queue: name.optional(), outcome: z.enum(outcomes).optional(), agent: name.optional(), cursor: z.string().max(600).optional(), limit })
const explainQuery = z.strictObject({ metric: name, queue: name, window: z.string().min(1).max(20).default('today') })

const inOrder = ({ from, to }: { readonly from: Instant; readonly to: Instant }): void => {
  if (from >= to) throw problem(422, 'range_invalid', 'from must be before to')
}

/** Position of a visit in the list: its enqueue, contact and leg. */
type Place = readonly [queuedAt: number, contactId: string, legId: string]
const placeOf = ({ queuedAt, contactId, legId }: ContactFigures): Place => [queuedAt, contactId, legId]
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const before = (a: Place, b: Place): number => a[0] - b[0] || byText(a[1], b[1]) || byText(a[2], b[2])
const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')
const placeIn = (cursor: string): Place => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(parsed) && parsed.length === 3 && typeof parsed[0] === 'number' && typeof parsed[1] === 'string' && typeof parsed[2] === 'string') return [parsed[0], parsed[1], parsed[2]]
  } catch {
    // Told below, with what would be accepted.
  }
  throw problem(400, 'query_invalid', 'cursor: must be the "next" of the page before')
}

/** Rows, contacts and explanations behind the live figures. */
export const historyRoutes = ({ replicas, sealed, history }: HistoryRoutesDeps): Router => {
  const router = Router()
  const siteOf = (request: Request): string => String(request.params.site)

  const queueWithin = (replica: LiveReplica, scope: Scope, queue: string): void => {
    const reached = scope.area === null || scope.area.queues === null || scope.area.queues.includes(queue)
    if (!reached || replica.floor.queue(queue) === null) throw notFound('queue', queue)
  }
  const shown = (scope: Scope) => (row: { readonly queue: string }) => scope.area === null || scope.area.queues === null || scope.area.queues.includes(row.queue)

  const contactRows = async (site: string, contacts: readonly ContactFigures[], scope: Scope): Promise<(figures: ContactFigures) => ContactRow> => {
    const numbers = contacts.flatMap(({ agent }) => agent ?? [])
    const names: ReadonlyMap<number, AgentIdentity> = scope.fields === 'staff' ? await sealed.agents.resolve(site, numbers) : new Map()
    return (figures) => toContactRow(figures, figures.agent === null ? null : (names.get(figures.agent) ?? null))
  }

  router.get('/sites/:site/intervals', guard('floor:read'), async (request, response) => {
    const query = queryOf(intervalsQuery, request.url)
    inOrder(query)
    const { from, to, basis, queue, channel, step, tz } = query
    const site = siteOf(request)
    const scope = scopeOf(credentialOf(response))
    const replica = await replicas.get(site)
    const { floor } = replica
    if (queue !== undefined) queueWithin(replica, scope, queue)
    const hotFrom = instantOf(Math.floor((floor.asOf - HOT_MS) / QUARTER_HOUR) * QUARTER_HOUR)
    const narrow = { ...(queue === undefined ? {} : { queue }), ...(channel === undefined ? {} : { channel }) }
    // A quarter hour belongs to the range that its beginning lies in.
    const hot = floor.intervals({ from: instantOf(Math.max(from, hotFrom)), to, basis, ...narrow }).filter((row) => row.from >= from && row.from >= hotFrom && row.from < to)
    const live = new Set(hot.map((row) => JSON.stringify([row.from, row.queue, row.channel])))
    const stored = (await history.readRows(site, from, to, basis, queue)).filter((row) => (channel === undefined || row.channel === channel) && !live.has(JSON.stringify([row.from, row.queue, row.channel])))
    const quarters = [...stored, ...hot].filter(shown(scope)).sort((a, b) => a.from - b.from || (a.queue < b.queue ? -1 : a.queue > b.queue ? 1 : 0) || (a.channel < b.channel ? -1 : 1))
    const settings = floor.settings()
    const rows = inSteps(quarters, { step, timeZone: tz ?? null, asOf: floor.asOf, settingsOf: (id) => (Object.hasOwn(settings.queues, id) ? settings.queues[id] : undefined) ?? settings.defaults })
    if (rows.length > MOST_ROWS) throw problem(422, 'too_many_rows', `${rows.length} rows are more than ${MOST_ROWS}: ask for less time, a longer step or one queue`)
    response.json({ rows: rows.map(toIntervalRow) })
  })

  router.get('/sites/:site/contacts', guard('contacts:read'), async (request, response) => {
    const { from, to, queue, outcome, agent, cursor, limit: count } = queryOf(contactsQuery, request.url)
    inOrder({ from, to })
    const after = cursor === undefined ? null : placeIn(cursor)
    const site = siteOf(request)
    const scope = scopeOf(credentialOf(response))
    const replica = await replicas.get(site)
    if (queue !== undefined) queueWithin(replica, scope, queue)
    const [number] = agent === undefined ? [] : await sealed.agents.find(site, [agent])
    if (agent !== undefined && (number === null || number === undefined)) throw notFound('agent', agent)
    const found = replica.floor.contacts({ from, to, ...(queue === undefined ? {} : { queue }), ...(outcome === undefined ? {} : { outcome }), ...(typeof number === 'number' ? { agent: number } : {}) })
    const rest = found.filter(shown(scope)).filter((contact) => after === null || before(placeOf(contact), after) > 0).sort((a, b) => before(placeOf(a), placeOf(b)))
    const page = rest.slice(0, count)
    const last = page.at(-1)
    const row = await contactRows(site, page, scope)
    response.json({ items: page.map(row), next: rest.length > page.length && last !== undefined ? cursorOf(placeOf(last)) : null })
  })

  router.get('/sites/:site/explain', guard('contacts:read'), async (request, response: Response) => {
    const { metric, queue, window } = queryOf(explainQuery, request.url)
    const site = siteOf(request)
    const scope = scopeOf(credentialOf(response))
    const replica = await replicas.get(site)
    queueWithin(replica, scope, queue)
    const explanation = replica.floor.explain({ metric, queue, window })
    if (explanation === null) throw problem(422, 'not_explained', `metric "${metric.slice(0, 40)}" over window "${window}" cannot be explained: name a figure of a queue's "now" or "today" and the window R30, R60 or today`)
    const row = await contactRows(site, [...explanation.numeratorContacts, ...explanation.denominatorContacts], scope)
    response.json(toExplanationRow(explanation, row))
  })

  return router
}
