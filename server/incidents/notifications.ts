import type { DeadLetterRow, NotificationRow, ReachableRow } from '../contract/notifications.ts'
import { concerns, type Area } from '../contract/roles.ts'
import { hasVerifiedUrgentChannel, type PersonalChannel } from '../domain/escalation/contact-plan.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import type { Actor } from '../domain/incident/incident.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import type { People } from '../redis/incident-directory.ts'
import type { DeliveryState, IncidentLog } from '../redis/incident-log.ts'
import type { DeadLetter, IncidentOutbox } from '../redis/incident-outbox.ts'
import type { IncidentRules } from '../redis/incident-rules.ts'
import type { PeopleNames } from '../redis/incident-people.ts'
import type { NotificationLog, NotificationPlace } from '../redis/notifications.ts'
import { changeOf } from './change.ts'
import type { Page } from './history.ts'
import { keyOfId, toDeadLetterRow, toNotificationRow } from './notification-rows.ts'

export interface NotificationsDeps {
  readonly log: IncidentLog
  readonly rules: IncidentRules
  readonly outbox: IncidentOutbox
  readonly notificationLog: NotificationLog
  readonly people: People
  readonly names: PeopleNames
  readonly now: () => Instant
}

export interface NotificationFilter {
  readonly ref: string | null
  readonly person: string | null
  readonly channel: string | null
  readonly states: readonly DeliveryState[] | null
  /** Of whom asks: messages about incidents outside are not there. */
  readonly area: Area | null
  readonly below: NotificationPlace | null
  readonly limit: number
}

export interface Notifications {
  list(site: string, filter: NotificationFilter): Promise<Page<NotificationRow>>
  get(site: string, id: string, area: Area | null): Promise<NotificationRow | null>
  deadLetters(site: string, area: Area | null): Promise<readonly DeadLetterRow[]>
  summary(site: string): Promise<{ readonly deadLetters: number; readonly oldestDeadAt: string | null; readonly disabled: readonly { readonly webhook: string; readonly reason: string; readonly since: string }[] }>
  /** Sent again under the same key, or given up; either is an event of the incident. False: there is no such dead letter. */
  endDeadLetter(site: string, id: string, how: 'replay' | 'purge', by: Actor & { readonly area: Area | null }): Promise<boolean>
  /** Everybody who can be told, and by what. */
  reachable(site: string): Promise<readonly ReachableRow[]>
  /** A page to one person by one channel, outside any incident. null: that person has no such channel. */
  test(site: string, person: string, channel: PersonalChannel, mark: string): Promise<string | null>
}

const BATCH = 200
/** One request looks through at most so many; the cursor goes on from there. */
const LOOKED_THROUGH = 5_000
const ROUNDS = 20

const cursorOf = ({ at, id }: NotificationPlace): string => Buffer.from(JSON.stringify([at, id])).toString('base64url')

