import { randomBytes } from 'node:crypto'
import type { Cidrs } from '../server/contract/outbound.ts'
import type { Directory } from '../server/domain/escalation/directory.ts'
import type { Logger } from '../server/log.ts'
import { openIncidentLists } from '../server/redis/incident-lists.ts'
import { openIncidentLog } from '../server/redis/incident-log.ts'
import { openIncidentOutbox } from '../server/redis/incident-outbox.ts'
import { openIncidentRules, type SettingsSource } from '../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../server/redis/incident-timers.ts'
import { openCallbackTokens } from '../server/redis/callback-tokens.ts'
import { openDesk } from '../server/redis/desk.ts'
import type { Keys } from '../server/redis/keys.ts'
import { openPageLinks } from '../server/redis/page-links.ts'
import { openReplyCodes } from '../server/redis/reply-codes.ts'
import type { Redis } from '../server/redis/plain-client.ts'
import type { Sealed } from '../server/redis/sealed.ts'
import type { Channels } from './channels/channel.ts'
import { openWebhookChannel, type WebhookDeps } from './channels/webhook.ts'
import { openChatChannel } from './channels/chat.ts'
import { openDesktopChannel } from './channels/desktop.ts'
import { openSmsChannel, openVoiceChannel } from './channels/gateway.ts'
import { openMailChannel } from './channels/mail.ts'
import { openPushChannel, type PushDeps } from './channels/push.ts'
import type { ChannelSettings } from './channels/channel-settings.ts'
import { openDeliveries } from './deliver.ts'
import type { JobQueues } from './job-queues.ts'
import { noBell, openBell } from './ringer/bell.ts'
import { openClaiming } from './ringer/claiming.ts'
import { openMender } from './ringer/mender.ts'
import { openRotaNews, type RotaNewsDeps } from './rota-news.ts'
import { openRotaText } from './rota-text.ts'
import { openWatchdog } from './ringer/watchdog.ts'
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
  /** How messages leave the house; absent: by webhooks alone. */
  readonly ways?: MessageWays
  readonly publicUrl: string
  readonly outboundAllow: Cidrs
  readonly now: () => number
  /** Called in every process after a site's settings changed. */
  readonly onSettings?: (changed: (site: string) => void) => () => void
  /** Due timers are not claimed any more: end this process, so that it is started anew. */
  readonly wedged?: () => void
  readonly log: Logger
}

/** What channels to people and rooms need. */
export interface MessageWays {
  readonly settings: ChannelSettings
  readonly subscriptions: PushDeps['subscriptions']
  readonly vapid: PushDeps['vapid']
  /** null: no mail. */
  readonly smtp: { readonly url: string; readonly from: string } | null
  /** Signs links and callbacks, for the web servers to check. */
  readonly sessionSecret: string
  /** Earlier versions of the document, for what an edit of a rota changes. */
  readonly documents?: RotaNewsDeps['settings']
  readonly timeZoneOf?: (site: string) => string
  /** A site whose messages never leave the machine. */
  readonly silent: (site: string) => boolean
}

const channelsOf = async (deps: IncidentWorkDeps): Promise<Channels> => {
  const { ways, settings, outboundAllow: allow, publicUrl, now, redis, keys, redisUrl: url, log } = deps
  const webhook = openWebhookChannel({ settings, allow, now })
  if (ways === undefined) return { webhook }
  const common = { settings: ways.settings, allow, publicUrl, now, callbacks: openCallbackTokens(ways.sessionSecret) }
  return {
    webhook,
    slack: openChatChannel('slack', common),
    teams: openChatChannel('teams', common),
    sms: openSmsChannel(common),
    voice: openVoiceChannel(common),
    push: openPushChannel({ ...common, subscriptions: ways.subscriptions, vapid: ways.vapid, contact: null }),
    desktop: openDesktopChannel({ desk: await openDesk({ redis, keys, url, log }) }),
    ...(ways.smtp === null ? {} : { mail: openMailChannel({ settings: ways.settings, smtpUrl: ways.smtp.url, mailFrom: ways.smtp.from, publicUrl, callbacks: common.callbacks }) }),
  }
}

export interface IncidentWork {
  close(): Promise<void>
}

/** All that a worker process does for incidents: fires what is due and sends what is to be told. */
export const openIncidentWork = async (deps: IncidentWorkDeps): Promise<IncidentWork> => {
  const { redis, redisUrl, jobs, keys, sealed, settings, directory, sites, publicUrl, ways, log } = deps
  const incidentLog = openIncidentLog({ redis, keys })
  const rules = openIncidentRules(settings)
  const wakes = await openWakes({ url: redisUrl, keys, log })
  const timers = openIncidentTimers({ redis, keys })
  const claiming = await openClaiming({ redisUrl, keys, incidentLog, rules, settings, directory, wakes, bell: jobs === null ? noBell : openBell({ jobs, log }), sites, log })
  const mender = openMender({ incidentLog, rules, settings, directory, lists: openIncidentLists({ redis, keys }), stored: timers.stored, sites, ...(deps.onSettings === undefined ? {} : { onSettings: deps.onSettings }), log })
  const watchdog = openWatchdog({ overdueMs: async () => Math.max(0, ...(await Promise.all(sites().map(timers.overdueMs)))), movedAt: claiming.movedAt, rebuild: claiming.renew, wedged: deps.wedged ?? (() => undefined), log })
  const channels = await channelsOf(deps)
  const urlOf = async (site: string, target: string) => (await settings.incidentSettings(site)).webhooks[target]?.url ?? ''
  const lists = openIncidentLists({ redis, keys })
  const outbox = openIncidentOutbox({ redis, keys })
  const redisNow = async (site: string) => (await incidentLog.read(site, '')).now
  const news = ways?.documents === undefined ? null : openRotaNews({ sites, directory, outbox, lists, settings: ways.documents, timeZoneOf: ways.timeZoneOf ?? (() => 'UTC'), onSettings: deps.onSettings ?? (() => () => undefined), now: redisNow, log })
  const deliveries = openDeliveries({ incidentLog, outbox, plainText: openRotaText({ directory, lists, texts: sealed.texts, now: redisNow, publicUrl }), rules, texts: sealed.texts, channels, links: openPageLinks({ redis, keys, sessionSecret: ways?.sessionSecret ?? randomBytes(32).toString('hex') }), replyCodes: openReplyCodes({ redis, keys }), silent: ways?.silent ?? (() => false), wakes, sites, urlOf, publicUrl, log })
  return {
    close: async () => {
      watchdog.close()
      news?.close()
      await mender.close()
      await claiming.close()
      await deliveries.close()
      await wakes.close()
    },
  }
}
