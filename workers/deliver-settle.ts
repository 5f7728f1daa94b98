import { byNextChannel } from '../server/domain/escalation/delivery.ts'
import { stillDue } from '../server/domain/escalation/after-try.ts'
import type { IncidentEvent } from '../server/domain/incident/events.ts'
import { systemActor } from '../server/domain/incident/incident.ts'
import { changeOf } from '../server/incidents/change.ts'
import type { DeliveryState, IncidentLog, OutboxRow } from '../server/redis/incident-log.ts'
import type { IncidentOutbox } from '../server/redis/incident-outbox.ts'
import type { IncidentRules } from '../server/redis/incident-rules.ts'

export interface SettleDeps {
  readonly incidentLog: IncidentLog
  readonly outbox: IncidentOutbox
  readonly rules: IncidentRules
}

/** How a delivery ended by its channel. */
export interface Ending {
  readonly state: Extract<DeliveryState, 'accepted' | 'delivered' | 'failed' | 'unknown' | 'dead'>
  readonly detail: string
  /** The person's next channel is tried. */
  readonly next: boolean
}

const ROUNDS = 20
const good: readonly DeliveryState[] = ['accepted', 'delivered']

/** The receipt is an event of the incident, written in the same script that takes the row out of the outbox and puts the next channel's in. */
export const settleDelivery = async ({ incidentLog, outbox, rules }: SettleDeps, site: string, row: OutboxRow, token: string, { state, detail, next }: Ending): Promise<void> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { record, now } = await incidentLog.read(site, row.ref)
    const dead = state === 'dead' ? { ...row, lastError: detail, diedAt: now } : null
    // Between reading and writing somebody may acknowledge: then the incident's version is another and this is decided again.
    const following = next && (record === null || stillDue(record, row)) ? byNextChannel(row, now) : null
    if (record === null) {
      await outbox.settle(site, row.id, token, { state, detail }, dead)
      if (following !== null) await outbox.queue(site, following)
      return
    }
    const event: IncidentEvent = { type: good.includes(state) ? 'delivered' : 'delivery-failed', at: now, by: systemActor, delivery: row.id, channel: row.channel, target: row.target, attempts: row.attempts, detail, ...(state === 'dead' ? { last: true as const } : {}) }
    const change = changeOf({ before: record, events: [event], rules: await rules.of(site, record), subscriptions: {}, contacts: undefined })
    const applied = await incidentLog.apply(site, { ...change, deliveries: following === null ? [] : [following], settled: { id: row.id, token, dead, state, detail } })
    if (applied.kind !== 'conflict') return
  }
  throw new Error(`the receipt of delivery ${row.id} could not be written`)
}
