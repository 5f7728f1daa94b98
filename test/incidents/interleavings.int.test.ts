import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseCommand, parseReport } from '../../server/contract/incidents.ts'
import { auditOf } from '../../server/domain/escalation/audit.ts'
import { commitmentsIn } from '../../server/domain/deployment/commitments.ts'
import { isConfirmed } from '../../server/domain/deployment/deployment.ts'
import { timersOf } from '../../server/domain/escalation/plan-timers.ts'
import { evolved } from '../../server/domain/incident/evolve.ts'
import type { IncidentEvent } from '../../server/domain/incident/events.ts'
import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import type { Policy } from '../../server/domain/incident-settings.ts'
import { openCommitments } from '../../server/redis/commitments.ts'
import { readForAudit } from '../../server/redis/incident-audit-reading.ts'
import { openIncidentLists } from '../../server/redis/incident-lists.ts'
import { openIncidentLog } from '../../server/redis/incident-log.ts'
import { openIncidentOutbox } from '../../server/redis/incident-outbox.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import { openIncidentTimers } from '../../server/redis/incident-timers.ts'
import { RedisUnavailable } from '../../server/redis/unavailable.ts'
import { fire, type Claim } from '../../workers/ringer/fire.ts'
import { ada, ladder, openIncidentHouse, report, sam, type IncidentHouse } from '../support/incident-house.ts'
import { freshSeed, seeded, type Random } from '../support/seeded.ts'

/** Commands, timers, workers that die on a claim, messages that go out and edits of the policy, in a thousand random orders (RUNS), against what must hold. */
const RUNS = Number(process.env['RUNS'] ?? 40)
const STEPS = 14
const noc = { webhook: 'noc' } as const
const short: Policy = ladder([{ targets: [noc, { role: 'supervisor' }], waitMs: 0 }, { targets: [{ role: 'duty-manager' }, noc], waitMs: 1 }, { targets: [noc], waitMs: 2 }], 2)
const other: Policy = ladder([{ targets: [{ role: 'admin' }], waitMs: 0 }, { targets: [{ person: 'gone' }], waitMs: 1 }], 1)

let house: IncidentHouse
beforeEach(async () => {
  house = await openIncidentHouse({ policy: short, webhooks: { noc: { url: 'https://noc.example.org/', types: [] } } })
  const plan = { urgent: ['sms'], routine: ['sms'], verified: ['sms'], quiet: null } as const
  house.people({ contacts: { sam: plan, ada: plan, administrator: plan } })
})
afterEach(() => house.close())

const commands = ['acknowledge', 'unacknowledge', 'start', 'note', 'resolve', 'reopen', 'resume', 'escalate', 'set-priority', 'snooze', 'hold', 'offer-handover', 'accept-handover', 'customer-reply', 'cancel', 'categorise', 'deploy', 'confirm-deployment', 'release-deployment'] as const
/** One of those that the incident has, or none that it has. */
const deploymentOf = (record: IncidentRecord | null, random: Random): string => random.pick([...(record?.deployments.map(({ id }) => id) ?? []), 'd0'])
const inputOf = (type: (typeof commands)[number], random: Random, record: IncidentRecord | null): object => {
  const soon = new Date(Date.now() + random.int(20, 400)).toISOString()
  const more: Readonly<Record<string, object>> = { unacknowledge: { reason: 'by mistake' }, note: { text: 'seen' }, resolve: { code: 'fixed', text: 'done', serviceRestored: true }, reopen: { take: random.chance(0.5) }, escalate: { level: random.int(0, 3), reason: 'now' }, 'set-priority': { impact: random.pick([1, 2, 3]), urgency: random.pick([1, 2]) }, snooze: { until: soon }, hold: { reason: random.pick(['third-party', 'waiting-for-reporter']), reviewAt: soon }, 'offer-handover': { to: 'ada' }, 'customer-reply': { text: 'hello' }, cancel: { reason: 'not one' }, categorise: { category: random.pick(['safety', 'technology']), reason: 'better' }, deploy: { ...random.pick([{ person: random.pick(['sam', 'ada', 'administrator']) }, { role: 'supervisor' }, { resource: 'ivr', inPlace: true, revertBy: soon }]), ...(random.chance(0.5) ? { reason: 'needed', preempt: random.chance(0.5) } : {}) }, 'confirm-deployment': { deployment: deploymentOf(record, random), ...random.pick([{ answer: 'accepted', eta: soon }, { answer: 'declined' }, { answer: 'en-route', eta: soon }, { answer: 'on-task' }]) }, 'release-deployment': { deployment: deploymentOf(record, random) } }
  return { type, ...more[type] }
}

