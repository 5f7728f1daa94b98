import { stillDue } from '../domain/escalation/after-try.ts'
import { byNextChannel } from '../domain/escalation/delivery.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import { systemActor } from '../domain/incident/incident.ts'
import type { Instant } from '../domain/time.ts'
import type { DeliveryState, IncidentLog } from '../redis/incident-log.ts'
import type { IncidentOutbox } from '../redis/incident-outbox.ts'
import type { IncidentRules } from '../redis/incident-rules.ts'
import type { NotificationLog } from '../redis/notifications.ts'
import { changeOf } from './change.ts'

export interface BounceDeps {
  readonly log: IncidentLog
  readonly rules: IncidentRules
  readonly outbox: Pick<IncidentOutbox, 'settle' | 'queue'>
  readonly notificationLog: Pick<NotificationLog, 'get'>
  readonly now: () => Instant
}

/** A mail that a server had taken came back. False: there is no such mail. */
export type Bounced = (site: string, delivery: string, detail: string) => Promise<boolean>

const over: readonly (DeliveryState | undefined)[] = ['failed', 'dead', 'cancelled', 'purged']
const ROUNDS = 20

/** As if the mail had been refused at once: an event of the incident, and the person's next channel, or a dead letter. Told twice it is so once. */
export const openBounces = ({ log, rules, outbox, notificationLog, now: clock }: BounceDeps): Bounced => async (site, delivery, detail) => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const told = await notificationLog.get(site, delivery)
    if (told === null || told.delivery.channel !== 'mail') return false
    if (over.includes(told.steps.at(-1)?.state)) return true
    const { record, now } = told.delivery.ref === '' ? { record: null, now: clock() } : await log.read(site, told.delivery.ref)
    const following = record === null || stillDue(record, told.delivery) ? byNextChannel(told.delivery, now) : null
    const dead = told.delivery.then.length > 0 ? null : { ...told.delivery, attempts: 1, lastError: detail, diedAt: now }
    const state = dead === null ? 'failed' : 'dead'
    if (record === null) {
      await outbox.settle(site, delivery, '', { state, detail }, dead)
      if (following !== null) await outbox.queue(site, following)
      return true
    }
    const { channel, target } = told.delivery
    const event: IncidentEvent = { type: 'delivery-failed', at: now, by: systemActor, delivery, channel, target, attempts: 1, detail }
    const change = changeOf({ before: record, events: [event], rules: await rules.of(site, record), subscriptions: {}, contacts: undefined })
    const applied = await log.apply(site, { ...change, deliveries: following === null ? [] : [following], settled: { id: delivery, token: '', dead, state, detail } })
    if (applied.kind !== 'conflict') return applied.kind === 'ok'
  }
  throw new Error(`the return of mail ${delivery} could not be written`)
}
