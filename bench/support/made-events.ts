import type { CanonicalEvent } from '../../server/contract/events.ts'

/** Events of a made-up floor, contact after contact: the same for the same numbers, and never more than one contact in memory. */
export interface MadeFloor {
  readonly queues: number
  readonly agents: number
  readonly from: number
  /** Contacts begin at an even pace over this long. */
  readonly spanMs: number
  readonly events: number
}

const EVENTS_A_CONTACT = 4.7

const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

export function* madeEvents({ queues, agents, from, spanMs, events }: MadeFloor): Generator<CanonicalEvent> {
  const random = seeded(21)
  const contacts = Math.ceil(events / EVENTS_A_CONTACT)
  let made = 0
  for (let n = 0; made < events; n += 1) {
    const begins = from + Math.floor((n / contacts) * spanMs)
    const contactId = `made-${n}`
    const common = { source: 'made', contactId, queueId: `queue-${Math.floor(random() * queues)}`, channel: 'voice' as const }
    const by = { agentId: `agent-${Math.floor(random() * agents)}` }
    const waitMs = Math.floor(-Math.log(1 - random()) * 18_000)
    const iso = (afterMs: number) => new Date(begins + afterMs).toISOString()
    const life: CanonicalEvent[] = [{ ...common, type: 'contact.queued', id: `${contactId}-q`, occurredAt: iso(0), direction: 'in', customer: { ref: `customer-${Math.floor(random() * contacts * 0.7)}` } }]
    if (random() < 0.125) life.push({ ...common, type: 'contact.abandoned', id: `${contactId}-x`, occurredAt: iso(waitMs), waitMs })
    else {
      const talkMs = 60_000 + Math.floor(random() * 240_000)
      life.push({ ...common, ...by, type: 'contact.offered', id: `${contactId}-o`, occurredAt: iso(waitMs) })
      life.push({ ...common, ...by, type: 'contact.answered', id: `${contactId}-a`, occurredAt: iso(waitMs + 2_000), waitMs: waitMs + 2_000 })
      life.push({ ...common, ...by, type: 'contact.ended', id: `${contactId}-e`, occurredAt: iso(waitMs + 2_000 + talkMs), talkMs, resolved: random() < 0.8 })
      life.push({ ...common, ...by, type: 'contact.wrapped', id: `${contactId}-w`, occurredAt: iso(waitMs + 22_000 + talkMs), acwMs: 20_000 })
      if (random() < 0.1) life.push({ ...common, type: 'survey.received', id: `${contactId}-s`, occurredAt: iso(waitMs + 82_000 + talkMs), score: 1 + Math.floor(random() * 5), scaleMin: 1, scaleMax: 5 })
    }
    for (const event of life) {
      if (made === events) return
      made += 1
      yield event
    }
  }
}
