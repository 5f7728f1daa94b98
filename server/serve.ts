import { join } from 'node:path'
import type { RequestListener } from 'node:http'
import { openAccess, type Access } from './access/access.ts'
import { openNarrow } from './access/areas.ts'
import { accountsRoutes } from './access/accounts-routes.ts'
import { cookiesFor, csrfRight } from './access/cookies.ts'
import { demoSite } from './access/demo.ts'
import { networkFaults } from './access/network-faults.ts'
import { screensRoutes } from './access/screens-routes.ts'
import { sessionRoutes } from './access/session-routes.ts'
import { openSessions } from './access/sessions.ts'
import { openSetupLink } from './access/setup-link.ts'
import { openSignIn } from './access/sign-in.ts'
import { organisationRoutes } from './access/organisation-routes.ts'
import { sitesRoutes } from './access/sites-routes.ts'
import type { Config } from './config.ts'
import { hoursOfQueues } from './contract/settings.ts'
import { createFloor, floorFromBase } from './domain/project-floor.ts'
import { instantOf } from './domain/time.ts'
import { createAdmission } from './http/admission.ts'
import { createApp, type ApiRouter, type AppOptions } from './http/app.ts'
import { createReadiness, healthRoutes, type Checks } from './http/health.ts'
import { createLimits } from './http/limits.ts'
import { docsRoutes } from './http/docs-routes.ts'
import { createMetrics } from './http/metrics.ts'
import { routesOf, type DeclaredRoute } from './http/routes-of.ts'
import { openHttpServer, type FrontHandler } from './http/server.ts'
import { demoRoutes } from './ingest/demo-routes.ts'
import { importsRoutes } from './ingest/imports-routes.ts'
import { openIngestArea } from './ingest/open-ingest.ts'
import { sourceFileWarnings } from './ingest/sources/source-files.ts'
import { socketCommand } from './incidents/socket-command.ts'
import { openCorrectionReads } from './live/correction-reads.ts'
import { correctionRoutes } from './live/correction-routes.ts'
import { exportRoutes } from './live/export-routes.ts'
import { floorRoutes } from './live/floor-routes.ts'
import { figuresRoutes } from './live/figures-routes.ts'
import { openHistoryReads } from './live/history-reads.ts'
import { historyRoutes } from './live/history-routes.ts'
import { journeyRoutes } from './live/journey-routes.ts'
import { openLiveSites } from './live/live-sites.ts'
import { planRoutes } from './live/plan-routes.ts'
import { recomputeRoutes } from './live/recompute-routes.ts'
import { reportRoutes } from './live/report-routes.ts'
import { openRoster } from './live/roster.ts'
import { agentReportRoutes } from './live/agent-report-routes.ts'
import { rosterRoutes } from './live/roster-routes.ts'
import { openOwedReads } from './live/owed-reads.ts'
import { mobilisingRoutes } from './live/mobilising-routes.ts'
import { serviceRoutes } from './live/service-routes.ts'
import { stuckRoutes } from './live/stuck-routes.ts'
import { statusRoutes } from './live/status-routes.ts'
import { openSockets, type Sockets } from './live/sockets.ts'
import type { Logger } from './log.ts'
import { openIncidentArea } from './open-incident-area.ts'
import { openPairings } from './redis/pairings.ts'
import { openRecomputeRows } from './redis/recompute-rows.ts'
import { openScreens } from './redis/screens.ts'
import { openApiKeys } from './redis/api-keys.ts'
import { cohortReads } from './live/cohort-reads.ts'
import { explainCohorts } from './live/explain-cohorts.ts'
import { openCohortDays } from './redis/cohort-days.ts'
import { connectionTo } from './redis/connect.ts'
import { openCorrections } from './redis/corrections.ts'
import { openDayBooks } from './redis/day-books.ts'
import { openFloorLog } from './redis/floor-log.ts'
import { openHistory } from './redis/history.ts'
import { openIncidentLists } from './redis/incident-lists.ts'
import { keeperBeat } from './redis/keeper-beat.ts'
import { openImportRows } from './redis/import-rows.ts'
import { keysUnder } from './redis/keys.ts'
import { openFollowUps } from './redis/follow-ups.ts'
import { openLateAnswers } from './redis/late-answers.ts'
import { openManifest } from './redis/manifest.ts'
import { openPlans } from './redis/plans.ts'
import { openNotices } from './redis/notices.ts'
import { openSealed } from './redis/sealed.ts'
import { openSettings } from './redis/settings.ts'
import { openOrganisation } from './redis/organisation.ts'
import { openSites } from './redis/sites.ts'
import { openStartChecks } from './redis/start-checks.ts'
import { claimData } from './redis/claim-data.ts'
import { openUsers } from './redis/users.ts'
import { openWorkChecks } from './redis/work-checks.ts'
import { openAcknowledged } from './replica/acknowledged.ts'
import { openPresence } from './replica/presence.ts'
import { openReplicas } from './replica/replicas.ts'

