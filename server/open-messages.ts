import { pushRoutes } from './access/push-routes.ts'
import type { Config } from './config.ts'
import { instantOf, type Instant } from './domain/time.ts'
import type { ApiRouter } from './http/app.ts'
import { bounceRoutes } from './incidents/bounce-routes.ts'
import { openBounces } from './incidents/bounces.ts'
import { gatewayRoutes } from './incidents/gateway-routes.ts'
import type { Incidents } from './incidents/incidents.ts'
import { notificationRoutes } from './incidents/notification-routes.ts'
import { openNotifications } from './incidents/notifications.ts'
import { pageRoutes } from './incidents/page-routes.ts'
import type { Logger } from './log.ts'
import { openCallbackTokens } from './redis/callback-tokens.ts'
import type { Redis } from './redis/connect.ts'
import type { Desk, NumberedNotice } from './redis/desk.ts'
import { stillDue } from './domain/escalation/after-try.ts'
import type { DeliveryType } from './domain/escalation/delivery.ts'
import type { IncidentRecord } from './domain/incident/incident.ts'
import type { Revision } from './redis/epoch.ts'
import type { People } from './redis/incident-directory.ts'
import { openIncidentLog } from './redis/incident-log.ts'
import type { IncidentOutbox } from './redis/incident-outbox.ts'
import { openPeopleNames } from './redis/incident-people.ts'
import { openIncidentRules } from './redis/incident-rules.ts'
import type { Keys } from './redis/keys.ts'
import { openNotificationLog } from './redis/notifications.ts'
import { openPageLinks } from './redis/page-links.ts'
import type { PushSubscriptions } from './redis/push-subscriptions.ts'
import { openReplyCodes } from './redis/reply-codes.ts'
import type { Sealed } from './redis/sealed.ts'
import type { Settings } from './redis/settings.ts'
import type { Sites } from './redis/sites.ts'
import { openVapid } from './redis/vapid.ts'

export interface MessagesDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly sealed: Pick<Sealed, 'texts'>
  readonly settings: Settings
  readonly sites: Pick<Sites, 'get'>
  readonly people: People
  readonly incidents: Incidents
  readonly outbox: IncidentOutbox
  readonly subscriptions: PushSubscriptions
  readonly config: Pick<Config, 'publicUrl' | 'sessionSecret' | 'dataKey' | 'outboundAllow'>
  acknowledged(site: string, revision: Revision): void
  readonly now: () => Instant
  readonly log: Logger
}

export interface Messages {
  readonly routers: readonly ApiRouter[]
  readonly root: readonly ApiRouter[]
  /** Shows a notice on the screens of its person, and keeps the receipt of the first that shows it. */
  readonly show: (notice: NumberedNotice, desk: Pick<Desk, 'done'>, screens: Screens) => Promise<void>
  /** A person is back at a screen: what none has shown, and is still so, is shown now. */
  readonly replay: (person: string, desk: Desk, screens: Screens) => Promise<void>
}

export type Screens = (person: string, site: string, notice: object, withinMs: number) => Promise<boolean>

/** A screen says at once that it shows something, or it does not. */
const SHOWN_WITHIN_MS = 5_000

/** Messages that belong to no incident, in the words of a screen that missed them. */
const plainSubjects: Readonly<Partial<Record<DeliveryType, string>>> = { 'test.page': 'Test page from Floorwatch', 'rota.handover': 'Your turn of a rota: see Rotas', 'rota.changed': 'Your turns of a rota have changed: see Rotas' }

/** All that the web server does about messages to people: their log, their links, what providers and browsers say of them. */
export const openMessages = ({ redis, keys, sealed, settings, sites, people, incidents, outbox, subscriptions, config, acknowledged, now, log }: MessagesDeps): Messages => {
  const notificationLog = openNotificationLog({ redis, keys })
  const names = openPeopleNames({ redis, keys, texts: sealed.texts, people })
  const [incidentLog, rules] = [openIncidentLog({ redis, keys }), openIncidentRules(settings)]
  const notifications = openNotifications({ log: incidentLog, rules, outbox, notificationLog, people, names, now })
  const callbacks = openCallbackTokens(config.sessionSecret)
  const { publicUrl } = config

  const personOf = async (site: string, person: string): Promise<{ readonly name: string; readonly role: string } | null> => {
    const known = (await people.directory(site)).people.find(({ id }) => id === person)
    return known === undefined ? null : { name: (await people.names(site, [person])).get(person) ?? person, role: known.role }
  }
  const phoneOf = async (site: string, person: string): Promise<string | null> => {
    const key = await people.keyOf(site, person)
    return key === null ? null : settings.secret(site, ['people', key, 'phone'])
  }
  const gatewayTokens = async (site: string): Promise<readonly string[]> => {
    if (sites.get(site) === null) return []
    const paths = [['sms', 'token'], ['sms', 'backup', 'token'], ['voice', 'token']]
    return (await Promise.all(paths.map((path) => settings.secret(site, ['channels', ...path])))).filter((token): token is string => token !== null)
  }
  /** Made when it is shown: how things are now. */
  const wordsOf = async (site: string, record: IncidentRecord | null, type: DeliveryType): Promise<Pick<NumberedNotice, 'subject' | 'priority'>> => {
    if (record === null) return { subject: plainSubjects[type] ?? 'A message from Floorwatch', priority: null }
    const { ref, priority, discreet, category, type: kind } = record
    const title = discreet ? (category ?? kind) : ((await incidents.get(site, ref))?.title ?? '')
    return { subject: `${priority === null ? '' : `[${priority}] `}${title === '' ? ref : title}`, priority }
  }
  const show: Messages['show'] = async ({ site, person, delivery, ref, priority, subject, number }, desk, screens) => {
    if (!(await screens(person, site, { site, ref, priority, subject, number }, SHOWN_WITHIN_MS))) return
    await outbox.receipt(site, delivery, { state: 'delivered', detail: 'a screen shows it' })
    await desk.done({ person, delivery })
  }
  return {
    show,
    replay: async (person, desk, screens) => {
      for (const notice of await desk.unshown(person)) {
        const told = await notificationLog.get(notice.site, notice.delivery)
        const record = notice.ref === '' ? null : await incidents.record(notice.site, notice.ref)
        const so = told !== null && (notice.ref === '' || (record !== null && stillDue(record, told.delivery)))
        if (so) await show({ ...notice, ...(await wordsOf(notice.site, record, told.delivery.type)), lines: [], urgent: told.delivery.urgent }, desk, screens)
        else await desk.done(notice)
      }
    },
    routers: [notificationRoutes({ notifications, log }), pushRoutes({ subscriptions, vapid: openVapid({ redis, keys, dataKey: config.dataKey }), outboundAllow: config.outboundAllow, now })],
    root: [
      bounceRoutes({ callbacks, outbox, bounced: openBounces({ log: incidentLog, rules, outbox, notificationLog, now }) }),
      gatewayRoutes({ callbacks, replyCodes: openReplyCodes({ redis, keys }), outbox, notificationLog, incidents, personOf, phoneOf, gatewayTokens, publicUrl }),
      pageRoutes({ links: openPageLinks({ redis, keys, sessionSecret: config.sessionSecret }), callbacks, outbox, incidents, personOf, timeZoneOf: (site) => sites.get(site)?.timeZone ?? null, acknowledged, publicUrl, now: () => instantOf(now()) }),
    ],
  }
}
