import type { Incident, TimelineRow } from '../contract/rows.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { Keys } from '../redis/keys.ts'
import type { People } from '../redis/incident-directory.ts'
import { openIncidentLists } from '../redis/incident-lists.ts'
import { openIncidentLog } from '../redis/incident-log.ts'
import { openIncidentOutbox } from '../redis/incident-outbox.ts'
import { openPeopleNames } from '../redis/incident-people.ts'
import { openIncidentRules, type SettingsSource } from '../redis/incident-rules.ts'
import type { Redis } from '../redis/plain-client.ts'
import type { Sealed } from '../redis/sealed.ts'
import { openDrills, type Drills } from '../redis/drills.ts'
import { readAuditLinks } from '../redis/audit-links.ts'
import { openAuditRows, type AuditRows } from './audit-rows.ts'
import { openCommands, type Commands } from './handle-command.ts'
import { openHistory, type History } from './history.ts'
import { openReveals } from '../redis/reveals.ts'
import { openReveal, type Reveal } from './reveal.ts'
import { openPlanner, type Planner, type PlannerDeps } from './planner.ts'

export interface IncidentsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly sealed: Pick<Sealed, 'texts'>
  readonly settings: SettingsSource
  readonly people: People
}

/** How the live part shows incidents: rows as of each record's last change, whole timelines. */
export interface LiveIncidents {
  readonly rows: (site: string, records: readonly IncidentRecord[]) => Promise<ReadonlyMap<string, Incident>>
  readonly timeline: (site: string, ref: string) => Promise<readonly TimelineRow[]>
}

/** What routes and sockets do with incidents. */
export type Incidents = Commands & History & { /** What is to come; asks the whole settings document. */ plannerWith(more: Pick<PlannerDeps, 'settings' | 'site' | 'outboundAllow'>): Planner } & { readonly live: LiveIncidents; readonly audit: AuditRows; readonly reveal: Reveal; readonly drills: Drills }

/** The newest lines of a timeline that screens keep. */
const LIVE_LINES = 1_000

const liveOf = (history: History): LiveIncidents => ({
  rows: async (site, records) => new Map((await history.rows(site, records, ({ changedAt }) => changedAt)).map((row) => [row.ref, row])),
  timeline: async (site, ref) => (await history.timeline(site, ref, 0, LIVE_LINES))?.items ?? [],
})

export const openIncidents = ({ redis, keys, sealed: { texts }, settings, people }: IncidentsDeps): Incidents => {
  const log = openIncidentLog({ redis, keys })
  const rules = openIncidentRules(settings)
  const drills = openDrills({ redis, keys })
  const outbox = openIncidentOutbox({ redis, keys })
  const names = openPeopleNames({ redis, keys, texts, people })
  const history = openHistory({ log, lists: openIncidentLists({ redis, keys }), rules, texts, names })
  return { ...openCommands({ log, rules, settings, texts, names, directory: people.directory, drills }), ...history, drills, plannerWith: (more) => openPlanner({ log, rules, people, names, pace: outbox.pace, ...more }), live: liveOf(history), reveal: openReveal({ log, rules, texts, names, reveals: openReveals({ redis, keys }) }), audit: openAuditRows({ links: readAuditLinks({ redis, keys }), texts, names }) }
}
