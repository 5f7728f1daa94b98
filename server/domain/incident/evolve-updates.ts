import type { EventOf } from './events.ts'
import { isHeardBy } from './audience-clocks.ts'
import { updatedClocks } from './evolve-clocks.ts'
import { forEverybody, forStrangers } from '../escalation/recipients.ts'
import type { IncidentRecord } from './incident.ts'
import type { Rules } from './rules.ts'

type Newest = IncidentRecord['updates']['newest']

const newestAfter = (newest: Newest, { text, state, audience, nextUpdateAt, at }: EventOf<'stakeholders-updated'>, { settings }: Rules): Newest => {
  const told = { text, state, nextUpdateAt, at }
  // Whoever writes may name what is no group: only those of the register are kept.
  if (!forEverybody(audience)) return Object.hasOwn(settings.audiences ?? {}, audience) ? { ...newest, groups: { ...newest.groups, [audience]: told } } : newest
  return { ...newest, all: told, public: forStrangers(audience) ? told : newest.public }
}

/** Told: what waited is no more, whether this is it or was sent past it. */
export const approvedOrSent = (record: IncidentRecord, event: EventOf<'stakeholders-updated'>, rules: Rules): IncidentRecord => ({
  ...record,
  pendingUpdate: null,
  updates: { sent: record.updates.sent + 1, aside: record.updates.aside + (isHeardBy({ kind: 'update', name: null }, event, record, rules) ? 0 : 1), closing: event.state === 'resolved', to: [...new Set([...record.updates.to, ...(event.people ?? [])])], noChange: event.noChange === true ? record.updates.noChange + 1 : 0, newest: newestAfter(record.updates.newest, event, rules) },
  clocks: updatedClocks(record, event, rules),
})

export const updateDrafted = (record: IncidentRecord, { update, text, state, audience, nextUpdateAt, noChange, by, at, writtenBy, writtenAt }: EventOf<'update-drafted'>): IncidentRecord => ({ ...record, pendingUpdate: { id: update, text, state, audience, nextUpdateAt, noChange, by: writtenBy ?? by.id, at: writtenAt ?? at } })
