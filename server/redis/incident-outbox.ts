import { instantOf, type Instant } from '../domain/time.ts'
import type { OutboxRow } from './incident-log.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'
import { within } from './unavailable.ts'

export interface OutboxClaim {
  readonly now: Instant
  readonly lookAgainAt: Instant | null
  readonly rows: readonly OutboxRow[]
}

export interface DeadLetter extends OutboxRow {
  readonly diedAt: Instant
}

export interface DisabledChannel {
  readonly reason: string
  readonly at: Instant
  /** The address it had: another one enables it again. */
  readonly url: string
}

/** What is to be sent. Rows are written by the change that causes them, and taken away by the one that cancels them. */
export interface IncidentOutbox {
  claim(site: string, token: string, most: number): Promise<OutboxClaim>
  /** False: cancelled or taken over meanwhile. */
  putBack(site: string, row: OutboxRow, token: string, waitMs: number): Promise<boolean>
  deadLetters(site: string): Promise<readonly DeadLetter[]>
  /** Back into the outbox under the same key; false when there is no such dead letter. */
  replay(site: string, id: string): Promise<boolean>
  discard(site: string, id: string): Promise<boolean>
  disabled(site: string): Promise<ReadonlyMap<string, DisabledChannel>>
  disable(site: string, channel: string, why: DisabledChannel): Promise<void>
  enable(site: string, channel: string): Promise<void>
}

/** A sender that says nothing for so long is believed dead; longer than any channel's timeout. */
export const SEND_LEASE_MS = 30_000
const DEADLINE_MS = 2_000

const parseRow = (text: string): OutboxRow => JSON.parse(text) as OutboxRow

export const openIncidentOutbox = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): IncidentOutbox => {
  const claimScript = openScript('incident-outbox-claim')
  const putBackScript = openScript('incident-outbox-put-back')
  const replayScript = openScript('incident-outbox-replay')

  return {
    claim: async (site, token, most) => {
      const at = keys.site(site)
      const [now = '0', next = '', ...rest] = (await within(DEADLINE_MS, claimScript.run(redis, { keys: [at.outbox, at.outboxDue, at.outboxLeases], arguments: [token, String(most), String(SEND_LEASE_MS)] }))) as readonly string[]
      return { now: instantOf(Number(now)), lookAgainAt: next === '' ? null : instantOf(Number(next)), rows: rest.filter((_part, index) => index % 2 === 1).map(parseRow) }
    },
    putBack: async (site, row, token, waitMs) => {
      const at = keys.site(site)
      return Number(await within(DEADLINE_MS, putBackScript.run(redis, { keys: [at.outbox, at.outboxDue, at.outboxLeases], arguments: [row.id, token, JSON.stringify(row), String(Math.round(waitMs))] }))) === 1
    },
    deadLetters: async (site) => Object.values(await redis.hGetAll(keys.site(site).deadLetters)).map((text) => JSON.parse(String(text)) as DeadLetter),
    replay: async (site, id) => {
      const at = keys.site(site)
      return Number(await replayScript.run(redis, { keys: [at.outbox, at.outboxDue, at.deadLetters], arguments: [id, keys.wake, site] })) === 1
    },
    discard: async (site, id) => (await redis.hDel(keys.site(site).deadLetters, id)) === 1,
    disabled: async (site) => new Map(Object.entries(await redis.hGetAll(keys.site(site).channelsDisabled)).map(([name, text]) => [name, JSON.parse(String(text)) as DisabledChannel])),
    disable: async (site, channel, why) => {
      await redis.hSet(keys.site(site).channelsDisabled, channel, JSON.stringify(why))
    },
    enable: async (site, channel) => {
      await redis.hDel(keys.site(site).channelsDisabled, channel)
    },
  }
}
