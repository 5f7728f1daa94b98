import type { ContactPlan, PersonalChannel } from '../../server/domain/escalation/contact-plan.ts'
import { parseReport } from '../../server/contract/incidents.ts'
import type { IncidentEvent } from '../../server/domain/incident/events.ts'
import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import type { Policy } from '../../server/domain/incident-settings.ts'
import { changeOf } from '../../server/incidents/change.ts'
import { openIncidentLog, type IncidentLog } from '../../server/redis/incident-log.ts'
import { openIncidentOutbox, type IncidentOutbox } from '../../server/redis/incident-outbox.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../../server/redis/incident-timers.ts'
import { openNotificationLog, type NotificationLog } from '../../server/redis/notifications.ts'
import { openPageLinks } from '../../server/redis/page-links.ts'
import { openReplyCodes } from '../../server/redis/reply-codes.ts'
import type { Channel, Message, SendOutcome } from '../../workers/channels/channel.ts'
import { openDeliveries } from '../../workers/deliver.ts'
import { noBell } from '../../workers/ringer/bell.ts'
import { openRinger } from '../../workers/ringer/ringer.ts'
import { openWakes } from '../../workers/ringer/wakes.ts'
import { openIncidentHouse, report, sam, type IncidentHouse } from './incident-house.ts'
import { until } from './until.ts'

export interface Sent {
  readonly at: number
  readonly channel: string
  readonly target: string
  readonly message: Message
}

/** A site whose people are reached by recording channels: what was sent, in order, and answers of the test's choice. */
export interface PageHouse extends IncidentHouse {
  readonly sent: readonly Sent[]
  readonly incidentLog: IncidentLog
  readonly outbox: IncidentOutbox
  readonly notificationLog: NotificationLog
  /** How a channel answers from now on. */
  answers(channel: string, answer: (message: Message) => SendOutcome | Promise<SendOutcome>): void
  /** One more worker that fires and sends. */
  work(): Promise<void>
  open(more?: Partial<Record<keyof typeof report, unknown>>): Promise<IncidentRecord>
  /** Something happens to an incident, as its timer would make it happen. */
  happens(ref: string, event: (record: IncidentRecord) => IncidentEvent): Promise<void>
  count(count: number): Promise<readonly Sent[]>
  /** Nothing lies in the outbox that is due. */
  quiet(): Promise<void>
  steps(): Promise<readonly string[]>
}

export const plan = (urgent: readonly PersonalChannel[], more: Partial<ContactPlan> = {}): ContactPlan => ({ urgent, routine: urgent, verified: urgent, quiet: null, ...more })

const kinds = ['webhook', 'push', 'sms', 'voice', 'mail', 'slack', 'teams', 'desktop'] as const

export const openPageHouse = async ({ policy, contacts, waits = [20, 20], paceMs = 60_000, silent = false }: { readonly policy: Policy; readonly contacts: Readonly<Record<string, ContactPlan>>; readonly waits?: readonly number[]; readonly paceMs?: number; /** Its messages never leave the machine. */ readonly silent?: boolean }): Promise<PageHouse> => {
  const house = await openIncidentHouse({ policy, webhooks: { noc: { url: 'https://noc.example.org/', types: [] } } })
  house.people({ contacts })
  const { redis, keys, url, log, settings, directory, sealed, site } = house
  const incidentLog = openIncidentLog({ redis, keys })
  const outbox = openIncidentOutbox({ redis, keys, paceMs })
  const notificationLog = openNotificationLog({ redis, keys })
  const rules = openIncidentRules(settings)
  const sent: Sent[] = []
  const answers = new Map<string, (message: Message) => SendOutcome | Promise<SendOutcome>>()
  // A send that a test holds up, or holds up twice on a slow machine, ends with the test.
  let end: (outcome: SendOutcome) => void = () => undefined
  const over = new Promise<SendOutcome>((resolve) => {
    end = resolve
  })
  const recording = (channel: string): Channel => ({
    send: async (_site, target, message) => {
      sent.push({ at: Date.now(), channel, target, message })
      return (await Promise.race([answers.get(channel)?.(message), over])) ?? { kind: 'accepted', detail: 'taken' }
    },
    retryAfter: (attempts) => waits[attempts - 1] ?? null,
  })
  const closing: (() => Promise<void>)[] = []

  return {
    ...house,
    sent,
    incidentLog,
    outbox,
    notificationLog,
    answers: (channel, answer) => void answers.set(channel, answer),
    work: async () => {
      const wakes = await openWakes({ url, keys, log })
      const ringer = openRinger({ incidentLog, rules, settings, directory, timers: openIncidentTimers({ redis, keys }), wakes, bell: noBell, sites: () => [site], log })
      const deliveries = openDeliveries({ incidentLog, outbox, rules, texts: sealed.texts, channels: Object.fromEntries(kinds.map((kind) => [kind, recording(kind)])), links: openPageLinks({ redis, keys, sessionSecret: 'secret of the links in these tests' }), replyCodes: openReplyCodes({ redis, keys }), silent: () => silent, wakes, sites: () => [site], urlOf: async () => '', publicUrl: 'https://floor.example.org', log })
      closing.push(async () => {
        await ringer.close()
        await deliveries.close()
        await wakes.close()
      })
    },
    open: async (more = {}) => {
      const parsed = parseReport({ ...report, ...more })
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
      const result = await house.incidents.create(site, parsed.input, sam)
      if (result.kind !== 'done') throw new Error(JSON.stringify(result))
      return result.record
    },
    happens: async (ref, event) => {
      for (;;) {
        const { record } = await incidentLog.read(site, ref)
        if (record === null) throw new Error(`no incident ${ref}`)
        const change = changeOf({ before: record, events: [event(record)], rules: await rules.of(site, record), subscriptions: await settings.incidentSettings(site), contacts: (await directory(site)).contacts })
        if ((await incidentLog.apply(site, change)).kind === 'ok') return
      }
    },
    count: (count) => until(`${count} messages`, () => sent.length >= count && sent),
    quiet: async () => {
      await until('nothing is due', async () => (await redis.zCount(keys.site(site).outboxDue, '-inf', Date.now() + 31_000)) === 0)
    },
    steps: async () => (await notificationLog.newest(site, { below: null, count: 1_000 })).map(({ delivery, steps }) => `${delivery.channel} ${delivery.target} ${steps.map(({ state }) => state).join(' ')}`),
    close: async () => {
      end({ kind: 'unknown', detail: 'the test is over' })
      for (const close of closing) await close()
      await house.close()
    },
  }
}
