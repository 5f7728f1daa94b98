import { describe, expect, it } from '@jest/globals'
import { later, type Instant } from '../../server/domain/time.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import type { OutboxRow } from '../../server/redis/incident-log.ts'
import type { ClaimedRow } from '../../server/redis/incident-outbox.ts'
import { RedisUnavailable } from '../../server/redis/unavailable.ts'
import { openRowSender } from '../../workers/deliver-row.ts'
import { openOwedWrites } from '../../workers/owed-writes.ts'
import { settingsWith, story as told } from '../support/incident-story.ts'
import { recordingLog } from '../support/quiet-log.ts'

const story = told()
const row: ClaimedRow = { id: 'k1', ref: story.record.ref, type: 'incident.opened', channel: 'webhook', target: 'noc', person: null, then: [], happenedAt: story.now, notBefore: story.now, paced: false, level: null, breach: null, fence: null, urgent: true, attempts: 0, lastError: null, unknown: false }
const no = () => Promise.reject(new Error('not to be asked'))

interface Passing {
  /** The moments at which a process may stand still, or be kept waiting. */
  readonly whilePreparing?: () => void
  readonly whileConnecting?: () => void
  readonly whileLooking?: () => void
}

/** One row whose incident is read at `readAt`; what was sent, and what became of the row. `hand` moves the clock and acknowledges. */
const sentAt = async (readAt: Instant, leasedUntil: Instant, passing: (hand: { pass(ms: number): void; acknowledge(): void; lose(): void }) => Passing = () => ({}), given: ClaimedRow = row) => {
  const sent: string[] = []
  const back: OutboxRow[] = []
  const ended: string[] = []
  let [ticks, record, away, looks] = [0, story.record, false, 0]
  const hand = {
    pass: (ms: number) => void (ticks += ms),
    acknowledge: () => void (record = { ...record, ownership: { ...record.ownership, generation: record.ownership.generation + 1 } }),
    lose: () => void (away = true),
  }
  const { whilePreparing, whileConnecting, whileLooking } = passing(hand)
  const read = async () => {
    if (away) throw new RedisUnavailable('connection', 'closed')
    const reading = { now: later(readAt, ticks), record, known: null }
    looks += 1
    whileLooking?.()
    return reading
  }
  const send = openRowSender({
    incidentLog: { read, apply: async () => ({ kind: 'ok', revision: '' as never, entry: '', cancelled: 0 }), nextRef: no, claimKey: no, remember: no },
    outbox: { putBack: async (_site: string, one: OutboxRow) => back.push(one) > 0, settle: async (_site: string, _id: string, _token: string, { state }: { readonly state: string }) => ended.push(state) > 0 } as never,
    rules: { current: no, of: async () => (whilePreparing?.(), rulesOf(settingsWith())) },
    texts: { resolve: async () => new Map() } as never,
    channels: {
      webhook: {
        send: async (_site, target, _message, stillDue) => {
          whileConnecting?.()
          if ((await stillDue?.()) === false) return { kind: 'withdrawn', detail: 'no longer so' }
          sent.push(target)
          return { kind: 'accepted', detail: 'answered 200' }
        },
        retryAfter: () => null,
      },
    },
    ticks: () => ticks,
    links: { tokenOf: () => 'token' } as never,
    replyCodes: { give: no } as never,
    owed: openOwedWrites(),
    urlOf: async () => '',
    silent: () => false,
    publicUrl: 'https://floor.example.org',
    log: recordingLog(),
  })
  await send('north', [given], 'mine', leasedUntil).catch((error: unknown) => {
    if (!(error instanceof RedisUnavailable)) throw error
  })
  return { sent, back: back.map(({ id }) => id), ended, looks }
}
const pages: ClaimedRow = { ...row, type: 'escalation.fired', fence: { ladder: 'ownership', generation: story.record.ownership.generation } }
const lease = later(story.now, 30_000)

describe('a claimed message', () => {
  it('is sent while its lease covers the sending', async () => {
    expect(await sentAt(story.now, later(story.now, 30_000))).toMatchObject({ sent: ['noc'], back: [] })
  })

  it('goes back when the worker stood still for so long that somebody else might send it too', async () => {
    expect(await sentAt(later(story.now, 16_000), later(story.now, 30_000))).toMatchObject({ sent: [], back: ['k1'] })
  })

  it('is looked at once when it leaves at once', async () => {
    expect(await sentAt(story.now, lease, () => ({}), pages)).toMatchObject({ sent: ['noc'], looks: 2 })
  })

  it('is not sent when an acknowledgement came while the worker stood still over its words', async () => {
    const stood = await sentAt(story.now, lease, ({ pass, acknowledge }) => ({ whilePreparing: () => (pass(3_000), acknowledge()) }), pages)
    expect(stood).toMatchObject({ sent: [], ended: ['cancelled'] })
  })

  it('is not sent when an acknowledgement came while its receiver let the worker wait for a connection', async () => {
    const waited = await sentAt(story.now, lease, ({ pass, acknowledge }) => ({ whileConnecting: () => (pass(8_000), acknowledge()) }), pages)
    expect(waited).toMatchObject({ sent: [], ended: ['cancelled'] })
  })

  it('is sent late when nobody acknowledged meanwhile, after another look', async () => {
    expect(await sentAt(story.now, lease, ({ pass }) => ({ whileConnecting: () => pass(8_000) }), pages)).toMatchObject({ sent: ['noc'], back: [], ended: [], looks: 3 })
  })

  it('is looked at again after each look that took long, and goes back when none is fresh', async () => {
    expect(await sentAt(story.now, lease, ({ pass }) => ({ whileLooking: () => pass(2_500) }), pages)).toMatchObject({ sent: [], back: ['k1'] })
  })

  it('is sent on a look that a slow database took a second for', async () => {
    expect(await sentAt(story.now, lease, ({ pass }) => ({ whileLooking: () => pass(1_000) }), pages)).toMatchObject({ sent: ['noc'], back: [] })
  })

  it('goes back when the database went away while it waited for a connection', async () => {
    const lost = await sentAt(story.now, lease, ({ pass, lose }) => ({ whileConnecting: () => (pass(1_000), lose()) }), pages)
    expect(lost).toMatchObject({ sent: [], back: ['k1'] })
  })

  it('goes back also when its last sender died on it, and it is sent again in any case', async () => {
    const lost = ({ pass, lose }: { pass(ms: number): void; lose(): void }) => ({ whileConnecting: () => (pass(1_000), lose()) })
    expect(await sentAt(story.now, lease, lost, { ...pages, unknown: true })).toMatchObject({ sent: [], back: ['k1'] })
    expect(await sentAt(story.now, lease, lost, { ...pages, unknown: true, urgent: false })).toMatchObject({ sent: [], back: [] })
  })

  it('goes back when its lease ran down while it waited for a connection', async () => {
    expect(await sentAt(story.now, lease, ({ pass }) => ({ whileConnecting: () => pass(16_000) }), pages)).toMatchObject({ sent: [], back: ['k1'] })
  })
})
