import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Config } from '../server/config.ts'
import { demoSite } from '../server/contract/demo.ts'
import { breachRulesOf } from '../server/contract/settings/breaches.ts'
import { rulesOf } from '../server/domain/incident/rules.ts'
import { type Instant, instantOf } from '../server/domain/time.ts'
import { openIncidents } from '../server/incidents/incidents.ts'
import { openPipeline } from '../server/ingest/pipeline.ts'
import { openQueueNames } from '../server/ingest/queue-names.ts'
import { sourceFileWarnings } from '../server/ingest/sources/source-files.ts'
import type { Logger } from '../server/log.ts'
import { openCommitments } from '../server/redis/commitments.ts'
import { connect } from '../server/redis/connect.ts'
import { openBreaches } from '../server/redis/breaches.ts'
import { openCorrections } from '../server/redis/corrections.ts'
import { openEnds } from '../server/redis/ends.ts'
import { openFollowUps } from '../server/redis/follow-ups.ts'
import { openFloorLog } from '../server/redis/floor-log.ts'
import { openHistory } from '../server/redis/history.ts'
import { keysUnder } from '../server/redis/keys.ts'
import { openPeople } from '../server/redis/incident-directory.ts'
import { openIncidentLists } from '../server/redis/incident-lists.ts'
import { openIncidentOutbox } from '../server/redis/incident-outbox.ts'
import { openImportRows } from '../server/redis/import-rows.ts'
import { openLateAnswers } from '../server/redis/late-answers.ts'
import { openManifest } from '../server/redis/manifest.ts'
import { openNotices } from '../server/redis/notices.ts'
import { openPushSubscriptions } from '../server/redis/push-subscriptions.ts'
import { openRecomputeRows } from '../server/redis/recompute-rows.ts'
import { openVapid } from '../server/redis/vapid.ts'
import { openSealed } from '../server/redis/sealed.ts'
import { openSettings } from '../server/redis/settings.ts'
import { openOrganisation } from '../server/redis/organisation.ts'
import { openSites } from '../server/redis/sites.ts'
import { openSnapshots } from '../server/redis/snapshots.ts'
import { claimData } from '../server/redis/claim-data.ts'
import { openStartChecks } from '../server/redis/start-checks.ts'
import { openUsers } from '../server/redis/users.ts'
import type { Fold } from '../server/replica/load-floor.ts'
import { openPresence } from '../server/replica/presence.ts'
import { openReplicas } from '../server/replica/replicas.ts'
import { openIncidentWork } from './incident-work.ts'
import { openAuditor } from '../server/incidents/auditor.ts'
import { readForAudit } from '../server/redis/incident-audit-reading.ts'
import { openIncidentRules } from '../server/redis/incident-rules.ts'
import { openHeartbeat } from './heartbeat.ts'
import { playDemo } from './demo/demo.ts'
import { foundDemo } from './demo/found.ts'
import { openImports } from './import.ts'
import { openIncidentImports } from './import-incident.ts'
import { openJobQueues } from './job-queues.ts'
import { openReadiness } from './readiness.ts'
import { openRecomputes } from './recompute.ts'
import { keepArchive } from './keeper/archive.ts'
import { dialSources } from './keeper/dial-sources.ts'
import { foldAgain } from './keeper/fold-again.ts'
import { keepSnapshots } from './keeper/keep-base.ts'
import { keepBooks } from './keeper/keep-books.ts'
import { keepCohorts } from './keeper/keep-cohorts.ts'
import { keepEnds } from './keeper/keep-ends.ts'
import { keepFaults } from './keeper/keep-faults.ts'
import { keepLateAnswers } from './keeper/keep-late-answers.ts'
import { keepRows } from './keeper/keep-rows.ts'
import { watchBreaches } from './keeper/watch-breaches.ts'
import { watchRecurrence } from './keeper/watch-recurrence.ts'
import { watchFeeds } from './keeper/watch-feeds.ts'
import { type KeeperPart, openKeeper } from './keeper/keeper.ts'

export interface Working {
  /** Sites that this process keeps now. */
  readonly kept: () => readonly string[]
  readonly close: () => Promise<void>
}

