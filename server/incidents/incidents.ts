import type { IncidentSettings } from '../domain/incident-settings.ts'
import type { Directory } from '../domain/escalation/directory.ts'
import type { Keys } from '../redis/keys.ts'
import { openIncidentLists } from '../redis/incident-lists.ts'
import { openIncidentLog } from '../redis/incident-log.ts'
import { openPeopleNames } from '../redis/incident-people.ts'
import { openIncidentRules } from '../redis/incident-rules.ts'
import type { Redis } from '../redis/plain-client.ts'
import type { Sealed } from '../redis/sealed.ts'
import { openCommands, type Commands } from './handle-command.ts'
import { openHistory, type History } from './history.ts'

export interface IncidentsDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly sealed: Pick<Sealed, 'texts'>
  readonly settings: { incidentSettings(site: string): Promise<IncidentSettings> }
  directory(site: string): Promise<Directory>
}

/** What routes and sockets do with incidents. */
export type Incidents = Commands & History

export const openIncidents = ({ redis, keys, sealed: { texts }, settings, directory }: IncidentsDeps): Incidents => {
  const log = openIncidentLog({ redis, keys })
  const rules = openIncidentRules({ redis, keys, settings })
  const names = openPeopleNames({ redis, keys, texts })
  return { ...openCommands({ log, rules, settings, texts, names, directory }), ...openHistory({ log, lists: openIncidentLists({ redis, keys }), rules, texts, names }) }
}