describe('random interleavings', () => {
  const seed = freshSeed()
  it(`of ${RUNS} incidents keep what must hold (TEST_SEED=${seed})`, async () => {
    const random = seeded(seed)
    const log = openIncidentLog(house)
    const rules = openIncidentRules(house.settings)
    const timers = openIncidentTimers(house)
    const outbox = openIncidentOutbox(house)
    const lists = openIncidentLists(house)
    const commitments = openCommitments(house)
    const deps = { incidentLog: log, rules, settings: house.settings, directory: house.directory }
    const parsed = parseReport(report)
    if (!parsed.ok) throw new Error('not accepted')
    let name = 0

    for (let run = 0; run < RUNS; run += 1) {
      const made = await house.incidents.create(house.site, parsed.input, sam)
      if (made.kind !== 'done') throw new Error(made.kind)
      const { ref } = made.record
      /** Claims of workers that died, or that sleep and will wake as zombies. */
      const asleep: Claim[] = []
      const acts: readonly (() => Promise<unknown>)[] = [
        async () => {
          const command = parseCommand(inputOf(random.pick(commands), random, (await log.read(house.site, ref)).record))
          if (command.ok) await house.incidents.command(house.site, ref, command.command, random.pick([sam, ada]))
        },
        async () => {
          const token = `t${(name += 1)}`
          const { now, timers: due } = await timers.claim(house.site, token)
          const claim = { site: house.site, token, claimedAt: now, timers: due }
          if (random.chance(0.25)) asleep.push(claim)
          else await fire(deps, claim)
        },
        async () => {
          const zombie = asleep.pop()
          if (zombie !== undefined) await fire(deps, zombie)
        },
        async () => void (await outbox.claim(house.site, `s${(name += 1)}`, 50)),
        async () => house.change({ policies: { default: random.pick([short, other]) } }),
      ]
      for (let step = 0; step < STEPS; step += 1) {
        const together = Array.from({ length: random.int(1, 3) }, () => random.pick(random.chance(0.6) ? acts.slice(0, 2) : acts))
        // Without an answer in time nobody knows whether it was done: a crash like the others.
        await Promise.all(together.map((act) => act().catch((error: unknown) => (error instanceof RedisUnavailable ? undefined : Promise.reject(error)))))
      }
      // A dead worker's claims come back when their lease is over: here at once.
      await house.redis.zUnionStore(house.keys.site(house.site).inFlight, [{ key: house.keys.site(house.site).inFlight, weight: 0 }])
      const { record } = await log.read(house.site, ref)
      if (record === null) throw new Error('the incident is gone')
      const events = (await lists.events(house.site, ref, 0, 1_000)).map(({ event }) => event)
      const by = await rules.of(house.site, record)
      const context = JSON.stringify({ run, ref, state: record.state, types: events.map(({ type }) => type) })

      // The record is what its events make of it, one version an event.
      expect([context, evolved(null, events, by)]).toEqual([context, record])
      // A level fires once a generation and cycle, never early, and not while somebody has it.
      const levels = events.filter((event): event is Extract<IncidentEvent, { type: 'level-fired' }> => event.type === 'level-fired')
      const keys = levels.map(({ ladder: of, generation, cycle, level, clock }) => `${of} ${clock ?? ''} ${generation}.${cycle}.${level}`)
      const byHand = new Set(events.flatMap((event, index) => (event.type === 'escalated' ? [index + 1] : [])))
      expect([context, keys.length]).toEqual([context, new Set(keys).size])
      expect([context, levels.filter(({ firedAt, dueAt }) => firedAt < dueAt)]).toEqual([context, []])
      let taken = false
      for (const [index, event] of events.entries()) {
        if (event.type === 'acknowledged' || (event.type === 'reopened' && event.take) || event.type === 'resolved' || event.type === 'cancelled') taken = true
        if (['unacknowledged', 'snooze-ended', 'lease-lost', 'owner-gone'].includes(event.type) || (event.type === 'reopened' && !event.take)) taken = false
        if (event.type === 'level-fired' && event.ladder === 'ownership' && taken && !byHand.has(index)) throw new Error(`a level fired although it was taken: ${context}`)
      }
      // Nobody comes twice for one place, nobody counts who did not say when, and people are bound as the record says.
      const places = record.deployments.filter(isConfirmed).map(({ place }) => place)
      expect([context, places.length]).toEqual([context, new Set(places).size])
      expect([context, record.deployments.filter(({ state, eta }) => (state === 'accepted' || state === 'en-route') && eta === null)]).toEqual([context, []])
      expect([context, (await commitments.of(house.site)).all.filter((one) => one.ref === ref)]).toEqual([context, commitmentsIn(record)])
      // Rows are what the record asks for.
      const stored = await timers.stored(house.site, timersOf(record, by).map(({ id }) => id))
      expect([context, stored.map(({ id, dueAt, generation, queued }) => [id, dueAt, generation, queued])]).toEqual([context, timersOf(record, by).map(({ id, dueAt, generation }) => [id, dueAt, generation, true])])
      for (const { id } of record.deployments.filter(isConfirmed)) await house.incidents.command(house.site, ref, { type: 'release-deployment', deployment: id }, sam)
      if (record.state !== 'cancelled' && record.state !== 'closed') await house.incidents.command(house.site, ref, { type: 'resolve', code: 'fixed', text: 'over', serviceRestored: true }, sam)
    }
    // An independent look at the whole site agrees; leases of senders that never came back are not judged here.
    const findings = auditOf(await readForAudit({ redis: house.redis, keys: house.keys, rules, directory: house.directory }, house.site)).filter(({ check }) => check !== 'sending-too-long' && check !== 'timer-overdue')
    expect(findings).toEqual([])
  }, 600_000)
})
