import type { EventOf } from './events.ts'
import { updatedClocks } from './evolve-clocks.ts'
import { forEverybody, forStrangers } from '../escalation/recipients.ts'
import type { IncidentRecord } from './incident.ts'
import type { Rules } from './rules.ts'

const newestAfter = (newest: IncidentRecord['updates']['newest'], { text, state, audience, nextUpdateAt, at }: EventOf<'stakeholders-updated'>): IncidentRecord['updates']['newest'] => {
  const told = { text, state, nextUpdateAt, at }
  return { all: forEverybody(audience) ? told : newest.all, public: forStrangers(audience) ? told : newest.public }
}

/** Told: what waited is no more, whether this is it or was sent past it. */
export const approvedOrSent = (record: IncidentRecord, event: EventOf<'stakeholders-updated'>, rules: Rules): IncidentRecord => ({
  ...record,
  pendingUpdate: null,
  updates: { sent: record.updates.sent + 1, closing: event.state === 'resolved', to: [...new Set([...record.updates.to, ...(event.people ?? [])])], noChange: event.noChange === true ? record.updates.noChange + 1 : 0, newest: newestAfter(record.updates.newest, event) },
  clocks: updatedClocks(record, event, rules),
})

export const updateDrafted = (record: IncidentRecord, { update, text, state, audience, nextUpdateAt, noChange, by, at }: EventOf<'update-drafted'>): IncidentRecord => ({ ...record, pendingUpdate: { id: update, text, state, audience, nextUpdateAt, noChange, by: by.id, at } })
