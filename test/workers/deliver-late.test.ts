import { describe, expect, it } from '@jest/globals'
import { later, type Instant } from '../../server/domain/time.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import type { OutboxRow } from '../../server/redis/incident-log.ts'
import type { ClaimedRow } from '../../server/redis/incident-outbox.ts'
import { openRowSender } from '../../workers/deliver-row.ts'
import { openOwedWrites } from '../../workers/owed-writes.ts'
import { settingsWith, story as told } from '../support/incident-story.ts'
import { recordingLog } from '../support/quiet-log.ts'

const story = told()
const row: ClaimedRow = { id: 'k1', ref: story.record.ref, type: 'incident.opened', channel: 'webhook', target: 'noc', person: null, then: [], happenedAt: story.now, notBefore: story.now, paced: false, level: null, breach: null, fence: null, urgent: true, attempts: 0, lastError: null, unknown: false }
const no = () => Promise.reject(new Error('not to be asked'))

/** One row whose incident is read at `readAt`; what was sent, and what lies in the outbox again. */
const sentAt = async (readAt: Instant, leasedUntil: Instant) => {
  const sent: string[] = []
  const back: OutboxRow[] = []
  const send = openRowSender({
    incidentLog: { read: async () => ({ now: readAt, record: story.record, known: null }), apply: async () => ({ kind: 'ok', revision: '' as never, entry: '', cancelled: 0 }), nextRef: no, claimKey: no, remember: no },
    outbox: { putBack: async (_site: string, given: OutboxRow) => back.push(given) > 0 } as never,
    rules: { current: no, of: async () => rulesOf(settingsWith()) },
    texts: { resolve: async () => new Map() } as never,
    channels: { webhook: { send: async (_site, target) => (sent.push(target), { kind: 'accepted', detail: 'answered 200' }), retryAfter: () => null } },
    links: { tokenOf: () => 'token' } as never,
    replyCodes: { give: no } as never,
    owed: openOwedWrites(),
    urlOf: async () => '',
    silent: () => false,
    publicUrl: 'https://floor.example.org',
    log: recordingLog(),
  })
  await send('north', [row], 'mine', leasedUntil)
  return { sent, back: back.map(({ id }) => id) }
}

describe('a claimed message', () => {
  it('is sent while its lease covers the sending', async () => {
    expect(await sentAt(story.now, later(story.now, 30_000))).toEqual({ sent: ['noc'], back: [] })
  })

  it('goes back when the worker stood still for so long that somebody else might send it too', async () => {
    expect(await sentAt(later(story.now, 16_000), later(story.now, 30_000))).toEqual({ sent: [], back: ['k1'] })
  })
})