export interface WorkOptions {
  readonly config: Config
  readonly log: Logger
  readonly fold: Fold
  /** All keys of the installation begin with it. */
  readonly keyPrefix?: string
  /** Due timers are not claimed any more: this process must be started anew. */
  readonly wedged?: () => void
}

/** Wires the workers; what was opened last is closed first. */
export const work = async ({ config, log, fold, keyPrefix, wedged = () => undefined }: WorkOptions): Promise<Working> => {
  const { redisUrl: url, queueRedisUrl, archiveDir } = config
  if (url === null || queueRedisUrl === null) throw new Error('REDIS_URL is not set: npm start runs a Redis of its own and sets it')
  const now = (): Instant => instantOf(Date.now())
  const closers: (() => Promise<unknown> | unknown)[] = []
  const keys = keysUnder(keyPrefix)

  const redis = await connect({ url, name: 'floorwatch-workers', log })
  closers.push(() => redis.destroy())
  const checks = await openStartChecks({ redis, durability: config.durability, now, log })
  closers.push(checks.close)
  await claimData({ redis, keys })

  const notices = await openNotices({ url, redis, keys, log })
  closers.push(notices.close)
  const sites = await openSites({ redis, keys, notices })
  const replicas = openReplicas({ url, redis, keys, log, sites, fold, eager: true })
  closers.push(replicas.close)
  const jobs = openJobQueues({ url: queueRedisUrl, keys, wedged, log })
  closers.push(jobs.close)

  const floorLog = openFloorLog({ redis, keys })
  const snapshots = openSnapshots({ redis, keys })
  const manifest = openManifest({ redis, keys })
  const history = openHistory({ redis, keys, now })
  const recomputeRows = openRecomputeRows({ redis, keys })
  const folding = { log: floorLog, fold, sites, manifest, archiveDir }

  const sealed = openSealed({ redis, keys, dataKey: config.dataKey })
  const users = await openUsers({ redis, keys, notices, dataKey: config.dataKey })
  const organisation = openOrganisation({ redis, keys, notices })
  const settings = openSettings({ redis, keys, notices, sites, organisation, dataKey: config.dataKey, outboundAllow: config.outboundAllow, now, peopleByRole: users.byRole, machineWarnings: sourceFileWarnings(config.sourceDirs) })
  const ends = openEnds({ redis, keys })
  const namedQueues = async (site: string): Promise<readonly string[]> => Object.keys((await settings.get(site)).document.queues)
  const queueNames = openQueueNames({ redis, keys, named: namedQueues })
  const sharedNumbers = async (site: string): Promise<readonly string[]> => (await settings.get(site)).document.customers.sharedNumbers
  const pipeline = openPipeline({ log: floorLog, sealed, ends, queueNames, now, sharedNumbers })
  const outbox = openIncidentOutbox({ redis, keys })
  const subscriptions = openPushSubscriptions({ redis, keys, notices, dataKey: config.dataKey })
  const smtp = config.smtpUrl === null || config.mailFrom === null ? null : { url: config.smtpUrl, from: config.mailFrom }
  const people = openPeople({ users, document: async (site) => (await settings.get(site)).whole, disabled: outbox.disabled, administrator: config.adminToken !== null, commitments: openCommitments({ redis, keys }), presence: openPresence({ floorOf: (site) => replicas.open().find((replica) => replica.site === site)?.floor ?? null, agents: sealed.agents }), reach: { mail: smtp !== null, pushPeople: subscriptions.people, timeZoneOf: (site) => sites.get(site)?.timeZone ?? 'UTC', played: (site) => site === demoSite } })
  const incidents = openIncidents({ redis, keys, sealed, settings, people })
  const holder = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`

  // Started with a site's lease, in this order; stopped in the opposite one. Other areas add theirs at the end.
  const parts: readonly KeeperPart[] = [
    keepFaults({ redis, keys, log }),
    keepRows({ history, manifest, floorLog, sites, log }),
    keepArchive({ ...folding, snapshots, redis, keys, logger: log }),
    foldAgain({ ...folding, history, corrections: openCorrections({ redis, keys }), logger: log, reopen: recomputeRows.reopen }),
    keepBooks({ manifest, logger: log }),
    keepCohorts({ manifest, archiveDir: config.archiveDir, logger: log }),
    keepEnds({ ends, log, floorLog }),
    keepLateAnswers({ lateAnswers: openLateAnswers({ redis, keys }), log }),
    keepSnapshots({ snapshots, log }),
    watchBreaches({ breaches: openBreaches({ redis, keys }), history, incidents, rules: async (site) => breachRulesOf((await settings.get(site)).document), onSettings: settings.onChange, now, log }),
    watchRecurrence({ lists: openIncidentLists({ redis, keys }), incidents, now, log }),
    watchFeeds({ breaches: openBreaches({ redis, keys }), incidents, openAt: async (site, at) => rulesOf(await settings.incidentSettings(site)).calendar('service').nextWorking(at) === at, now, log }),
    dialSources({
      redis,
      keys,
      floorLog,
      sealed,
      sourcesOf: async (site) => (await settings.get(site)).document.sources,
      secretOf: (site, source) => settings.secret(site, ['sources', source, 'secret']),
      namedQueues,
      onSettings: settings.onChange,
      sourceDirs: config.sourceDirs,
      log,
      now,
    }),
    ...(config.demo ? [playDemo({ days: config.demoDays, redis, keys, sites, floorLog, sealed, ends, followUps: openFollowUps({ redis, keys }), pipeline, queueNames, notices, incidents, manifest, archiveDir, replicas, now, log })] : []),
  ]
  const keeper = openKeeper({ redis, keys, log, sites, replicas, floorLog, parts, holder })
  closers.push(keeper.close)

  const imports = openImports({
    jobs,
    rows: openImportRows({ redis, keys }),
    pipeline,
    sourcesOf: async (site) => (await settings.get(site)).document.sources,
    callsMapOf: async (site) => (await settings.get(site)).document.imports['calls-csv'] ?? null,
    incidentsMapOf: async (site) => (await settings.get(site)).document.imports['incidents-csv'] ?? null,
    ...openIncidentImports({ redis, keys, texts: sealed.texts, settings, people }),
    siteIds: () => sites.list().map(({ id }) => id),
    dataDir: config.dataDir,
    archiveDir,
    manifest,
    sites,
    log,
    now,
  })
  closers.push(imports.close)
  closers.push(openRecomputes({ ...folding, rows: recomputeRows, jobs, siteIds: () => sites.list().map(({ id }) => id), logger: log }).close)

  // Every area that is not bound to a site's lease (ringer, deliver, import, demo) opens its part here.
  const incidentWork = await openIncidentWork({ onSettings: settings.onChange, wedged, redis, redisUrl: url, jobs, keys, sealed, settings, directory: people.directory, sites: () => sites.list().map(({ id }) => id), ways: { settings: { document: async (site) => (await settings.get(site)).document, secret: settings.secret, keyOf: people.keyOf }, subscriptions, vapid: openVapid({ redis, keys, dataKey: config.dataKey }), smtp, sessionSecret: config.sessionSecret, documents: (site, version) => (version === undefined ? settings.get(site) : settings.version(site, version)), timeZoneOf: (site) => sites.get(site)?.timeZone ?? 'UTC', silent: (site) => site === demoSite }, publicUrl: config.publicUrl, outboundAllow: config.outboundAllow, now, log })
  closers.push(incidentWork.close)
  // A save of the organisation's calendars that was cut off between two sites is told on.
  await settings.organisationChanged()
  closers.push(openReadiness({ sites: () => sites.list().map(({ id }) => id), warnings: settings.warnings, log }).close)
  // Looks at what the others do, with readings of its own; the outside hears of it only while all is well.
  const beat = openHeartbeat({ settings: async (site) => (await settings.get(site)).document.heartbeat, allow: config.outboundAllow, log })
  const audited = { redis, keys, rules: openIncidentRules(settings), directory: people.directory }
  const auditor = openAuditor({ read: (site) => readForAudit(audited, site), sites: () => sites.list().map(({ id }) => id), told: () => undefined, well: (site) => void beat(site).catch((error: unknown) => log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'the outside heartbeat could not be sent')), log })
  closers.push(auditor.close)
  if (config.demo) closers.push(foundDemo({ redis, keys, sites, settings, snapshots, fold, sealed, queueNames, ends, holder, now, log }).close)

  return {
    kept: keeper.kept,
    close: async () => {
      for (const close of closers.reverse()) await close()
    },
  }
}
