import type { Config } from './config.ts'
import { demoSite } from './contract/demo.ts'
import type { Instant } from './domain/time.ts'
import type { ApiRouter } from './http/app.ts'
import type { Check } from './http/health.ts'
import { auditTold } from './incidents/audit-told.ts'
import { openAuditor } from './incidents/auditor.ts'
import { auditorRoutes } from './incidents/auditor-routes.ts'
import { deploymentRoutes } from './incidents/deployment-routes.ts'
import { drillRoutes } from './incidents/drill-routes.ts'
import { openIncidents, type Incidents } from './incidents/incidents.ts'
import type { Planner } from './incidents/planner.ts'
import { plannerRoutes } from './incidents/planner-routes.ts'
import { problemRoutes } from './incidents/problem-routes.ts'
import { queuesOf } from './incidents/queues-of.ts'
import { reviewRoutes } from './incidents/review-routes.ts'
import { incidentRoutes } from './incidents/routes.ts'
import { trendsRoutes } from './incidents/trends-routes.ts'
import { updateRoutes } from './incidents/update-routes.ts'
import type { Sockets } from './live/sockets.ts'
import type { Logger } from './log.ts'
import { openMessages, type Screens } from './open-messages.ts'
import { openCommitments } from './redis/commitments.ts'
import type { Redis } from './redis/connect.ts'
import { openDesk, type Desk } from './redis/desk.ts'
import type { Revision } from './redis/epoch.ts'
import { readForAudit } from './redis/incident-audit-reading.ts'
import { openHistory } from './redis/history.ts'
import { openPeople, type PresenceOf } from './redis/incident-directory.ts'
import { openIncidentOutbox, type IncidentOutbox } from './redis/incident-outbox.ts'
import { openIncidentLists } from './redis/incident-lists.ts'
import { openPeopleNames } from './redis/incident-people.ts'
import { openIncidentRules } from './redis/incident-rules.ts'
import type { Keys } from './redis/keys.ts'
import type { Notices } from './redis/notices.ts'
import { openPushSubscriptions } from './redis/push-subscriptions.ts'
import type { Sealed } from './redis/sealed.ts'
import type { Settings } from './redis/settings.ts'
import type { Sites } from './redis/sites.ts'
import type { Users } from './redis/users.ts'

export interface IncidentAreaDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly url: string
  readonly notices: Notices
  readonly sealed: Sealed
  readonly settings: Settings
  readonly sites: Sites
  readonly users: Users
  readonly config: Config
  acknowledged(site: string, revision: Revision): void
  /** null until they are opened. */
  readonly sockets: () => Sockets | null
  readonly auditEveryMs: number | undefined
  /** What the platform says of people who take contacts. */
  readonly presence: PresenceOf
  readonly now: () => Instant
  readonly log: Logger
}

/** All of incidents that the web server serves: records, what is to come, messages to people, and who watches it. */
export interface IncidentArea {
  readonly incidents: Incidents
  readonly planner: Planner
  /** Groups of the stakeholder register that somebody is in. */
  readonly groupsOf: (site: string, person: string) => Promise<readonly string[]>
  readonly outbox: IncidentOutbox
  readonly routers: readonly ApiRouter[]
  readonly root: readonly ApiRouter[]
  /** A person's screen has come: it is shown what it missed. */
  readonly seated: (person: string) => void
  readonly auditorCheck: () => Promise<Check>
  close(): Promise<void>
}

/** An auditor that has not been through all sites for so long is no auditor. */
const AUDITOR_QUIET_MS = 90_000

export const openIncidentArea = async ({ redis, keys, url, notices, sealed, settings, sites, users, config, acknowledged, sockets, auditEveryMs, presence, now, log }: IncidentAreaDeps): Promise<IncidentArea> => {
  const outbox = openIncidentOutbox({ redis, keys })
  const subscriptions = openPushSubscriptions({ redis, keys, notices, dataKey: config.dataKey })
  const people = openPeople({ users, document: async (site) => (await settings.get(site)).whole, disabled: outbox.disabled, administrator: config.adminToken !== null, commitments: openCommitments({ redis, keys }), presence, reach: { mail: config.smtpUrl !== null && config.mailFrom !== null, pushPeople: subscriptions.people, timeZoneOf: (site) => sites.get(site)?.timeZone ?? 'UTC', played: (site) => site === demoSite } })
  const incidents = openIncidents({ redis, keys, sealed, settings, people })
  const planner = incidents.plannerWith({ settings, site: sites.get, outboundAllow: config.outboundAllow })
  const rules = openIncidentRules(settings)
  const messages = openMessages({ redis, keys, sealed, settings, sites, people, incidents, outbox, subscriptions, config, acknowledged, now, log })

  const screens: Screens = async (...asked) => (await sockets()?.showTo(...asked)) ?? false
  const kept = (work: Promise<void>): void => void work.catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'a receipt of a screen could not be kept'))
  const desk: Desk = await openDesk({ redis, keys, url, log, heard: (notice) => kept(messages.show(notice, desk, screens)) })

  // Another process than those that fire and send: what it finds is shown here whatever became of them.
  const audited = { redis, keys, rules, directory: people.directory }
  const siteIds = () => sites.list().map(({ id }) => id)
  const lists = openIncidentLists({ redis, keys })
  const auditor = openAuditor({ read: (site) => readForAudit(audited, site), queuesOf: (site, refs) => queuesOf(lists, site, refs), sites: siteIds, told: (site, state) => sockets()?.tell(site, 'escalation-audit', (area) => ({ site, ...auditTold(state, area) })), log, ...(auditEveryMs === undefined ? {} : { everyMs: auditEveryMs }) })

  const names = openPeopleNames({ redis, keys, texts: sealed.texts, people })

  return {
    incidents,
    planner,
    groupsOf: async (site, person) => Object.entries((await people.directory(site)).stakeholders ?? {}).flatMap(([group, { people: members }]) => (members.includes(person) ? [group] : [])),
    outbox,
    routers: [...messages.routers, incidentRoutes({ incidents, acknowledged }), auditorRoutes({ auditor }), plannerRoutes({ planner }), drillRoutes({ incidents }), deploymentRoutes({ incidents, directory: people.directory, names, redisNow: planner.now, acknowledged }), updateRoutes({ incidents, rules, document: async (site) => (await settings.get(site)).document, redisNow: planner.now }), problemRoutes({ incidents }), trendsRoutes({ lists, texts: sealed.texts, timeZone: (site) => sites.get(site)?.timeZone ?? 'UTC', redisNow: planner.now }), reviewRoutes({ incidents, texts: sealed.texts, names, figures: openHistory({ redis, keys, now }), timeZone: (site) => sites.get(site)?.timeZone ?? 'UTC', redisNow: planner.now })],
    root: messages.root,
    seated: (person) => kept(messages.replay(person, desk, screens)),
    auditorCheck: async () => {
      const quiet = performance.now() - auditor.lastRoundAt()
      const faults = siteIds().flatMap((id) => auditor.state(id).findings.filter(({ check }) => !check.startsWith('nobody-reachable')).map(({ check, about }) => `${id}: ${check} ${about}`))
      return { ok: quiet < AUDITOR_QUIET_MS, detail: faults.length === 0 ? `looked ${Math.round(quiet)} ms ago` : faults.slice(0, 5).join('; ') }
    },
    close: async () => {
      auditor.close()
      await desk.close()
    },
  }
}
