import type { Cidrs } from '../server/contract/outbound.ts'
import type { Directory } from '../server/domain/escalation/directory.ts'
import type { Logger } from '../server/log.ts'
import { openIncidentLog } from '../server/redis/incident-log.ts'
import { openIncidentOutbox } from '../server/redis/incident-outbox.ts'
import { openIncidentRules, type SettingsSource } from '../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../server/redis/incident-timers.ts'
import type { Keys } from '../server/redis/keys.ts'
import type { Redis } from '../server/redis/plain-client.ts'
import type { Sealed } from '../server/redis/sealed.ts'
import type { Channels } from './channels/channel.ts'
import { openWebhookChannel, type WebhookDeps } from './channels/webhook.ts'
import { openDeliveries } from './deliver.ts'
import type { JobQueues } from './job-queues.ts'
import { noBell, openBell } from './ringer/bell.ts'
import { openRinger } from './ringer/ringer.ts'
import { openWakes } from './ringer/wakes.ts'

export interface IncidentWorkDeps {
  readonly redis: Redis
  readonly redisUrl: string
  /** null: no job queues, and everything due is fired by whoever claims it. */
  readonly jobs: JobQueues | null
  readonly keys: Keys
  readonly sealed: Pick<Sealed, 'texts'>
  readonly settings: SettingsSource & WebhookDeps['settings']
  directory(site: string): Promise<Directory>
  readonly sites: () => readonly string[]
  readonly publicUrl: string
  readonly outboundAllow: Cidrs
  readonly now: () => number
  readonly log: Logger
}

export interface IncidentWork {
  /** ms of the monotonic clock. */
  lastSweepAt(): number
  close(): Promise<void>
}

/** All that a worker process does for incidents: fires what is due and sends what is to be told. */
export const openIncidentWork = async (deps: IncidentWorkDeps): Promise<IncidentWork> => {
  const { redis, redisUrl, jobs, keys, sealed, settings, directory, sites, publicUrl, outboundAllow, now, log } = deps
  const incidentLog = openIncidentLog({ redis, keys })
  const rules = openIncidentRules(settings)
  const wakes = await openWakes({ url: redisUrl, keys, log })
  const ringer = openRinger({
    incidentLog,
    rules,
    settings,
    directory,
    timers: openIncidentTimers({ redis, keys }),
    wakes,
    bell: jobs === null ? noBell : openBell({ jobs, log }),
    sites,
    log,
  })
  const channels: Channels = { webhook: openWebhookChannel({ settings, allow: outboundAllow, now }) }
  const urlOf = async (site: string, target: string) => (await settings.incidentSettings(site)).webhooks[target]?.url ?? ''
  const deliveries = openDeliveries({ incidentLog, outbox: openIncidentOutbox({ redis, keys }), rules, texts: sealed.texts, channels, wakes, sites, urlOf, publicUrl, log })
  return {
    lastSweepAt: ringer.lastSweepAt,
    close: async () => {
      await ringer.close()
      await deliveries.close()
      await wakes.close()
    },
  }
}
