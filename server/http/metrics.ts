import { Router } from 'express'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { openToAll } from '../access/guard.ts'
import { may, type Credential } from '../contract/roles.ts'
import { problem } from './problem.ts'

/** What the rest of the server tells when it is asked: read at the scrape, never pushed. */
export interface MetricSources {
  readonly ingest: () => { readonly accepted: number; readonly duplicates: number; readonly unknownFields: number; readonly rejected: Readonly<Record<string, number>> }
  readonly sockets: () => number
  /** Per open replica. */
  readonly replicas: () => readonly { readonly site: string; readonly heardMsAgo: number; readonly faults: number; readonly waiting: number; readonly incidents: number }[]
  readonly ready: () => Promise<boolean>
}

export interface Metrics {
  readonly router: Router
  /** One finished request; `route` is its declared path, never an id. */
  readonly observe: (method: string, route: string, status: number, seconds: number) => void
}

const SECOND_MS = 1_000

/** `/metrics` in the text format of Prometheus: prefix `floorwatch_`, base units, no ids of people or incidents as labels. */
export const createMetrics = ({ sources, authenticate }: { readonly sources: MetricSources; readonly authenticate: (headers: NodeJS.Dict<string | string[]>, peer: string | undefined) => Promise<Credential | null> }): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'floorwatch_' })
  const registers = [registry]
  const requests = new Histogram({ name: 'floorwatch_http_request_duration_seconds', help: 'Time from request to answer, by declared route.', labelNames: ['method', 'route', 'status'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5], registers })

  /** A counter whose truth lies elsewhere. */
  const counted = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  counted('floorwatch_events_accepted_total', 'Events accepted into the log by this process.', () => sources.ingest().accepted)
  counted('floorwatch_events_duplicate_total', 'Events that were known already.', () => sources.ingest().duplicates)
  counted('floorwatch_events_unknown_fields_total', 'Fields of events that nobody knows.', () => sources.ingest().unknownFields)
  new Counter({
    name: 'floorwatch_events_rejected_total',
    help: 'Events refused, by reason.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset()
      for (const [reason, count] of Object.entries(sources.ingest().rejected)) this.inc({ reason }, count)
    },
  })

  const gauge = (name: string, help: string, read: (set: Gauge<'site'>) => Promise<void> | void, labelled = true) =>
    new Gauge({
      name,
      help,
      labelNames: labelled ? (['site'] as const) : [],
      registers,
      async collect() {
        this.reset()
        await read(this)
      },
    })
  gauge('floorwatch_sockets', 'Signed-in connections.', (set) => set.set(sources.sockets()), false)
  gauge('floorwatch_ready', '1 when /readyz is 200.', async (set) => set.set((await sources.ready()) ? 1 : 0), false)
  gauge('floorwatch_fold_lag_seconds', 'Time since the replica of a site last heard from its log.', (set) => sources.replicas().forEach(({ site, heardMsAgo }) => set.set({ site }, heardMsAgo / SECOND_MS)))
  gauge('floorwatch_fold_faults', 'Entries of a site that could not be read.', (set) => sources.replicas().forEach(({ site, faults }) => set.set({ site }, faults)))
  gauge('floorwatch_contacts_waiting', 'Contacts waiting at a site.', (set) => sources.replicas().forEach(({ site, waiting }) => set.set({ site }, waiting)))
  gauge('floorwatch_incidents_active', 'Incidents of a site that are not resolved.', (set) => sources.replicas().forEach(({ site, incidents }) => set.set({ site }, incidents)))

  const router = Router()
  router.get('/metrics', openToAll, async (request, response) => {
    const caller = await authenticate(request.headers, request.socket.remoteAddress)
    if (caller === null || caller.kind === 'demo') throw problem(401, 'unauthorized', 'metrics need a bearer token').with({ 'www-authenticate': 'Bearer' })
    if (!may(caller, 'metrics:read')) throw problem(403, 'forbidden', `the role ${caller.role} may not read metrics`)
    response.set({ 'content-type': registry.contentType, 'cache-control': 'no-store' }).send(await registry.metrics())
  })
  return { router, observe: (method, route, status, seconds) => requests.observe({ method, route, status: String(status) }, seconds) }
}
