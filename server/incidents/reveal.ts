import { concerns } from '../contract/roles.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import type { IncidentLog } from '../redis/incident-log.ts'
import type { IncidentRules } from '../redis/incident-rules.ts'
import type { PeopleNames } from '../redis/incident-people.ts'
import type { Reveals } from '../redis/reveals.ts'
import type { Texts } from '../redis/sealed-texts.ts'
import { changeOf } from './change.ts'
import type { Caller } from './handle-command.ts'

export interface RevealDeps {
  readonly log: IncidentLog
  readonly rules: IncidentRules
  readonly texts: Texts
  readonly names: PeopleNames
  readonly reveals: Reveals
}

export type Revealed =
  /** null: none was given, or it was erased. */
  | { readonly kind: 'told'; readonly callerId: string | null }
  | { readonly kind: 'unknown-incident' }
  | { readonly kind: 'too-many'; readonly waitMs: number }

export type Reveal = (site: string, ref: string, reason: string, caller: Caller) => Promise<Revealed>

const ROUNDS = 20

/** The whole number of a caller, told to whoever asks for it with a reason: the asking is an event of the incident, written before the answer is given. */
export const openReveal = ({ log, rules, texts, names, reveals }: RevealDeps): Reveal => async (site, ref, reason, caller) => {
  const { area = null, credentialId, person, role } = caller
  const first = await log.read(site, ref)
  if (first.record === null || !concerns(area, first.record.queue)) return { kind: 'unknown-incident' }
  const waitMs = await reveals.take(site, credentialId)
  if (waitMs > 0) return { kind: 'too-many', waitMs }
  const [text] = await Promise.all([texts.put(site, reason), names.remember(site, person)])
  for (let round = 0; round < ROUNDS; round += 1) {
    const { record, now } = await log.read(site, ref)
    if (record === null) return { kind: 'unknown-incident' }
    const event: IncidentEvent = { type: 'caller-revealed', at: now, by: { id: person.id, role }, reason: text }
    const applied = await log.apply(site, changeOf({ before: record, events: [event], rules: await rules.of(site, record), subscriptions: {}, contacts: undefined }))
    if (applied.kind !== 'ok') continue
    const id = record.texts.callerId
    return { kind: 'told', callerId: id === undefined ? null : ((await texts.resolve(site, [id])).get(id) ?? null) }
  }
  throw new Error(`incident ${ref} changed ${ROUNDS} times while a caller was being revealed`)
}