export const openNotifications = ({ log, rules, outbox, notificationLog, people, names, now }: NotificationsDeps): Notifications => {
  /** Written first: a purge that leaves no trace would be worse than a trace of a purge that did not come to pass. */
  const record = async (site: string, letter: DeadLetter, type: 'delivery-replayed' | 'delivery-purged', by: Actor): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { record: before, now: at } = await log.read(site, letter.ref)
      if (before === null) return
      const event: IncidentEvent = { type, at, by, delivery: letter.id, channel: letter.channel, target: letter.target, attempts: letter.attempts, detail: letter.lastError }
      const applied = await log.apply(site, changeOf({ before, events: [event], rules: await rules.of(site, before), subscriptions: {}, contacts: undefined }))
      if (applied.kind === 'ok') return
    }
    throw new Error(`incident ${letter.ref} changed ${ROUNDS} times while a dead letter was being ended`)
  }

  /** References of those that somebody of the area may know of; a test page belongs to no incident. */
  const seen = async (site: string, refs: readonly string[], area: Area | null): Promise<ReadonlySet<string>> => {
    const all = [...new Set(refs)]
    if (area === null) return new Set(all)
    const readings = await Promise.all(all.map((ref) => log.read(site, ref)))
    return new Set(['', ...readings.flatMap(({ record }) => (record !== null && concerns(area, record.queue) ? [record.ref] : []))])
  }

  return {
    list: async (site, { ref, person, channel, states, area, below, limit }) => {
      const items: NotificationRow[] = []
      let from = below
      for (let looked = 0; looked < LOOKED_THROUGH; looked += BATCH) {
        const batch = await notificationLog.newest(site, { below: from, count: BATCH })
        const known = await names.resolve(site, batch.flatMap(({ delivery }) => (delivery.person === null ? [] : [delivery.person])))
        const allowed = await seen(site, batch.map(({ delivery }) => delivery.ref), area)
        for (const notification of batch) {
          const { delivery, steps } = notification
          from = { at: steps[0]?.at ?? delivery.happenedAt, id: delivery.id }
          const row = toNotificationRow(notification, known)
          if (!allowed.has(delivery.ref) || (ref !== null && row.ref !== ref) || (person !== null && delivery.person !== person) || (channel !== null && row.channel !== channel) || (states !== null && !states.includes(row.state))) continue
          items.push(row)
          if (items.length === limit) return { items, next: cursorOf(from) }
        }
        if (batch.length < BATCH) return { items, next: null }
      }
      return { items, next: from === null ? null : cursorOf(from) }
    },
    get: async (site, id, area) => {
      const found = await notificationLog.get(site, keyOfId(id))
      return found === null || !(await seen(site, [found.delivery.ref], area)).has(found.delivery.ref) ? null : toNotificationRow(found, await names.resolve(site, found.delivery.person === null ? [] : [found.delivery.person]))
    },
    deadLetters: async (site, area) => {
      const all = await outbox.deadLetters(site)
      const allowed = await seen(site, all.map(({ ref }) => ref), area)
      const letters = all.filter(({ ref }) => allowed.has(ref)).sort((a, b) => b.diedAt - a.diedAt)
      const known = await names.resolve(site, letters.flatMap(({ person }) => (person === null ? [] : [person])))
      return letters.map((letter) => toDeadLetterRow(letter, known))
    },
    summary: async (site) => {
      const [letters, disabled] = await Promise.all([outbox.deadLetters(site), outbox.disabled(site)])
      const oldest = letters.length === 0 ? null : Math.min(...letters.map(({ diedAt }) => diedAt))
      return { deadLetters: letters.length, oldestDeadAt: oldest === null ? null : new Date(oldest).toISOString(), disabled: [...disabled].map(([webhook, { reason, at }]) => ({ webhook, reason, since: isoOf(at) })) }
    },
    endDeadLetter: async (site, id, how, { area, ...actor }) => {
      const key = keyOfId(id)
      const letter = (await outbox.deadLetters(site)).find((one) => one.id === key)
      if (letter === undefined || !(await seen(site, [letter.ref], area)).has(letter.ref)) return false
      // Whoever was quicker did it, and only that stands in the log; the row of the message names them in any case.
      const done = await (how === 'replay' ? outbox.replay(site, key, actor.id) : outbox.purge(site, key, actor.id))
      if (done) await record(site, letter, how === 'replay' ? 'delivery-replayed' : 'delivery-purged', actor)
      return done
    },
    reachable: async (site) => {
      const { people: known, contacts = {} } = await people.directory(site)
      const called = await people.names(site, known.map(({ id }) => id))
      return known.flatMap(({ id, role, cannotCommand }) => {
        const plan = contacts[id]
        return plan === undefined ? [] : [{ person: id, name: called.get(id) ?? id, role, urgent: [...plan.urgent], routine: [...plan.routine], verified: [...plan.verified], ready: hasVerifiedUrgentChannel(plan), commands: cannotCommand !== true }]
      })
    },
    test: async (site, person, channel, mark) => {
      const { contacts = {} } = await people.directory(site)
      const plan = contacts[person]
      if (plan === undefined || ![...plan.urgent, ...plan.routine].includes(channel)) return null
      const at = now()
      const id = `test/${mark}/person:${person}/${channel}/test`
      const planned = await outbox.queue(site, { id, ref: '', type: 'test.page', channel, target: person, person, then: [], happenedAt: at, notBefore: at, paced: false, level: null, breach: null, fence: null, urgent: false })
      return planned ? id : null
    },
  }
}