/** A replica's reader asks the log at least every few seconds, even when nothing happens. */
const FOLD_LAG_MS = 15_000
/** How long a GET waits for what this server has acknowledged (CONTRACT section 3). */
const READ_YOUR_WRITES_MS = 2_000

export interface Ready {
  /** Of the setup link; null when somebody has an account. */
  readonly setupToken: string | null
  /** Every route under `/api/v1`. */
  readonly routes: readonly DeclaredRoute[]
}

export interface Serving {
  readonly port: number
  /** Resolves once sites can be read and written. */
  readonly ready: Promise<Ready>
  close(): Promise<void>
}

export interface ServeOptions {
  readonly config: Config
  readonly log: Logger
  /** All keys of the installation begin with it. */
  readonly keyPrefix?: string
  /** Folder of the built client. */
  readonly clientDir?: string
  /** 0 in tests: any free port. */
  readonly port?: number
  readonly now?: () => number
  /** How often the auditor looks; default: every 15 s. */
  readonly auditEveryMs?: number
}

/** Wires the web server: opens the port at once, connects, then serves; what was opened last is closed first. */
export const serve = async ({ config, log, keyPrefix, clientDir = join(process.cwd(), 'dist/client'), port = config.port, now = Date.now, auditEveryMs }: ServeOptions): Promise<Serving> => {
  const closers: (() => Promise<void> | void)[] = []
  const opened = <T extends { close(): Promise<void> | void }>(part: T): T => {
    closers.push(() => part.close())
    return part
  }
  let stopping = false
  let checks: Checks = { sites: async () => ({ ok: false, detail: 'starting' }) }
  let access: Access | null = null
  let sockets: Sockets | null = null
  const front: FrontHandler[] = []

  const secure = config.tls !== null || config.publicUrl.startsWith('https:')
  const development = process.env.NODE_ENV === 'development'
  const admission = createAdmission({ host: config.host, port: () => boundPort(), publicUrl: config.publicUrl, tls: config.tls !== null, trustProxy: config.trustProxy, development })
  const readiness = createReadiness({ checks: () => checks, stopping: () => stopping, now })
  const credential: AppOptions['authenticate'] = async (headers, peer) => (access === null ? null : access.authenticate(headers, peer))
  const limit = createLimits({ now })

  const appOf = (routers: readonly ApiRouter[] | null, { root = [], ...more }: Pick<AppOptions, 'siteExists' | 'narrow' | 'acknowledgedSeen' | 'observe'> & { readonly root?: readonly ApiRouter[] }): RequestListener =>
    createApp({
      log,
      clientDir,
      publicUrl: config.publicUrl,
      secure,
      rootRouters: [healthRoutes({ readiness, credential }), ...root],
      routers,
      authenticate: credential,
      addressOf: admission.clientAddress,
      csrfRight: (caller, given) => csrfRight(config.sessionSecret, caller.kind === 'demo' ? demoSite : caller.id, given),
      acted: (caller) => void access?.acted(caller).catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'a session could not be kept awake')),
      limit,
      ...more,
    })

  let app = appOf(null, { siteExists: () => false, acknowledgedSeen: async () => undefined })
  const http = openHttpServer({ admission, front, app: (request, response) => app(request, response), tls: config.tls })
  const boundPort = (): number => {
    const address = http.server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }
  await http.listen(port, config.host)
  log.info({ port: boundPort(), host: config.host }, 'listening')

  const wire = async (): Promise<Ready> => {
    const url = config.redisUrl
    if (url === null) throw new Error('REDIS_URL is not set: npm start runs a Redis of its own and sets it')
    const keys = keysUnder(keyPrefix)
    const redis = connectionTo({ url, name: 'floorwatch-web', log })
    closers.push(() => (redis.isReady ? redis.close() : redis.destroy()))
    await redis.connect()

    const startChecks = opened(await openStartChecks({ redis, durability: config.durability, now, log }))
    await claimData({ redis, keys })
    const notices = opened(await openNotices({ url, redis, keys, log }))
    const sites = await openSites({ redis, keys, notices })
    const users = await openUsers({ redis, keys, notices, dataKey: config.dataKey })
    const apiKeys = await openApiKeys({ redis, keys, notices })
    const walls = await openScreens({ redis, keys, notices })
    const replicas = opened(openReplicas({ url, redis, keys, log, sites, fold: { createFloor, floorFromBase } }))
    const acknowledged = openAcknowledged(replicas)
    const sealed = openSealed({ redis, keys, dataKey: config.dataKey })
    const organisation = openOrganisation({ redis, keys, notices })
    const settings = openSettings({ redis, keys, notices, sites, organisation, dataKey: config.dataKey, outboundAllow: config.outboundAllow, now: () => instantOf(now()), peopleByRole: users.byRole, networkFaults: networkFaults(config.outboundAllow), machineWarnings: sourceFileWarnings(config.sourceDirs), onSaved: acknowledged.entry })

    const cookies = cookiesFor(secure)
    const sessions = openSessions({ redis, keys, now })
    const setupLink = openSetupLink({ redis, keys, now })
    access = opened(openAccess({ adminToken: config.adminToken, sessionSecret: config.sessionSecret, cookies, sessions, users, apiKeys, screens: walls, notices, onGroups: settings.onChange, now, demo: config.demo, fromThisMachine: admission.fromThisMachine }))
    const siteExists = (site: string): boolean => sites.get(site) !== null && (config.demo || site !== demoSite)

    const narrow = openNarrow(async (site) => (await settings.get(site)).document)
    const groupsOf = async (among: readonly string[] | null) => (await Promise.all((among ?? sites.list().map(({ id }) => id)).map(async (site) => Object.keys((await settings.get(site)).document.groups)))).flat()

    const floorLog = openFloorLog({ redis, keys })
    const ingest = openIngestArea({
      redis,
      keys,
      log: floorLog,
      sealed,
      onAccepted: acknowledged.entry,
      sourcesOf: async (site) => (await settings.get(site)).document.sources,
      namedQueues: async (site) => Object.keys((await settings.get(site)).document.queues),
      sharedNumbers: async (site) => (await settings.get(site)).document.customers.sharedNumbers,
      secretsOf: async (site, source) => (await Promise.all(['secret', 'oldSecret'].map((name) => settings.secret(site, ['sources', source, name])))).flatMap((secret) => (secret === null ? [] : [secret])),
      publicUrl: config.publicUrl,
      bearer: access.bearer,
      siteExists,
      limit,
      addressOf: (request) => admission.clientAddress(request.socket.remoteAddress, request.headers),
      logger: log,
      now,
    })
    front.push(ingest.front)

    const area = opened(await openIncidentArea({ redis, keys, url, notices, sealed, settings, sites, users, config, acknowledged: acknowledged.revision, sockets: () => sockets, auditEveryMs, presence: openPresence({ floorOf: (site) => replicas.open().find((replica) => replica.site === site)?.floor ?? null, agents: sealed.agents }), now: () => instantOf(now()), log }))
    const { incidents } = area
    const live = opened(openLiveSites({ replicas, sealed, incidents: { ...incidents.live, forecast: area.planner.shown }, keeperAliveAt: keeperBeat({ redis, keys, now: () => instantOf(now()) }), deadLetters: area.outbox.deadCount, now: () => instantOf(now()), log }))
    sockets = openSockets(http.server, { sites: live, siteExists, narrow, command: socketCommand({ incidents, acknowledged: acknowledged.revision }), now: () => instantOf(now()), log, authenticate: access.authenticate, onRevoked: access.onRevoked, admission, seated: area.seated })

    const recomputes = openRecomputeRows({ redis, keys })
    const manifest = openManifest({ redis, keys })
    const books = openDayBooks({ manifest, archiveDir: config.archiveDir })
    const followUps = openFollowUps({ redis, keys })
    const reads = openHistoryReads({ replicas, sealed, history: openHistory({ redis, keys, now: () => instantOf(now()) }), books, recomputes, lateAnswers: openLateAnswers({ redis, keys }) })
    const corrections = openCorrectionReads({ corrections: openCorrections({ redis, keys }), books })

    const plans = openPlans({ redis, keys })
    const adherence = async (site: string) => (await settings.get(site)).document.adherence
    const cohorts = cohortReads({ reads, cohorts: openCohortDays({ manifest, archiveDir: config.archiveDir }) })

    // Every area adds its factory here, and its router, front handler or check to the lists.
    const routers: ApiRouter[] = [
      sessionRoutes({ access, screens: walls, sessions, users, sites, signIn: openSignIn({ users, sessionSecret: config.sessionSecret, now }), setupLink, cookies, sessionSecret: config.sessionSecret, addressOf: (request) => admission.clientAddress(request.socket.remoteAddress, request.headers), now, log }),
      screensRoutes({ screens: walls, pairings: openPairings({ redis, keys }), cookies, siteExists, addressOf: (request) => admission.clientAddress(request.socket.remoteAddress, request.headers), now, log }),
      accountsRoutes({ access, users, apiKeys, siteExists, groupsOf, now, log }),
      sitesRoutes({ sites, settings, demo: config.demo, log }),
      organisationRoutes({ organisation, settings, now: () => instantOf(now()), log }),
      floorRoutes({ sites: live }),
      historyRoutes(reads, corrections, explainCohorts({ reads, cohorts, sealed })),
      correctionRoutes({ reads, corrections }),
      figuresRoutes(reads),
      reportRoutes(reads),
      recomputeRoutes({ rows: recomputes, reads, sealed, settings, sites, now: () => instantOf(now()), log }),
      planRoutes({ reads, plans, now: () => instantOf(now()) }),
      rosterRoutes({ reads, books, plans, sealed, adherence, now: () => instantOf(now()) }),
      agentReportRoutes({ reads, books, cohorts, plans, sealed, adherence }),
      serviceRoutes({ reads, books, cohorts, sealed, followUps, owed: openOwedReads({ reads, books, manifest, followUps, now: () => instantOf(now()) }), incidentSettings: settings.incidentSettings, hoursOf: async (site) => hoursOfQueues((await settings.get(site)).document), now: () => instantOf(now()) }),
      mobilisingRoutes({ lists: openIncidentLists({ redis, keys }) }),
      stuckRoutes({ reads, sealed, now: () => instantOf(now()) }),
      journeyRoutes({ reads, incidents, sealed, now: () => instantOf(now()) }),
      exportRoutes({ reads, incidents, audit: incidents.audit, agents: { roster: openRoster({ plans, sealed }), adherence } }),
      ...area.routers,
      ingest.router,
      importsRoutes({ rows: openImportRows({ redis, keys }), sourcesOf: async (site) => (await settings.get(site)).document.sources, dataDir: config.dataDir, now }),
      statusRoutes({ sites, settings, replicas, rows: incidents.live.rows, texts: sealed.texts, groupsOf: area.groupsOf, now: () => instantOf(now()) }),
      docsRoutes({ publicUrl: config.publicUrl, routes: () => routers.flatMap(routesOf) }),
      ...(config.demo ? [demoRoutes({ redis, keys, notices })] : []),
    ]
    const work = openWorkChecks({ redis, keys, sites, now })
    checks = {
      redis: async () => ({ ok: (await redis.set(keys.probe, String(now()))) === 'OK', detail: 'a write was answered' }),
      durability: async () => startChecks.state(),
      floor: async () => {
        const slowest = Math.max(0, ...replicas.open().map((replica) => replica.lag().heardMsAgo))
        return { ok: slowest < FOLD_LAG_MS, detail: `the log was last heard ${Math.round(slowest)} ms ago` }
      },
      keepers: work.keepers,
      timers: work.timers,
      auditor: area.auditorCheck,
    }
    const metrics = createMetrics({
      authenticate: credential,
      sources: {
        ingest: ingest.pipeline.counts,
        sockets: () => sockets?.count() ?? 0,
        replicas: () => replicas.open().map((replica) => ({ site: replica.site, ...replica.lag(), waiting: replica.floor.totals().waiting, incidents: replica.floor.incidents().filter(({ state }) => !['resolved', 'closed', 'cancelled', 'merged'].includes(state)).length })),
        ready: async () => (await readiness.now()).ready,
      },
    })

    app = appOf(routers, { root: [metrics.router, ...area.root], observe: metrics.observe, siteExists, narrow, acknowledgedSeen: (site) => acknowledged.seen(site, READ_YOUR_WRITES_MS) })
    return { setupToken: users.all().length === 0 ? await setupLink.create() : null, routes: routers.flatMap(routesOf) }
  }
  const ready = wire()
  ready.catch(() => undefined)

  return {
    get port() {
      return boundPort()
    },
    ready,
    close: async () => {
      stopping = true
      const closed = http.close(5_000)
      await sockets?.close()
      await closed
      for (const close of closers.reverse()) await close()
    },
  }
}
